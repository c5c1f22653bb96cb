"""Secrets that must be read again, encrypted at rest with a key made from the installation's secret, one per purpose.

What only has to be recognized is hashed instead (`passwords`, `secrets_format`).
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import orjson
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scim_portal.context import Ctx


def seal(ctx: Ctx, purpose: str, content: dict[str, Any]) -> str:
    """Encrypt some values."""
    return _box(ctx.settings.secret_key, purpose).encrypt(orjson.dumps(content)).decode()


def unseal(ctx: Ctx, purpose: str, sealed: str) -> dict[str, Any] | None:
    """Decrypt; None for what was altered, or sealed with another secret or for another purpose."""
    try:
        found: dict[str, Any] = orjson.loads(_box(ctx.settings.secret_key, purpose).decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return found


@lru_cache(maxsize=16)
def _box(secret_key: str, purpose: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(key))
