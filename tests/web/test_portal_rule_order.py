"""The ordered list: moves by buttons and by place, said and focused; numbers beside each rule; and two admins at once."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from scim_portal.db import transact
from scim_portal.services import drafts, rulebook
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor

HTMX = {"HX-Request": "true"}


@pytest.fixture
def five(portal: PortalUnderTest) -> PortalUnderTest:
    """Five rules, the first and the second of which match Ann."""
    portal.license("pro", 5, rank=30)
    portal.license("view", 5, rank=10)
    conditions = ("userName pr", 'title eq "Boss"', 'title eq "b"', 'title eq "c"', 'title eq "d"')
    rules = [a_rule(f"r{n}", one, "pro") for n, one in enumerate(conditions, start=1)]
    portal.publish(a_policy(*rules, default="view"))
    portal.provision("ann@acme.example", title="Boss")
    return portal


def order(portal: PortalUnderTest) -> list[str]:
    return [rule["id"] for rule in drafts.working(portal.ctx())["rules"]]


def colleague(portal: PortalUnderTest) -> Visitor:
    return Visitor.signed_in(portal, "license-admin")


def form_of(visitor: Visitor, path: str) -> dict[str, Any]:
    """What a browser would send of the editor that is open at a path."""
    page = visitor.page(path)
    fields = re.findall(
        r'<(?:input|textarea)[^>]*? name="([^"]+)"[^>]*?(?: value="([^"]*)"[^>]*)?>(?:([^<]*)</textarea>)?', page
    )
    unescaped = {name: (value or text).replace("&#34;", '"').replace("&#39;", "'") for name, value, text in fields}
    chosen = re.findall(r'<select[^>]* name="([^"]+)".*?<option value="([^"]*)" selected', page, re.DOTALL)
    return unescaped | dict(chosen) | {"action": "save"}


def test_a_rule_goes_to_the_place_that_is_typed(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    answer = visitor.send("/rules/r5/move", {"to": "2"})
    assert order(five) == ["r1", "r5", "r2", "r3", "r4"]
    assert answer.location.endswith("/rules?focus=place-r5#rule-r5")
    page = visitor.page("/rules?focus=place-r5")
    assert "“R5” is now rule 2 of 5." in page
    assert re.search(r'id="place-r5"[^>]* autofocus', page)
    visitor.send("/rules/r5/move", {"to": "99"})
    assert order(five)[-1] == "r5"


def test_a_place_that_is_none_is_refused_and_moves_nothing(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    for typed, said in (
        ("", "Give a place from 1 to 5."),
        ("two", "This must be a whole number."),
        ("1.5", "whole number"),
    ):
        assert said in visitor.send("/rules/r5/move", {"to": typed}, headers=HTMX).text
    assert visitor.send("/rules/r9/move", {"to": "1"}).status_code == 404
    assert rulebook.draft(five.ctx()) is None


def test_a_script_gets_the_list_with_what_to_say_and_where_the_keyboard_goes_on(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    text = visitor.send("/rules/r2/move", {"by": "-1"}, headers=HTMX).text
    assert 'data-say="“R2” is now rule 1 of 5."' in text
    assert "<html" not in text
    assert re.search(r'id="down-r2"[^>]* autofocus', text), "at the top, going up is over"


def test_what_is_moved_back_leaves_no_draft(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    visitor.send("/rules/r2/move", {"by": "1"})
    assert rulebook.draft(five.ctx()) is not None
    visitor.send("/rules/r2/move", {"by": "-1"})
    assert rulebook.draft(five.ctx()) is None


def test_the_numbers_come_after_the_page_in_few_statements(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    assert 'hx-get="' + five.base + '/rules/draft/counts"' in visitor.page("/rules")
    with counted() as statements:
        text = visitor.page("/rules/draft/counts")
    assert len(statements) <= 14, statements
    assert re.search(r'id="matches-r2"[^>]*><span class="num">1<', text)
    assert re.search(r'id="decides-r2"[^>]*><span class="num d-block">0<', text)
    assert re.search(r'id="seats-r1"[^>]*><span class="num d-block">1<', text)
    assert "nobody is left to the default" in text
    assert re.search(r'id="matches-r2"><span class="num">1<', visitor.page("/rules?counts=1"))


def test_pages_of_rules_take_a_bounded_number_of_statements(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    more = [a_rule(f"x{n}", f'title eq "x{n}"', "pro") for n in range(30)]
    transact(lambda: drafts.edit(five.ctx(), lambda document: document["rules"].extend(more)))
    taken = {}
    for path in (
        "/rules",
        "/rules/draft/counts",
        "/rules/r1",
        "/rules/history",
        "/rules/draft/test?user=" + someone(five),
    ):
        with counted() as statements:
            visitor.page(path)
        taken[path] = len(statements)
    assert max(taken.values()) <= 20, taken


def someone(portal: PortalUnderTest) -> str:
    id: str = portal.scim("GET", "/Users").json["Resources"][0]["id"]
    return id


def test_the_second_admin_is_told_who_changed_the_rule_and_loses_nothing(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    form = form_of(mine, "/rules/r2")
    other = form_of(theirs, "/rules/r2") | {"condition": 'title eq "Chief"'}
    assert theirs.send("/rules/r2", other).status_code == 302
    answer = mine.send("/rules/r2", form | {"name": "My own name"})
    assert answer.status_code == 409
    assert f"license-admin@{five.slug}.example changed this rule in the draft just now." in answer.text
    assert "title equals “Chief”" in answer.text
    assert 'value="My own name"' in answer.text
    assert drafts.working(five.ctx())["rules"][1]["name"] == "R2"
    again = re.search(r'name="was" value="([^"]*)"', answer.text)
    assert again
    was = html.unescape(again[1])
    assert mine.send("/rules/r2", form | {"name": "My own name", "was": was}).status_code == 302
    assert drafts.working(five.ctx())["rules"][1]["name"] == "My own name"


def test_changes_of_other_rules_are_in_nobodys_way(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    form = form_of(mine, "/rules/r2")
    theirs.send("/rules/r3/state", {"state": "paused"})
    theirs.send("/rules/r5/move", {"to": "1"})
    assert mine.send("/rules/r2", form | {"name": "Renamed"}).status_code == 302
    document = drafts.working(five.ctx())
    assert [rule["name"] for rule in document["rules"]][:3] == ["R5", "R1", "Renamed"]
    assert document["rules"][3]["state"] == "paused"


def test_a_rule_that_somebody_removed_meanwhile_can_be_kept_as_a_new_one(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    form = form_of(mine, "/rules/r2")
    theirs.send("/rules/r2/remove")
    answer = mine.send("/rules/r2", form)
    assert answer.status_code == 409
    assert "removed this rule from the draft just now." in answer.text
    assert f'action="{five.base}/rules/new"' in answer.text
    assert mine.send("/rules/new", form | {"was": ""}).status_code == 302
    assert drafts.working(five.ctx())["rules"][-1]["name"] == "R2"
    assert mine.get("/rules/r2").status_code == 404
    assert mine.send("/rules/nothing", form).status_code == 404


def test_a_rule_that_was_published_meanwhile_names_the_version(five: PortalUnderTest) -> None:
    mine = Visitor.signed_in(five)
    form = form_of(mine, "/rules/r2")
    document = drafts.working(five.ctx())
    document["rules"][1]["queue_priority"] = 5
    five.publish(document)
    answer = mine.send("/rules/r2", form)
    assert answer.status_code == 409
    assert "published version 2 just now, with another text of this rule." in answer.text


def test_the_default_that_somebody_else_set_meanwhile_is_not_overwritten(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    was = json.dumps({"cal": "view"})
    theirs.send("/rules/defaults", {"default.cal": "none", "was": was})
    answer = mine.send("/rules/defaults", {"default.cal": "pro", "was": was}, headers=HTMX)
    assert "set the default to no license just now. Nothing was changed" in answer.text
    assert drafts.working(five.ctx())["defaults"] == {"cal": None}


def test_a_draft_that_somebody_wrote_in_since_is_not_thrown_away_unseen(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    mine.send("/rules/r5/move", {"to": "1"})
    seen = re.search(r'name="seen" value="([^"]+)"', mine.page("/rules"))
    assert seen
    theirs.send("/rules/r4/move", {"to": "1"})
    assert "changed the draft just now" in mine.send("/rules/discard", {"seen": seen[1]}, follow_redirects=True).text
    assert rulebook.draft(five.ctx()) is not None
    mine.send("/rules/discard")
    assert rulebook.draft(five.ctx()) is None


def test_readers_see_numbers_and_no_control(five: PortalUnderTest) -> None:
    Visitor.signed_in(five).send("/rules/r5/move", {"to": "1"})
    reader = Visitor.signed_in(five, "helpdesk")
    page = reader.page("/rules?counts=1")
    assert re.search(r'id="matches-r2"><span class="num">1<', page)
    for control in ("data-grip", "up-r2", "Discard", "Set in the draft", "Preview and publish"):
        assert control not in page
    assert reader.send("/rules/draft/check", {"condition": "title pr"}).status_code == 403
    assert reader.get("/rules/preview/changes.csv").status_code == 403
    assert Visitor.signed_in(five, "auditor").get("/rules/preview/changes.csv").status_code == 200


def test_a_rule_that_is_gone_is_told_in_the_list(five: PortalUnderTest) -> None:
    mine, theirs = Visitor.signed_in(five), colleague(five)
    theirs.send("/rules/r5/remove")
    answer = mine.send("/rules/r5/move", {"to": "1"}, headers=HTMX)
    assert answer.status_code == 404
    assert "There is no such rule in the draft." in answer.text
    assert "<html" not in answer.text


def test_a_draft_that_was_overtaken_says_what_it_would_undo(five: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(five)
    visitor.send("/rules/r5/move", {"to": "1"})
    document = rulebook.current(five.ctx())[1]
    document = document | {"rules": [*document["rules"], a_rule("r6", "nickName pr", "pro")]}
    five.publish(document)
    page = visitor.page("/rules")
    assert "Draft over version 1" in page
    assert "Publishing it would undo:" in page
    assert re.search(r"added</span> <b[^>]*>R6</b>", page)
