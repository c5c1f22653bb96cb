"""Entity tags from integer versions, and what `If-Match` and `If-None-Match` ask for (RFC 7644 §3.14, RFC 9110 §13).

Tags are weak, and SCIM compares them weakly also for `If-Match`, as the examples of RFC 7644 do.
"""

from __future__ import annotations

import re
from typing import Literal

from scim_portal.protocol.errors import PreconditionFailed

_TAG = r'(?:[Ww]/)?"([^"]*)"'
_TAGS = re.compile(_TAG)
_LIST = re.compile(rf"{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*")


def tag(version: int) -> str:
    """Write a version as a weak entity tag: 3 is `W/"3"`."""
    return f'W/"{version}"'


def precondition(
    if_match: str | None, if_none_match: str | None, current: int | None, *, reading: bool = False
) -> Literal["proceed", "not-modified"]:
    """Decide whether a request may go on; `current` None means that there is no such resource.

    Raises PreconditionFailed. "not-modified" is answered only when `reading` (a 304).
    """
    if if_match is not None and not _names(if_match, current):
        raise PreconditionFailed("The resource has changed since it was last read; read it again and repeat.")
    if if_none_match is None or not _names(if_none_match, current):
        return "proceed"
    if reading:
        return "not-modified"
    raise PreconditionFailed("The resource is there already in a version that the request rules out.")


def _names(header: str, current: int | None) -> bool:
    if current is None:
        return False
    header = header.strip(" \t,")
    # What is no list of tags names no version: a broken header must not let a write through.
    return header == "*" or (_LIST.fullmatch(header) is not None and str(current) in _TAGS.findall(header))
