"""The live wait of the set-up guide: what has arrived, whether it was the provider itself, and when to stop looking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.models import Connector, ProvisioningEntry
from scim_portal.services import arrivals, connectors, tokens
from scim_portal.services.arrivals import Heard
from scim_portal.web.portal.guides import Guide

# Asking keeps a session awake, so a page that was left open stops.
PATIENCE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Wait:
    """How far a set-up is: `state` is no-token, off, failed, heard, other or waiting.

    `mark` changes with what there is to say; `url` asks again, and is None when there is nothing more to wait for.
    `told` is False when first calls are not told any more, since the token is not young.
    """

    state: str
    heard: Heard
    told: bool
    page_url: str
    mark: str
    url: str | None

    @property
    def received(self) -> list[tuple[str, ProvisioningEntry | None, str | None]]:
        """Give the milestones: name, line of the log, address of what it is about."""
        user, group = self.heard.user, self.heard.group
        return [
            (_("First call"), self.heard.call, None),
            (_("First user"), user, url_for("portal.user", user_id=user.resource_id) if user else None),
            (_("First group"), group, url_for("portal.group", group_id=group.resource_id) if group else None),
        ]


def look(ctx: Ctx, guide: Guide, connector: Connector | None) -> Wait:
    """See what has arrived since the newest token of a connector was issued."""
    newest = tokens.live(ctx).get(connector.id, [None])[0] if connector else None
    heard = arrivals.heard(ctx, connector, newest.created_at) if connector and newest else Heard()
    state = _state(connector, newest is not None, heard)
    told = newest is None or ctx.now - newest.created_at < tokens.YOUNG or (
        connector is not None and connectors.in_debug_mode(ctx, connector)
    )  # fmt: skip
    began = _began(ctx)
    watching = ctx.now - began < PATIENCE and not (state == "heard" and heard.user and heard.group)
    lines = (heard.call, heard.other, heard.user, heard.group, heard.failure)
    mark = "_".join([state, "y" if watching else "n", *(line.id[-12:] if line else "" for line in lines)])
    named: dict[str, Any] = {
        "kind": guide.kind,
        "connector": request.args.get("connector"),
        "from": int(began.timestamp()),
    }
    url = url_for("portal.setup_status", **named, seen=mark) if watching else None
    return Wait(state, heard, told, url_for("portal.setup_status", **named), mark, url)


def _state(connector: Connector | None, has_token: bool, heard: Heard) -> str:
    if connector is None or not has_token:
        return "no-token"
    if heard.failure:
        return "failed"
    if not connector.enabled:
        return "off"
    return "heard" if heard.call else "other" if heard.other else "waiting"


def _began(ctx: Ctx) -> datetime:
    """Read when the page was opened, which each question repeats; a time to come counts as now."""
    typed = request.args.get("from", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        return ctx.now
    return min(datetime.fromtimestamp(int(typed), UTC), ctx.now)
