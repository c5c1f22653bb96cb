"""The admin portal: pages and forms for people. One file per subject; what they share is in `door` and `frame`."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from scim_portal.web.portal import (
    connectors,
    conversions,
    door,
    exceptions,
    exports,
    extensions,
    frame,
    groups,
    licenses,
    overview,
    people,
    publishing,
    records,
    rule_editor,
    rules,
    session,
    tokens,
)

SUBJECTS = (
    session, overview, people, exceptions, groups, licenses, rules, rule_editor, publishing, connectors, conversions,
    tokens, extensions, records, exports,
)  # fmt: skip


def install(app: Flask) -> None:
    """Register the portal's pages, the protection of its forms, and what templates may ask for."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = (
        False  # SCIM and the API are blind to cookies; `door` checks the portal's forms
    )
    CSRFProtect(app)
    frame.install(app)
    app.register_blueprint(door.blueprint)
