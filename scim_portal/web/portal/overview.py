"""The first page: seats in use, what changed lately, and what needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from scim_portal.context import Ctx
from scim_portal.models import Connector, Credential
from scim_portal.services import arrivals, catalog, connectors, records, rulebook, tokens
from scim_portal.services.catalog import Summary
from scim_portal.services.notice_rules import Kind
from scim_portal.web.languages import number
from scim_portal.web.portal import charts, dates, door, notices, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.telling import told

MOST_NOTICES = 3
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs a person, and where it is put right."""

    tone: str
    icon: str
    title: str
    text: str
    url: str | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """A connector's line: whether it is on, when it was called, how many of the last day's calls failed."""

    id: str
    name: str
    enabled: bool
    last_call_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Event:
    """A ledger entry as one line."""

    icon: str
    tone: str
    user_id: str
    user_name: str
    text: str
    reason: str
    at: datetime


@blueprint.get("/")
def overview() -> Answer:
    """Show the portal at a glance."""
    ctx = door.context()
    types = [
        item for item in catalog.summaries(ctx) if item.type.retired_at is None or item.type.used or item.type.suspended
    ]
    charted = _charted(types)
    names = {item.type.key: item.type.name for item in types}
    chart = charted and charts.of(ctx, charted, "portal.overview", type=charted.type.key)
    failed, present = arrivals.failures(ctx), connectors.everyone(ctx)
    health = [
        Health(one.id, one.name, one.enabled, one.last_call_at, failed.by_connector.get(one.id, 0)) for one in present
    ]
    return door.page(
        "overview.html", section="overview", types=types, chart=chart, attention=_attention(ctx, types, present),
        connectors=health, strangers=failed.by_connector.get(None, 0), at_least="" if failed.complete else _("at least "),
        decided=rulebook.default_is_decided(ctx),
        events=[_event(entry, names) for entry in records.ledger(ctx, limit=8, newest_first=True).items],
    )  # fmt: skip


def _charted(types: list[Summary]) -> Summary | None:
    wanted = request.args.get("type")
    return next((item for item in types if item.type.key == wanted), types[0] if types else None)


def _event(entry: Any, names: dict[str, str]) -> Event:
    words, icon, tone = wording.entry_event(entry)
    text = f"{words}: {names.get(entry.license_type, entry.license_type)}"
    return Event(icon, tone, entry.user_id, entry.user_name, text, entry.reason_text, entry.at)


def _attention(ctx: Ctx, types: list[Summary], present: list[Connector]) -> list[Notice]:
    """List the most important open notices, then what else needs somebody and is not among them."""
    told = [_of_notice(line) for line in notices.most_important(ctx, most=MOST_NOTICES)]
    known = {(one.kind, one.url) for one in told}
    return told + [one for one in _present(ctx, types, present) if (one.kind, one.url) not in known]


def _of_notice(line: notices.Line) -> Notice:
    return Notice(line.tone, line.icon, told(line.text), f"{line.title}, {wording.ago(line.at)}", line.url, line.kind)


def _present(ctx: Ctx, types: list[Summary], present: list[Connector]) -> list[Notice]:
    found = [notice for item in types for notice in _of_type(item)]
    if types and not rulebook.default_is_decided(ctx):
        text = _("Choose a license type or “no license” for everybody no rule decides.")
        found.append(
            Notice("warn", "list-check", _("The default license is not decided"), text, url_for("portal.rules"))
        )
    rules = [rule for rule in rulebook.current(ctx)[1]["rules"] if rule["state"] == "needs-attention"]
    found += [
        Notice("bad", "list-check", _("The rule “%(rule)s” needs attention", rule=rule["name"]), _("A group it names is gone."),
               url_for("portal.frozen_rule", rule_id=rule["id"]), Kind.NEEDS_ATTENTION)
        for rule in rules
    ]  # fmt: skip
    if rulebook.draft(ctx):
        found.append(
            Notice(
                "info", "pencil", _("A draft of the rules waits"), _("Preview and publish it."), url_for("portal.rules")
            )
        )
    live = tokens.live(ctx)
    return found + [notice for one in present if (notice := _of_connector(ctx, one, live.get(one.id, [])))]


def _of_type(item: Summary) -> list[Notice]:
    one, found = item.type, []
    if one.waiting:
        title = ngettext(
            "%(n)s person waits for %(type)s", "%(n)s people wait for %(type)s", one.waiting,
            n=number(one.waiting), type=one.name,
        )  # fmt: skip
        text = ngettext(
            "%(used)s of %(limit)s seats are taken.", "%(used)s of %(limit)s seats are taken.", item.limit or 0,
            used=number(one.used), limit=number(item.limit or 0),
        )  # fmt: skip
        url = url_for("portal.waitlist", license=one.key)
        found.append(Notice("warn", "hourglass", title, text, url, Kind.EXHAUSTED))
    own = url_for("portal.license", key=one.key)
    if item.over:
        text = _("Nobody loses a seat; nobody gets one until use is below the limit.")
        found.append(
            Notice(
                "bad",
                "alert-triangle",
                _("%(type)s is over by %(n)s", type=one.name, n=number(item.over)),
                text,
                own,
                Kind.OVER,
            )
        )
    if one.suspended:
        title = ngettext(
            "%(n)s seat of %(type)s is suspended", "%(n)s seats of %(type)s are suspended", one.suspended,
            n=number(one.suspended), type=one.name,
        )  # fmt: skip
        lapsed = _("No contract is in force. They resume when one is added.")
        short = _("There is not room for everybody who had a seat. They resume when there are seats again.")
        text = lapsed if item.limit == 0 else short
        found.append(Notice("bad", "player-pause", title, text, own))
    return found


def _of_connector(ctx: Ctx, one: Connector, live: list[Credential]) -> Notice | None:
    """Tell of a switched-on connector whose last token is gone or goes soon."""
    if not one.enabled:
        return None
    last = max((token.expires_at for token in live), default=None)
    url = url_for("portal.connector", connector_id=one.id)
    if last is None:
        title = _("%(name)s has no valid token", name=one.name)
        return Notice("bad", "key", title, _("Its calls are refused. Issue a token."), url, Kind.TOKEN_EXPIRY)
    if last > ctx.now + SOON:
        return None
    text = _("On %(day)s. Regenerate it, with an overlap if you like.", day=dates.on_day(last))
    return Notice("warn", "key", _("%(name)s's token expires soon", name=one.name), text, url, Kind.TOKEN_EXPIRY)
