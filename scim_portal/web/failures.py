"""Every error in its caller's dialect: SCIM JSON under the SCIM prefix, problem+json under `/api`, a page elsewhere.

Whatever was not foreseen is logged with its request id and answered without a trace of it.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from scim_portal import errors
from scim_portal.db import db, is_unavailable
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.sentences import say
from scim_portal.web import guards, problems, telling
from scim_portal.web.scim import refusals

log = structlog.get_logger(__name__)


def install(app: Flask) -> None:
    """Register the handlers, for routes that do not exist as well."""
    app.register_error_handler(errors.PortalError, answer)
    app.register_error_handler(ScimError, answer)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unforeseen)


def answer(error: Exception) -> Response:
    """Say what is wrong the way the caller expects it."""
    db.session.rollback()
    if request.path.startswith("/scim/v2"):
        return refusals.answer(error)
    if request.path.startswith("/api/"):
        return problems.answer(error)
    return _page(error)


def _database(error: DBAPIError) -> Response:
    if not is_unavailable(error):
        return _unforeseen(error)
    log.error("database.unavailable", request_id=guards.request_id(), kind=type(error.orig).__name__)
    g.failure_logged = True
    response = answer(errors.Unavailable("The database cannot answer just now. Try again in a few seconds."))
    response.headers["Retry-After"] = "5"
    return response


def _unforeseen(error: Exception) -> Response:
    # The message of a database error can quote values, so only its type and place are logged.
    log.error(
        "request.failed",
        request_id=guards.request_id(),
        kind=type(error).__name__,
        exc_info=not isinstance(error, DBAPIError),
    )
    return answer(errors.Unforeseen(say("Something went wrong here. The request id is {id}.", id=guards.request_id())))


def _page(error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()  # type: ignore[return-value]
    status = problems.status_of(error)
    page = render_template(
        "errors/error.html",
        status=status,
        detail=telling.told(problems.sentence(error)),
        request_id=guards.request_id(),
    )
    return Response(page, status=status, mimetype="text/html")
