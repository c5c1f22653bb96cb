"""Which of two rules comes first in a family: the order and rank of L3 alone, without any person."""

from __future__ import annotations

from rules.policy import Family, Mode, Policy, Rule


def beats(policy: Policy, family: Family, other: Rule, rule: Rule, *, is_before: bool) -> bool:
    """Tell whether another rule, before or after this one, decides the family for whomever both match."""
    if family.key not in other.chains or other is rule:
        return False
    if family.mode is Mode.FIRST_MATCH:
        return is_before
    theirs, own = rank(policy, family, other), rank(policy, family, rule)
    return theirs > own or (theirs == own and is_before)


def rank(policy: Policy, family: Family, rule: Rule) -> float:
    """Return the rank a rule offers; `none:<family>` is poorer than any type."""
    chain = rule.chains[family.key]
    return policy.types[chain[0]].rank if chain else float("-inf")
