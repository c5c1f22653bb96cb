"""The attribute mapping's page: rows, the sample, the preview, and saving after it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.portals import PortalUnderTest, a_user
from tests.web.visitor import Visitor

SAMPLE = '{"userName": "ANN@X", "displayName": "Ann Archer"}'


def row(number: int, target: str, value: str, **rest: str) -> dict[str, str]:
    parts = {"way": "source", "separator": "", "part": "1", "case": ""} | rest
    return {f"target.{number}": target, f"value.{number}": value} | {f"{k}.{number}": one for k, one in parts.items()}


def address(portal: PortalUnderTest, side: str = "") -> str:
    return f"/connectors/{portal.connector().id}/mapping{side}"


def panes(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'<pre class="body"[^>]*>(.*?)</pre>', page, re.DOTALL)]


def rules(portal: PortalUnderTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = portal.api("GET", address(portal)).json["user"]["requests"]
    return found


def test_rules_are_previewed_then_saved_and_then_hold(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    assert "ann.archer@acme.example" in visitor.page(address(portal))
    form = (
        row(0, "userName", "userName", case="trim,lower") | row(1, "", "")
        | row(2, "name.familyName", "displayName", separator=" ", part="-1")
        | row(3, "title", "a, b", way="first_of", drop="1") | row(4, "active", "true", way="constant")
    )  # fmt: skip
    shown = visitor.send(address(portal), form | {"sample": SAMPLE, "action": "preview"})
    before, after, kept = panes(shown.text)
    assert ('"ANN@X"' in before, '"ann@x"' in after, '"familyName": "Archer"' in kept) == (True, True, True)
    assert rules(portal) == []
    seen = re.search(r'name="previewed" value="(\w+)"', shown.text)
    assert seen
    other = row(0, "userName", "userName", case="upper") | {"sample": SAMPLE, "action": "save", "previewed": seen[1]}
    refused = visitor.send(address(portal), other)
    assert (refused.status_code, "changed since the preview" in refused.text) == (422, True)
    saved = visitor.send(address(portal), form | {"sample": SAMPLE, "action": "save", "previewed": seen[1]})
    assert saved.status_code == 302
    assert rules(portal) == [
        {"source": "userName", "target": "userName", "transforms": ["trim", "lower"]},
        {"source": "displayName", "target": "name.familyName", "split": {"separator": " ", "part": -1}},
        {"first_of": ["a", "b"], "target": "title", "drop_source": True},
        {"constant": True, "target": "active"},
    ]
    page = visitor.page(address(portal))
    assert 'value="a, b"' in page
    assert "4 rules" in visitor.page(f"/connectors/{portal.connector().id}")
    assert portal.scim("POST", "/Users", a_user("ANN@X")).json["userName"] == "ann@x"


def test_nothing_is_saved_without_a_preview(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    answer = visitor.send(address(portal), row(0, "title", "x") | {"sample": SAMPLE, "action": "save"})
    assert (answer.status_code, rules(portal)) == (422, [])
    assert "Save these rules" in answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (row(0, "", "") | row(1, "titel", "x"), "is no attribute of User"),
        (row(0, "password", "x"), "cannot be converted"),
        (row(0, "active", "perhaps", way="constant"), "must be true or false"),
        (row(0, "title", "x", separator=" ", part="first"), "counted from the end"),
        (row(0, "title", "x", way="magic"), "none of"),
        (row(0, "title", "x", case="shout"), "must be one of trim"),
        (row(0, "title", "x") | {"sample": "{"}, "not valid JSON"),
        (row(0, "title", "x") | {"sample": "[]"}, "must be a JSON object"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(portal: PortalUnderTest, form: dict[str, str], words: str) -> None:
    answer = Visitor.signed_in(portal).send(address(portal), {"sample": "{}", "action": "preview"} | form)
    assert answer.status_code == 422
    assert words in html.unescape(answer.text)
    assert "Save these rules" not in answer.text


def test_rows_are_added_and_removed_without_scripts(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    added = visitor.send(address(portal), row(0, "title", "x") | {"sample": SAMPLE, "action": "add"})
    assert (added.status_code, 'name="target.1"' in added.text) == (200, True)
    removed = visitor.send(address(portal), row(0, "title", "x") | row(1, "locale", "y") | {"action": "remove.0"})
    assert ('value="locale"' in removed.text, 'value="y"' in removed.text) == (True, True)
    assert 'name="target.1"' not in removed.text


def test_a_sample_that_would_be_refused_says_why(portal: PortalUnderTest) -> None:
    shown = Visitor.signed_in(portal).send(
        address(portal), row(0, "title", "x") | {"sample": "{}", "action": "preview"}
    )
    assert "userName is required." in shown.text


@pytest.mark.parametrize("kind", ["okta", "entra", "generic"])
def test_each_side_has_rules_and_a_sample_of_its_own(portal: PortalUnderTest, kind: str) -> None:
    visitor = Visitor.signed_in(portal)
    portal.provision("zoe@x.example")
    page = f"/connectors/{portal.connector(kind).id}/mapping"
    assert "zoe@x.example" in visitor.page(f"{page}?resource=user&direction=answers")
    assert "Sales" in visitor.page(f"{page}?resource=group&direction=requests")
    assert visitor.get(f"{page}?resource=printer").status_code == 404
    side = f"{page}?resource=group&direction=answers"
    shown = visitor.send(side, row(0, "displayName", "x", way="constant") | {"sample": "{}", "action": "preview"})
    assert panes(shown.text) == ["{}", '{\n  "displayName": "x"\n}']


def test_readers_look_but_do_not_touch(portal: PortalUnderTest) -> None:
    for role in ("license-admin", "auditor", "helpdesk"):
        visitor = Visitor.signed_in(portal, role)
        assert "Preview first" not in visitor.page(address(portal))
        assert visitor.send(address(portal), row(0, "title", "x")).status_code == 403
