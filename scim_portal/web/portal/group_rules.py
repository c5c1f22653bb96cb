"""Which rules of a policy test which groups: every condition is read once, however many groups are asked about."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from scim_portal.models import Group
from scim_portal.protocol import filters
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.errors import InvalidFilter

Rule = dict[str, Any]
BY_ID, BY_NAME = "groups.value", "groups.display"


class Naming:
    """The rules of a document by the groups they test, by id or by folded name."""

    def __init__(self, document: dict[str, Any], kind: ResourceType) -> None:
        self._rules: dict[str, dict[str, list[Rule]]] = {BY_ID: defaultdict(list), BY_NAME: defaultdict(list)}
        for rule in document["rules"]:
            for path, tested in self._rules.items():
                for value in _tested(rule["condition"], path, kind):
                    tested[value].append(rule)

    @property
    def ids(self) -> list[str]:
        """Give the ids of the groups that rules test."""
        return sorted(self._rules[BY_ID])

    def of(self, group: Group) -> list[Rule]:
        """List the rules that test a group, each once."""
        found = [*self._rules[BY_ID].get(group.id, ()), *self._rules[BY_NAME].get(group.display_name_folded, ())]
        return list({rule["id"]: rule for rule in found}.values())


def _tested(condition: str, path: str, kind: ResourceType) -> frozenset[str]:
    try:
        return filters.equality_values(filters.bind(filters.parse(condition), kind), path)
    except InvalidFilter:
        return frozenset()
