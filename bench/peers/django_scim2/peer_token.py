"""Lets in whoever brings the harness's token; django-scim2 leaves that to its host."""

import os
from types import SimpleNamespace

_WANTED = f"Bearer {os.environ['PEER_TOKEN']}"


class BearerTokenMiddleware:
    """Say who asks."""

    def __init__(self, get_response):  # type: ignore[no-untyped-def]
        self.get_response = get_response

    def __call__(self, request):  # type: ignore[no-untyped-def]
        known = request.headers.get("Authorization") == _WANTED
        request.user = SimpleNamespace(is_authenticated=known, is_anonymous=not known)
        return self.get_response(request)
