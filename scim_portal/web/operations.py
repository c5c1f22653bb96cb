"""What the operator's tools ask: is the process alive, is it ready, what are its numbers."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy import text

from scim_portal.db import db
from scim_portal.services import schema_state


def install(app: Flask) -> None:
    """Register `/healthz` and `/readyz`."""
    blueprint = Blueprint("operations", __name__)
    blueprint.add_url_rule("/healthz", "healthz", healthz)
    blueprint.add_url_rule("/readyz", "readyz", readyz)
    app.register_blueprint(blueprint)


def healthz() -> Response:
    """Answer as long as the process does."""
    return jsonify(status="ok")


def readyz() -> tuple[Response, int]:
    """Answer 200 when the database answers and is at the newest migration, else 503."""
    try:
        db.session.execute(text("SELECT 1"))
        behind = schema_state.is_behind(db.session.connection())
    except Exception:
        return jsonify(status="unavailable", database="no answer"), 503
    if behind:
        return jsonify(status="unavailable", database="migrations are missing; run make migrate"), 503
    return jsonify(status="ok", database="ok"), 200
