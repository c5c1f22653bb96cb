"""Two licenses of a family that lapse one after the other, and come back in either order (L11, on both databases)."""

from __future__ import annotations

import pytest

from scim_portal.db import db, transact
from scim_portal.services import catalog
from tests.portals import PortalUnderTest, a_policy, a_rule


def buy(portal: PortalUnderTest, key: str, quantity: int) -> None:
    line = catalog.lines(portal.ctx(), key)[0].id
    transact(lambda: catalog.change_line(portal.ctx(), line, quantity=quantity))


def has(portal: PortalUnderTest, user: str) -> dict[str, str]:
    db.session.rollback()
    found = portal.api("GET", f"/users/{user}/seats").json
    waits = {one["license_type"]: "waits" for one in found["tickets"]}
    return waits | {one["license_type"]: one["state"] for one in found["seats"]}


@pytest.fixture
def ann(portal: PortalUnderTest) -> str:
    """Somebody who would rather have the poorest license, then the richest, and has lost both to lapses."""
    for key, rank in (("pro", 30), ("std", 20), ("view", 10)):
        portal.license(key, 1, rank=rank, hold_days=7, settle_seconds=0)
    portal.publish(a_policy(a_rule("r1", "userName pr", "view", fallback=["pro", "std"])))
    id = portal.provision("ann@acme.example")
    for key in ("view", "pro"):
        buy(portal, key, 0)
    assert has(portal, id) == {"view": "suspended", "pro": "suspended", "std": "assigned"}
    return id


def test_the_better_wish_stays_suspended_when_the_lesser_resumes(portal: PortalUnderTest, ann: str) -> None:
    buy(portal, "pro", 1)
    assert has(portal, ann) == {"view": "suspended", "pro": "assigned"}
    buy(portal, "view", 1)
    assert has(portal, ann) == {"view": "assigned"}
    assert portal.api("GET", "/invariants").json == {"ok": True, "violations": []}


def test_the_better_wish_resumes_first_and_ends_the_lesser(portal: PortalUnderTest, ann: str) -> None:
    buy(portal, "view", 1)
    assert has(portal, ann) == {"view": "assigned"}
    buy(portal, "pro", 1)
    assert has(portal, ann) == {"view": "assigned"}
