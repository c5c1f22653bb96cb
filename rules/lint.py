"""What is odd about a policy before it meets anybody: dead, shadowed, overlapping and always-true rules, with witnesses.

Reports only what is certain: where the analysis cannot tell, it is silent. Looks at active rules, at one moment, and not at
pins and exclusions of single people. Pairs of rules are compared in `pairs`.

A fallback that can never be reached is refused when a policy is compiled, so it cannot be found here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rules import pairs
from rules.branches import Budget
from rules.findings import Finding, Flaw, finding, type_name
from rules.policy import Policy, Rule
from rules.satisfiability import solve
from rules.values import Answer
from rules.witnesses import Linted, with_name
from scim_portal.protocol.sentences import say

BUDGET = 100_000
QUESTION = 5_000


def lint(policy: Policy, now: datetime, *, nodes: int = BUDGET) -> tuple[Finding, ...]:
    """Find what is odd, in the order of the rules.

    Looks at about so many nodes of conditions; a policy that needs more to be analyzed in full yields fewer findings.
    """
    budget = Budget(nodes, QUESTION)
    dead = {rule.id: found for rule in policy.active if (found := _dead(rule, now, budget)) is not None}
    rules = [_linted(rule, budget) for rule in policy.active if rule.id not in dead and not rule.is_frozen(now)]
    by_rule = {id: [found] for id, found in dead.items()}
    for found in (*_alone(policy, rules), *pairs.compare(policy, rules, now, budget)):
        by_rule.setdefault(found.rule_id, []).append(found)
    for rule in policy.rules:
        by_rule.setdefault(rule.id, []).extend(_written(policy, rule))
    return tuple(found for rule in policy.rules for found in by_rule[rule.id])


def _dead(rule: Rule, now: datetime, budget: Budget) -> Finding | None:
    """Tell why a rule can match nobody, now or later."""
    if not rule.chains:
        return finding(Flaw.DEAD, rule, say("has no effect: it gives nothing"))
    if rule.valid_until is not None and rule.valid_until <= now:
        why = say("has no effect: its time ended on {day:%Y-%m-%d}", day=rule.valid_until)
        return finding(Flaw.DEAD, rule, why)
    if solve((rule.condition.bound, True), budget=budget).answer is Answer.NO:
        return finding(Flaw.DEAD, rule, say("can match nobody: its condition contradicts itself"))
    return None


def _linted(rule: Rule, budget: Budget) -> Linted:
    bound = rule.condition.bound
    witness = solve((bound, True), budget=budget)
    always = solve((bound, False), budget=budget).answer is Answer.NO
    return Linted(rule, witness.value, always, rule.condition.size)


def _alone(policy: Policy, rules: list[Linted]) -> Iterator[Finding]:
    """Find rules that match everybody, and the defaults that nobody gets because of them."""
    never_used: set[str] = set()
    for one in rules:
        if not one.always or one.witness is None:
            continue
        witness = with_name(one.witness)
        why = say("matches everybody, whatever a user looks like")
        if one.rule.connector is not None:
            why = say("matches everybody who comes through its connector, whatever a user looks like")
        yield finding(Flaw.ALWAYS_TRUE, one.rule, why, witness=witness)
        if one.rule.connector is not None or one.rule.valid_from is not None or one.rule.valid_until is not None:
            continue
        for family in one.rule.chains:
            default = policy.defaults.get(family)
            if default is not None and family not in never_used:
                never_used.add(family)
                name = type_name(policy, default)
                why = say("matches everybody, so nobody gets the default license {type}", type=name)
                yield finding(Flaw.DEFAULT_NEVER_USED, one.rule, why, witness=witness)


def _written(policy: Policy, rule: Rule) -> Iterator[Finding]:
    """Find what is odd about how a rule is written, in whatever state it is."""
    if "groups.display" in rule.condition.reads:
        why = say("tests the name of a group: it stops matching when the group is renamed; test the group's id instead")
        yield finding(Flaw.DISPLAY_NAME, rule, why)
    for chain in rule.chains.values():
        for better in chain[1:]:
            if policy.types[better].rank > policy.types[chain[0]].rank:
                why = say(
                    "gives {better} when {wanted} is full, though {better} is richer; people move down when a seat is free",
                    better=type_name(policy, better), wanted=type_name(policy, chain[0]),
                )  # fmt: skip
                yield finding(Flaw.RICHER_FALLBACK, rule, why)
