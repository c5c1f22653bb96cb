"""Contracts as an admin changes them: what takes seats away is shown first, and typed where seats are suspended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from scim_portal.db import transact
from scim_portal.services import catalog
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor

YEAR = timedelta(days=365)


def used(portal: PortalUnderTest, *names: str) -> str:
    """A type `pro` of three seats until in a year, with people who have them; gives the line's id."""
    portal.license("pro", 0)
    ends_at = portal.ctx().now + YEAR
    line = transact(lambda: catalog.add_line(portal.ctx(), "pro", quantity=3, ends_at=ends_at).id)
    portal.publish(a_policy(default="pro"))
    for name in names:
        portal.provision(f"{name}@x.example")
    return line


def form_of(page: str) -> dict[str, str]:
    """What the form of a page would send as it is."""
    main = page[page.index('<main id="main"') :]
    fields = re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', main.replace("\n", " "))
    return {name: value for name, value in fields if name != "csrf_token"}


def test_a_lapse_is_explained_where_it_will_happen(portal: PortalUnderTest) -> None:
    used(portal, "ann", "ben")
    visitor = Visitor.signed_in(portal)
    for path in ("/licenses/pro", "/contracts"):
        page = visitor.page(path)
        assert re.search(r"On \d+ \w+ \d{4} Pro lapses: 2 seats will be suspended, and come back in the order", page)
        assert "no seats: nothing is bought for this time" in page


def test_what_takes_nothing_away_is_saved_at_once(portal: PortalUnderTest) -> None:
    line = used(portal, "ann")
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}"
    before = catalog.find_line(portal.ctx(), line).ends_at
    answer = visitor.send(
        path, form_of(visitor.page(path)) | {"quantity": "7", "unit_price": "12.50", "currency": "eur"}
    )
    assert answer.location.endswith("/licenses/pro#contract")
    kept = catalog.find_line(portal.ctx(), line)
    assert (kept.quantity, str(kept.unit_price), kept.currency, kept.ends_at) == (7, "12.5000", "EUR", before)
    assert "12.50 EUR" in visitor.page("/contracts")


def test_shrinking_is_shown_first_and_takes_no_seat(portal: PortalUnderTest) -> None:
    line = used(portal, "ann", "ben", "cleo")
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}"
    form = form_of(visitor.page(path)) | {"quantity": "1"}
    shown = visitor.send(path, form)
    assert (shown.status_code, portal.usage()["pro"]) == (200, (3, 0))
    assert "At once the limit of Pro goes from 3 to 1. 2 seats of today will be over." in shown.text
    assert visitor.send(path, form_of(shown.text)).status_code == 302
    assert (portal.usage()["pro"], catalog.summary(portal.ctx(), "pro").over) == ((3, 0), 2)
    assert "2 seats are over the limit." in visitor.page("/licenses/pro")


def test_a_preview_of_something_else_does_not_count_as_seen(portal: PortalUnderTest) -> None:
    line = used(portal, "ann", "ben", "cleo")
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}"
    shown = visitor.send(path, form_of(visitor.page(path)) | {"quantity": "2"})
    again = visitor.send(path, form_of(shown.text) | {"quantity": "1"})
    assert (again.status_code, catalog.find_line(portal.ctx(), line).quantity) == (200, 3)
    assert "goes from 3 to 1" in again.text


def test_suspending_seats_wants_their_number_typed(portal: PortalUnderTest) -> None:
    line = used(portal, "ann", "ben")
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}/end"
    shown = visitor.send(path, form_of(visitor.page(path)))
    assert "Type 2 to suspend these seats now" in shown.text
    assert re.search(r"ann@x\.example.*ben@x\.example", shown.text, re.S)
    refused = visitor.send(path, form_of(shown.text) | {"typed": "3"})
    assert (refused.status_code, portal.usage()["pro"]) == (422, (2, 0))
    assert "Type the number of seats that will be suspended." in refused.text
    assert visitor.send(path, form_of(refused.text) | {"typed": "2"}).status_code == 302
    assert (portal.usage()["pro"], catalog.find(portal.ctx(), "pro").suspended) == ((0, 0), 2)
    assert "No contract is in force. 2 seats are suspended, and come back in the order" in visitor.page("/contracts")


