"""scim2-server with its own storage in memory; runs in the peer's environment, never in the product's."""

import os

from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider

_application = BearerTokenApplication(
    InMemoryStorage(), load_default_provider(), bearer_tokens=[os.environ["PEER_TOKEN"]]
)


def app(environ, start_response):  # type: ignore[no-untyped-def]
    """Serve below /v2."""
    environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/v2")
    environ["SCRIPT_NAME"] += "/v2"
    return _application(environ, start_response)
