"""What a license policy is: rules in order, families and defaults, as frozen values, and the document they come from.

A policy is checked here when it is saved, so that nothing can raise later when a person is decided. Whom a rule matches
belongs in `decide`; who gets a seat in `allocate`. The document's format is described in the package's docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from rules import grants
from rules.checking import Node, PolicyError, Problem
from rules.conditions import Condition, compile_condition
from rules.demands import Index
from scim_portal.protocol.definitions import USER, ResourceType
from scim_portal.protocol.sentences import say

__all__ = [
    "DEFAULT_PRIORITY",
    "RULE_PRIORITY",
    "Family",
    "LicenseType",
    "Mode",
    "Policy",
    "PolicyError",
    "Problem",
    "Rule",
    "State",
    "from_document",
    "to_document",
    "with_ids",
]

RULE_PRIORITY: Final = 100
DEFAULT_PRIORITY: Final = 1000
HIGHEST_PRIORITY: Final = 1_000_000


class State(StrEnum):
    """The life of a rule; drafts and paused rules decide nothing.

    A rule needs attention when a group it names was deleted. Until its `frozen_until` it only keeps what people have
    through it (L9); after that it decides like an active one, and the deleted group matches nobody.
    """

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    NEEDS_ATTENTION = "needs-attention"


DECIDING: Final = (State.ACTIVE, State.NEEDS_ATTENTION)


class Mode(StrEnum):
    """How a family chooses among matching rules (L3.5)."""

    FIRST_MATCH = "first-match"
    HIGHEST_RANK = "highest-rank"


@dataclass(frozen=True, slots=True)
class LicenseType:
    """A product with a capacity, as far as rules need to know it; a higher rank is richer."""

    key: str
    name: str
    family: str
    rank: int
    hold_days: int = 7
    settle_seconds: int = 600


@dataclass(frozen=True, slots=True)
class Family:
    """License types of which one person uses at most one."""

    key: str
    mode: Mode = Mode.FIRST_MATCH


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `chains` gives per family the granted type and its fallbacks, empty for `none:<family>`.

    `is_plain` says that the condition alone tells whom it applies to: no window, no connector, and it is not frozen.
    """

    id: str
    name: str
    state: State
    condition: Condition
    grants: tuple[str, ...]
    fallback: tuple[str, ...] = ()
    queue_priority: int = RULE_PRIORITY
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    connector: str | None = None
    frozen_until: datetime | None = None
    chains: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    is_plain: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limits = (self.valid_from, self.valid_until, self.connector, self.frozen_until)
        object.__setattr__(self, "is_plain", all(limit is None for limit in limits))

    def is_open(self, now: datetime) -> bool:
        """Tell whether `now` lies in the rule's window; its end is exclusive."""
        return (self.valid_from is None or self.valid_from <= now) and (
            self.valid_until is None or now < self.valid_until
        )

    def is_frozen(self, now: datetime) -> bool:
        """Tell whether the rule only keeps what people have through it (L9)."""
        return self.state is State.NEEDS_ATTENTION and self.frozen_until is not None and now < self.frozen_until


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules in order, the families and the defaults: one immutable version.

    `defaults` maps a family to a type, or to None for an explicit "no license"; an absent family is undecided.
    `active` holds the rules that can decide at all, so that a decision does not look at the others, and `index` those by what
    they ask for; `reads` names what they read, so that most changes of a person need no decision (L2.5). `made` is where
    `decide` keeps what is the same for everybody.
    """

    families: Mapping[str, Family]
    defaults: Mapping[str, str | None]
    rules: tuple[Rule, ...]
    types: Mapping[str, LicenseType]
    version: int = 0
    active: tuple[Rule, ...] = field(init=False, compare=False)
    index: Index[Rule] = field(init=False, repr=False, compare=False)
    reads: frozenset[str] = field(init=False, compare=False)
    made: dict[Any, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        active = tuple(rule for rule in self.rules if rule.state in DECIDING)
        # A frozen rule keeps people whatever its condition says, so its condition's demand must not hide it.
        asked = ((rule, rule.condition.demand if rule.frozen_until is None else None) for rule in active)
        object.__setattr__(self, "index", Index(asked))
        read = (_top(name) for rule in active for name in rule.condition.reads)
        object.__setattr__(self, "active", active)
        object.__setattr__(self, "reads", frozenset(read))

    def has_frozen(self, now: datetime) -> bool:
        """Tell whether any rule is frozen, so that whoever gathers facts looks for those it holds."""
        return any(rule.is_frozen(now) for rule in self.active)

    def may_change(self, changed: Collection[str]) -> bool:
        """Tell whether a decision can differ after these top-level attributes (or extension URNs) of a person changed."""
        return "meta" in self.reads or not self.reads.isdisjoint(changed)


def _top(name: str) -> str:
    """Name what holds an attribute at the top of a resource: itself, or its extension's URN."""
    return name.rpartition(":")[0] if name.startswith("urn:") else name.partition(".")[0]


