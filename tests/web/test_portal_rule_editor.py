"""The rule editor: builder and text follow each other, a fault is shown at its place, and a test on one user."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from scim_portal.services import drafts
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor

HTMX = {"HX-Request": "true"}
TERM = {"path.0": "title", "op.0": "eq", "value.0": "Boss"}


@pytest.fixture
def office(portal: PortalUnderTest) -> PortalUnderTest:
    """A boss and a clerk, a rule for bosses, and two groups of the same name."""
    portal.license("pro", 1, rank=30)
    portal.license("view", 5, rank=10)
    portal.publish(a_policy(a_rule("bosses", 'title eq "Boss"', "pro"), default="view"))
    portal.provision("ann@acme.example", title="Boss")
    portal.provision("ben@acme.example", title="Clerk")
    return portal


def checked(visitor: Visitor, form: dict[str, Any]) -> str:
    """What the editor's script gets while something is typed."""
    answer = visitor.send("/rules/draft/check", form, headers=HTMX)
    assert answer.status_code == 200
    text: str = answer.text
    return text


def saved(portal: PortalUnderTest, visitor: Visitor, form: dict[str, Any]) -> str:
    """The condition of a rule that is kept from a form."""
    answer = visitor.send(
        "/rules/new", {"name": "New", "grant.cal": "pro", "queue_priority": "1", "state": "active"} | form
    )
    assert answer.status_code == 302, re.findall(r'role="alert".*?</div>', answer.text, re.DOTALL)
    condition: str = drafts.working(portal.ctx())["rules"][-1]["condition"]
    return condition


def test_the_text_follows_the_builder_and_whom_it_matches_is_counted(office: PortalUnderTest) -> None:
    text = checked(Visitor.signed_in(office), TERM | {"edited": "builder"})
    assert "title eq &#34;Boss&#34;</textarea>" in text
    assert 'id="builder-side"' not in text, "nothing is changed under the hands that type"
    assert re.search(r">1</b> of 2 active users matches", text)
    assert "ann@acme.example" in text


def test_the_builder_follows_the_text(office: PortalUnderTest) -> None:
    condition = 'title eq "Boss" or (title sw "Cl" and not (locale pr))'
    text = checked(Visitor.signed_in(office), {"condition": condition, "edited": "text"})
    assert re.findall(r' name="path\.\d" value="([^"]*)"', text) == ["title", "title", "locale"]
    assert re.findall(r' name="block\.\d" value="([^"]*)"', text) == ["0", "1", "1"]
    assert 'id="text-side"' not in text
    assert 'id="text-was"' in text
    assert re.search(r">2</b> of 2", text)


@pytest.mark.parametrize(
    ("condition", "marked"),
    [('title eqq "x"', "eqq"), ("title eq", "…"), ('title eq "x" and shoeSize pr', "shoeSize pr"),
        ("active gt true", "active gt true")],
)  # fmt: skip
def test_a_fault_is_shown_at_its_place_and_leaves_the_count_alone(
    office: PortalUnderTest, condition: str, marked: str
) -> None:
    text = checked(Visitor.signed_in(office), TERM | {"condition": condition, "edited": "text"})
    assert f"<mark>{marked}</mark>" in text
    assert "check-count" not in text
    assert 'id="builder-side"' not in text


