"""The chart of use on the overview and on a license's page: its period is in the address, its numbers in a table."""

from __future__ import annotations

import re

import pytest

from scim_portal.services import usage
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor


@pytest.fixture
def full(portal: PortalUnderTest) -> PortalUnderTest:
    """View is full, and one person waits for it; pro is unlimited and unused."""
    portal.license("view", 1)
    portal.license("pro", None, rank=30)
    portal.publish(a_policy(default="view"))
    for name in ("ann", "ben"):
        portal.provision(f"{name}@x.example")
    return portal


def rows(page: str) -> list[tuple[str, ...]]:
    """The numbers of the table twin: used, held, waiting, limit."""
    body = page[page.index('id="use-table"') :]
    body = body[: body.index("</table>")]
    return [tuple(re.findall(r'<td class="end num" data-value="(\d*)"', row)) for row in body.split("<tr>")[2:]]


def test_the_table_tells_what_the_chart_draws_and_words_tell_both(full: PortalUnderTest) -> None:
    page = Visitor.signed_in(full).page("/licenses/view")
    assert rows(page)[-1] == ("1", "0", "1", "1")
    assert rows(page)[0] == ("0", "0", "0", "1")
    assert "In the last 30 days use went from 0 to 1. One person waits. The limit is 1." in page
    assert "One line for every change." in page


def test_period_and_type_are_links_and_fields_and_stand_in_the_address(full: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(full)
    page = visitor.page("/?type=pro&period=12m")
    assert 'period=24h#use" >24 hours</a>' in page.replace("&amp;", "&")
    assert re.search(r'aria-current="true">12 months</a>', page)
    assert '<option value="pro" selected>' in page
    assert "In the last 12 months use began and ended at 0. There is no limit." in page


@pytest.mark.parametrize("address", ["/?period=century&type=nothing", "/licenses/view?period=", "/?type=%00"])
def test_what_no_chart_knows_falls_back(full: PortalUnderTest, address: str) -> None:
    assert re.search(r'aria-current="true">30 days</a>', Visitor.signed_in(full).page(address))


def test_a_busy_young_type_is_sampled_over_its_life(full: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "MOST_CHANGES", 0)
    page = Visitor.signed_in(full).page("/licenses/view?period=12m")
    assert "Exact at each moment shown, from the day the license type was made." in page
    assert len(rows(page)) >= 48
    assert rows(page)[-1] == ("1", "0", "1", "1")
