"""The second factor of signing in: six digits from an authenticator app (TOTP, RFC 6238), or a recovery code.

What an admin's app knows is sealed at rest, together with the hashes of the recovery codes and the last time step that was
accepted, so that no code is good twice. Passwords and sessions are `access`'s.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, replace

import pyotp

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.errors import Conflict, Invalid
from scim_portal.models import Admin
from scim_portal.services import audit, sealing
from scim_portal.services.audit import Action

PURPOSE = "two-factor"
STEP_SECONDS = 30
DRIFT_STEPS = (0, -1, 1)
RECOVERY_CODES = 8
LONGEST_CODE = 40


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is sealed: whose it is, the shared secret, the last step accepted, the hashes of unused recovery codes."""

    admin: str
    secret: str
    last_step: int = 0
    recovery: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """What an authenticator app has to be told: to be scanned (`uri`), or to be typed (`secret`)."""

    uri: str
    secret: str


def is_on(admin: Admin) -> bool:
    """Tell whether signing in takes a code."""
    return admin.totp_since is not None


def begin(ctx: Ctx, admin: Admin) -> None:
    """Make a secret; it is asked for at no sign-in before `confirm`. Raises `Conflict` when two-factor is on."""
    if is_on(admin):
        raise Conflict("Two-factor sign-in is on already.", field="code")
    _seal(ctx, admin, Sealed(admin.id, pyotp.random_base32()))
    db.session.flush()


def pairing(ctx: Ctx, admin: Admin) -> Pairing | None:
    """Give what the app is to be told, as long as it was begun and not confirmed."""
    if admin.totp_secret is None or is_on(admin):
        return None
    found = _read(ctx, admin)
    if found is None:
        return None
    uri = pyotp.TOTP(found.secret).provisioning_uri(name=admin.email, issuer_name=ctx.portal.name)
    return Pairing(uri, found.secret)


def confirm(ctx: Ctx, admin: Admin, code: str) -> list[str] | None:
    """Turn two-factor on with a first code, and give the recovery codes this once; None when the code is wrong."""
    if admin.totp_secret is None or is_on(admin):
        raise Conflict("Begin the set-up anew.", field="code")
    found = _opened(ctx, admin)
    step = _step_of(ctx, found, code)
    if step is None:
        return None
    codes, hashes = _recovery_codes(admin)
    _seal(ctx, admin, replace(found, last_step=step, recovery=hashes))
    admin.totp_since = ctx.now
    audit.record(ctx, Action.TWO_FACTOR_TURNED_ON, "admin", admin.id, admin.email)
    return codes


def accept(ctx: Ctx, admin: Admin, code: str) -> bool:
    """Use up a code: the app's, or a recovery code. The caller holds the admin's row, so no code is taken twice at once."""
    found = _opened(ctx, admin)
    step = _step_of(ctx, found, code)
    if step is not None:
        _seal(ctx, admin, replace(found, last_step=step))
        return True
    used = _recovery_hash(admin, code)
    left = tuple(one for one in found.recovery if not hmac.compare_digest(one, used))
    if len(left) == len(found.recovery):
        return False
    _seal(ctx, admin, replace(found, recovery=left))
    audit.record(ctx, Action.RECOVERY_CODE_USED, "admin", admin.id, admin.email, after={"left": len(left)})
    return True


def recovery_codes_left(ctx: Ctx, admin: Admin) -> int:
    """Tell how many recovery codes were not used yet."""
    found = _read(ctx, admin) if is_on(admin) else None
    return len(found.recovery) if found else 0


def renew_recovery_codes(ctx: Ctx, admin: Admin) -> list[str]:
    """Make new recovery codes; the old ones are dead. Raises `Conflict` while two-factor is off."""
    if not is_on(admin):
        raise Conflict("Two-factor sign-in is off.", field="password")
    codes, hashes = _recovery_codes(admin)
    _seal(ctx, admin, replace(_opened(ctx, admin), recovery=hashes))
    audit.record(ctx, Action.RECOVERY_CODES_RENEWED, "admin", admin.id, admin.email)
    return codes


def turn_off(ctx: Ctx, admin: Admin) -> None:
    """Forget the second factor; turning it off twice changes nothing."""
    was_on = is_on(admin)
    admin.totp_secret = admin.totp_since = None
    if was_on:
        audit.record(ctx, Action.TWO_FACTOR_TURNED_OFF, "admin", admin.id, admin.email)
    db.session.flush()


def _step_of(ctx: Ctx, found: Sealed, code: str) -> int | None:
    """Find the time step a code is of, the next or last one included; steps up to the last accepted one are used up."""
    typed = "".join(code[:LONGEST_CODE].split())
    if not (typed.isascii() and typed.isdigit()):
        return None
    now, app = int(ctx.now.timestamp()) // STEP_SECONDS, pyotp.TOTP(found.secret)
    steps = (now + drift for drift in DRIFT_STEPS if now + drift > found.last_step)
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), typed)), None)


def _recovery_codes(admin: Admin) -> tuple[list[str], tuple[str, ...]]:
    """Make codes of 80 random bits each, so that a fast hash is enough."""
    made = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    shown = ["-".join(one[start : start + 4] for start in range(0, 16, 4)) for one in made]
    return shown, tuple(_recovery_hash(admin, one) for one in made)


def _recovery_hash(admin: Admin, code: str) -> str:
    plain = "".join(code[:LONGEST_CODE].replace("-", "").split()).lower()
    return hashlib.sha256(f"{admin.id}:{plain}".encode("utf-8", "surrogatepass")).hexdigest()


def _seal(ctx: Ctx, admin: Admin, content: Sealed) -> None:
    admin.totp_secret = sealing.seal(ctx, PURPOSE, asdict(content))


def _opened(ctx: Ctx, admin: Admin) -> Sealed:
    """Read what is sealed. Raises `Invalid` when it cannot be read."""
    found = _read(ctx, admin)
    if found is None:
        raise Invalid("Your second factor cannot be read any more. Ask an owner to turn it off for you.", field="code")
    return found


def _read(ctx: Ctx, admin: Admin) -> Sealed | None:
    """Read what is sealed; None when it was sealed with another secret of the installation, or for somebody else."""
    content = sealing.unseal(ctx, PURPOSE, admin.totp_secret or "")
    if content is None or content["admin"] != admin.id:
        return None
    return Sealed(admin.id, content["secret"], content["last_step"], tuple(content["recovery"]))
