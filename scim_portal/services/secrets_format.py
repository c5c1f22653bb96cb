"""The look of a credential: prefix, signed body with id and expiry, checksum. Knows no database.

    scimp_ <id, expiry, 128 random bits: base64url> . <HMAC-SHA256 by itsdangerous> _ <CRC-32 in base 62>

The checksum lets secret scanners and this server refuse a typo without a look-up; the signature makes the expiry
trustworthy before anything is read. SCIM tokens begin with `scimp_`, API keys with `scimk_`.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode

SCIM_PREFIX = "scimp_"
API_PREFIX = "scimk_"
PATTERN = r"scim[pk]_[A-Za-z0-9_-]{51}\.[A-Za-z0-9_-]{43}_[0-9A-Za-z]{6}"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


MOST_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Claim:
    """What a well-formed value says about itself."""

    id: str
    expires_at: datetime


_good: dict[bytes, Claim] = {}


def mint(secret: str, prefix: str, id: str, expires_at: datetime) -> str:
    """Make a new value for a credential id."""
    seconds = int(expires_at.timestamp())
    body = base64_encode(uuid.UUID(id).bytes + seconds.to_bytes(6, "big") + os.urandom(16))
    signed = _signer(secret, prefix).sign(body).decode()
    return f"{prefix}{signed}_{_checksum(prefix + signed)}"


def read(secret: str, prefix: str, value: str) -> Claim | None:
    """Read a value back; None when it is not one of ours, whole and unaltered.

    A good value is remembered by its digest: what it says about itself never changes, and clients send it all day.
    """
    key = hashlib.sha256(f"{secret}\0{prefix}\0{value}".encode("utf-8", "surrogatepass")).digest()
    found = _good.get(key)
    if found is None and (found := _read(secret, prefix, value)) is not None:
        if len(_good) >= MOST_REMEMBERED:
            _good.clear()
        _good[key] = found
    return found


def _read(secret: str, prefix: str, value: str) -> Claim | None:
    front, _, checksum = value.rpartition("_")
    if not front.startswith(prefix) or not front.isascii() or _checksum(front) != checksum:
        return None
    try:
        body = base64_decode(_signer(secret, prefix).unsign(front.removeprefix(prefix)))
    except BadSignature:
        return None
    return Claim(str(uuid.UUID(bytes=body[:16])), datetime.fromtimestamp(int.from_bytes(body[16:22], "big"), UTC))


def digest(value: str) -> str:
    """Give what is stored of a value: its SHA-256, which is right for 128 random bits."""
    return hashlib.sha256(value.encode()).hexdigest()


def _signer(secret: str, prefix: str) -> Signer:
    return Signer(secret, salt=f"credential:{prefix}", digest_method=hashlib.sha256, key_derivation="hmac")


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = _ALPHABET[rest] + digits
    return digits
