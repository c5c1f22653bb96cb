"""License types and contract lines: what there is to give."""

from __future__ import annotations

from typing import Any

from scim_portal.context import Ctx
from scim_portal.services import catalog, license_fields, retirement
from scim_portal.web import guards
from scim_portal.web.api import doors, lists
from scim_portal.web.api.doors import Room
from scim_portal.web.api.schemas import license_types as shapes
from scim_portal.web.api.schemas.pieces import Query, list_of

Body = dict[str, Any]
room = Room("license-types", "License types, and the contract lines that give them their capacity.")


@room.get("/license-types")
@room.query(Query)
@room.response(200, list_of(shapes.LicenseType))
@doors.reads
def list_license_types(ctx: Ctx, query: Body) -> Body:
    """List license types with their numbers, by family, richest first."""
    return lists.short([_shape(one) for one in catalog.summaries(ctx)], query)


@room.post("/license-types")
@room.arguments(shapes.NewLicenseType)
@room.response(201, shapes.LicenseType)
@guards.writes
def create_license_type(ctx: Ctx, body: Body) -> Body:
    """Create a license type."""
    catalog.create_type(ctx, **body)
    return _summary(ctx, body["key"])


@room.get("/license-types/<key>")
@room.response(200, shapes.LicenseType)
@doors.reads
def get_license_type(ctx: Ctx, key: str) -> Body:
    """Show one license type with its numbers."""
    return _shape(catalog.summary(ctx, key))


@room.patch("/license-types/<key>")
@room.arguments(shapes.LicenseTypeChanges)
@room.response(200, shapes.LicenseType)
@guards.writes
def change_license_type(ctx: Ctx, body: Body, key: str) -> Body:
    """Change a license type; a larger allowance serves the queue at once."""
    catalog.change_type(ctx, key, **body)
    return _summary(ctx, key)


@room.post("/license-types/<key>/retire")
@room.response(200, shapes.LicenseType)
@guards.writes
def retire_license_type(ctx: Ctx, key: str) -> Body:
    """Retire a license type; refused while a rule, a default, the draft or a pin names it."""
    retirement.retire(ctx, key)
    return _summary(ctx, key)


@room.post("/license-types/<key>/bring-back")
@room.response(200, shapes.LicenseType)
@guards.writes
def bring_back_license_type(ctx: Ctx, key: str) -> Body:
    """Let rules, defaults and pins name a retired license type again."""
    retirement.bring_back(ctx, key)
    return _summary(ctx, key)


@room.get("/license-types/<key>/contract-lines")
@room.query(Query)
@room.response(200, list_of(shapes.ContractLine))
@doors.reads
def list_contract_lines(ctx: Ctx, query: Body, key: str) -> Body:
    """List a type's contract lines, oldest first."""
    catalog.find(ctx, key)
    return lists.short(catalog.lines(ctx, key), query)


@room.post("/license-types/<key>/contract-lines")
@room.arguments(shapes.NewContractLine)
@room.response(201, shapes.ContractLine)
@guards.writes
def add_contract_line(ctx: Ctx, body: Body, key: str) -> Any:
    """Add seats to a type; whoever waits for one is served at once."""
    return catalog.add_line(ctx, key, **body)


@room.patch("/contract-lines/<id>")
@room.arguments(shapes.ContractLineChanges)
@room.response(200, shapes.ContractLine)
@guards.writes
def change_contract_line(ctx: Ctx, body: Body, id: str) -> Any:
    """Change a contract line; nobody loses a seat when it shrinks."""
    return catalog.change_line(ctx, id, **body)


@room.delete("/contract-lines/<id>")
@room.response(204)
@guards.writes
def remove_contract_line(ctx: Ctx, id: str) -> None:
    """Take a contract line away; without capacity, the type's seats are suspended."""
    catalog.remove_line(ctx, id)


def _summary(ctx: Ctx, key: str) -> Body:
    doors.afresh()
    return _shape(catalog.summary(ctx, key))


def _shape(summary: catalog.Summary) -> Body:
    type = summary.type
    counters = {name: getattr(type, name) for name in ("used", "held", "suspended", "waiting")}
    numbers = {name: getattr(summary, name) for name in ("capacity", "limit", "over", "overage", "free")}
    return (
        {"key": type.key, "family": type.family, "retired_at": type.retired_at}
        | license_fields.told(type)
        | counters
        | numbers
    )
