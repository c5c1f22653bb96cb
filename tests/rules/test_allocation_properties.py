"""Random lives of a small portal: the invariants of L12 hold after every event; `World` checks them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.rules.world import R1, R2, R3, TYPES, World, a_policy

NAMES = st.sampled_from("abcdef")
GROUPS = st.sets(st.sampled_from(["sales", "eng", "contractors"])).map(sorted)
KEYS = st.sampled_from(sorted(TYPES))
FEW_KEYS = st.frozensets(KEYS, max_size=1)
CAPACITIES = st.one_of(st.integers(0, 3), st.none())
ALL_WAYS = {**R3, "id": "r4", "fallback": ["pro", "view"]}
POLICIES = st.sampled_from(
    [
        a_policy(),
        a_policy(R1, R3, R2),
        a_policy(R1, R2, ALL_WAYS),
        a_policy({**R2, "queue_priority": 5, "fallback": ["std", "view"]}, R1, R3, default=None),
        a_policy(R2, default="pro"),
    ]
)


class Life(RuleBasedStateMachine):
    """What can happen to a portal, in any order."""

    @initialize(settle=st.sampled_from([0, 600]), hold=st.sampled_from([0, 7]), policy=POLICIES)
    def begin(self, settle: int, hold: int, policy: object) -> None:
        types = {key: replace(kind, settle_seconds=settle, hold_days=hold) for key, kind in TYPES.items()}
        self.world = World(types=types, capacity={"pro": 1, "std": 1, "view": 2}, policy=policy)  # type: ignore[arg-type]

    @rule(name=NAMES, groups=GROUPS)
    def join(self, name: str, groups: list[str]) -> None:
        self.world.join(name, *groups)

    @rule(name=NAMES, groups=GROUPS, pins=FEW_KEYS, excluded=FEW_KEYS)
    def override(self, name: str, groups: list[str], pins: frozenset[str], excluded: frozenset[str]) -> None:
        self.world.join(name, *groups, pins=pins, excluded=excluded)

    @rule(first=NAMES, second=NAMES)
    def exchange(self, first: str, second: str) -> None:
        people = self.world.people
        if first != second and first in people and second in people:
            one, other = people[first], people[second]
            people[first] = replace(other, user_id=first)
            people[second] = replace(one, user_id=second)
            self.world.evaluate(first, second)

    @rule(name=NAMES, groups=GROUPS)
    def deactivate(self, name: str, groups: list[str]) -> None:
        if name in self.world.people:
            self.world.deactivate(name, *groups)

    @rule(seconds=st.sampled_from([1, 300, 600, 86_400, 7 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds=seconds)

    @rule(key=KEYS, capacity=CAPACITIES, extra=st.integers(0, 1))
    def sign(self, key: str, capacity: int | None, extra: int) -> None:
        self.world.capacity[key] = capacity
        self.world.allowance[key] = extra
        self.world.evaluate(*(self.world.people if capacity == 0 else ()))

    @rule(policy=POLICIES)
    def publish(self, policy: object) -> None:
        self.world.publish(policy)  # type: ignore[arg-type]

    @invariant()
    def someone_who_claims_to_be_settled_is(self) -> None:
        if hasattr(self, "world"):
            self.world.check_rest(())


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=60, stateful_step_count=30, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
