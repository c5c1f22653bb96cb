"""Errors as RFC 9457 problem details, and what the other dialects share: the status and sentence of an error."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException

from scim_portal import errors
from scim_portal.protocol.errors import InvalidFilter, ScimError
from scim_portal.protocol.sentences import Sentence, say, template
from scim_portal.web import guards

STATUS: dict[type[errors.PortalError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.StaleVersion: 409,
    errors.Forbidden: 403,
    errors.Unauthorized: 401,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
    errors.Unforeseen: 500,
}
SENTENCES = {
    400: template("The request could not be understood."),
    403: template("You may not do that."),
    404: template("There is nothing at this address."),
    405: template("This address does not take the method {method}."),
    413: template("The request is larger than the 1 MiB that are accepted."),
    415: template("The body has a media type that is not accepted here."),
}


def answer(error: Exception) -> Response:
    """Write a problem document; the offending fields are in `errors`, each with a JSON pointer or name."""
    status = status_of(error)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": error.name if isinstance(error, HTTPException) else type(error).__name__,
        "status": status,
        "detail": sentence(error),
        "request_id": guards.request_id(),
    }
    if isinstance(error, errors.Invalid) and error.problems:
        body["errors"] = [{"field": field, "detail": detail} for field, detail in error.problems]
    elif isinstance(error, errors.PortalError) and error.field:
        body["errors"] = [{"field": error.field, "detail": error.detail}]
    elif isinstance(error, ScimError):
        named = "filter" if isinstance(error, InvalidFilter) else error.attribute
        body["errors"] = [{"field": named, "detail": error.detail}] if named else []
    body |= getattr(error, "extra", {})
    return dressed(Response(orjson.dumps(body), status=status, mimetype="application/problem+json"), error)


def status_of(error: Exception) -> int:
    """Choose the HTTP status of any error."""
    if isinstance(error, ScimError):
        return error.status
    if isinstance(error, HTTPException):
        return error.code or 500
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def sentence(error: Exception) -> str:
    """Put any error into a sentence that may be shown."""
    if isinstance(error, (errors.PortalError, ScimError)):
        return error.detail
    status = status_of(error)
    default = error.description if isinstance(error, HTTPException) else None
    if status in SENTENCES:
        return Sentence(SENTENCES[status], {"method": request.method})
    return default or say("Something went wrong.")


def dressed(response: Response, error: Exception) -> Response:
    """Add the headers that belong to an error: who may authenticate how, which methods, when to come back."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="scim-portal"'
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, HTTPException):
        allowed = getattr(error, "valid_methods", None)
        if allowed:
            response.headers["Allow"] = ", ".join(sorted(allowed))
    return response
