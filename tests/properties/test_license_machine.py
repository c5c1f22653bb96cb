"""Random lives of a firm over the services, on both databases: whatever was done, the invariants of L12 hold.

SCIM, admin, clock and worker act in any order. `HYPOTHESIS_PROFILE=nightly` searches through 100,000 acts on each database and
looks after every one; otherwise a few hundred are tried, always the same, and every third is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.properties.busy_firm import BusyFirm
from tests.properties.firm import GROUPS, TYPES
from tests.thoroughness import NIGHTLY, searching

STEPS = 20
EVERY = 1 if NIGHTLY else 3
EXAMPLES = 100_000 // STEPS if NIGHTLY else 12
NAMES = ("ann", "bob", "cat", "dan", "eve")
WHO = st.sampled_from(NAMES)
GROUP = st.sampled_from(GROUPS)
MEMBERS = st.lists(st.sampled_from((*NAMES, *GROUPS)), min_size=1, max_size=3, unique=True)
TITLES = st.sampled_from(("Seller", "Buyer"))
MODE = st.sampled_from(("first-match", "highest-rank"))
LATER = st.sampled_from((False, False, False, True))
KEY = st.sampled_from(tuple(TYPES))
CAL = ("pro", "std", "view")
HOURS = st.sampled_from((None, None, 1, 200))
CONDITIONS = st.sampled_from(
    (
        'groups.value eq "{Sales}"',
        'groups.value eq "{Eng}" or groups.value eq "{All}"',
        'groups.value eq "{Staff}" and not (title eq "Buyer")',
        'title eq "Seller"',
        "userName pr",
    )
)
GRANTS = st.sampled_from((["pro"], ["pro"], ["std"], ["std", "extra"], ["view"], ["extra"], ["none:cal"]))
CHANGES = st.sampled_from(
    (
        {"settle_seconds": 0}, {"settle_seconds": 600}, {"hold_days": 0}, {"hold_days": 7}, {"allowance": 0}, {"allowance": 1},
        {"rank": 5}, {"rank": 35}, {"family": "cal"}, {"family": "addon"},
    )
)  # fmt: skip
STATES = st.sampled_from(("active",) * 6 + ("paused", "draft"))


@st.composite
def a_rule(draw: st.DrawFn) -> dict[str, Any]:
    """One rule, with groups by name; a fallback follows only where something of the family is granted."""
    grants = draw(GRANTS)
    rest = [key for key in CAL if key not in grants]
    has_fallback = any(key in CAL for key in grants)
    fallback = draw(st.lists(st.sampled_from(rest), max_size=2, unique=True)) if has_fallback else []
    return {
        "condition": draw(CONDITIONS), "grants": grants, "fallback": fallback, "state": draw(STATES),
        "queue_priority": draw(st.sampled_from((100, 5))), "valid_from": draw(st.sampled_from((None, None, None, 1))),
        "valid_until": draw(st.sampled_from((None, None, None, 2, 170))),
    }  # fmt: skip


class Life(RuleBasedStateMachine):
    """What can happen to a firm, in any order."""

    app: Flask
    patch: pytest.MonkeyPatch

    @initialize(
        settle=st.sampled_from((0, 600)), hold=st.sampled_from((7, 7, 0)), rules=st.lists(a_rule(), min_size=2, max_size=3),
        default=st.sampled_from(("view", None)), mode=MODE, inside=st.lists(MEMBERS, min_size=4, max_size=4),
        seats=st.fixed_dictionaries({key: st.sampled_from((1, 2, 1, 2, 0)) for key in TYPES}),
    )  # fmt: skip
    def begin(
        self, settle: int, hold: int, rules: Any, default: Any, mode: str, inside: Any, seats: dict[str, int]
    ) -> None:
        self.firm = BusyFirm(self.app, self.patch, settle=settle, hold=hold, seats=seats)
        for name in NAMES:
            self.firm.create(name, "Seller", f"00u{name}", True)
        named = [{"id": f"r{place}", "name": f"R{place}"} | one for place, one in enumerate(rules)]
        document = self.firm.document(named, default, mode)
        self.firm.publish(f"{named}, default {default}, {mode}", lambda _: document, later=False)
        for group, names in zip(GROUPS, inside, strict=True):
            self.firm.members(group, "add", names)

    @rule(name=WHO, way=st.integers(0, 5))
    def come_or_go(self, name: str, way: int) -> None:
        self.firm.come_or_go(name, way)

    @rule(name=WHO, title=TITLES, active=st.sampled_from((None, None, True, False)))
    def put(self, name: str, title: str, active: bool | None) -> None:
        self.firm.change(name, title, active)

    @rule(group=GROUP, kind=st.sampled_from(("add", "add", "remove", "replace")), names=MEMBERS)
    def regroup(self, group: str, kind: str, names: list[str]) -> None:
        self.firm.members(group, kind, names)

    @rule(group=GROUP, way=st.sampled_from((None, None, "relink", "release", "pin")))
    def group_goes_or_returns(self, group: str, way: str | None) -> None:
        if way is None or not self.firm.decide(way, group):
            self.firm.group_goes_or_returns(group)

    @rule(name=WHO, key=KEY, kind=st.sampled_from(("pin", "exclude", "forget")), hours=HOURS)
    def word(self, name: str, key: str, kind: str, hours: int | None) -> None:
        if kind == "forget":
            self.firm.unsay(name)
        else:
            self.firm.say(name, key, kind, hours)

    @rule(key=KEY, quantity=st.sampled_from((1, 2, 0, 1, 3, None)), hours=HOURS)
    def buy(self, key: str, quantity: int | None, hours: int | None) -> None:
        self.firm.buy(key, quantity, hours)

    @rule(key=KEY, change=CHANGES)
    def set_type(self, key: str, change: dict[str, Any]) -> None:
        self.firm.set(key, **change)

    @rule(place=st.integers(0, 2), new=st.one_of(st.integers(0, 2), a_rule()), later=LATER)
    def revise(self, place: int, new: int | dict[str, Any], later: bool) -> None:
        self.firm.revise(place, new, later=later)

    @rule(seconds=st.sampled_from((1, 300, 600, 3600, 86_400, 7 * 86_400)), asleep=LATER)
    def wait(self, seconds: int, asleep: bool) -> None:
        self.firm.wait(seconds, asleep=asleep)

    @invariant()
    def nothing_contradicts(self) -> None:
        self.acts = getattr(self, "acts", 0) + 1
        if hasattr(self, "firm") and self.acts % EVERY == 0:
            self.firm.prove()

    def teardown(self) -> None:
        if hasattr(self, "firm"):
            self.firm.work()
            self.firm.prove()


@pytest.fixture
def living(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Life]]:
    """The machine on one database, with a clock of its own."""
    with app.app_context():
        yield type("LifeHere", (Life,), {"app": app, "patch": monkeypatch})


def test_whatever_happens_nothing_contradicts_the_semantics(living: type[Life]) -> None:
    run_state_machine_as_test(
        living, settings=settings(searching(EXAMPLES), max_examples=EXAMPLES, stateful_step_count=STEPS)
    )
