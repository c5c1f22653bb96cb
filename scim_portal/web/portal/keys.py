"""The keys that pages know: which letter leads where, and a page that lists them for browsers without scripts."""

from __future__ import annotations

from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint

# By section; each letter once.
LETTERS = {
    "overview": "o", "notices": "n", "users": "u", "groups": "g", "waitlist": "w", "licenses": "l", "contracts": "t",
    "rules": "r", "connectors": "c", "setup": "s", "schemas": "a", "log": "p", "ledger": "e", "exports": "x",
    "admins": "m", "api_keys": "k",
}  # fmt: skip


@blueprint.get("/keys")
def keys() -> Answer:
    """List the keys."""
    return door.page("keys.html", section="keys")
