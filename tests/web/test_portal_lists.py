"""The portal's lists: filters in the address, totals, all rows as a file, and a bounded number of statements."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from scim_portal.clock import now
from scim_portal.db import db
from scim_portal.models import AdminAction
from scim_portal.services import list_exports, pages
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor


@pytest.fixture
def office(portal: PortalUnderTest) -> Iterator[PortalUnderTest]:
    """One seat of pro, which Ann has; Bob and Cid wait. Sales has two members, Empty none."""
    portal.license("pro", 1)
    portal.publish(a_policy(a_rule("all", "userName pr", "pro")))
    ids = [portal.provision(f"{name}@acme.example", displayName=name.title()) for name in ("ann", "bob", "cid")]
    portal.push("Sales", *ids[:2])
    portal.push("Empty")
    return portal


def rows(visitor: Visitor, path: str) -> list[dict[str, str]]:
    """Read a list as a file."""
    answer = visitor.get(path, buffered=True)  # streamed in the context that the call was made in
    assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def shown(page: str) -> str:
    """The pager's text."""
    found = re.search(r'<span class="num">([^<]*)<', page)
    return found[1] if found else ""


def test_a_filter_that_is_on_is_a_chip_that_takes_it_away(office: PortalUnderTest) -> None:
    page = Visitor.signed_in(office).page("/users?license=pro&state=active&q=an&sort=-created")
    assert "License: Pro" in page
    (href,) = re.findall(r'href="([^"]*)" aria-current="true">License: Pro', page)
    assert "license=" not in href
    assert all(part in href for part in ("state=active", "q=an", "sort=-created"))
    assert '<option value="-created" selected>' in page
    assert '<input type="hidden" name="state" value="active">' in page


