"""Reverse proxies: their word about address, host and scheme is believed only as far as the settings say."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from scim_portal.config import Settings


def install(app: Flask, settings: Settings) -> None:
    """Believe the last `TRUSTED_PROXIES` hops; none by default, so nobody can forge an address."""
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