def from_document(
    document: object,
    types: Mapping[str, LicenseType],
    resource_type: ResourceType = USER,
    *,
    version: int = 0,
) -> Policy:
    """Compile a policy document against the license types that exist.

    Raises `PolicyError` with every problem found. Families of `types` that the document leaves out are first-match.
    """
    problems: list[Problem] = []
    root = Node(document, "", problems)
    root.only("families", "defaults", "rules")
    families = _families(root.inner("families"), types)
    defaults = _defaults(root.inner("defaults"), families, types)
    rules = tuple(_rule(node, families, types, resource_type) for node in root.each("rules"))
    _refuse_repeated_ids(root, rules)
    if problems:
        raise PolicyError(tuple(problems))
    return Policy(families, defaults, rules, dict(types), version)


def to_document(policy: Policy) -> dict[str, Any]:
    """Write a policy as the JSON document `from_document` reads back to an equal policy."""
    return {
        "families": {family.key: {"mode": family.mode.value} for family in policy.families.values()},
        "defaults": dict(policy.defaults),
        "rules": [_rule_document(rule) for rule in policy.rules],
    }


def with_ids(document: dict[str, Any], new_id: Callable[[], str]) -> dict[str, Any]:
    """Return the document with an id from `new_id` for each rule that has none; the argument stays as it is."""
    rules = document.get("rules")
    if not isinstance(rules, list):
        return document
    return {**document, "rules": [_with_id(rule, new_id) for rule in rules]}


def _with_id(rule: object, new_id: Callable[[], str]) -> object:
    return {**rule, "id": new_id()} if isinstance(rule, dict) and rule.get("id") is None else rule


def _families(node: Node, types: Mapping[str, LicenseType]) -> dict[str, Family]:
    families = {kind.family: Family(kind.family) for kind in types.values()}
    for key in node.fields:
        settings = node.inner(key)
        settings.only("mode")
        families[key] = Family(key, Mode(settings.choice("mode", list(Mode), Mode.FIRST_MATCH)))
    return families


def _defaults(node: Node, families: Mapping[str, Family], types: Mapping[str, LicenseType]) -> dict[str, str | None]:
    for family, key in node.fields.items():
        if family not in families:
            node.note("is not a known family", family)
        elif key is not None and not (isinstance(key, str) and key in types and types[key].family == family):
            node.note("must be a license type of this family, or null for no license", family)
    return dict(node.fields)


def _rule(
    node: Node,
    families: Mapping[str, Family],
    types: Mapping[str, LicenseType],
    resource_type: ResourceType,
) -> Rule:
    node.only(*_RULE_FIELDS)
    identity = node.text("id", limit=64)
    granted, fallback = node.texts("grants"), node.texts("fallback")
    family_of = {key: kind.family for key, kind in types.items()}
    start, end = node.instant("valid_from"), node.instant("valid_until")
    state = State(node.choice("state", list(State), State.ACTIVE))
    if start is not None and end is not None and end <= start:
        node.note("must be later than valid_from", "valid_until")
    return Rule(
        id=identity,
        name=node.text("name", identity or "?"),
        state=state,
        condition=compile_condition(node, "condition", resource_type),
        grants=granted,
        fallback=fallback,
        queue_priority=node.whole("queue_priority", RULE_PRIORITY, HIGHEST_PRIORITY),
        valid_from=start,
        valid_until=end,
        connector=node.text_or_none("connector"),
        frozen_until=node.instant("frozen_until") if state is State.NEEDS_ATTENTION else None,
        chains=grants.chains(node, granted, fallback, families, family_of),
    )


_RULE_FIELDS: Final = tuple(one.name for one in fields(Rule) if one.name not in ("chains", "is_plain"))


def _refuse_repeated_ids(root: Node, rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.id and rule.id in seen:
            root.note(say("the id {id!r} is used by an earlier rule", id=rule.id), "rules", index, "id")
        seen.add(rule.id)


def _rule_document(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "state": rule.state.value,
        "condition": rule.condition.text,
        "grants": list(rule.grants),
        "fallback": list(rule.fallback),
        "queue_priority": rule.queue_priority,
        "valid_from": _stamp(rule.valid_from),
        "valid_until": _stamp(rule.valid_until),
        "connector": rule.connector,
        **({} if rule.frozen_until is None else {"frozen_until": _stamp(rule.frozen_until)}),
    }


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
