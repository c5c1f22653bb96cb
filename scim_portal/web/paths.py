"""Where a request wants to go, before routing: `/p/<slug>` becomes the script name, aliases and odd spellings the one address.

This is what lets a portal be reached by path or by host with the same routes, and links come out right either way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

PORTAL_PATH = re.compile(r"/p/([^/]+)(/.*)?\Z", re.DOTALL)
SCIM = "/scim/v2"
ALIASES = ("/api/v1/scim/scimokta", "/api/scim/resource/v2")
ENDPOINTS = {
    name.lower(): name
    for name in (
        "Users",
        "Groups",
        "ServiceProviderConfig",
        "ResourceTypes",
        "Schemas",
        "Me",
        "Bulk",
        ".search",
        "Entitlements",
    )
}


class PortalPaths:
    """WSGI middleware: rewrites the path and notes the portal's slug in `portal.slug`."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if found := PORTAL_PATH.match(path):
            environ["portal.slug"] = found[1]
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/p/{found[1]}"
            path = found[2] or "/"
        environ["PATH_INFO"] = scim_path(path)
        answer: Iterable[bytes] = self.application(environ, start_response)
        return answer


def scim_path(path: str) -> str:
    """Spell a SCIM path the one way that is routed; any other path is returned as it is.

    Aliases become `/scim/v2`; doubled and trailing slashes go (a base URL may be typed with one); endpoint names match
    in any case, since some clients send `/users`.
    """
    lower = path.lower()
    prefix = next((one for one in (SCIM, *ALIASES) if lower == one or lower.startswith(one + "/")), None)
    if prefix is None:
        return path
    parts = [part for part in path[len(prefix) :].split("/") if part]
    if parts:
        parts[0] = ENDPOINTS.get(parts[0].lower(), parts[0])
    return "/".join([SCIM, *parts])
