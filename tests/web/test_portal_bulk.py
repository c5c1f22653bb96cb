"""One action on many users: what the preview says is what happens, large losses are typed, refusals leave the others done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from scim_portal.db import db, transact
from scim_portal.errors import Conflict
from scim_portal.models import Override
from scim_portal.services import bulk, bulk_previews, invariants, overrides, retirement
from scim_portal.services.bulk import Action, Order
from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor

PREVIEW, RUN = "/users/bulk", "/users/bulk/run"


@pytest.fixture
def office(portal: PortalUnderTest) -> dict[str, str]:
    """Two seats of pro, which Ann and Ben have; Cid waits. Nothing is held."""
    portal.license("pro", 2, hold_days=0)
    portal.publish(a_policy(default="pro"))
    return {name: portal.provision(f"{name}@acme.example") for name in ("ann", "ben", "cid")}


def form(action: str, *ids: str, **rest: Any) -> dict[str, Any]:
    return {"action": action, "scope": "chosen", "id": list(ids)} | rest


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:800]
    return str(answer.text)


def states(portal: PortalUnderTest) -> dict[str, bool]:
    found = portal.api("GET", "/users").json["items"]
    return {one["user_name"].partition("@")[0]: one["active"] for one in found}


def test_the_preview_names_who_loses_and_who_gains_and_stores_nothing(
    portal: PortalUnderTest, office: dict[str, str]
) -> None:
    visitor = Visitor.signed_in(portal)
    page = text(visitor.send(PREVIEW, form("deactivate", office["ann"])))
    assert re.search(r"ann@acme.example</a>.*loses Pro", page, re.S)
    assert re.search(r"cid@acme.example</a>.*not among the chosen.*gains Pro", page, re.S)
    assert portal.usage() == {"pro": (2, 1)}
    assert all(states(portal).values())


def test_what_was_previewed_is_what_happens(portal: PortalUnderTest, office: dict[str, str]) -> None:
    visitor = Visitor.signed_in(portal)
    answer = visitor.send(RUN, form("deactivate", office["ann"], expected="1"), follow_redirects=True)
    assert "Done for 1 user." in text(answer)
    assert states(portal) == {"ann": False, "ben": True, "cid": True}
    assert portal.usage() == {"pro": (2, 0)}
    assert invariants.violations(portal.ctx()) == []


@pytest.mark.parametrize("action", list(Action))
def test_every_preview_equals_what_doing_it_changes(
    portal: PortalUnderTest, office: dict[str, str], action: Action
) -> None:
    portal.scim(
        "PATCH",
        f"/Users/{office['ben']}",
        {"schemas": [], "Operations": [{"op": "replace", "value": {"active": False}}]},
    )
    portal.scim("DELETE", f"/Users/{office['ann']}")
    portal.provision("dan@acme.example")
    ctx, everybody = portal.ctx(), list(office.values())
    if action is Action.REMOVE:
        word = Order(Action.EXCLUDE, "pro", "test")
        transact(lambda: bulk.apply(portal.ctx(), word, office["cid"]))
    order = Order(action, "pro", "test")
    shown = bulk_previews.preview(ctx, order, everybody)
    db.session.rollback()
    assert shown.ids
    before = portal.api("GET", "/users").json["items"]
    for id in shown.ids:
        transact(lambda one=id: bulk.apply(portal.ctx(), order, one))
    after = portal.api("GET", "/users").json["items"]
    held = [
        {one["id"]: {s["license_type"] for s in one["seats"] if s["state"] == "assigned"} for one in some}
        for some in (before, after)
    ]
    lost = {id for id in held[0] if held[0][id] - held[1][id]}
    gained = {id for id in held[0] if held[1][id] - held[0][id]}
    assert {one.user_id for one in shown.effects if one.kind == "loses"} == lost
    assert {one.user_id for one in shown.effects if one.kind == "gains"} == gained
    assert bulk.concerned(portal.ctx(), order, shown.ids) == []


def test_a_large_loss_must_be_typed(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    portal.license("pro", 50)
    portal.publish(a_policy(default="pro"))
    ids = [portal.provision(f"p{number}@acme.example") for number in range(11)]
    visitor, wanted = Visitor.signed_in(portal), form("deactivate", *ids)
    assert "Type 11 to confirm" in text(visitor.send(PREVIEW, wanted))
    for typed in ("", "10"):
        assert "Type 11 to confirm." in text(visitor.send(RUN, wanted | {"expected": "11", "typed": typed}), 422)
    assert visitor.send(RUN, wanted | {"expected": "11", "typed": "11"}).status_code == 302
    assert not any(states(portal).values())


def test_what_moved_since_the_preview_is_shown_first(portal: PortalUnderTest, office: dict[str, str]) -> None:
    visitor = Visitor.signed_in(portal)
    wanted = form("deactivate", scope="all", q="acme", expected="3")
    portal.provision("dan@acme.example")
    assert "The preview was out of date" in text(visitor.send(RUN, wanted), 409)
    assert "The preview was out of date" in text(visitor.send(RUN, wanted | {"expected": "4", "losing": "9"}), 409)
    assert all(states(portal).values())


def test_all_that_match_and_this_page_choose_by_the_filters(portal: PortalUnderTest, office: dict[str, str]) -> None:
    visitor = Visitor.signed_in(portal)
    page = text(visitor.send(PREVIEW, form("deactivate", scope="all", concern="waiting")))
    assert 'name="expected" value="1"' in page
    assert 'name="concern" value="waiting"' in page
    page = text(
        visitor.send(PREVIEW, {"action": "deactivate", "scope": "page", "page_id": [office["ann"], office["ben"]]})
    )
    assert 'name="expected" value="2"' in page
    answer = visitor.send(PREVIEW, form("deactivate"), follow_redirects=True)
    assert "Nobody was chosen" in text(answer)


def test_a_pin_asks_for_license_and_reason_before_it_is_made(portal: PortalUnderTest, office: dict[str, str]) -> None:
    visitor = Visitor.signed_in(portal)
    assert "Choose a license" in text(visitor.send(PREVIEW, form("exclude", office["ann"])))
    wanted = form("exclude", office["ann"], license_type="pro", expected="1")
    assert "Give a reason" in text(visitor.send(RUN, wanted), 422)
    visitor.send(RUN, wanted | {"reason": "asked by legal"})
    assert "asked by legal" in visitor.page(f"/users/{office['ann']}")
    assert "1 of the chosen users is left out" in text(visitor.send(PREVIEW, wanted | {"reason": "again"}))


@pytest.fixture
def words(portal: PortalUnderTest, office: dict[str, str]) -> dict[str, str]:
    """Ann is pinned to pro, Ben excluded from it, Cid pinned to std of the same family; Dan's pin of std has ended."""
    portal.license("std", 5)
    office["dan"] = portal.provision("dan@acme.example")
    for name, kind, key in (
        ("ann", "pin", "pro"),
        ("ben", "exclude", "pro"),
        ("cid", "pin", "std"),
        ("dan", "pin", "std"),
    ):
        transact(
            lambda who=name, kind=kind, key=key: overrides.add(
                portal.ctx(), office[who], license_type=key, kind=kind, reason="test"
            )
        )
    ended = update(Override).where(Override.portal_id == portal.ref.id, Override.user_id == office["dan"])
    transact(lambda: db.session.execute(ended.values(ends_at=portal.ctx().now - timedelta(seconds=1))))
    return office


