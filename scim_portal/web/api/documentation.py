"""The API's own description: the OpenAPI document, and the page to browse it. No key is needed for either."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, make_response, render_template, request
from flask_smorest import Api

from scim_portal import __version__
from scim_portal.web.api.schemas.pieces import Problem

TITLE = "SCIM Portal admin API"
DESCRIPTION = (
    "Every list is `items` and `next`; send `next` back as `cursor` for what follows. Errors are RFC 9457 problems. "
    "Instants are RFC 3339 in UTC. Each operation names the roles that may call it in `x-roles`."
)
# Swagger UI sets style attributes while it draws; scripts stay ours alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class DocumentedApi(Api):  # type: ignore[misc]
    """The spec of our calls; errors are answered by `web.failures`, for every dialect in one place."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to `web.failures`."""

    def _register_responses(self) -> None:
        content = {"application/problem+json": {"schema": Problem}}
        for status in HTTPStatus:
            if status >= 400:
                refusal = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, refusal, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "A problem", "content": content}, lazy=True)


def install(app: Flask) -> DocumentedApi:
    """Make the spec that rooms are registered with, and serve it."""
    app.config.update(API_TITLE=TITLE, API_VERSION=__version__, OPENAPI_VERSION="3.1.0")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # members come in the order their shape gives them
    options = {"info": {"description": DESCRIPTION}, "security": [{"key": []}]}
    api = DocumentedApi(app, spec_kwargs=options)
    scheme = {"type": "http", "scheme": "bearer", "description": "An API key: it begins with `scimk_`."}
    api.spec.components.security_scheme("key", scheme)
    app.register_blueprint(_blueprint(api))
    return api


def _blueprint(api: DocumentedApi) -> Blueprint:
    blueprint = Blueprint("api-docs", __name__, url_prefix="/api")
    blueprint.add_url_rule("/v1/openapi.json", "document", lambda: _document(api))
    blueprint.add_url_rule("/docs", "page", _page)
    return blueprint


def _document(api: DocumentedApi) -> Response:
    """Serve the document with the address of this portal, as the caller reached it."""
    document: dict[str, Any] = api.spec.to_dict() | {"servers": [{"url": request.script_root or "/"}]}
    return Response(orjson.dumps(document, default=float, option=orjson.OPT_NON_STR_KEYS), mimetype="application/json")


def _page() -> Response:
    response = make_response(render_template("api/docs.html", title=TITLE))
    response.headers["Content-Security-Policy"] = POLICY
    return response
