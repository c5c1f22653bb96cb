"""What can go wrong in the product, without HTTP: doors turn these into their caller's dialect.

Every error carries its evidence, so that a door can name the field and a log can be searched; `str(error)` is a sentence
that an admin could read. Protocol errors (SCIM's own vocabulary) live in `protocol.errors`.
"""

from __future__ import annotations


class PortalError(Exception):
    """Anything the caller did or met that the product can put into words."""

    def __init__(self, detail: str, *, field: str | None = None, value: object = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.value = value


class NotFound(PortalError):
    """There is no such thing in this portal, or it is another portal's."""


class Conflict(PortalError):
    """It would stand twice, or contradict what is there."""


class Forbidden(PortalError):
    """Known, but not allowed to do this."""


class Unauthorized(PortalError):
    """Nobody we know, or no longer."""


class StaleVersion(PortalError):
    """Somebody else changed it meanwhile."""


class Invalid(PortalError):
    """The request itself is wrong; `field` names where."""

    def __init__(
        self,
        detail: str,
        *,
        field: str | None = None,
        value: object = None,
        problems: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail, field=field, value=value)
        self.problems = problems or (((field, detail),) if field else ())


class TooMany(PortalError):
    """Too often in too short a time; `retry_after` seconds from now it is worth another try."""

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(PortalError):
    """The server cannot answer just now; the same request may succeed later."""


class Unforeseen(PortalError):
    """A fault of ours; the log knows more."""
