"""Every page against axe's rules for WCAG 2.2 AA and good practice, in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest

from tests.browser.desk import Desk
from tests.databases import Database

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLORS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


def violations(desk: Desk, asked: Any = TAGS) -> list[str]:
    """What axe finds wrong with the page that is open."""
    desk.page.evaluate(AXE)
    # All rules are tried all the same; what passes is merely not listed node by node.
    asked = {"runOnly": asked, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = desk.page.evaluate("asked => axe.run(document, asked)", asked)["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_every_page_is_clean(desk: Desk, database: Database) -> None:
    """In light on one database, in dark on the other: what is wrong with a page does not depend on where it is stored."""
    theme: Literal["light", "dark"] = "light" if database.kind == "sqlite" else "dark"
    desk.page.emulate_media(color_scheme=theme)
    desk.go("/login")
    asked = TAGS if theme == "light" else COLORS  # nothing else depends on the theme
    found = {"/login": violations(desk, asked)}
    desk.sign_in()
    line = f"/contract-lines/{desk.ids['line']}"
    pages = (
        "/", "/users", "/users?state=waiting", "/users?q=nobody", f"/users/{desk.ids['ann']}", f"/users/{desk.ids['cleo']}",
        "/groups", f"/groups/{desk.ids['group']}", "/waitlist", "/licenses", "/licenses/pro", "/licenses/new", "/rules",
        "/licenses/pro/lines", "/contracts", line, f"{line}/renew", f"{line}/end", f"{line}/remove", "/keys",
        "/rules/new", "/rules/sales", "/rules/preview", "/rules/history", "/rules/draft/test",
        f"/rules/draft/test?user={desk.ids['ann']}",
        "/connectors",
        f"/connectors/{desk.ids['connector']}", f"/connectors/{desk.ids['connector']}/mapping",
        "/schemas", "/schemas/new", f"/schemas/{desk.ids['schema']}",
        "/setup", "/setup/okta-wizard", "/setup/okta-catalog", "/setup/entra", "/setup/other", "/setup/okta-wizard/status",
        "/users?state=active&license=pro", "/users?concern=attention", "/provisioning-log?status=4xx", "/ledger/moment",
        "/ledger/moment?at=2020-01-01&then=2030-01-01", "/ledger?event=seat.granted", "/groups?state=empty",
        "/provisioning-log", "/ledger", "/notices", "/notices?state=all", "/exports", "/me", "/me/two-factor", "/password",
        "/admins", "/api-keys", "/account", "/nothing",
    )  # fmt: skip
    for path in pages:
        desk.go(path)
        found[path] = violations(desk, asked)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
