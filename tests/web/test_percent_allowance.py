"""An allowance in per cent, thresholds and cost of a license type: over the API, in the portal's form, and in the numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scim_portal.db import transact
from scim_portal.services import catalog, usage
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor

FORM = {"name": "View", "rank": "10", "hold_days": "7", "settle_seconds": "0"}


def test_an_allowance_is_given_back_in_the_form_in_which_it_came(portal: PortalUnderTest) -> None:
    made = portal.api("POST", "/license-types", {"key": "pro", "name": "Pro", "allowance": "10%"})
    assert (made.status_code, made.json["allowance"]) == (201, "10%")
    for allowance in (3, "25%", 0, "0%"):
        assert portal.api("PATCH", "/license-types/pro", {"allowance": allowance}).json["allowance"] == allowance
    assert portal.api("PATCH", "/license-types/pro", {"rank": 4}).json["allowance"] == "0%"


@pytest.mark.parametrize(
    ("capacity", "allowance", "limit"),
    [
        (2, "50%", 3),
        (3, "50%", 4),
        (9, "10%", 9),
        (10, "10%", 11),
        (0, "50%", 0),
        (None, "50%", None),
        (2, "1000%", 22),
    ],
)
def test_a_percentage_is_rounded_down_and_nothing_comes_of_nothing(
    portal: PortalUnderTest, capacity: int | None, allowance: str, limit: int | None
) -> None:
    portal.license("view", capacity)
    assert portal.api("PATCH", "/license-types/view", {"allowance": allowance}).json["limit"] == limit


@pytest.mark.parametrize("allowance", ["10", "-1%", "1.5%", "1001%", "99999%", "%", "", True, 1.5, [1], -1, None])
def test_what_is_no_allowance_is_refused_by_name(portal: PortalUnderTest, allowance: object) -> None:
    portal.license("view", 1)
    answer = portal.api("PATCH", "/license-types/view", {"allowance": allowance})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "allowance")


def test_a_larger_percentage_serves_who_waits(portal: PortalUnderTest) -> None:
    portal.license("view", 2)
    portal.publish(a_policy(default="view"))
    for name in ("ann", "bob", "cat", "dan"):
        portal.provision(f"{name}@x.example")
    assert portal.usage()["view"] == (2, 2)
    changed = portal.api("PATCH", "/license-types/view", {"allowance": "50%"}).json
    assert (changed["limit"], changed["used"], changed["overage"], changed["waiting"]) == (3, 3, 1, 1)
    assert portal.api("GET", "/invariants").json == {"ok": True, "violations": []}


def test_the_chart_draws_the_limit_with_the_percentage_of_what_was_bought_then(portal: PortalUnderTest) -> None:
    portal.license("view", 4, allowance="50%")
    ctx = portal.ctx()
    transact(lambda: catalog.add_line(ctx, "view", quantity=4, starts_at=ctx.now - timedelta(days=2)))
    later = portal.ctx()
    found = usage.history(later, catalog.summary(later, "view"), [later.now - timedelta(days=5)])
    assert [one.limit for one in found.points] == [6, 12, 12]


def test_thresholds_cost_and_currency_are_kept_and_checked(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    usual = portal.api("GET", "/license-types/view").json
    assert (usual["thresholds"], usual["unit_cost"], usual["currency"]) == ([80, 90, 100], None, None)
    wanted = {"thresholds": [100, 75], "unit_cost": 12.5, "currency": "EUR"}
    told = portal.api("PATCH", "/license-types/view", wanted).json
    assert (told["thresholds"], told["unit_cost"], told["currency"]) == ([75, 100], 12.5, "EUR")
    assert portal.api("PATCH", "/license-types/view", {"thresholds": None}).json["thresholds"] == [80, 90, 100]
    bad = {"thresholds": [[0], [101], ["80"], 80, [1] * 11], "unit_cost": [-1, "much", 1e30], "currency": ["eur", ""]}
    for field, values in bad.items():
        for value in values:
            answer = portal.api("PATCH", "/license-types/view", {field: value})
            named = answer.json["errors"][0]["field"].split("/")[0]
            assert (answer.status_code, named) == (422, field), (field, value)


def test_the_portals_form_takes_and_shows_them(portal: PortalUnderTest) -> None:
    portal.license("view", 4)
    visitor = Visitor.signed_in(portal)
    form = FORM | {"allowance": "50%", "thresholds": "75, 100 %", "unit_cost": "12.3456", "currency": "EUR"}
    assert visitor.send("/licenses/view", form).status_code == 302
    page = visitor.page("/licenses/view")
    for value in ("50%", "75, 100", "12.3456", "EUR"):
        assert f'value="{value}"' in page, value
    assert "of 6 seats, 2 of them allowance" in page
    visitor.send("/licenses/view", FORM | {"allowance": "2", "thresholds": "", "unit_cost": "", "currency": ""})
    told = portal.api("GET", "/license-types/view").json
    assert (told["allowance"], told["thresholds"], told["unit_cost"], told["currency"]) == (2, [], None, None)


@pytest.mark.parametrize(
    ("field", "typed"), [("allowance", "some"), ("allowance", ""), ("thresholds", "80, often"), ("unit_cost", "12,50")]
)
def test_a_wrong_value_is_refused_beside_its_field(portal: PortalUnderTest, field: str, typed: str) -> None:
    portal.license("view", 4)
    answer = Visitor.signed_in(portal).send("/licenses/view", FORM | {"allowance": "1", field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