def test_users_are_listed_by_concern_and_an_unknown_value_is_refused_by_name(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    assert shown(visitor.page("/users?concern=waiting")) == "2 of 2 users"
    assert shown(visitor.page("/users?concern=attention&q=bob")) == "1 of 1 users"
    for path in (
        "/users?state=odd",
        "/users?concern=odd",
        "/users?cursor=odd",
        "/groups?state=odd",
        "/ledger?from=odd",
        "/ledger?to=9999-12-31",
        "/ledger/moment?at=9999-12-31",
        "/groups?cursor=odd",
        "/provisioning-log?cursor=WzFd",
    ):
        assert visitor.get(path).status_code == 422, path
    for path in ("/users?license=odd", "/users?group=odd", "/ledger?user=" + "0" * 8):
        assert visitor.get(path).status_code in {200, 404}, path


def test_the_file_of_a_list_has_all_rows_that_the_filters_let_through(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office, "auditor")
    assert [one["user_name"] for one in rows(visitor, "/users.csv?sort=-user_name")] == [
        "cid@acme.example", "bob@acme.example", "ann@acme.example",
    ]  # fmt: skip
    (ann,) = rows(visitor, "/users.csv?license=pro")
    assert (ann["seats"], ann["waits_for"], ann["status"], ann["connector"]) == ("pro (assigned)", "", "active", "Okta")
    assert [(one["display_name"], one["members"]) for one in rows(visitor, "/groups.csv")] == [
        ("Empty", "0"),
        ("Sales", "2"),
    ]
    assert [(one["position"], one["user_name"]) for one in rows(visitor, "/waitlist.csv?q=cid")] == [
        ("2", "cid@acme.example")
    ]
    assert [one["event"] for one in rows(visitor, "/ledger.csv?q=bob")] == ["ticket.opened"]
    assert {one["method"] for one in rows(visitor, "/provisioning-log.csv?kind=Group")} == {"POST"}


def test_a_file_goes_on_beyond_the_first_piece_that_is_read(
    office: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_exports, "CHUNK", 1)
    visitor = Visitor.signed_in(office)
    for name, least in (("users", 3), ("groups", 2), ("waitlist", 2), ("ledger", 3), ("provisioning-log", 5)):
        found = rows(visitor, f"/{name}.csv")
        assert len(found) >= least, name
        assert len({tuple(one.values()) for one in found}) == len(found), name


def test_taking_a_list_away_is_in_the_record_with_its_filters(office: PortalUnderTest) -> None:
    rows(Visitor.signed_in(office, "auditor"), "/users.csv?state=active&q=ann")
    mine = (AdminAction.portal_id == office.ref.id, AdminAction.action == "export.made")
    action = db.session.scalars(select(AdminAction).where(*mine)).one()
    assert action.after == {"list": "users", "filters": {"state": "active", "q": "…"}}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_a_cell_that_looks_like_a_formula_gets_an_apostrophe(portal: PortalUnderTest, name: str) -> None:
    portal.provision("ann@acme.example", displayName=name)
    (ann,) = rows(Visitor.signed_in(portal), "/users.csv")
    assert ann["display_name"] == f"'{name}"


def test_helpdesk_takes_no_list_away(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office, "helpdesk")
    for name in ("users", "groups", "waitlist", "ledger", "provisioning-log"):
        assert visitor.get(f"/{name}.csv").status_code == 403, name
        assert "All as CSV" not in visitor.page(f"/{name}"), name


def test_groups_are_filtered_by_state_and_by_being_used(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    assert shown(visitor.page("/groups?state=empty")) == "1 of 1 groups"
    assert shown(visitor.page("/groups?q=ales")) == "1 of 1 groups"
    sales = office.api("GET", "/groups?search=sales").json["items"][0]["id"]
    office.publish(a_policy(a_rule("s", f'groups.value eq "{sales}"', "pro")))
    page = visitor.page("/groups?used=rules")
    assert "Sales</a>" in page
    assert "Empty</a>" not in page
    office.scim("DELETE", f"/Groups/{sales}")
    assert "Relink or release" in visitor.page(f"/groups/{sales}")
    assert shown(visitor.page("/groups?state=deleted")) == "1 of 1 groups"


def test_the_log_is_filtered_and_each_line_can_be_had_as_a_command(office: PortalUnderTest) -> None:
    office.scim("POST", "/Users", {"schemas": [], "userName": "ann@acme.example"})
    visitor = Visitor.signed_in(office)
    for query, number in (("status=409", 1), ("status=4xx", 1), ("method=PUT", 0), ("kind=Group", 2), ("q=bob", 1)):
        assert len(re.findall(r'id="curl-', visitor.page(f"/provisioning-log?{query}"))) == number, query
    page = visitor.page("/provisioning-log?status=409")
    assert "curl -X POST" in page
    assert "&#34;Authorization: Bearer $SCIM_TOKEN&#34;" in page
    assert office.token not in page
    assert visitor.get("/provisioning-log?status=many").status_code == 422


def test_a_filter_without_an_index_looks_only_so_far_and_says_so(
    office: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "LOOKED_THROUGH", 2)
    visitor = Visitor.signed_in(office)
    page = visitor.page("/ledger?event=seat.granted")
    assert "Looked through back to" in page
    (further,) = re.findall(r'href="[^"]*(/ledger\?[^"]*)" rel="next"', page)
    page = visitor.page(further.replace("&amp;", "&"))
    assert "got the seat</span>" in page
    assert 'rel="next"' not in page


def test_the_ledger_tells_any_past_moment_and_the_difference_between_two(office: PortalUnderTest) -> None:
    visitor, day = Visitor.signed_in(office), now().date().isoformat()
    page = visitor.page(f"/ledger/moment?at=2020-01-01&then={day}")
    assert re.search(r"Pro</th>.*>0<.*1 / 1.*\+1", page, re.S)
    assert re.search(r"ann@acme.example</a>.*no seat.*in use", page, re.S)
    assert "bob@acme.example" not in page
    assert "Choose a day" in visitor.page("/ledger/moment")


def test_a_priority_is_changed_on_the_waitlist_by_those_who_may(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office, "license-admin")
    cid = office.api("GET", "/tickets").json["items"][1]["user_id"]
    path, form = f"/waitlist/users/{cid}/licenses/pro/priority", {"queue_priority": "1", "reason": "asked by the board"}
    assert visitor.send(f"{path}?license=pro", form).location.endswith("/waitlist?license=pro")
    page = visitor.page("/waitlist")
    assert page.index(">Cid<") < page.index(">Bob<")
    assert "asked by the board" in page
    assert "a number from 0 to" in visitor.send(path, form | {"queue_priority": "-3"}, follow_redirects=True).text
    for role in ("auditor", "helpdesk"):
        reader = Visitor.signed_in(office, role)
        assert "Change priority" not in reader.page("/waitlist")
        assert reader.send(path, form).status_code == 403


def test_a_user_page_merges_what_happened_and_shows_every_attribute(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    bob = office.api("GET", "/tickets").json["items"][0]["user_id"]
    office.api("POST", f"/users/{bob}/deactivate")
    page = visitor.page(f"/users/{bob}")
    for words in (
        "Deactivated by hand",
        "Pro: no longer waits",
        "The provider created this user",
        "emails[work].value",
    ):
        assert words in page, words
    alone = visitor.page(f"/users/{bob}?show=admins")
    assert "Deactivated by hand" in alone
    assert "The provider created this user" not in alone


LISTS: dict[str, int] = {
    "/users": 14, "/users?q=acme&license=pro&state=active": 16, "/users?concern=attention": 15, "/groups": 12, "/waitlist": 9,
    "/ledger": 9, "/ledger?q=acme&event=seat.granted": 13, "/provisioning-log": 8, "/provisioning-log?only=failed": 8,
}  # fmt: skip


def test_lists_take_so_many_statements_whatever_they_hold(office: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(office)
    found: dict[str, list[int]] = {path: [] for path in LISTS}
    for round in range(2):
        for path in LISTS:
            with counted() as statements:
                visitor.page(path)
            found[path].append(len(statements))
        for number in range(12 if not round else 0):
            office.push(f"Group {number}", office.provision(f"more{number}@acme.example"))
    assert {path: max(counts) for path, counts in found.items() if max(counts) > LISTS[path]} == {}
    assert [path for path, (few, many) in found.items() if many > few] == []
