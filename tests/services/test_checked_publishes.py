"""Publishing looks at everybody before its transaction: what moved in between is looked at again; newcomers outdate nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scim_portal.context import Ctx
from scim_portal.db import db, transact
from scim_portal.services import overrides, previews, rulebook
from scim_portal.services.previews import MovedError, Shown, StalePreview
from scim_portal.services.rulebook import Published
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule

NEW = a_policy(a_rule("sellers", 'title eq "Seller"', "pro", fallback=["std"]), default="view")


@pytest.fixture
def firm(portal: PortalUnderTest) -> PortalUnderTest:
    """Three people with the default license, under a policy that is about to give two of them a better one."""
    for key, capacity, rank in (("pro", 2, 30), ("std", 2, 20), ("view", 9, 10)):
        portal.license(key, capacity, rank=rank)
    portal.publish(a_policy(default="view"))
    portal.ids = {  # type: ignore[attr-defined]
        name: portal.provision(f"{name}@acme.example", title=title)
        for name, title in (("ann", "Seller"), ("bob", "Seller"), ("cid", "Buyer"))
    }
    return portal


def shown(portal: PortalUnderTest) -> Shown:
    found = previews.preview(portal.ctx(), NEW)
    db.session.rollback()
    return found


def published(
    portal: PortalUnderTest, token: str, meanwhile: Callable[[], object] = lambda: None
) -> tuple[Published, int]:
    """Publish by a token while something happens after every look; gives how often was looked."""
    looks = 0

    def look() -> Shown:
        nonlocal looks
        looks += 1
        checked = previews.check(portal.ctx(), NEW, token=token)
        meanwhile()
        return checked

    def put(checked: Shown, is_last: bool) -> Published:
        return transact(lambda: previews.put_in_force(portal.ctx(), checked, whatever_moved=is_last))

    return previews.publish_checked(look, put), looks


def test_when_nothing_moves_one_look_is_enough(firm: PortalUnderTest) -> None:
    found, looks = published(firm, shown(firm).token)
    assert (found.version, looks) == (2, 1)
    firm.run_due()
    assert firm.usage() == {"pro": (2, 0), "std": (0, 0), "view": (1, 0)}


def test_newcomers_make_no_preview_stale_and_are_settled_by_the_new_policy(firm: PortalUnderTest) -> None:
    token = shown(firm).token
    firm.provision("dan@acme.example", title="Seller")
    published(firm, token)
    firm.run_due()
    assert firm.usage() == {"pro": (2, 1), "std": (1, 0), "view": (1, 0)}


def test_a_newcomer_who_takes_what_somebody_was_promised_does(firm: PortalUnderTest) -> None:
    token = shown(firm).token
    dan = firm.provision("dan@acme.example", title="Buyer")
    transact(lambda: overrides.add(firm.ctx(), dan, license_type="pro", kind="pin", reason="first"))
    with pytest.raises(StalePreview) as stale:
        published(firm, token)
    db.session.rollback()
    assert stale.value.shown.outcome.counts["queue"] == 1
    assert published(firm, stale.value.shown.token)[0].version == 2


@pytest.mark.parametrize("moved", ["title", "group", "word", "contract", "policy"])
def test_whatever_moves_after_the_look_is_noticed(firm: PortalUnderTest, moved: str) -> None:
    ids: dict[str, str] = firm.ids  # type: ignore[attr-defined]
    firm.push("Sales", ids["ann"])
    acts: dict[str, Callable[[], Any]] = {
        "title": lambda: firm.scim("PATCH", f"/Users/{ids['cid']}", a_patch({"op": "add", "path": "nickName", "value": "C"})),
        "group": lambda: firm.push("Design", ids["bob"]),
        "word": lambda: transact(
            lambda: overrides.add(firm.ctx(), ids["cid"], license_type="std", kind="exclude", reason="no")
        ),
        "contract": lambda: firm.license("extra", 1, rank=5),
        "policy": lambda: transact(lambda: rulebook.publish(firm.ctx(), a_policy(default="std"))),
    }  # fmt: skip
    checked = previews.check(firm.ctx(), NEW, token=shown(firm).token)
    db.session.rollback()
    acts[moved]()
    with pytest.raises(MovedError):
        transact(lambda: previews.put_in_force(firm.ctx(), checked))
    assert rulebook.current(firm.ctx())[0] == (2 if moved == "policy" else 1)


def test_where_people_come_all_day_the_third_look_counts(firm: PortalUnderTest) -> None:
    numbers = iter(range(9))
    found, looks = published(firm, shown(firm).token, lambda: firm.provision(f"new{next(numbers)}@acme.example"))
    assert (found.version, looks) == (2, 3)


def test_after_a_long_look_what_it_saw_counts_at_once(firm: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "PATIENCE_SECONDS", -1.0)
    found, looks = published(firm, shown(firm).token, lambda: firm.provision("new@acme.example"))
    assert (found.version, looks) == (2, 1)


def test_another_version_in_between_is_never_overwritten(
    firm: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "PATIENCE_SECONDS", -1.0)

    def publish_too() -> None:
        db.session.rollback()
        transact(lambda: rulebook.publish(firm.ctx(), a_policy(default="std")))

    with pytest.raises(Exception, match="Version 2 was published meanwhile"):
        published(firm, shown(firm).token, publish_too)


def test_inside_an_open_transaction_it_is_checked_and_published_in_one(firm: PortalUnderTest) -> None:
    token = shown(firm).token

    def unit() -> Published:
        ctx: Ctx = firm.ctx()
        return previews.publish(ctx, NEW, token=token)

    assert transact(unit).version == 2
