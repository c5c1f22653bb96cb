"""The ledger: every change with its reason, filtered; and how things stood at a past moment, or differ between two."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from rules.reasons import Event
from scim_portal.context import Ctx
from scim_portal.services import export_rows, list_exports, past_moments, records, rulebook
from scim_portal.services.records import LedgerFilter
from scim_portal.web.portal import addresses, dates, door, found_people, list_files, wording, zones
from scim_portal.web.portal.addresses import Select
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import as_end_of_day
from scim_portal.web.portal.user_list import type_names

MOST_NAMED = 500


@blueprint.get("/ledger")
def ledger() -> Answer:
    """List the ledger, newest first."""
    ctx = door.context()
    people = found_people.asked(ctx)
    wanted = _asked(people.ids)
    found = records.ledger(ctx, wanted, cursor=addresses.argument("cursor"), newest_first=True)
    names, selects = type_names(ctx), _selects(ctx)
    return door.page(
        "ledger.html", section="ledger", entries=found.items, names=names, event=wording.entry_event, cause=wording.cause,
        selects=selects, applied=addresses.applied([*selects, people.select], "from", "to"), people=people,
        csv_url=addresses.with_arguments("portal.export_ledger"), kept=addresses.arguments(),
        **addresses.paging(addresses.totaled(found, lambda: records.ledger_total(ctx, wanted)), _("entries")),
    )  # fmt: skip


@blueprint.get("/ledger.csv")
def export_ledger() -> Answer:
    """Give all entries that the filters let through, as a file."""
    wanted = _asked(found_people.asked(door.context()).ids)
    return list_files.answer("ledger", export_rows.LEDGER_COLUMNS, lambda ctx: list_exports.entries(ctx, wanted))


@blueprint.get("/ledger/moment")
def ledger_moment() -> Answer:
    """Show how full the licenses were at the end of a day, and what is different at the end of another one."""
    ctx = door.context()
    first, second = (as_end_of_day(name, addresses.argument(name)) for name in ("at", "then"))
    first, second = sorted(one for one in (first, second) if one) if first and second else (first or second, None)
    uses = past_moments.uses(ctx, first) if first else []
    later = {one.license_type: one for one in past_moments.uses(ctx, second)} if second else {}
    changes = past_moments.differences(ctx, first, second) if first and second else None
    return door.page(
        "ledger_moment.html", section="ledger", uses=uses, later=later, changes=(changes or [])[:MOST_NAMED],
        changes_total=None if changes is None else len(changes), names=type_names(ctx), first=first, second=second,
        kept=addresses.arguments(), tell=wording.seat_state, zone=str(zones.local(ctx.now).tzinfo),
        ends=[dates.in_form(dates.ending(one)) for one in (first, second) if one],
    )  # fmt: skip


def _asked(user_ids: list[str] | None) -> LedgerFilter:
    since, until = addresses.period()
    event = addresses.argument("event")
    return LedgerFilter(user_ids, addresses.argument("license"), since, until, event, addresses.argument("rule"))


def _selects(ctx: Ctx) -> list[Select]:
    document = rulebook.current(ctx)[1]
    rules: Any = [(rule["id"], rule["name"]) for rule in document["rules"]]
    events = [(event.value, wording.event(event.value)[0]) for event in Event]
    return [
        Select("license", _("License"), list(type_names(ctx).items())),
        Select("event", _("What"), events),
        Select("rule", _("Rule"), rules),
    ]
