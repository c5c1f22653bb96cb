"""Errors as SCIM Error messages (RFC 7644 §3.12), and their lines in the provisioning log."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from scim_portal import errors
from scim_portal.protocol.errors import ERROR_SCHEMA, ScimError
from scim_portal.web import problems
from scim_portal.web.scim import doors


def answer(error: Exception) -> Response:
    """Write an Error message: `status` is a string, `detail` a sentence for the admin who sees only it."""
    status = 400 if isinstance(error, errors.Invalid) else problems.status_of(error)
    if isinstance(error, ScimError):
        body: dict[str, Any] = error.to_body()
    else:
        body = {"schemas": [ERROR_SCHEMA], "status": str(status), "detail": problems.sentence(error)}
    content = orjson.dumps(body)
    doors.log_failure(status, str(body["detail"]), content)
    return problems.dressed(Response(content, status=status, mimetype=doors.MEDIA_TYPE), error)
