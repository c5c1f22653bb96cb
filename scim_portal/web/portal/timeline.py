"""What happened to one user in words: seats with their reason, calls of the provider, and what admins did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.models import AdminAction, ProvisioningEntry, SeatEntry
from scim_portal.services import timelines
from scim_portal.services.pages import Page
from scim_portal.web.portal import addresses, wording
from scim_portal.web.portal.addresses import Chip
from scim_portal.web.telling import told

SHOW = "show"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing of a timeline; `url` leads to where it is told in full."""

    kind: str
    title: str
    detail: str
    at: datetime
    by: str
    url: str | None


def page(ctx: Ctx, user_id: str, names: dict[str, str]) -> tuple[Page, list[Happening]]:
    """Give the page of a user's timeline that the address asks for."""
    chosen = addresses.argument(SHOW)
    kinds = timelines.KINDS if chosen not in timelines.KINDS else (chosen,)
    found = timelines.of_user(ctx, user_id, kinds=kinds, cursor=addresses.argument(addresses.PLACE), limit=25)
    tell: dict[str, Any] = {"seats": _seat, "calls": _call, "admins": _action}
    return found, [tell[kind](row, names) for kind, row in found.items]


def chips() -> list[Chip]:
    """Offer to show one kind alone."""
    labels = ((_("Seats"), "seats"), (_("Calls of the provider"), "calls"), (_("What admins did"), "admins"))
    return [addresses.chip(label, SHOW, kind) for label, kind in labels]


def _seat(entry: SeatEntry, names: dict[str, str]) -> Happening:
    title = f"{names.get(entry.license_type, entry.license_type)}: {wording.entry_event(entry)[0]}"
    url = url_for("portal.ledger", user=entry.user_id)
    return Happening("seats", title, told(entry.reason_text), entry.at, wording.cause(entry), url)


def _call(line: ProvisioningEntry, names: dict[str, str]) -> Happening:
    what = {"POST": _("created"), "PUT": _("replaced"), "PATCH": _("changed"), "DELETE": _("deleted"), "GET": _("read")}
    done = what.get(line.method, line.method)
    if line.status >= 400:
        title = _("The provider was refused: %(method)s answered %(status)s", method=line.method, status=line.status)
    else:
        title = _("The provider %(told)s this user", told=done)
    url = url_for("portal.log", user=line.resource_id)
    return Happening("calls", title, line.detail or "", line.at, f"{line.method} · {line.status}", url)


def _action(row: AdminAction, names: dict[str, str]) -> Happening:
    return Happening("admins", _title(row, names), row.reason or "", row.at, row.actor_name, None)


def _title(row: AdminAction, names: dict[str, str]) -> str:
    told: dict[str, Any] = row.after or row.before or {}
    name = names.get(told.get("license_type", ""), told.get("license_type", ""))
    is_pin = told.get("kind") == "pin"
    titles = {
        "user.deactivated": _("Deactivated by hand"), "user.reactivated": _("Reactivated by hand"),
        "user.restored": _("Restored"), "user.erased": _("Erased"),
        "override.added": _("Pinned to %(name)s", name=name) if is_pin else _("Excluded from %(name)s", name=name),
        "override.removed": _("Exception for %(name)s removed", name=name),
        "queue_priority.given": _("Queue priority for %(name)s: %(n)s", name=name, n=told.get("queue_priority", "")),
        "account_link.made": _("Link to the personal page made"), "account_link.ended": _("Link to the personal page ended"),
    }  # fmt: skip
    return titles.get(row.action, row.action)
