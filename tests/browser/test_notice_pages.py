"""The pages of notices and of a frozen rule against axe in both themes, and a notice put away by keyboard."""

from __future__ import annotations

import httpx
import pytest

from tests.browser.desk import Desk
from tests.browser.test_accessibility import violations
from tests.concurrency.arena import eventually
from tests.portals import a_policy, a_rule

pytestmark = pytest.mark.browser


def freeze(desk: Desk) -> None:
    """Delete the group that a rule names, and wait until the worker has told of it."""
    rule = a_rule("crew", f'groups.value eq "{desk.ids["group"]}"', "pro")
    document = a_policy(rule, default="view")
    token = desk.api("POST", "/policy/preview", {"document": document})["preview_token"]
    desk.api("POST", "/policy/publish", {"document": document, "preview_token": token})
    path = f"{desk.portal.scim_base_url}/Groups/{desk.ids['group']}"
    assert httpx.delete(path, headers={"Authorization": f"Bearer {desk.portal.token}"}).status_code == 204
    eventually(lambda: "needs-attention" in told(desk), "the worker did not tell")


def told(desk: Desk) -> set[str]:
    return {one["kind"] for one in desk.api("GET", "/notices?state=open")["items"]}


def test_the_pages_are_clean_in_both_themes(desk: Desk) -> None:
    freeze(desk)
    desk.sign_in()
    found = {}
    for theme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for path in ("/", "/notices", "/notices?state=all", "/frozen-rules/crew", "/rules", "/licenses/pro"):
            desk.go(path)
            found[theme, path] = violations(desk)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


def test_a_notice_is_put_away_and_a_frozen_rule_is_released_by_keyboard(desk: Desk) -> None:
    freeze(desk)
    page = desk.sign_in()
    desk.go("/notices")
    page.get_by_role("link", name="The rule “Crew” needs attention").press("Enter")
    page.get_by_role("button", name="Release now").press("Enter")
    page.get_by_role("button", name="Release", exact=True).press("Enter")
    page.get_by_text("The rule keeps nobody any longer. Everybody").wait_for()
    desk.go("/notices")
    page.get_by_role("button", name="Put away: The rule “Crew”").press("Enter")
    page.get_by_text("The notice is put away.").wait_for()
    assert "needs-attention" not in told(desk)
