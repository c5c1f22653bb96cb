"""What has arrived from an identity provider, read from the provisioning log: its first call, user and group, and failures.

A line about no resource names the program that called (`CLIENT`); the door writes one when a program first reads with a young
token. Looks at a bounded stretch of the log only, since pages ask for this every few seconds. Reads only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import aliased

from scim_portal import ids
from scim_portal.context import Ctx
from scim_portal.db import db, scoped
from scim_portal.models import Connector, ProvisioningEntry

CLIENT = "Client"
OKTA = "Okta SCIM Client"
BY_HAND = ("Mozilla/", "curl/", "Wget/", "PostmanRuntime/", "HTTPie/", "insomnia/")
STRETCH = 5_000
DAY = timedelta(hours=24)
# A provider that looks for something and is told that it is not there has not failed.
_NOT_THERE = 404
Line = Any
Conditions = dict[str, ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from a connector's provider since a moment; `other` is the first call of a program that is not the provider.

    `failure` is the newest refused call, unless a good one came after it.
    """

    call: ProvisioningEntry | None = None
    other: ProvisioningEntry | None = None
    user: ProvisioningEntry | None = None
    group: ProvisioningEntry | None = None
    failure: ProvisioningEntry | None = None


@dataclass(frozen=True, slots=True)
class Failures:
    """How many of the last day's lines are failures, by connector id (None: calls without a good token).

    `complete` is False when there were more lines than were looked at, so the numbers are the least it can be.
    """

    by_connector: dict[str | None, int]
    complete: bool


def heard(ctx: Ctx, connector: Connector, since: datetime) -> Heard:
    """Tell what has arrived since a token was issued, by three statements."""
    found = _ids(_stretch(ctx, since, newest=False), func.min, lambda line: _firsts(line, connector))
    late = _ids(_stretch(ctx, since, newest=True), func.max, lambda line: _latest(line, connector))
    if late["failure"] and late["failure"] > (late["good"] or ""):
        found["failure"] = late["failure"]
    wanted = {name: id for name, id in found.items() if id}
    query = scoped(ProvisioningEntry, ctx).where(ProvisioningEntry.id.in_(wanted.values()))
    rows = {row.id: row for row in db.session.scalars(query)} if wanted else {}
    return Heard(**{name: rows.get(id) for name, id in wanted.items()})


def failures(ctx: Ctx) -> Failures:
    """Count the failed calls of the last 24 hours, by one statement."""
    line = _stretch(ctx, ctx.now - DAY, newest=True)
    failed = func.sum(case((line.status >= 400, 1), else_=0))
    query = select(line.connector_id, failed, func.count()).where(line.portal_id == ctx.portal.id)
    rows = db.session.execute(query.group_by(line.connector_id)).all()
    return Failures({id: int(number) for id, number, _ in rows}, sum(row[2] for row in rows) < STRETCH)


def _firsts(line: Line, connector: Connector) -> Conditions:
    good, ours = and_(line.connector_id == connector.id, line.status < 400), _is_of(line, connector.kind)
    told = line.resource_kind == CLIENT
    return {
        "call": and_(good, ours, true() if connector.kind == "generic" else told),
        "other": and_(good, told, ~ours),
        "user": and_(good, line.resource_kind == "User"),
        "group": and_(good, line.resource_kind == "Group"),
    }


def _latest(line: Line, connector: Connector) -> Conditions:
    mine, ours = line.connector_id == connector.id, _is_of(line, connector.kind)
    refused = and_(line.status >= 400, line.status != _NOT_THERE, or_(mine, line.connector_id.is_(None)))
    return {"failure": and_(refused, ours), "good": and_(mine, line.status < 400, ours)}


def _is_of(line: Line, kind: str) -> ColumnElement[bool]:
    """Tell whether a call is, as far as is known, of the provider's own program; only `CLIENT` lines say whose it is."""
    name, untold = func.coalesce(line.resource_name, ""), func.coalesce(line.resource_kind, "") != CLIENT
    if kind == "okta":
        return or_(untold, name.startswith(OKTA, autoescape=True))
    if kind == "entra":
        others = [name.startswith(one, autoescape=True) for one in (OKTA, *BY_HAND)]
        return or_(untold, ~or_(*others))
    return true()


def _stretch(ctx: Ctx, since: datetime, *, newest: bool) -> Line:
    entry = ProvisioningEntry
    columns = (entry.portal_id, entry.id, entry.connector_id, entry.status, entry.resource_kind, entry.resource_name)
    query = select(*columns).where(entry.portal_id == ctx.portal.id, entry.id >= ids.first_of(since))
    query = query.order_by(entry.id.desc() if newest else entry.id).limit(STRETCH)
    return aliased(ProvisioningEntry, query.subquery())


def _ids(line: Line, pick: Any, conditions: Callable[[Line], Conditions]) -> dict[str, str | None]:
    """Give the id of the first or last line that meets each condition, by one statement."""
    columns = [pick(case((condition, line.id))).label(name) for name, condition in conditions(line).items()]
    return dict(db.session.execute(select(*columns)).one()._mapping)
