"""Licence types and their contract lines: what there is to give, and how much of it was bought."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import aliased

from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.errors import Conflict, Invalid, NotFound
from scim_portal.ids import is_id, new_id
from scim_portal.models import ContractLine, Family, LicenseType, Override, Portal
from scim_portal.protocol.sentences import say
from scim_portal.services import audit, capacity, license_fields, licensing, rulebook, work
from scim_portal.services.audit import Action

KEY = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,62}[a-z0-9])?\Z")
BAD_KEY = "A key has 1 to 64 lower-case letters, digits, dots, hyphens or underscores."
# Words that stand in the portal's addresses where a key would.
TAKEN = frozenset({"new"})
# Which rule decides, what counts as richer, and how long a place is kept.
DECIDING = ("rank", "family", "settle_seconds")
MOST_SEATS = 100_000_000
LINE_FIELDS = ("quantity", "starts_at", "ends_at", "purchase_order", "vendor", "unit_price", "currency")


@dataclass(frozen=True, slots=True)
class Summary:
    """A licence type with its numbers at this moment; None in `capacity` and `limit` is unlimited."""

    type: LicenseType
    capacity: int | None
    limit: int | None

    @property
    def over(self) -> int:
        """How many seats stand above the limit (the limit was lowered below the use)."""
        return 0 if self.limit is None else max(0, self.type.used - self.limit)

    @property
    def overage(self) -> int:
        """How many seats stand above what was bought."""
        return 0 if self.capacity is None else max(0, self.type.used - self.capacity)

    @property
    def free(self) -> int | None:
        """How many more seats could be given; None is no limit."""
        return None if self.limit is None else max(0, self.limit - self.type.used)


def summaries(ctx: Ctx) -> list[Summary]:
    """List the types with their numbers, by family, richest first."""
    capacities = capacity.at(ctx, ctx.now)
    types = db.session.scalars(
        scoped(LicenseType, ctx).order_by(LicenseType.family, LicenseType.rank.desc(), LicenseType.key)
    )
    return [_summary(type, capacities.get(type.key, 0)) for type in types]


def summary(ctx: Ctx, key: str) -> Summary:
    """Give one type with its numbers. Raises `NotFound`."""
    type = find(ctx, key)
    return _summary(type, capacity.at(ctx, ctx.now, [key]).get(key, 0))


def find(ctx: Ctx, key: str, *, field: str = "key") -> LicenseType:
    """Find a licence type; `field` is where the key came from. Raises `NotFound`."""
    type = db.session.scalar(scoped(LicenseType, ctx).where(LicenseType.key == key))
    if type is None:
        raise NotFound(say("There is no license type {key!r} in this portal.", key=key), field=field, value=key)
    return type


def create_type(ctx: Ctx, *, key: str, name: str, family: str | None = None, rank: int = 0, **rest: Any) -> LicenseType:
    """Create a licence type; a family that is new is created, and no family means one of its own.

    `rest` takes the other settings of `license_fields`. Raises `Invalid`, `Conflict`.
    """
    family = family or key
    for field, value in (("key", key), ("family", family)):
        if not KEY.match(value):
            raise Invalid(BAD_KEY, field=field, value=value)
    if key in TAKEN:
        raise Invalid(say("The portal itself uses {key!r}; choose another key.", key=key), field="key", value=key)
    if db.session.scalar(scoped(LicenseType, ctx).where(LicenseType.key == key)):
        raise Conflict(say("There is a license type {key!r} already.", key=key), field="key", value=key)
    _refuse_taken_name(ctx, key, name)
    _ensure_family(ctx, family)
    type = LicenseType(
        portal_id=ctx.portal.id, key=key, family=family, created_at=ctx.now, name=license_fields.name(name), rank=0,
        hold_days=7, settle_seconds=600, allowance=0, used=0, held=0, waiting=0, suspended=0, next_ticket=1, next_entry=1,
    )  # fmt: skip
    license_fields.assign(type, {"rank": rank, **rest})
    db.session.add(type)
    _catalog_changed(ctx)
    audit.record(ctx, Action.LICENSE_TYPE_CREATED, "license_type", key, name, after=_state(type))
    return type


def change_type(ctx: Ctx, key: str, **changes: Any) -> LicenseType:
    """Change the family or any setting of `license_fields`; a larger allowance drains the queue at once.

    After a change of what is `DECIDING` a job settles everybody. The family can be changed while nobody holds or awaits a
    seat and the policy in force still holds. Raises `Invalid`, or `Conflict` for a name that another type has.
    """
    if "family" in changes:
        _hold_grants(ctx)
    type = find(ctx, key)
    before = _state(type)
    if (family := changes.pop("family", type.family)) != type.family:
        _move(ctx, type, family)
    if changes.get("name", type.name) != type.name:
        _refuse_taken_name(ctx, key, changes["name"])
    license_fields.assign(type, changes)
    _catalog_changed(ctx)
    if (after := _state(type)) != before:
        audit.record(ctx, Action.LICENSE_TYPE_CHANGED, "license_type", key, type.name, before=before, after=after)
        licensing.capacity_changed(ctx, type.family)
        if any(after[name] != before[name] for name in DECIDING):
            work.enqueue(ctx, "settle_all")
    return type


def lines(ctx: Ctx, key: str | None = None) -> list[ContractLine]:
    """List contract lines, oldest first, of one type or of all."""
    query = scoped(ContractLine, ctx).order_by(ContractLine.id)
    return list(db.session.scalars(query if key is None else query.where(ContractLine.license_type == key)))


def add_line(ctx: Ctx, key: str, *, id: str | None = None, **fields: Any) -> ContractLine:
    """Add seats to a type; whoever waits for it is served in the same transaction. Raises `Invalid`, `NotFound`.

    Asked again with the same `id`, it gives the line that is there and adds nothing.
    """
    _hold_grants(ctx)
    type = find(ctx, key)
    known = db.session.scalar(scoped(ContractLine, ctx).where(ContractLine.id == id)) if id else None
    if known is not None:
        if known.license_type != key:
            raise Invalid("This id belongs to a line of another license.", field="id", value=id)
        return known
    line = ContractLine(portal_id=ctx.portal.id, id=id or new_id(), license_type=key, created_at=ctx.now)
    _fill(line, fields)
    db.session.add(line)
    db.session.flush()
    audit.record(ctx, Action.CONTRACT_LINE_ADDED, "contract_line", line.id, key, after=_line_state(line))
    licensing.capacity_changed(ctx, type.family)
    return line


def change_line(ctx: Ctx, id: str, **fields: Any) -> ContractLine:
    """Change a contract line; nobody loses a seat when it shrinks (L11)."""
    _hold_grants(ctx)
    line = find_line(ctx, id)
    before = _line_state(line)
    _fill(line, fields)
    db.session.flush()
    after = _line_state(line)
    audit.record(ctx, Action.CONTRACT_LINE_CHANGED, "contract_line", id, line.license_type, before=before, after=after)
    licensing.capacity_changed(ctx, find(ctx, line.license_type).family)
    return line


def remove_line(ctx: Ctx, id: str) -> None:
    """Take a contract line away; at capacity 0 the type's seats are suspended (L11)."""
    _hold_grants(ctx)
    line = find_line(ctx, id)
    family = find(ctx, line.license_type).family
    audit.record(ctx, Action.CONTRACT_LINE_REMOVED, "contract_line", id, line.license_type, before=_line_state(line))
    db.session.delete(line)
    db.session.flush()
    licensing.capacity_changed(ctx, family)


