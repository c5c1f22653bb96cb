"""What a conversion makes of one PATCH operation: the same one, a changed one, others after it, or another instead.

An operation is laid out as the body it stands for, and the rules read that body as they read a whole one. What a PATCH does not
say is not known here: of several sources, the first one that the operation carries counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.conversion_paths import Body, Spot, drop, is_empty, put, read, spot
from scim_portal.protocol.conversion_rules import Rule
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.patch_request import Operation


@dataclass(slots=True)
class _Part:
    """One attribute that an operation is about; `at` None: the rules have nothing to do with it."""

    name: str
    at: Spot | None
    value: Any


def names_read(rules: Iterable[Rule]) -> frozenset[str]:
    """Name, in lower case, the attributes and schemas that rules react to."""
    spots = (at for rule in rules for at in (rule.sources or (rule.target,)))
    return frozenset(name.lower() for at in spots for name in (at.name, at.uri) if name)


def converted(
    resource_type: ResourceType, rules: Sequence[Rule], names: frozenset[str], operation: Operation
) -> Iterator[Operation]:
    """Give the operations that stand for one. Never raises; what cannot be understood is left for `patch` to refuse."""
    path, value = operation.path, operation.value
    if path is None or resource_type.is_core(path):
        if operation.op == "remove" or not isinstance(value, dict):
            yield operation
            return
        parts = [_Part(name, _place(resource_type, rules, names, name), one) for name, one in value.items()]
    else:
        parts = [_Part(path, _place(resource_type, rules, names, path), value)]
    if all(part.at is None for part in parts) or (operation.op == "remove" and value is not None):
        yield operation
    elif operation.op == "remove":
        yield from _removed(rules, operation, parts[0])
    else:
        yield from _written(rules, operation, parts)


def _place(resource_type: ResourceType, rules: Sequence[Rule], names: frozenset[str], text: str) -> Spot | None:
    low = text.lower()
    if not any(name in low for name in names) and not resource_type.is_core(text):
        return None
    try:
        at = spot(resource_type, text)
        if at.known or at.uri is not None or _reads(rules, at):
            return at
        # Entra and Microsoft's samples name attributes of an extension without its URN.
        found = resource_type.find(None, str(at.name))
        return spot(resource_type, f"{found[0]}:{text}") if found else at
    except ScimError:
        return None


def _reads(rules: Sequence[Rule], at: Spot) -> bool:
    return any(source.key == at.key for rule in rules for source in rule.sources)


def _is_only_a_source(rules: Sequence[Rule], at: Spot) -> bool:
    """Tell whether nothing is left of an operation at this place once its value has gone where it belongs."""
    mine = [rule for rule in rules if any(source.key == at.key for source in rule.sources)]
    return any(rule.drop_source for rule in mine) or (bool(mine) and not at.known)


def _removed(rules: Sequence[Rule], operation: Operation, part: _Part) -> Iterator[Operation]:
    assert part.at is not None
    if not _is_only_a_source(rules, part.at):
        yield operation
    for rule in rules:
        if not rule.sources and part.at.covers(rule.target):
            yield Operation("replace", rule.target.text, rule.constant)
        elif len(rule.sources) == 1 and part.at.covers(rule.sources[0]):
            yield from _emptied(rule)


def _emptied(rule: Rule) -> Iterator[Operation]:
    if not rule.in_place and not rule.target.required:
        yield Operation("remove", rule.target.text, None, False)


def _written(rules: Sequence[Rule], operation: Operation, parts: list[_Part]) -> Iterator[Operation]:
    laid_out: Body = {}
    for part in parts:
        if part.at is not None:
            laid_out = put(part.at, laid_out, part.value)
    found = [(rule, value) for rule in rules if (value := _value(rule, laid_out)) is not None]
    kept = [part for part in parts if part.at is None or not _is_only_a_source(rules, part.at)]
    for part in kept:
        _change(part, rules, found)
    if kept:
        whole = {part.name: part.value for part in kept}
        by_path = operation.path == parts[0].name
        yield replace(operation, value=parts[0].value if by_path else whole)
    for rule, value in found:
        if not any(part.at is not None and part.at.covers(rule.target) for part in kept):
            adding = operation.op == "add" and rule.target.many and rule.target.sub is None
            yield Operation("add" if adding else "replace", rule.target.text, value)
    for part in parts:
        yield from _blanked(rules, part)


def _value(rule: Rule, laid_out: Body) -> Any:
    value = rule.value(laid_out)
    return None if not rule.sources and is_empty(read(rule.target, laid_out)) else value


def _change(part: _Part, rules: Sequence[Rule], found: Sequence[tuple[Rule, Any]]) -> None:
    """Change what one part says where it carries a source to drop, or a target."""
    at = part.at
    if at is None:
        return
    drops = [one for rule in rules if rule.drop_source for one in rule.sources if at.covers(one)]
    puts = [(rule.target, value) for rule, value in found if at.covers(rule.target)]
    if not drops and not puts:
        return
    piece = put(at, {}, part.value)
    for source in drops:
        piece = drop(source, piece)
    for target, value in puts:
        piece = put(target, piece, value)
    part.value = read(at, piece)


def _blanked(rules: Sequence[Rule], part: _Part) -> Iterator[Operation]:
    if part.at is not None and is_empty(part.value):
        for rule in rules:
            if len(rule.sources) == 1 and rule.sources[0].key == part.at.key:
                yield from _emptied(rule)
