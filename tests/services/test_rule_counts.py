"""How many each rule matches and decides: as deciding everybody one by one says, in a number of statements that never grows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from rules.decide import Kind, decide
from scim_portal.db import db, transact
from scim_portal.models import User
from scim_portal.services import facts, overrides, rule_counts, rulebook
from tests.portals import ENTERPRISE, PortalUnderTest, a_policy, a_rule
from tests.web.test_statement_counts import counted

TITLES = ("Seller", "Chief", "Guest")


def populated(portal: PortalUnderTest) -> str:
    """Nine people in three titles, some in a group, one with an exclusion, two families; gives the group."""
    portal.license("pro", 1, rank=30)
    portal.license("std", None, rank=20)
    portal.license("addon", None, family="tools")
    people = [
        portal.provision(
            f"p{n}@x.example", title=TITLES[n % 3], **{ENTERPRISE: {"department": "Sales" if n < 5 else "Art"}}
        )
        for n in range(9)
    ]
    transact(lambda: overrides.add(portal.ctx(), people[0], license_type="pro", kind="exclude", reason="not they"))
    portal.scim("DELETE", f"/Users/{people[8]}")
    return portal.push("Crew", *people[2:6])


def the_policy(portal: PortalUnderTest, group: str) -> dict[str, Any]:
    later = (portal.ctx().now + timedelta(days=1)).isoformat()
    document = a_policy(
        a_rule("none", 'title eq "Guest"', "none:cal"),
        a_rule("crew", f'groups.value eq "{group}"', "pro", "addon"),
        a_rule("sales", 'department eq "Sales" and not (title eq "Chief")', "pro", fallback=["std"]),
        a_rule("paused", "userName pr", "pro", state="paused"),
        a_rule("later", "userName pr", "pro", valid_from=later),
        a_rule("other", "userName pr", "std", connector=portal.connector("entra").id),
        default="std",
    )
    return document | {"defaults": {"cal": "std", "tools": None}}


def one_by_one(portal: PortalUnderTest, document: dict[str, Any]) -> tuple[dict[str, int], dict[str, Counter[str]]]:
    """Matches and decisions by rule, found by deciding everybody; the default counts under the empty name."""
    ctx = portal.ctx()
    policy = rulebook.compile_document(ctx, document)
    matches = {rule.id: 0 for rule in policy.rules}
    decides: dict[str, Counter[str]] = {id: Counter() for id in (*matches, "")}
    everybody = list(db.session.scalars(select(User.id).where(User.portal_id == ctx.portal.id)))
    for one in (one for one in facts.load(ctx, everybody) if one.active):
        for rule in policy.rules:
            matches[rule.id] += rule.condition.holds(one.resource)
        for family, wish in decide(policy, one, ctx.now).families.items():
            by_rule = wish.source is not None and wish.source.kind is Kind.RULE
            decides[str(wish.source.rule_id) if by_rule and wish.source else ""][family] += 1
    return matches, decides


def test_counting_says_what_deciding_everybody_says(portal: PortalUnderTest) -> None:
    document = the_policy(portal, populated(portal))
    found = rule_counts.of(portal.ctx(), document)
    matches, decides = one_by_one(portal, document)
    assert {id: one.matches for id, one in found.rules.items()} == matches
    assert {id: one.decides for id, one in found.rules.items()} | {"": found.default.decides} == decides
    assert found.active == 8
    assert matches == {"none": 2, "crew": 4, "sales": 3, "paused": 8, "later": 8, "other": 8}


def test_a_family_that_takes_the_richest_counts_so(portal: PortalUnderTest) -> None:
    document = the_policy(portal, populated(portal))
    document["families"] = {"cal": {"mode": "highest-rank"}}
    found = rule_counts.of(portal.ctx(), document)
    assert {id: one.decides for id, one in found.rules.items()} | {"": found.default.decides} == one_by_one(
        portal, document
    )[1]


def test_a_frozen_rule_counts_whom_it_keeps(portal: PortalUnderTest) -> None:
    group = populated(portal)
    portal.publish(the_policy(portal, group))
    portal.scim("DELETE", f"/Groups/{group}")
    db.session.rollback()
    document = rulebook.current(portal.ctx())[1]
    assert next(rule for rule in document["rules"] if rule["id"] == "crew")["state"] == "needs-attention"
    found = rule_counts.of(portal.ctx(), document)
    assert {id: one.decides for id, one in found.rules.items()} | {"": found.default.decides} == one_by_one(
        portal, document
    )[1]
    assert found.rules["crew"].decides["cal"] == 2


def test_seats_and_waits_are_those_that_the_rules_carry_now(portal: PortalUnderTest) -> None:
    document = the_policy(portal, populated(portal))
    portal.publish(document)
    found = rule_counts.of(portal.ctx(), document)
    assert found.rules["crew"].seats == {"cal": 1, "tools": 4}
    assert sum(found.rules["crew"].waiting.values()) == 1
    assert found.default.seats == {"cal": 4}


def test_any_number_of_rules_takes_the_same_few_statements_and_another_order_fewer(portal: PortalUnderTest) -> None:
    document = the_policy(portal, populated(portal))
    many = document | {"rules": [*document["rules"], *(a_rule(f"r{n}", f'title eq "T{n}"', "pro") for n in range(70))]}
    db.session.rollback()
    taken = []
    for one in (document, many, many | {"rules": many["rules"][::-1]}):
        with counted() as statements:
            rule_counts.of(portal.ctx(), one)
        taken.append(len(statements))
    assert taken == [7, 7, 6]


def test_somebody_new_is_counted_at_once(portal: PortalUnderTest) -> None:
    document = the_policy(portal, populated(portal))
    assert rule_counts.of(portal.ctx(), document).rules["none"].matches == 2
    assert rule_counts.remembered(portal.ctx(), document) is not None
    portal.provision("new@x.example", title="Guest")
    db.session.rollback()
    assert rule_counts.remembered(portal.ctx(), document) is None
    assert rule_counts.of(portal.ctx(), document).rules["none"].matches == 3