def check_line(quantity: int | None, starts_at: datetime | None, ends_at: datetime | None) -> None:
    """Check what counts of a contract line. Raises `Invalid` that names the field."""
    if quantity is not None and not 0 <= quantity <= MOST_SEATS:
        sentence = say("The quantity must be from 0 to {most:,}, or null for unlimited.", most=MOST_SEATS)
        raise Invalid(sentence, field="quantity", value=quantity)
    if starts_at and ends_at and ends_at <= starts_at:
        raise Invalid("A contract line must end after it starts.", field="ends_at", value=ends_at)


def find_line(ctx: Ctx, id: str) -> ContractLine:
    """Find a contract line. Raises `NotFound`."""
    line = db.session.scalar(scoped(ContractLine, ctx).where(ContractLine.id == id)) if is_id(id) else None
    if line is None:
        raise NotFound("There is no such contract line in this portal.", field="id", value=id)
    return line


def _hold_grants(ctx: Ctx) -> None:
    """Wait for everybody who is settling somebody, and keep others from it: who holds a type is read before its lock (L12)."""
    db.session.flush()
    rulebook.in_force_locked(ctx)
    db.session.expire_all()  # what was read before may have changed while this waited


def _refuse_taken_name(ctx: Ctx, key: str, name: object) -> None:
    """Keep two types from looking alike to people; retired ones do not count."""
    wanted = license_fields.name(name).casefold()
    others = scoped(LicenseType, ctx).where(LicenseType.key != key, LicenseType.retired_at.is_(None))
    for other in db.session.scalars(others):
        if other.name.casefold() == wanted:
            raise Conflict(
                say("The license type “{key}” has this name already.", key=other.key), field="name", value=name
            )