def test_a_renewal_begins_where_the_line_ends_and_brings_suspended_seats_back(portal: PortalUnderTest) -> None:
    line = used(portal, "ann", "ben")
    ended = portal.ctx().now - timedelta(days=1)
    transact(lambda: catalog.change_line(portal.ctx(), line, starts_at=ended - YEAR, ends_at=ended))
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}/renew"
    form = form_of(visitor.page(path))
    assert (form["quantity"], form["starts_at"]) == ("3", f"{ended:%Y-%m-%d}")
    assert form["ends_at"] == f"{ended.replace(year=ended.year + 1):%Y-%m-%d}"
    assert visitor.send(path, form | {"quantity": "1"}).status_code == 302
    assert (portal.usage()["pro"], catalog.find(portal.ctx(), "pro").suspended) == ((1, 0), 1)
    assert len(catalog.lines(portal.ctx(), "pro")) == 2


def test_a_renewal_that_is_sent_as_suggested_neither_overlaps_the_line_nor_leaves_a_gap(
    portal: PortalUnderTest,
) -> None:
    portal.license("pro", 0)
    visitor = Visitor.signed_in(portal)
    for ends_at, zone, until in (
        (datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC), "UTC", datetime(2028, 1, 31, 23, 59, 59, tzinfo=UTC)),
        (datetime(2027, 1, 31, 23, tzinfo=UTC), "America/New_York", datetime(2028, 1, 31, 23, tzinfo=UTC)),
    ):
        visitor.send("/me/time-zone", {"time_zone": zone})
        starts_at = ends_at.replace(year=2026)
        fields = {"quantity": 3, "starts_at": starts_at, "ends_at": ends_at}
        path = transact(
            lambda fields=fields: f"/contract-lines/{catalog.add_line(portal.ctx(), 'pro', **fields).id}/renew"
        )
        assert visitor.send(path, form_of(visitor.page(path))).status_code == 302
        new = catalog.lines(portal.ctx(), "pro")[-1]
        assert (new.starts_at, new.ends_at) == (ends_at, until), zone
    visitor.send(path, form_of(visitor.page(path)) | {"starts_at": "2027-03-01"})
    assert catalog.lines(portal.ctx(), "pro")[-1].starts_at == datetime(2027, 3, 1, 5, tzinfo=UTC)


def test_a_form_that_is_sent_twice_adds_its_line_once(portal: PortalUnderTest) -> None:
    line = used(portal)
    visitor = Visitor.signed_in(portal)
    for number, path in enumerate(("/licenses/pro/lines", f"/contract-lines/{line}/renew"), 2):
        form = form_of(visitor.page(path)) | {"quantity": "5"}
        assert [visitor.send(path, form).status_code for _ in range(2)] == [302, 302]
        assert len(catalog.lines(portal.ctx(), "pro")) == number, path
        changed = visitor.send(path, form | {"quantity": "6"})
        assert (changed.status_code, "This form has added its line already." in changed.text) == (422, True)
        assert len(catalog.lines(portal.ctx(), "pro")) == number, path


def test_removing_the_last_line_says_whose_seats_go(portal: PortalUnderTest) -> None:
    line = used(portal, "ann")
    visitor = Visitor.signed_in(portal)
    path = f"/contract-lines/{line}/remove"
    page = visitor.page(path)
    assert "At once Pro lapses: 1 seat will be suspended" in page
    assert visitor.send(path, form_of(page)).status_code == 422
    assert visitor.send(path, form_of(page) | {"typed": "1"}).status_code == 302
    assert catalog.lines(portal.ctx(), "pro") == []


def test_bad_lines_are_refused_beside_their_fields(portal: PortalUnderTest) -> None:
    line = used(portal)
    visitor = Visitor.signed_in(portal)
    for path in (f"/contract-lines/{line}", f"/contract-lines/{line}/renew", "/licenses/pro/lines"):
        for wrong in ({"quantity": "many"}, {"unit_price": "1,250"}, {"currency": "euro"}, {"ends_at": "someday"},
                      {"starts_at": "2030-01-01", "ends_at": "2029-01-01"}, {"vendor": "v" * 201}):  # fmt: skip
            answer = visitor.send(path, {"quantity": "5"} | wrong)
            assert (answer.status_code, "form-error" in answer.text) == (422, True), (path, wrong)
    assert visitor.send(f"/contract-lines/{line}/end", {"ends_at": ""}).status_code == 422


