"""A connector's conversions: which incoming attribute feeds which stored one, and which stored one an answer shows where.

Pure and tolerant: a body that does not have what a rule reads stays as it was sent, and nothing here raises but
`from_document`. Values are read from the body as it came, so the order of rules decides only who writes a target last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scim_portal.protocol import conversion_patch
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.conversion_paths import Body, drop, put
from scim_portal.protocol.conversion_rules import Rule, read_rules
from scim_portal.protocol.patch_request import Operation


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rules of one resource type, checked; `names` are the attributes that requests' rules read, in lower case."""

    resource_type: ResourceType
    requests: tuple[Rule, ...] = ()
    answers: tuple[Rule, ...] = ()
    names: frozenset[str] = field(default=frozenset(), compare=False)


def from_document(document: object, resource_type: ResourceType) -> Conversion:
    """Read and check the part of a document that is about a resource type; the format is told in `conversion_rules`.

    Raises InvalidValue whose `attribute` and sentence name the place, such as `user.requests[2].target`.
    """
    rules = read_rules(document, resource_type)
    return Conversion(resource_type, **rules, names=conversion_patch.names_read(rules["requests"]))


def incoming(conversion: Conversion, payload: Body) -> Body:
    """Convert the body of a POST or PUT before `resource.load` reads it; a rule whose sources are all absent does nothing."""
    return _converted(conversion.requests, payload)


def outgoing(conversion: Conversion, resource: Body) -> Body:
    """Convert a finished resource for an answer, before it is projected; `schemas` names what came into it."""
    made = _converted(conversion.answers, resource)
    listed = made.get("schemas")
    if not isinstance(listed, list):
        return made
    added = [
        rule.target.uri for rule in conversion.answers if rule.target.uri in made and rule.target.uri not in listed
    ]
    return {**made, "schemas": [*listed, *dict.fromkeys(added)]} if added else made


def incoming_patch(conversion: Conversion, operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Convert the operations of a PATCH: whoever sets a rule's source sets its target, whoever removes it removes it.

    A constant overrides what an operation says of its target. A source that no schema knows is only for the target.
    """
    if not conversion.requests:
        return tuple(operations)
    given = (conversion.resource_type, conversion.requests, conversion.names)
    return tuple(made for one in operations for made in conversion_patch.converted(*given, one))


def _converted(rules: Iterable[Rule], given: Body) -> Body:
    made: Body = given
    found: list[tuple[Rule, Any]] = [(rule, rule.value(given)) for rule in rules]
    for rule, _ in found:
        for source in rule.sources if rule.drop_source else ():
            made = drop(source, made)
    for rule, value in found:
        if value is not None:
            made = put(rule.target, made, value)
    return made
