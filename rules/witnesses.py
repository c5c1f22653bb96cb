"""A rule under analysis with a user who meets it, and which rules a user can meet at all, without trying each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules import demands
from rules.policy import Rule

ANYBODY: Final = {"userName": "someone"}


@dataclass(frozen=True, slots=True)
class Linted:
    """A rule that can match; `witness` is a user it matches, if one was found, `always` that it matches everybody.

    `size` is the number of terms of its condition: what it costs to try a user.
    """

    rule: Rule
    witness: Mapping[str, Any] | None
    always: bool
    size: int


def with_name(witness: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a witness to a user: nobody is without a name."""
    return {**ANYBODY, **witness}


class Index:
    """Rules by what they demand, so that a user is tried only against those that could match."""

    def __init__(self, rules: Sequence[Linted]) -> None:
        self.places = {one.rule.id: place for place, one in enumerate(rules)}
        self._index = demands.Index((one, one.rule.condition.demand) for one in rules)

    def candidates(self, witness: Mapping[str, Any]) -> list[Linted]:
        """List the rules that may match a user, in policy order; no other does."""
        return self._index.candidates(witness)
