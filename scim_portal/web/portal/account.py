"""An admin's own account: language, time zone and sessions. The password is in `session`, two factors in `second_factor`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask import flash, g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import refresh

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import AdminSession
from scim_portal.services import admins, sessions, two_factor
from scim_portal.web.portal import door, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import text
from scim_portal.web.telling import told

BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), (r"iPhone|iPad", "iOS"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A session as its list shows it."""

    id: str
    device: str
    user_agent: str | None
    ip: str | None
    last_seen_at: datetime
    is_this: bool


@blueprint.get("/me")
def account() -> Answer:
    """Show the admin's own account."""
    ctx, me = door.context(), door.me()
    admin = admins.find(ctx, me.id)
    return door.page(
        "account.html", section="account", role_words=wording.ROLES[me.role], zones=admins.time_zones(),
        two_factor_since=admin.totp_since, codes_left=two_factor.recovery_codes_left(ctx, admin),
        sessions=[_line(one) for one in sessions.listed(ctx, me.id)],
    )  # fmt: skip


@blueprint.post("/me/time-zone")
def me_time_zone() -> Answer:
    """Choose the zone that dates are shown in."""
    admin_id, zone = door.me().id, text("time_zone")
    said = _("Dates are shown in the time of %(zone)s.", zone=zone or "UTC")
    return door.attempt(lambda ctx: admins.set_time_zone(ctx, admin_id, zone), said=said, back=_own())


@blueprint.post("/me/language")
def me_language() -> Answer:
    """Choose the language of one's pages; what is said of it is in the new one already."""
    admin_id, chosen = door.me().id, text("language")
    try:
        door.change(lambda ctx: admins.set_language(ctx, admin_id, chosen))
    except errors.Invalid as error:
        flash(told(error.detail), "error")
        return redirect(_own())
    g.language = chosen
    refresh()
    flash(_("Your pages are in this language from now on."), "success")
    return redirect(_own())


@blueprint.post("/me/sessions/<session_id>/end")
def me_session_end(session_id: str) -> Answer:
    """End one of one's sessions."""
    admin_id = door.me().id

    def work(ctx: Ctx) -> None:
        sessions.end(ctx, admins.find(ctx, admin_id), session_id)

    return door.attempt(work, said=_("That session is ended."), back=_own())


@blueprint.post("/me/sessions/end-others")
def me_sessions_end() -> Answer:
    """End all of one's sessions but this one."""
    me = door.me()

    def work(ctx: Ctx) -> None:
        sessions.end_others(ctx, admins.find(ctx, me.id), me.session_id)

    return door.attempt(work, said=_("You are signed out everywhere else."), back=_own())


def device(user_agent: str | None) -> str:
    """Name a browser and its system, as far as they can be told."""
    sent = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in sent), None)
    system = next((name for mark, name in SYSTEMS if re.search(mark, sent)), None)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown browser")


def _line(one: AdminSession) -> Line:
    is_this = one.id == door.me().session_id
    return Line(one.id, device(one.user_agent), one.user_agent, one.ip, one.last_seen_at, is_this)


def _own() -> str:
    return url_for("portal.account")
