"""What SCIM can refuse: one class per `scimType` of RFC 7644 §3.12, and the plain HTTP refusals.

Details are sentences that an identity administrator reads in Okta or Entra. No HTTP framework here.
"""

# The classes bear the keywords of the RFC, without a suffix.

from __future__ import annotations

from typing import Any, ClassVar

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
LONGEST_DETAIL = 500


class ScimError(Exception):
    """A refused request, with its status, its SCIM keyword and the evidence."""

    status: ClassVar[int] = 400
    scim_type: ClassVar[str | None] = None

    def __init__(self, detail: str, *, attribute: str | None = None, value: object = None) -> None:
        super().__init__(detail)
        self.detail = _shortened(detail)
        self.attribute = attribute
        self.value = value

    def to_body(self) -> dict[str, Any]:
        """Build the Error message of RFC 7644 §3.12; `status` is a string there."""
        body: dict[str, Any] = {
            "schemas": [ERROR_SCHEMA],
            "status": str(self.status),
            "detail": self.detail,
        }
        if self.scim_type:
            body["scimType"] = self.scim_type
        return body


def _shortened(detail: str) -> str:
    """Leave the middle of a sentence out that quotes very long names or values, so that it still says what is wrong."""
    half = LONGEST_DETAIL // 2
    return detail if len(detail) <= LONGEST_DETAIL else f"{detail[:half]} … {detail[-half:]}"


class InvalidFilter(ScimError):
    """The filter has a bad syntax, or compares what cannot be compared (RFC 7644 §3.4.2.2)."""

    scim_type = "invalidFilter"


class TooMany(ScimError):
    """The filter yields more results than the server will return (RFC 7644 §3.4.2)."""

    scim_type = "tooMany"


class Uniqueness(ScimError):
    """An attribute value is already taken (RFC 7644 §3.3, RFC 7643 §2.2)."""

    status = 409
    scim_type = "uniqueness"


class Mutability(ScimError):
    """The change does not fit the attribute's mutability (RFC 7644 §3.5.2, RFC 7643 §2.2)."""

    scim_type = "mutability"


class InvalidSyntax(ScimError):
    """The body is not JSON, or not the message that is expected here (RFC 7644 §3.12)."""

    scim_type = "invalidSyntax"


class InvalidPath(ScimError):
    """The `path` of a PATCH operation is malformed or names nothing known (RFC 7644 §3.5.2)."""

    scim_type = "invalidPath"


class NoTarget(ScimError):
    """The `path` of a PATCH operation selects nothing that could be changed (RFC 7644 §3.5.2)."""

    scim_type = "noTarget"


class InvalidValue(ScimError):
    """A required value is missing, or a value does not fit its attribute (RFC 7644 §3.12, RFC 7643 §2.3)."""

    scim_type = "invalidValue"


class InvalidVers(ScimError):
    """The SCIM protocol version asked for is not served (RFC 7644 §3.13)."""

    scim_type = "invalidVers"


class InvalidCursor(ScimError):
    """The cursor is none of this query's (RFC 9865 §2.1)."""

    scim_type = "invalidCursor"


class ExpiredCursor(ScimError):
    """The cursor is older than the server promises to keep it (RFC 9865 §2.1)."""

    scim_type = "expiredCursor"


class InvalidCount(ScimError):
    """With a cursor, the count is beyond the largest page or not that of the first page (RFC 9865 §2.1)."""

    scim_type = "invalidCount"


class Sensitive(ScimError):
    """The request would put sensitive data into a URL (RFC 7644 §7.5.2)."""

    status = 403
    scim_type = "sensitive"


class NotFound(ScimError):
    """The resource or endpoint does not exist (RFC 7644 §3.12)."""

    status = 404


class Unauthorized(ScimError):
    """The credential is missing, wrong or expired (RFC 7644 §2)."""

    status = 401


class Forbidden(ScimError):
    """The credential does not allow this operation (RFC 7644 §3.12)."""

    status = 403


class Unresolved(ScimError):
    """A bulk operation refers to a resource that the same request did not create (RFC 7644 §3.7.1)."""

    status = 409


class TooLarge(ScimError):
    """The request carries more than the server accepts at once (RFC 7644 §3.7.4)."""

    status = 413


class UnsupportedMediaType(ScimError):
    """The body is neither application/scim+json nor application/json (RFC 7644 §3.1)."""

    status = 415


class MethodNotAllowed(ScimError):
    """The endpoint exists but not with this method (RFC 9110 §15.5.6)."""

    status = 405


class NotImplementedByServer(ScimError):
    """The standard knows this operation, this server does not offer it (RFC 7644 §3.12)."""

    status = 501


class PreconditionFailed(ScimError):
    """The resource has changed since the version the client named (RFC 7644 §3.14)."""

    status = 412


class Unavailable(ScimError):
    """The server cannot answer now; the client may try again (RFC 9110 §15.6.4)."""

    status = 503
