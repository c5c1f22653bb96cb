"""What differs between two policy documents, in words. Both are documents as `rules.policy.to_document` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from rules.grants import NONE
from scim_portal.context import Ctx
from scim_portal.protocol import filters
from scim_portal.protocol.definitions import USER, ResourceType
from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.folding import fold_text
from scim_portal.services import connectors, people, rulebook
from scim_portal.web.portal import dates, wording

Document = dict[str, Any]
Names = Mapping[str, str]
STATES = {
    "active": _l("active"), "paused": _l("paused"), "draft": _l("draft"), "needs-attention": _l("needs attention"),
}  # fmt: skip
TONES = {"added": "good", "removed": "bad", "moved": "plain", "changed": "info"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rule that reads otherwise."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one rule, or of a default: `kind` is added, removed, moved or changed."""

    kind: str
    name: str
    parts: list[Part] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The kind as it is shown."""
        return {"added": _("added"), "removed": _("removed"), "moved": _("moved")}.get(self.kind, _("changed"))

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return TONES[self.kind]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How ids read: license types, groups and connectors by name."""

    types: Names = field(default_factory=dict)
    groups: Names = field(default_factory=dict)
    connectors: Names = field(default_factory=dict)

    def type(self, key: str) -> str:
        """Name what a rule gives."""
        return _("no license") if key.startswith(NONE) else self.types.get(key, key)


def vocabulary(ctx: Ctx) -> Vocabulary:
    """Read the portal's names."""
    types = {one.key: one.name for one in rulebook.license_types(ctx).values()}
    return Vocabulary(types, people.group_names(ctx), {one.id: one.name for one in connectors.everyone(ctx)})


def differences(before: Document, after: Document, words: Vocabulary) -> list[Difference]:
    """Tell what changed from one document to another, rule by rule."""
    old, new = _by_id(before), _by_id(after)
    found = [Difference("added", rule["name"], _wholly(rule, words)) for id, rule in new.items() if id not in old]
    found += [Difference("removed", rule["name"]) for id, rule in old.items() if id not in new]
    for id in moved(list(old), list(new)):
        place = Part(_("place"), str(list(old).index(id) + 1), str(list(new).index(id) + 1))
        found.append(Difference("moved", new[id]["name"], [place]))
    for id in new:
        if id in old and (parts := between(old[id], new[id], words)):
            found.append(Difference("changed", new[id]["name"], parts))
    return [*found, *_of_defaults(before, after, words)]


def between(old: Document, new: Document, words: Vocabulary) -> list[Part]:
    """Tell what reads otherwise in a rule."""
    was, now = _told(old, words), _told(new, words)
    return [Part(label, was[label], now[label]) for label in was if was[label] != now[label]]


def mark(before: Document, rule: Document) -> str | None:
    """Tell whether a rule is new or changed against a document; None when neither."""
    former = _by_id(before).get(rule["id"])
    return _("new") if former is None else _("changed") if former != rule else None


def moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Name the fewest that must have been moved so that the one order became the other; new and removed ones aside."""
    places = {id: place for place, id in enumerate(old)}
    kept = [id for id in new if id in places]
    chains: list[list[str]] = []  # the longest rising run that ends with each
    for id in kept:
        before = (chain for chain in chains if places[chain[-1]] < places[id])
        chains.append([*max(before, key=len, default=[]), id])
    stayed = set(max(chains, key=len, default=[]))
    return [id for id in kept if id not in stayed]


def _told(rule: Document, words: Vocabulary) -> dict[str, str]:
    """Read a rule part by part."""
    connector = rule["connector"]
    return {
        _("name"): rule["name"],
        _("condition"): wording.condition(rule["condition"], words.groups),
        _("gives"): ", ".join(words.type(key) for key in rule["grants"]) or _("nothing"),
        _("meanwhile"): ", ".join(words.type(key) for key in rule["fallback"]) or _("nothing"),
        _("state"): str(STATES.get(rule["state"], rule["state"])),
        _("queue priority"): str(rule["queue_priority"]),
        _("from"): _moment(rule["valid_from"]) or _("always"),
        _("until"): _moment(rule["valid_until"]) or _("open end"),
        _("connector"): words.connectors.get(connector, connector) if connector else _("any"),
    }


def _moment(stamp: str | None) -> str:
    """Write an instant of a document in the reader's zone: a date, with the time of day where it is not midnight."""
    if not stamp:
        return ""
    moment = datetime.fromisoformat(stamp)
    return dates.on_day(moment) if dates.here(moment).time() == time() else dates.on_clock(moment)


def _wholly(rule: Document, words: Vocabulary) -> list[Part]:
    told = _told(rule, words)
    return [Part(label, "", told[label]) for label in (_("condition"), _("gives"))]


def _of_defaults(before: Document, after: Document, words: Vocabulary) -> list[Difference]:
    found = []
    for family in sorted({*before["defaults"], *after["defaults"]}):
        was, now = default(before, family, words), default(after, family, words)
        if was != now:
            name = _("Default license") if len(after["families"]) < 2 else _("Default of family %(name)s", name=family)
            found.append(Difference("changed", name, [Part(_("everybody else"), was, now)]))
    if before["families"] != after["families"] and before["rules"]:
        found.append(Difference("changed", _("How families choose")))
    return found


def default(document: Document, family: str, words: Vocabulary) -> str:
    """Name what everybody else gets in a family."""
    if family not in document["defaults"]:
        return _("not decided")
    key = document["defaults"][family]
    return words.types.get(key, key) if key else _("no license")


def _by_id(document: Document) -> dict[str, Document]:
    return {rule["id"]: rule for rule in document["rules"]}


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
