"""From one person to their wishes (L3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

import rules
from rules import Facts, Kind, LicenseType, Policy, Wish
from rules.decide import Outcome
from scim_portal.protocol import resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER
from tests.rules.world import R1, R2, R3, START, TYPES, a_document, a_policy, some_facts

HOUR = timedelta(hours=1)
EVERYONE = {"id": "all", "name": "Everyone", "condition": "userName pr", "grants": ["view"]}


def wish(policy: Policy, facts: Facts, *, family: str = "cal", trace: bool = False) -> Wish:
    return rules.decide(policy, facts, START, trace=trace).families[family]


def test_an_inactive_person_wishes_nothing() -> None:
    assert wish(a_policy(), some_facts("a", "sales", active=False, pins=frozenset({"pro"}))) == Wish("cal")


def test_a_chain_is_the_grant_and_its_fallbacks_with_their_rule() -> None:
    found = wish(a_policy(version=3), some_facts("a", "sales"))
    assert found.chain == ("pro", "std")
    assert found.source == rules.Source(Kind.RULE, "r2", "Sales", 3)
    assert {entry.queue_priority for entry in found.entries} == {100}


def test_the_default_waits_behind_every_rule() -> None:
    (entry,) = wish(a_policy(), some_facts("a")).entries
    assert (entry.license_type, entry.queue_priority, entry.source.kind) == ("view", 1000, Kind.DEFAULT)


def test_an_explicit_no_license_and_an_undecided_default_give_nothing() -> None:
    undecided = rules.from_document({"families": {"cal": {}}}, TYPES)
    assert wish(undecided, some_facts("a")) == Wish("cal")
    decided = wish(a_policy(default=None), some_facts("a"))
    assert (decided.chain, decided.source) == ((), rules.Source(Kind.DEFAULT, policy_version=1))


def test_an_excluded_default_gives_nothing() -> None:
    assert wish(a_policy(), some_facts("a", excluded=frozenset({"view"}))).chain == ()


def test_an_excluded_fallback_is_left_out() -> None:
    assert wish(a_policy(), some_facts("a", "sales", excluded=frozenset({"std"}))).chain == ("pro",)


def test_a_pin_heads_the_chain_once_and_in_its_own_class() -> None:
    found = wish(a_policy(), some_facts("a", "sales", pins=frozenset({"std"})))
    assert found.chain == ("std", "pro")
    assert [(entry.klass, entry.source.kind) for entry in found.entries] == [(0, Kind.PIN), (2, Kind.RULE)]


def test_a_pin_is_given_where_a_rule_grants_none() -> None:
    assert wish(a_policy(), some_facts("a", "contractors", pins=frozenset({"pro"}))).chain == ("pro",)


def test_a_pin_of_an_excluded_or_unknown_type_is_not_followed() -> None:
    facts = some_facts("a", pins=frozenset({"pro", "gone"}), excluded=frozenset({"pro"}))
    assert wish(a_policy(), facts).chain == ("view",)


@pytest.mark.parametrize(
    ("window", "chain"),
    [
        ({"valid_from": START}, ("std",)),
        ({"valid_from": START + HOUR}, ("view",)),
        ({"valid_until": START}, ("view",)),
        ({"valid_until": START + HOUR}, ("std",)),
    ],
)
def test_a_window_opens_at_its_start_and_closes_at_its_end(window: dict[str, object], chain: tuple[str, ...]) -> None:
    texts = {key: moment.isoformat() for key, moment in window.items()}  # type: ignore[attr-defined]
    assert wish(a_policy({**R3, **texts}), some_facts("a", "eng")).chain == chain


def test_a_rule_of_one_connector_is_only_for_its_people() -> None:
    policy = a_policy({**R3, "connector": "okta"})
    assert wish(policy, some_facts("a", "eng", connector="okta")).chain == ("std",)
    assert wish(policy, some_facts("a", "eng", connector="entra")).chain == ("view",)
    assert wish(policy, some_facts("a", "eng")).chain == ("view",)


def test_the_richest_matching_rule_wins_in_a_highest_rank_family() -> None:
    document = a_document(R1, EVERYONE, R3, {**R3, "id": "r4"}) | {"families": {"cal": {"mode": "highest-rank"}}}
    policy = rules.from_document(document, TYPES)
    found = wish(policy, some_facts("a", "eng", "contractors"), trace=True)
    assert found.chain == ("std",)
    assert [one.outcome for one in found.considered] == [
        Outcome.OUTRANKED,
        Outcome.OUTRANKED,
        Outcome.WON,
        Outcome.OUTRANKED,
    ]
    only_none = rules.from_document(document | {"rules": [R1]}, TYPES)
    assert wish(only_none, some_facts("a", "contractors")).chain == ()


def test_families_are_decided_independently() -> None:
    types = TYPES | {"chat": LicenseType("chat", "Chat", "chat", 1)}
    both = {"id": "r0", "condition": 'groups.value eq "eng"', "grants": ["chat"]}
    policy = rules.from_document(a_document(both, R3), types)
    found = rules.decide(policy, some_facts("a", "eng"), START).families
    assert {key: one.chain for key, one in found.items()} == {"cal": ("std",), "chat": ("chat",)}


def test_a_trace_says_what_became_of_every_rule() -> None:
    policy = a_policy(
        {**R1, "state": "paused"},
        {**R2, "id": "late", "valid_from": (START + HOUR).isoformat()},
        {**R2, "id": "other", "connector": "entra"},
        R2,
        {**R3, "condition": "active eq false"},
        {**R3, "id": "won"},
        {**R3, "id": "after"},
    )
    found = wish(policy, some_facts("a", "sales", "eng", excluded=frozenset({"pro"})), trace=True)
    assert {one.rule_id: one.outcome for one in found.considered} == {
        "r1": Outcome.NOT_ACTIVE,
        "late": Outcome.WINDOW_CLOSED,
        "other": Outcome.OTHER_CONNECTOR,
        "r2": Outcome.EXCLUDED,
        "r3": Outcome.NO_MATCH,
        "won": Outcome.WON,
        "after": Outcome.DECIDED_EARLIER,
    }
    assert [one.matched for one in found.considered] == [False, True, True, True, False, True, True]


def test_a_trace_leaves_out_rules_of_other_families_and_changes_nothing() -> None:
    types = TYPES | {"chat": LicenseType("chat", "Chat", "chat", 1)}
    policy = rules.from_document(a_document(R3), types)
    facts = some_facts("a", "eng")
    assert wish(policy, facts, family="chat", trace=True).considered == ()
    assert wish(policy, facts, trace=True).entries == wish(policy, facts).entries


def test_a_condition_reads_extensions_without_regard_to_case() -> None:
    condition = f'{ENTERPRISE_URN}:department eq "research" and not (title pr)'
    document = {"userName": "a", ENTERPRISE_URN: {"department": "Research"}}
    facts = Facts("a", True, resource.fold(USER, document))
    assert wish(a_policy({**R3, "condition": condition}), facts).chain == ("std",)
