"""The provisioning log: what identity providers asked for and were answered, filtered, with bodies where they are kept."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass

import orjson
from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from scim_portal.context import Ctx
from scim_portal.models import ProvisioningEntry
from scim_portal.services import connectors, list_exports, provisioning_log, records
from scim_portal.services.records import LogFilter
from scim_portal.web.portal import addresses, door, found_people, list_files, wording
from scim_portal.web.portal.addresses import Select
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.user_list import type_names

METHODS = ("POST", "PUT", "PATCH", "DELETE", "GET")
STATUSES = ("2xx", "4xx", "401", "403", "404", "409", "429", "5xx")
PAGES = {"User": ("portal.user", "user_id"), "Group": ("portal.group", "group_id")}


@dataclass(frozen=True, slots=True)
class Call:
    """A SCIM call as the log shows it."""

    entry: ProvisioningEntry
    path: str
    connector: str | None
    subject_url: str | None
    effects: list[str]
    bodies: list[tuple[str, str]]
    curl: str


@blueprint.get("/provisioning-log")
def log() -> Answer:
    """List what identity providers asked for, newest first."""
    ctx = door.context()
    people = found_people.asked(ctx)
    wanted = _asked(people.ids)
    found = records.provisioning(ctx, wanted, cursor=addresses.argument("cursor"))
    known = connectors.everyone(ctx)
    by_id, names = {one.id: one.name for one in known}, type_names(ctx)
    selects = _selects(by_id)
    debugging = [one.name for one in known if connectors.in_debug_mode(ctx, one)]
    return door.page(
        "log.html", section="log", calls=[_call(ctx, entry, by_id, names) for entry in found.items], people=people,
        chips=[addresses.chip(_("Failed"), "only", "failed")], debugging=debugging, selects=selects,
        applied=addresses.applied([*selects, people.select], "from", "to"), kept=addresses.arguments(),
        filtered=bool(addresses.arguments()), csv_url=addresses.with_arguments("portal.export_log"),
        **addresses.paging(addresses.totaled(found, lambda: records.log_total(ctx, wanted)), _("calls")),
    )  # fmt: skip


@blueprint.get("/provisioning-log.csv")
def export_log() -> Answer:
    """Give all lines that the filters let through, as a file."""
    wanted = _asked(found_people.asked(door.context()).ids)
    return list_files.answer("provisioning-log", list_exports.CALLS, lambda ctx: list_exports.calls(ctx, wanted))


def _asked(user_ids: list[str] | None) -> LogFilter:
    since, until = addresses.period()
    argument = addresses.argument
    return LogFilter(
        argument("only") == "failed", argument("status"), argument("method"), argument("kind"),
        [group] if (group := argument("resource")) else user_ids, argument("connector"), since, until,
    )  # fmt: skip


def _selects(by_id: dict[str, str]) -> list[Select]:
    return [
        Select("method", _("Method"), [(one, one) for one in METHODS]),
        Select("status", _("Answer"), [(one, one) for one in STATUSES]),
        Select("kind", _("Resource"), [("User", _("Users")), ("Group", _("Groups"))]),
        Select("connector", _("Connector"), list(by_id.items())),
    ]


def _call(ctx: Ctx, entry: ProvisioningEntry, by_id: dict[str, str], names: dict[str, str]) -> Call:
    target = PAGES.get(entry.resource_kind or "")
    url = url_for(target[0], **{target[1]: entry.resource_id}) if target and entry.resource_id else None  # type: ignore[arg-type]
    told = Counter((one["license_type"], one["event"]) for one in entry.effects or [])
    effects = [_effect(names.get(key, key), event, times) for (key, event), times in told.items()]
    path = entry.path.partition("/scim/v2")[2] or entry.path
    request, answered = provisioning_log.bodies(ctx, entry)
    labeled = ((_("Request"), request), (_("Answer"), answered))
    bodies = [(label, _indented(body)) for label, body in labeled if body]
    return Call(
        entry, path, by_id.get(entry.connector_id or ""), url, effects, bodies, curl(ctx, entry.method, path, request)
    )


def curl(ctx: Ctx, method: str, path: str, request: str | None) -> str:
    """Write a call as a command; the token is left to whoever runs it, and what was blacked out stays so."""
    query, _line, body = request.partition("\n") if request and request.startswith("?") else ("", "", request or "")
    parts = ["curl", "-X", method, ctx.portal.scim_base_url + path + query]
    parts += ["-H", "Authorization: Bearer $SCIM_TOKEN", "-H", "Content-Type: application/scim+json"]
    parts += ["--data-raw", body] if body else []
    # The variable must be in double quotes, or the shell would send its name.
    return shlex.join(parts).replace("'Authorization: Bearer $SCIM_TOKEN'", '"Authorization: Bearer $SCIM_TOKEN"')


def _indented(body: str) -> str:
    """Set JSON out for reading; a query string before it, and what was cut, stay as they are."""
    head, line, rest = body.partition("\n") if body.startswith("?") else ("", "", body)
    try:
        return head + line + orjson.dumps(orjson.loads(rest), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body


def _effect(name: str, event: str, times: int) -> str:
    told = f"{name}: {wording.event(event)[0]}"
    return (
        told if times == 1 else ngettext("%(n)s person, %(told)s", "%(n)s people, %(told)s", times, n=times, told=told)
    )
