"""Dates and times follow the admin's zone wherever they are read or typed, with UTC beside them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from scim_portal import clock
from scim_portal.db import transact
from scim_portal.services import catalog, exports, past_exports, tokens
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor

ZONE = "America/New_York"


def in_zone(portal: PortalUnderTest, zone: str = ZONE) -> Visitor:
    visitor = Visitor.signed_in(portal)
    visitor.send("/me/time-zone", {"time_zone": zone})
    return visitor


def test_a_typed_date_is_midnight_of_the_admin_and_is_shown_again_as_typed(portal: PortalUnderTest) -> None:
    portal.license("pro", 0)
    visitor = in_zone(portal)
    visitor.send("/licenses/pro/lines", {"quantity": "5", "starts_at": "2027-01-15", "ends_at": "2027-07-15"})
    line = catalog.lines(portal.ctx(), "pro")[0]
    assert (line.starts_at, line.ends_at) == (
        datetime(2027, 1, 15, 5, tzinfo=UTC),
        datetime(2027, 7, 15, 4, tzinfo=UTC),
    )
    page = visitor.page("/licenses/pro")
    assert 'title="2027-01-15 05:00:00 UTC (2027-01-15 00:00:00 EST)">15 Jan 2027</time>' in page
    assert 'name="starts_at" type="date" value="2027-01-15"' in visitor.page(f"/contract-lines/{line.id}").replace(
        "\n", " "
    )


def test_a_token_expires_at_the_admins_midnight(portal: PortalUnderTest) -> None:
    connector = portal.connector()
    visitor = in_zone(portal, "Asia/Tokyo")
    day = (portal.ctx().now + timedelta(days=30)).date()
    visitor.send(f"/connectors/{connector.id}/tokens", {"expires_at": f"{day}"})
    expires_at = tokens.of_connector(portal.ctx(), connector.id)[0].expires_at
    assert expires_at == datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
    assert f">{day.day} {day:%b %Y}</time>" in visitor.page(f"/connectors/{connector.id}")


def test_the_chart_and_its_table_are_in_the_admins_zone(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.license("pro", 3)
    made = datetime(2026, 12, 6, 3, 30, tzinfo=UTC)
    transact(lambda: setattr(catalog.find(portal.ctx(), "pro"), "created_at", made))
    monkeypatch.setattr(clock, "now", lambda: made + timedelta(hours=20))
    page = in_zone(portal).page("/licenses/pro?period=24h")
    assert f'data-zone="{ZONE}"' in page
    assert 'title="2026-12-06 03:30:00 UTC (2026-12-05 22:30:00 EST)">5 Dec, 22:30</time>' in page


def test_where_no_zone_is_chosen_utc_is_told_once(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    page = Visitor.signed_in(portal).page("/licenses/pro")
    assert re.search(r'title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC">', page)
    assert "UTC (" not in page


def test_months_are_told_in_the_language_of_the_reader(portal: PortalUnderTest) -> None:
    portal.license("pro", 0)
    transact(lambda: catalog.add_line(portal.ctx(), "pro", quantity=1, ends_at=datetime(2027, 12, 6, tzinfo=UTC)))
    page = Visitor.signed_in(portal).get("/licenses/pro", headers={"Accept-Language": "de"}).text
    assert "6. Dez. 2027" in page


def test_a_past_day_is_named_and_ends_as_the_admin_counts_days(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Berlin the clock was put back on 25 October 2026: that day had 25 hours, and ended at 23:00 UTC."""
    portal.license("pro", 3)
    portal.publish(a_policy(default="pro"))
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 25, 22, 30, tzinfo=UTC))
    portal.provision("ann@x.example")
    monkeypatch.undo()
    visitor = in_zone(portal, "Europe/Berlin")
    page = visitor.page("/ledger/moment?at=2026-10-24&then=2026-10-25")
    assert [words in page for words in ("End of 2026-10-24", "End of 2026-10-25")] == [True, True]
    assert "Days end at midnight, Europe/Berlin." in page
    assert re.search(r"ann@x.example</a>.*no seat.*in use", page, re.S)
    assert "ann@x.example" in visitor.page("/ledger?from=2026-10-25&to=2026-10-25")
    assert "ann@x.example" not in visitor.page("/ledger?to=2026-10-24")


def test_the_seats_of_today_can_be_asked_for_in_the_first_hour_of_a_long_day(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    visitor = in_zone(portal, "Europe/Berlin")
    assert visitor.send("/exports", {"dataset": "seats", "format": "csv-raw", "as_of": "2026-10-25"}).status_code == 302
    (job,) = past_exports.recent(portal.ctx())
    assert exports.of_job(job).as_of == now
