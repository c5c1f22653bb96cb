"""What differs between two policy documents, in words. Both are documents as `rules.policy.to_document` writes them."""

from __future__ import annotations

from typing import Any

from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER, ResourceType
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.folding import fold_text

Document = dict[str, Any]
FIELDS = {
    "name": "name",
    "condition": "condition",
    "grants": "target",
    "fallback": "fallback",
    "queue_priority": "queue priority",
    "valid_from": "window",
    "valid_until": "window",
    "connector": "connector",
}


def differences(before: Document, after: Document) -> list[str]:
    """Tell what changed from one document to another, rule by rule."""
    old, new = _by_id(before), _by_id(after)
    lines = [f"rule “{rule['name']}” added" for id, rule in new.items() if id not in old]
    lines += [f"rule “{rule['name']}” removed" for id, rule in old.items() if id not in new]
    lines += [line for id in new if id in old for line in _of_rule(old[id], new[id])]
    kept = [id for id in new if id in old]
    if kept != [id for id in old if id in new]:
        lines.append("order changed")
    for family in sorted({*before["defaults"], *after["defaults"]}):
        was, now = _default(before, family), _default(after, family)
        if was != now:
            lines.append(f"default of {family}: {was} → {now}")
    if before["families"] != after["families"]:
        lines.append("how families choose changed")
    return lines


def mark(before: Document, rule: Document) -> str | None:
    """Tell whether a rule is new or changed against a document; None when neither."""
    former = _by_id(before).get(rule["id"])
    return "new" if former is None else "changed" if former != rule else None


def _of_rule(old: Document, new: Document) -> list[str]:
    changed = list(dict.fromkeys(word for field, word in FIELDS.items() if old[field] != new[field]))
    lines = [f"rule “{new['name']}”: {', '.join(changed)} changed"] if changed else []
    if old["state"] != new["state"]:
        lines.append(f"rule “{new['name']}”: now {new['state'].replace('-', ' ')}")
    return lines


def _by_id(document: Document) -> dict[str, Document]:
    return {rule["id"]: rule for rule in document["rules"]}


def _default(document: Document, family: str) -> str:
    if family not in document["defaults"]:
        return "not decided"
    return document["defaults"][family] or "no license"


def rules_naming(document: Document, group_id: str, name: str, kind: ResourceType = USER) -> list[Document]:
    """List the rules whose condition tests a group, by its id or by its name."""
    folded = fold_text(name)
    return [
        rule
        for rule in document["rules"]
        if group_id in _tested(rule["condition"], "groups.value", kind)
        or folded in _tested(rule["condition"], "groups.display", kind)
    ]


def _tested(condition: str, path: str, kind: ResourceType) -> frozenset[str]:
    try:
        return filters.equality_values(filters.bind(filters.parse(condition), kind), path)
    except InvalidFilter:
        return frozenset()
