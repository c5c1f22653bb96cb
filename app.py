"""The composition root: builds the application and returns it. What each part is, its own module says."""

from __future__ import annotations

from flask import Flask

from scim_portal import config, db, logs
from scim_portal.config import ROOT, Settings
from scim_portal.web import (
    api,
    cookies,
    failures,
    headers,
    languages,
    operations,
    paths,
    portal,
    proxies,
    scim,
    tenancy,
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application for these settings, or for those of the environment."""
    settings = settings or config.from_environment()
    app = Flask(
        "scim_portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "scim_portal" / "static")
    )
    logs.configure(settings)
    cookies.configure(app, settings)
    db.install(app, settings)

    tenancy.install(app)
    headers.install(app)
    languages.install(app)
    failures.install(app)
    operations.install(app)
    scim.install(app)
    api.install(app)
    portal.install(app)

    app.wsgi_app = paths.PortalPaths(app.wsgi_app)  # type: ignore[method-assign]
    proxies.install(app, settings)
    return app