def test_a_term_in_work_is_no_fault_and_a_wrong_one_says_so_beside_it(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    text = checked(visitor, TERM | {"path.1": "locale", "op.1": "eq", "value.1": "", "edited": "builder"})
    assert "The condition is not complete yet." in text
    assert "Give the text to compare with." not in text
    text = checked(visitor, TERM | {"path.1": "shoeSize", "op.1": "eq", "value.1": "4", "edited": "builder"})
    assert re.search(
        r'id="term-error-1"[^>]*><svg.*?</svg>\'shoeSize\' is no attribute of User\.', text.replace("&#39;", "'")
    )


def test_buttons_add_terms_to_groups_and_take_them_away(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    text = checked(visitor, TERM | {"action": "add.0"})
    assert re.findall(r' name="block\.\d" value="([^"]*)"', text) == ["0", "0"]
    text = checked(visitor, TERM | {"path.1": "locale", "op.1": "pr", "value.1": "", "action": "remove.1"})
    assert re.findall(r' name="path\.\d" value="([^"]*)"', text) == ["title"]
    assert "title eq &#34;Boss&#34;</textarea>" in text


def test_the_side_that_was_changed_is_kept(office: PortalUnderTest) -> None:
    visitor, was = Visitor.signed_in(office), 'title eq "Boss"'
    both = {"text_was": was, "condition": was}
    assert saved(office, visitor, TERM | both) == was
    assert saved(office, visitor, TERM | both | {"value.0": "Chief"}) == 'title eq "Chief"'
    assert saved(office, visitor, TERM | both | {"condition": 'title  eq "Head"'}) == 'title  eq "Head"'
    assert (
        saved(office, visitor, both | {"condition": "title pr and\r\n active eq true"})
        == "title pr and  active eq true"
    )


def test_two_sides_that_were_both_changed_are_not_guessed_at(office: PortalUnderTest) -> None:
    was = 'title eq "Boss"'
    form = TERM | {"text_was": was, "condition": 'title eq "A"', "value.0": "B", "name": "x", "queue_priority": "1"}
    answer = Visitor.signed_in(office).send("/rules/new", form)
    assert answer.status_code == 422
    assert "The builder and the text were both changed." in answer.text


def test_groups_are_suggested_by_name_and_by_id_where_two_bear_it(office: PortalUnderTest) -> None:
    one, two, art = office.push("Sales"), office.push("sales"), office.push("Art, Design")
    office.push("Support")
    visitor = Visitor.signed_in(office)
    found = visitor.get("/rules/draft/groups?value.0=Support, sa", headers=HTMX).text
    assert {f"Support, {id}" for id in (one, two)} == set(re.findall(r'value="([^"]+)"', found))
    assert re.findall(r'value="([^"]+)"', visitor.get("/rules/draft/groups?value.0=art", headers=HTMX).text) == [art]
    office.scim("DELETE", f"/Groups/{two}")
    term = {"path.0": "groups", "op.0": "eq", "value.0": "Sales", "edited": "builder"}
    assert f"groups.value eq &#34;{one}&#34;" in checked(visitor, term)


def test_the_draft_is_tried_on_one_user_beside_the_live_rules(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    found = visitor.get("/rules/draft/test?q=ben", headers=HTMX).text
    ben = re.search(r"/rules/draft/test\?user=([0-9a-f-]+)", found)
    assert ben
    assert "ben@acme.example" in found
    page = visitor.page(f"/rules/draft/test?user={ben[1]}")
    assert "Due by the draft" not in page
    assert re.search(r"title equals “Boss” <span[^>]*>— has: clerk", page)
    form = {
        "name": "Clerks",
        "condition": 'title eq "Clerk"',
        "grant.cal": "pro",
        "queue_priority": "1",
        "state": "active",
    }
    visitor.send("/rules/new", form)
    page = visitor.page(f"/rules/draft/test?user={ben[1]}")
    assert re.search(r"Due by the live rules</dt><dd>View<span[^>]*>the default", page)
    assert re.search(r"Due by the draft</dt><dd>Pro<span[^>]*>rule “Clerks”", page)
    assert "decides: Pro" in page
    visitor.send("/rules/new", form | {"name": "Nobody", "condition": 'not (title eq "Clerk" or title eq "Boss")'})
    page = visitor.page(f"/rules/draft/test?user={ben[1]}")
    assert re.search(r'aria-label="false:".*?title is none of “Clerk” or “Boss” <span[^>]*>— has: clerk', page)
    assert visitor.get("/rules/draft/test?user=01a222fd-36ee-7000-8000-000000000000").status_code == 404
    assert "Nobody is called like “zzz”." in visitor.page("/rules/draft/test?q=zzz")


class Fields(HTMLParser):
    """The fields of the editor's form, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.name = self.area = ""
        self.feed(page[page.index('id="rule-form"') :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag in {"select", "textarea"}:
            self.name = told["name"]
            self.area = self.name if tag == "textarea" else ""
            self.found[self.name] = ""
        elif tag == "input" and "name" in told:
            self.found[told["name"]] = told["value"]
        elif tag == "option" and "selected" in told:
            self.found[self.name] = told["value"]

    def handle_endtag(self, tag: str) -> None:
        self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data


def form_of(page: str) -> dict[str, str]:
    """What the editor would send as it is."""
    return {name: value for name, value in Fields(page).found.items() if name != "csrf_token"}


def test_a_window_that_was_not_touched_keeps_its_instants(office: PortalUnderTest) -> None:
    window = {"valid_from": "2026-12-01T08:30:00Z", "valid_until": "2027-01-31T23:30:00Z"}
    office.publish(a_policy(a_rule("bosses", 'title eq "Boss"', "pro", **window), default="view"))
    visitor = Visitor.signed_in(office)
    visitor.send("/me/time-zone", {"time_zone": "Europe/Berlin"})
    form = form_of(visitor.page("/rules/bosses"))
    assert (form["valid_from"], form["valid_until"]) == ("2026-12-01", "2027-02-01")
    assert visitor.send("/rules/bosses", form | {"name": "Chiefs"}).status_code == 302
    (rule,) = drafts.working(office.ctx())["rules"]
    assert (rule["name"], rule["valid_from"], rule["valid_until"]) == ("Chiefs", *window.values())
    form = form_of(visitor.page("/rules/bosses"))
    assert visitor.send("/rules/bosses", form | {"valid_from": "", "valid_until": "2027-02-02"}).status_code == 302
    (rule,) = drafts.working(office.ctx())["rules"]
    assert (rule["valid_from"], rule["valid_until"]) == (None, "2027-02-01T23:00:00Z")
    page = visitor.page("/rules")
    assert all(words in page for words in ("1 Dec 2026, 09:30", "1 Feb 2027, 00:30", ">2 Feb 2027<"))


def test_every_fallback_has_its_place_and_there_is_one_for_another(office: PortalUnderTest) -> None:
    for number in range(12):
        office.license(f"t{number}", 1, rank=30 - number)
    meanwhile = [f"t{number}" for number in range(10, -1, -1)]
    office.publish(a_policy(a_rule("bosses", 'title eq "Boss"', "pro", fallback=meanwhile), default="view"))
    visitor = Visitor.signed_in(office)
    form = form_of(visitor.page("/rules/bosses"))
    assert [form.get(f"fallback.cal.{number}") for number in range(13)] == [*meanwhile, "", None]
    answer = visitor.send("/rules/bosses", form | {"name": "Chiefs", "fallback.cal.0": "", "fallback.cal.11": "t11"})
    assert answer.status_code == 302
    (rule,) = drafts.working(office.ctx())["rules"]
    assert (rule["name"], rule["fallback"]) == ("Chiefs", [*meanwhile[1:], "t11"])
    form = form_of(visitor.page("/rules/bosses"))
    few = dict.fromkeys((f"fallback.cal.{number}" for number in range(10)), "")
    again = visitor.send("/rules/bosses", form | few | {"condition": "title eq"})
    assert (again.status_code, form_of(again.text)["fallback.cal.10"]) == (422, "t11")


def test_a_small_family_has_a_place_for_each_fallback_that_is_possible(office: PortalUnderTest) -> None:
    page = Visitor.signed_in(office).page("/rules/bosses")
    assert re.findall(r'name="fallback\.cal\.(\d)"', page) == ["0"]