@pytest.mark.parametrize(
    ("action", "key", "expected"),
    [
        (Action.PIN, "pro", {"dan"}),
        (Action.PIN, "std", {"ben", "dan"}),
        (Action.EXCLUDE, "pro", {"cid", "dan"}),
        (Action.EXCLUDE, "std", {"ann", "ben", "dan"}),
    ],
)
def test_whoever_would_be_refused_for_another_exception_is_left_out(
    portal: PortalUnderTest, words: dict[str, str], action: Action, key: str, expected: set[str]
) -> None:
    order = Order(action, key, "test")
    shown = bulk_previews.preview(portal.ctx(), order, list(words.values()))
    db.session.rollback()
    assert ({name for name, id in words.items() if id in shown.ids}, shown.left_out) == (expected, 4 - len(expected))
    for id in shown.ids:
        transact(lambda one=id: bulk.apply(portal.ctx(), order, one))
    for id in set(words.values()).difference(shown.ids):
        with pytest.raises(Conflict):
            transact(lambda one=id: bulk.apply(portal.ctx(), order, one))


def test_a_pin_of_a_retired_license_is_refused_at_its_field(portal: PortalUnderTest, office: dict[str, str]) -> None:
    portal.license("old", 5)
    transact(lambda: retirement.retire(portal.ctx(), "old"))
    visitor = Visitor.signed_in(portal)
    wanted = form("pin", office["ann"], license_type="old", reason="asked", expected="1")
    assert "Old is retired: nobody can be pinned to it." in text(visitor.send(RUN, wanted), 422)
    page = text(visitor.send(PREVIEW, wanted))
    assert "Old is retired: nobody can be pinned to it." in page
    assert "users touched" not in page
    assert portal.api("GET", f"/users/{office['ann']}").json["seats"][0]["license_type"] == "pro"


