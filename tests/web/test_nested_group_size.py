"""What adding one member costs does not depend on how many there are in the groups above and below."""

from __future__ import annotations

import statistics
import time

import pytest
from flask import Flask
from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import Job
from tests.databases import Database, Databases
from tests.portals import PortalUnderTest, a_group, a_patch, a_policy, a_rule
from tests.web.test_group_size import LARGE, SMALL, Cost, add_one, fill

TURNS = 21


@pytest.fixture(scope="session")
def database(database: Database, databases: Databases) -> Database:
    """A database whose crowds are in nobody else's way."""
    return databases.named(database.kind, "crowded")


@pytest.fixture(scope="session")
def app(database: Database) -> Flask:
    """The application on it; pytest would keep the one that other files asked for."""
    return database.app


def nest(portal: PortalUnderTest, top: str, low: str) -> None:
    added = a_patch({"op": "add", "path": "members", "value": [{"value": low}]})
    assert portal.scim("PATCH", f"/Groups/{top}", added).status_code in (200, 204)


def test_adding_one_member_to_a_nested_group_of_fifty_thousand_stays_cheap(portal: PortalUnderTest) -> None:
    small, large, upper, top = (portal.push(name) for name in ("Small", "Large", "Upper", "Top"))
    portal.license("pro", None)
    portal.publish(a_policy(a_rule("top", f'groups.value eq "{top}"', "pro")))
    fill(portal, {small: SMALL, large: LARGE})
    nest(portal, top, upper)
    nest(portal, upper, small)
    begun = time.perf_counter()
    nest(portal, upper, large)
    assert time.perf_counter() - begun < 5
    totals = select(Job.total).where(Job.portal_id == portal.ref.id, Job.kind == "settle_users").order_by(Job.id)
    assert db.session.scalars(totals).all() == [LARGE]
    newcomers = iter([portal.provision(f"n{number}@acme.example") for number in range(2 * TURNS)])
    costs = {small: Cost(), large: Cost()}
    for _ in range(TURNS):
        for group, cost in costs.items():
            add_one(portal, group, next(newcomers), cost)
    assert statistics.median(costs[large].statements) == statistics.median(costs[small].statements)
    ratio = statistics.median(costs[large].seconds) / statistics.median(costs[small].seconds)
    assert ratio <= 2, f"{ratio:.2f} times as long"
    assert portal.usage()["pro"][0] == SMALL + 2 * TURNS
    assert portal.scim("POST", "/Groups", a_group("Crown", top)).status_code == 201
