"""What the rules in force need of a portal's extensions, so that nobody takes it from under them.

Asked while the portal's row is locked. Declaring, changing and removing extensions is in `extensions`.
"""

from __future__ import annotations

from dataclasses import replace

from rules import policy as policies
from rules.policy import PolicyError
from scim_portal.context import Ctx
from scim_portal.errors import Conflict
from scim_portal.protocol.attributes import Attribute, ResourceType, Schema
from scim_portal.protocol.sentences import say
from scim_portal.services import rulebook


def keep(ctx: Ctx, version: int, before: ResourceType, after: ResourceType) -> None:
    """Refuse a change of users' attributes after which a rule in force would not compile, or would read something else.

    Raises `Conflict` naming the rule.
    """
    document, types = rulebook.document(ctx, version), rulebook.license_types(ctx)
    was = policies.from_document(document, types, before)
    try:
        now = policies.from_document(document, types, after)
    except PolicyError as error:
        raise _needed(was.rules[int(error.problems[0].path.split("/")[2])].name) from None
    for old, new in zip(was.rules, now.rules, strict=True):
        if old.condition.reads != new.condition.reads:
            raise _needed(new.name)


def with_schema(kind: ResourceType, schema: Schema) -> ResourceType:
    """Put a schema into the place of the one of the same URN, if there is one."""
    return replace(kind, extensions=tuple(schema if one.id == schema.id else one for one in kind.extensions))


def unchanged(was: Schema, now: Schema) -> Schema:
    """Keep the attributes whose stored values still mean the same; parts may have been added to them."""
    found = ((one, now.attribute(one.name)) for one in was.attributes)
    return replace(was, attributes=tuple(one for one, later in found if later and _means_the_same(one, later)))


def _means_the_same(one: Attribute, later: Attribute) -> bool:
    traits = ("name", "type", "multi_valued", "case_exact")
    parts = ((sub, later.sub(sub.name)) for sub in one.sub_attributes)
    return all(getattr(one, trait) == getattr(later, trait) for trait in traits) and all(
        after is not None and _means_the_same(sub, after) for sub, after in parts
    )


def _needed(rule: str) -> Conflict:
    detail = say(
        "The rule “{rule}”, which is in force, reads what would change. Change the rule and publish first.", rule=rule
    )
    return Conflict(detail, field="attributes", value=rule)