def test_many_are_a_job_that_tells_how_far_it_is_and_acts_in_the_admins_name(
    portal: PortalUnderTest, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    visitor = Visitor.signed_in(portal)
    answer = visitor.send(RUN, form("deactivate", *office.values(), expected="3"))
    path = answer.location.partition(portal.base)[2]
    assert "In progress" in visitor.page(path)
    portal.run_due()
    page = visitor.page(path)
    assert "3 users were changed." in page
    assert "hx-get" not in page.partition('id="progress"')[2].partition(">")[0]
    assert not any(states(portal).values())
    done = [one for one in portal.api("GET", "/admin-actions").json["items"] if one["action"] == "user.deactivated"]
    assert {(one["actor_kind"], one["actor_name"]) for one in done} == {("admin", f"owner@{portal.slug}.example")}


def test_who_could_not_be_done_is_listed_and_tried_again(
    portal: PortalUnderTest, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    portal.scim(
        "PUT", f"/Users/{office['ann']}", {"schemas": [], "userName": "ann@acme.example", "externalId": "first"}
    )
    for name in ("ann", "ben"):
        portal.scim("DELETE", f"/Users/{office[name]}")
    visitor = Visitor.signed_in(portal)
    answer = visitor.send(RUN, form("restore", office["ann"], office["ben"], expected="2"))
    path = answer.location.partition(portal.base)[2]
    other = portal.scim("POST", "/Users", {"schemas": [], "userName": "ann@acme.example", "externalId": "else"}).json[
        "id"
    ]
    portal.run_due()
    page = visitor.page(path)
    assert "Done, but not for everybody" in page
    assert "belongs to another user now" in page
    portal.scim("PUT", f"/Users/{other}", {"schemas": [], "userName": "other@acme.example"})
    again = visitor.send(f"{path}/retry").location.partition(portal.base)[2]
    portal.run_due()
    assert "1 user was changed." in visitor.page(again)
    assert visitor.send(f"{again}/retry", follow_redirects=True).text.count("There is nothing to try again.") == 1


def test_readers_neither_see_nor_may_do_it(portal: PortalUnderTest, office: dict[str, str]) -> None:
    assert 'type="checkbox" name="id"' in Visitor.signed_in(portal).page("/users")
    for role in ("auditor", "helpdesk"):
        visitor = Visitor.signed_in(portal, role)
        page = visitor.page("/users")
        assert "bulk-bar" not in page, role
        assert 'type="checkbox" name="id"' not in page, role
        for path in (PREVIEW, RUN):
            assert visitor.send(path, form("deactivate", office["ann"], expected="1")).status_code == 403, role
    assert all(states(portal).values())


def test_an_unknown_action_is_refused(portal: PortalUnderTest, office: dict[str, str]) -> None:
    assert Visitor.signed_in(portal).send(PREVIEW, form("explode", office["ann"])).status_code == 422


def test_too_many_to_decide_are_counted_by_the_seats_at_stake(
    portal: PortalUnderTest, office: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_previews, "EXACT", 2)
    page = text(Visitor.signed_in(portal).send(PREVIEW, form("deactivate", *office.values())))
    assert "Too many to name" in page
    assert re.search(r"<dd>2</dd><dt>have Pro", page)
