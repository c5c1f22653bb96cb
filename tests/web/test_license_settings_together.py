"""Two admins save the settings of one license type: what both changed is kept, and nobody is overruled unseen."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.portals import PortalUnderTest
from tests.web.visitor import Visitor

FIELDS = ("name", "family", "rank", "hold_days", "settle_seconds", "allowance", "thresholds", "unit_cost", "currency")


@pytest.fixture
def two(portal: PortalUnderTest) -> tuple[PortalUnderTest, Visitor, Visitor]:
    portal.license("view", 5)
    return portal, Visitor.signed_in(portal), Visitor.signed_in(portal, "license-admin")


def form(page: str) -> dict[str, str]:
    """Read the form as a browser would send it."""
    found = {"seen": value(page, "seen")} | {name: value(page, name) for name in FIELDS}
    return {name: unescape(text) for name, text in found.items()}


def value(page: str, name: str) -> str:
    (tag,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    return re.findall(r' value="([^"]*)"', tag)[0]


def settings(portal: PortalUnderTest) -> dict[str, Any]:
    (found,) = portal.api("GET", "/license-types").json["items"]
    return dict(found)


def test_what_two_admins_changed_in_different_fields_is_kept(two: tuple[PortalUnderTest, Visitor, Visitor]) -> None:
    portal, one, other = two
    mine, theirs = form(one.page("/licenses/view")), form(other.page("/licenses/view"))
    assert other.send("/licenses/view", theirs | {"rank": "70", "thresholds": "50"}).status_code == 302
    assert (
        one.send("/licenses/view", mine | {"name": "Viewer", "unit_cost": "12.5", "currency": "eur"}).status_code == 302
    )
    found = settings(portal)
    assert (found["name"], found["rank"], found["unit_cost"]) == ("Viewer", 70, 12.5)
    assert found["thresholds"] == [50]


def test_the_same_field_is_shown_again_before_anybody_is_overruled(
    two: tuple[PortalUnderTest, Visitor, Visitor],
) -> None:
    portal, one, other = two
    mine, theirs = form(one.page("/licenses/view")), form(other.page("/licenses/view"))
    other.send("/licenses/view", theirs | {"rank": "70", "hold_days": "3"})
    answer = one.send("/licenses/view", mine | {"rank": "80"})
    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile, to 70. Save again to overrule." in answer.text
    again = form(answer.text)
    assert again["rank"] == "80"
    assert settings(portal)["rank"] == 70
    assert one.send("/licenses/view", again).status_code == 302
    found = settings(portal)
    assert (found["rank"], found["hold_days"]) == (80, 3)


def test_both_may_have_meant_the_same(two: tuple[PortalUnderTest, Visitor, Visitor]) -> None:
    portal, one, other = two
    mine, theirs = form(one.page("/licenses/view")), form(other.page("/licenses/view"))
    other.send("/licenses/view", theirs | {"thresholds": "70, 90"})
    assert one.send("/licenses/view", mine | {"thresholds": "90 70"}).status_code == 302
    assert settings(portal)["thresholds"] == [70, 90]


@pytest.mark.parametrize("seen", ["", "nonsense", "[]", "null", '{"rank": {"a": 1}}'])
def test_a_form_that_does_not_say_what_it_showed_is_saved_as_typed(
    two: tuple[PortalUnderTest, Visitor, Visitor], seen: str
) -> None:
    portal, one, _ = two
    answer = one.send("/licenses/view", form(one.page("/licenses/view")) | {"seen": seen, "hold_days": "4"})
    assert answer.status_code == 302
    assert settings(portal)["hold_days"] == 4
