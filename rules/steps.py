"""One step an admin or a provider could take for a person, and the facts as they would be after it.

Which steps would help is found in `repairs` and `remedies`; here they are only named and taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from rules.decide import Facts

GROUPS = "groups"


class Move(StrEnum):
    """What is done."""

    JOIN_GROUP = "join-group"
    LEAVE_GROUP = "leave-group"
    SET = "set"
    CLEAR = "clear"
    ADD = "add"
    REMOVE = "remove"
    PIN = "pin"
    DROP_PIN = "drop-pin"
    EXCLUDE = "exclude"
    DROP_EXCLUSION = "drop-exclusion"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one person.

    `path` is the attribute as a filter names it ("title", "urn:…:User:manager.value", "emails"), or None for pins and
    exclusions, whose `value` is the license type. Else `value` is as conditions compare it: folded; an object or plain
    value for ADD and REMOVE. `spelled` is how the rule writes it, and None where any such value would do.
    """

    kind: Move
    path: str | None
    value: Any = field(default=None, hash=False)
    spelled: Any = field(default=None, hash=False, compare=False)

    @property
    def is_example(self) -> bool:
        """Tell whether another value would do as well."""
        return self.spelled is None and self.kind in (Move.SET, Move.ADD)


def applied(facts: Facts, steps: Iterable[Step]) -> Facts:
    """Give the facts about a person after some steps; the argument stays as it is."""
    for step in steps:
        match step.kind:
            case Move.PIN:
                facts = replace(facts, pins=facts.pins | {step.value})
            case Move.DROP_PIN:
                facts = replace(facts, pins=facts.pins - {step.value})
            case Move.EXCLUDE:
                facts = replace(facts, excluded=facts.excluded | {step.value})
            case Move.DROP_EXCLUSION:
                facts = replace(facts, excluded=facts.excluded - {step.value})
            case _:
                facts = replace(facts, resource=changed(facts.resource, step))
    return facts


def changed(resource: Mapping[str, Any], step: Step) -> dict[str, Any]:
    """Give a folded resource after one step."""
    uri, _, dotted = (step.path or "").rpartition(":")
    name, _, sub = dotted.partition(".")
    level = dict(resource.get(uri, {}) if uri else resource)
    found = _after(level.get(name), sub, step)
    if found in (None, [], {}):
        level.pop(name, None)
    else:
        level[name] = found
    return {**resource, uri: level} if uri else level


def _after(value: Any, sub: str, step: Step) -> Any:
    """Give an attribute's value after the step."""
    match step.kind:
        case Move.JOIN_GROUP:
            return [*(value or ()), {"type": "direct", sub: step.value}]
        case Move.LEAVE_GROUP:
            return [one for one in value or () if one.get(sub) != step.value]
        case Move.ADD:
            return [*(value or ()), step.value]
        case Move.REMOVE:
            return [one for one in value or () if one != step.value]
    if not sub:
        return step.value
    return {name: one for name, one in {**(value or {}), sub: step.value}.items() if one is not None}
