"""Passwords of admins: argon2id with bounded concurrency, and what a password must be. Knows no database."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from scim_portal.errors import Invalid, TooMany
from scim_portal.protocol.sentences import say

SHORTEST, LONGEST = 12, 256
T = TypeVar("T")
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_cores = threading.BoundedSemaphore(max(1, os.cpu_count() or 1))
_DUMMY = _hasher.hash(secrets.token_urlsafe(16))


def generate() -> str:
    """Make a one-time password that a person can type: about 95 bits."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def hashed(password: str) -> str:
    """Hash a password for storing. Raises `Invalid` when it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(
            say("A password has {shortest} to {longest} characters.", shortest=SHORTEST, longest=LONGEST),
            field="password",
        )
    return _guarded(lambda: _hasher.hash(password))


def matches(password: str, stored: str | None) -> bool:
    """Compare; an unknown account costs the same time as a known one."""
    try:
        return _guarded(lambda: _hasher.verify(stored or _DUMMY, password[:LONGEST])) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _guarded(work: Callable[[], T]) -> T:
    if not _cores.acquire(timeout=5):
        raise TooMany("Too many people sign in just now. Try again in a moment.", retry_after=5)
    try:
        return work()
    finally:
        _cores.release()
