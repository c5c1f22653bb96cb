"""Values as the rules write them: conditions compare folded texts, and people should read and type them as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from rules.conditions import children
from rules.policy import Rule
from rules.steps import Step
from scim_portal.protocol import filters
from scim_portal.protocol.folding import exact_text, fold_instant, fold_text


def literals(rules: Iterable[Rule]) -> dict[Any, Any]:
    """Give the values some rules ask for, by their folded form; where two rules differ, as the first writes it."""
    found: dict[Any, Any] = {}
    for rule in rules:
        for value in _values(filters.parse(rule.condition.text)):
            forms = (fold_text(value), fold_instant(value), exact_text(value)) if isinstance(value, str) else (value,)
            for form in forms:
                found.setdefault(form, value)
    return found


def spelled(step: Step, known: Mapping[Any, Any]) -> Step:
    """Say a step's value as a rule writes it; a value that none writes is one of many that would do."""
    if isinstance(step.value, dict):
        whole = {name: known.get(one, one) for name, one in step.value.items()}
        return replace(step, spelled=whole if all(one in known for one in step.value.values()) else None)
    return replace(step, spelled=known.get(step.value))


def _values(tree: filters.Node) -> Iterator[filters.Literal]:
    if isinstance(tree, filters.Compare) and tree.op in ("eq", "ne"):
        yield tree.value
    for inner in children(tree):
        yield from _values(inner)
