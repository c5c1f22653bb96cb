"""What every template may ask for: assets, the menu, the signed-in admin, times in words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, url_for
from flask_babel import gettext as _

from scim_portal import clock
from scim_portal.config import ROOT
from scim_portal.services import catalog, notices
from scim_portal.web.portal import dates, door, wording, zones
from scim_portal.web.portal.keys import LETTERS


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu; `key` is what a page calls its section."""

    key: str
    label: str
    icon: str
    endpoint: str
    count: int = 0

    @property
    def url(self) -> str:
        """Give the address of its page in this portal."""
        return url_for(self.endpoint)

    @property
    def letter(self) -> str | None:
        """Give the letter that leads here after a `g`."""
        return LETTERS.get(self.key)


def install(app: Flask) -> None:
    """Give templates their names."""
    app.context_processor(names)
    app.add_template_filter(wording.ago, "ago")
    app.add_template_filter(zones.local, "local")
    for written in (dates.on_day, dates.on_clock, dates.on_axis, dates.precisely, dates.in_form):
        app.add_template_filter(written)
    app.add_template_global(asset, "asset")


def names() -> dict[str, Any]:
    """Give the names that the frame of a page uses; a page's own values go first."""
    return {
        "portal": g.get("portal"), "me": g.get("me"), "navigation": navigation, "now": clock.now(), "section": None,
        "form": {}, "errors": {}, "home_url": url_for("portal.overview"), "account_url": url_for("portal.account"),
        "logout_url": url_for("portal.logout"), "may": door.may,
    }  # fmt: skip


def navigation() -> list[tuple[str, list[Item]]]:
    """Make the menu: titled groups of items."""
    waiting = sum(item.type.waiting for item in catalog.summaries(door.context()))
    return [
        (
            "",
            [
                Item("overview", _("Overview"), "layout-dashboard", "portal.overview"),
                Item("notices", _("Notices"), "inbox", "portal.notices", notices.count_open(door.context())),
            ],
        ),
        (
            _("People"),
            [
                Item("users", _("Users"), "users", "portal.users"),
                Item("groups", _("Groups"), "users-group", "portal.groups"),
                Item("waitlist", _("Waitlist"), "hourglass", "portal.waitlist", waiting),
            ],
        ),
        (
            _("Licenses"),
            [
                Item("licenses", _("License types"), "license", "portal.licenses"),
                Item("contracts", _("Contracts"), "file-text", "portal.contracts"),
                Item("rules", _("Rules"), "list-check", "portal.rules"),
            ],
        ),
        (
            _("Provisioning"),
            [
                Item("connectors", _("Connectors"), "plug-connected", "portal.connectors"),
                Item("setup", _("Set-up guide"), "writing-sign", "portal.setup"),
                Item("schemas", _("Schemas"), "adjustments", "portal.schemas"),
                Item("log", _("Provisioning log"), "activity", "portal.log"),
            ],
        ),
        (_("Records"), _records()),
        *([(_("Access"), _access())] if door.may("admit") else []),
    ]


def _records() -> list[Item]:
    ledger = Item("ledger", _("Ledger"), "shield-check", "portal.ledger")
    exports = Item("exports", _("Exports"), "file-export", "portal.exports")
    return [ledger, exports] if door.may("export") else [ledger]


def _access() -> list[Item]:
    return [
        Item("admins", _("Admins"), "user-check", "portal.admins"),
        Item("api_keys", _("API keys"), "key", "portal.api_keys"),
    ]


def asset(path: str) -> str:
    """Give the address of a static file, with its content in the query, so that a new version is never an old copy."""
    if current_app.debug:
        _fingerprint.cache_clear()
    return url_for("static", filename=path, v=_fingerprint(path))


@lru_cache(maxsize=64)
def _fingerprint(path: str) -> str:
    content = (ROOT / "scim_portal" / "static" / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