def _ensure_family(ctx: Ctx, family: object) -> None:
    if not isinstance(family, str) or not KEY.match(family):
        raise Invalid(BAD_KEY, field="family", value=family)
    if not db.session.scalar(scoped(Family, ctx).where(Family.key == family)):
        db.session.add(Family(portal_id=ctx.portal.id, key=family))
        db.session.flush()


def _move(ctx: Ctx, type: LicenseType, family: str) -> None:
    if type.used or type.waiting or type.suspended:
        raise Invalid(
            "The family can be changed only while nobody holds or awaits a seat.", field="family", value=family
        )
    if _pins_beside(ctx, type.key, family):
        raise Invalid(
            "Somebody is pinned to this license and to one of that family; take one of the pins back first.",
            field="family", value=family,
        )  # fmt: skip
    _ensure_family(ctx, family)
    type.family = family
    db.session.flush()
    try:
        rulebook.compile_document(ctx, rulebook.current(ctx)[1])
    except Invalid as error:
        raise Invalid(
            say("The rules in force need the present family: {detail}", detail=error.detail),
            field="family",
            value=family,
        ) from None


def _pins_beside(ctx: Ctx, key: str, family: str) -> bool:
    """Tell whether somebody who is pinned to a type is also pinned to one of a family (L1: one pin per family)."""
    other = aliased(Override)
    same = (other.portal_id == Override.portal_id) & (other.user_id == Override.user_id) & (other.kind == "pin")
    members = select(LicenseType.key).where(LicenseType.portal_id == ctx.portal.id, LicenseType.family == family)
    both = scoped(Override, ctx).join(other, same).where(
        Override.license_type == key, Override.kind == "pin", other.portal_id == ctx.portal.id, other.license_type.in_(members)
    )  # fmt: skip
    return db.session.scalar(both.limit(1)) is not None


def _catalog_changed(ctx: Ctx) -> None:
    """Make everybody compile the policy anew: ranks and times of types are part of it."""
    db.session.flush()
    db.session.execute(update(Portal).where(Portal.id == ctx.portal.id).values(catalog_stamp=new_id()))


def _summary(type: LicenseType, bought: int | None) -> Summary:
    return Summary(type, bought, capacity.limit(bought, type.allowance, type.allowance_percent))


def _fill(line: ContractLine, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        if field not in LINE_FIELDS:
            raise Invalid(say("A contract line has no {field!r}.", field=field), field=field, value=value)
        setattr(line, field, value)
    check_line(line.quantity, line.starts_at, line.ends_at)
    if line.unit_price is not None:
        line.unit_price = Decimal(str(line.unit_price))


def _state(type: LicenseType) -> dict[str, Any]:
    return license_fields.told(type) | {"family": type.family}


def _line_state(line: ContractLine) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for field in LINE_FIELDS:
        value = getattr(line, field)
        state[field] = (
            value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, Decimal) else value
        )
    return state