def test_readers_see_contracts_and_change_none(portal: PortalUnderTest) -> None:
    line = used(portal, "ann")
    visitor = Visitor.signed_in(portal, "auditor")
    page = visitor.page("/contracts")
    assert [word in page for word in ("lapses", "Renew", "Add capacity")] == [True, False, False]
    for end in ("", "/renew", "/end", "/remove"):
        assert visitor.get(f"/contract-lines/{line}{end}").status_code == 403
        assert visitor.send(f"/contract-lines/{line}{end}").status_code == 403


def test_costs_of_used_and_unused_seats_are_told(portal: PortalUnderTest) -> None:
    used(portal, "ann")
    transact(lambda: catalog.change_type(portal.ctx(), "pro", unit_cost=10, currency="EUR"))
    page = Visitor.signed_in(portal).page("/licenses/pro")
    assert re.search(
        r"Used seats cost</dt><dd class=\"num\">10\.00 EUR.*Unused seats cost</dt><dd class=\"num\">20\.00 EUR", page
    )


def test_lines_at_the_edges_of_the_calendar_are_shown_in_every_zone(portal: PortalUnderTest) -> None:
    portal.license("pro", 0)
    body = {"quantity": 1, "starts_at": "0001-01-01T00:00:00Z", "ends_at": "9999-12-31T23:00:00Z"}
    line = portal.api("POST", "/license-types/pro/contract-lines", body).json["id"]
    visitor = Visitor.signed_in(portal)
    for zone in ("UTC", "America/New_York", "Asia/Tokyo"):
        visitor.send("/me/time-zone", {"time_zone": zone})
        for path in ("/contracts", "/licenses/pro", f"/contract-lines/{line}", f"/contract-lines/{line}/renew"):
            assert visitor.get(path).status_code == 200, (zone, path)
    visitor.send(f"/contract-lines/{line}", form_of(visitor.page(f"/contract-lines/{line}")) | {"vendor": "Softline"})
    kept = catalog.find_line(portal.ctx(), line)
    assert (kept.vendor, kept.starts_at.year, kept.ends_at.hour) == ("Softline", 1, 23)  # type: ignore[union-attr]


def test_a_wrong_number_is_refused_before_anything_is_previewed(portal: PortalUnderTest) -> None:
    line = used(portal, "ann")
    visitor = Visitor.signed_in(portal)
    form = form_of(visitor.page(f"/contract-lines/{line}"))
    for wrong in ({"quantity": "-1"}, {"quantity": "100000001"}, {"starts_at": "2099-01-01"}):
        answer = visitor.send(f"/contract-lines/{line}", form | wrong)
        assert (answer.status_code, "What this does" in answer.text) == (422, False), wrong


def test_pages_say_what_is_true_while_a_contract_is_too_small_or_starts_later(portal: PortalUnderTest) -> None:
    line = used(portal, "ann", "ben")
    visitor = Visitor.signed_in(portal)
    ended = portal.ctx().now - timedelta(days=1)
    transact(lambda: catalog.change_line(portal.ctx(), line, starts_at=ended - YEAR, ends_at=ended))
    assert "No contract is in force. They resume when one is added." in visitor.page("/")
    assert "No license has a queue." in visitor.page("/waitlist")
    later = {"quantity": "5", "starts_at": f"{portal.ctx().now + YEAR:%Y-%m-%d}"}
    for form in (later, {"quantity": "1"}):
        answer = visitor.send("/licenses/pro/lines", form, follow_redirects=True)
        assert "The seats are added. Not everybody who waits has been served." in answer.text, form
    page = visitor.page("/")
    assert "There is not room for everybody who had a seat. They resume when there are seats again." in page
    answer = visitor.send(f"/contract-lines/{line}/renew", {"quantity": "9"}, follow_redirects=True)
    assert "The contract is renewed. Whoever was waiting has been served." in answer.text
