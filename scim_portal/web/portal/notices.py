"""Notices: what admins were told, what became of the mails, and who gets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scim_portal.context import Ctx
from scim_portal.models import Notice, Outbound
from scim_portal.services import mail, notice_settings, outbox
from scim_portal.services import notices as notice_services
from scim_portal.services.notice_rules import Kind, Severity
from scim_portal.web.portal import addresses, door
from scim_portal.web.portal.door import Answer, blueprint

TONES = {Severity.CRITICAL: "bad", Severity.WARNING: "warn", Severity.INFO: "info"}
KINDS = {
    Kind.THRESHOLD: (_l("Seats in use"), "armchair"),
    Kind.EXHAUSTED: (_l("No seat left"), "hourglass"),
    Kind.OVER: (_l("Over the limit"), "alert-triangle"),
    Kind.NEEDS_ATTENTION: (_l("Rule needs attention"), "list-check"),
    Kind.TOKEN_EXPIRY: (_l("Token expires"), "key"),
    Kind.CONTRACT_EXPIRY: (_l("Contract ends"), "file-text"),
    Kind.JOB_FAILED: (_l("Work failed"), "alert-circle"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as pages show it."""

    id: str
    kind: str
    title: str
    icon: str
    tone: str
    text: str
    url: str | None
    at: datetime
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail and what became of it."""

    subject: str
    to: str
    state: str
    tone: str
    detail: str | None
    at: datetime


@blueprint.get("/notices")
def notices() -> Answer:
    """List notices, newest first, with the delivery log and the settings."""
    ctx = door.context()
    is_all = addresses.argument("state") == "all"
    found = notice_services.listed(ctx, open_only=not is_all, cursor=addresses.argument("cursor"))
    return door.page(
        "notices.html", section="notices", lines=[line(one) for one in found.items],
        chips=[addresses.chip(_("Past ones too"), "state", "all")], deliveries=[_delivery(one) for one in outbox.latest(ctx)],
        addresses="\n".join(notice_settings.addresses(ctx) or []), recipients=notice_settings.recipients(ctx),
        is_configured=mail.is_configured(ctx.settings), **addresses.paging(found, _("notices")),
    )  # fmt: skip


@blueprint.post("/notices/<notice_id>/dismiss")
def notice_dismiss(notice_id: str) -> Answer:
    """Put a notice away."""
    return door.attempt(
        lambda ctx: notice_services.dismiss(ctx, notice_id),
        said=_("The notice is put away."),
        back=url_for("portal.notices"),
    )


@blueprint.post("/notices/settings")
def notice_settings_change() -> Answer:
    """Say who gets the mails."""
    typed = request.form.get("addresses", "").replace(",", " ").replace(";", " ").split()
    said = _("Notices go to these addresses.") if typed else _("Notices go to all owners and license admins.")
    return door.attempt(
        lambda ctx: notice_settings.change(ctx, typed or None), said=said, back=url_for("portal.notices")
    )


@blueprint.post("/notices/test")
def notice_settings_test() -> Answer:
    """Send a test mail."""
    said = _("The test mail is on its way. What becomes of it stands in the delivery log.")
    return door.attempt(notice_settings.post_test, said=said, back=url_for("portal.notices"))


def most_important(ctx: Ctx, *, most: int) -> list[Line]:
    """Give some open notices for another page."""
    return [line(one) for one in notice_services.most_important(ctx, most=most)]


def line(one: Notice) -> Line:
    """Make the line of a notice."""
    title, icon = KINDS.get(Kind(one.kind), (one.kind, "info-circle"))
    title = str(title)
    url = url_for("portal.overview").rstrip("/") + one.link if one.link else None
    return Line(
        one.id, one.kind, title, icon, TONES[Severity(one.severity)], one.text, url, one.at, one.ended_at, one.ended_by
    )


def _delivery(one: Outbound) -> Delivery:
    if one.sent_at:
        state, tone = _("sent"), "warn" if one.error else "good"
    elif one.given_up_at:
        state, tone = _("given up"), "bad"
    else:
        state, tone = (
            (_("try %(number)s failed", number=one.attempts), "warn") if one.attempts else (_("waiting"), "plain")
        )
    return Delivery(
        one.payload["subject"], ", ".join(one.payload["to"]), state, tone, one.error, one.sent_at or one.created_at
    )
