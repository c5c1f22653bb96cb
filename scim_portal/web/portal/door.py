"""Coming into the portal: session, forced password change, roles, CSRF; and going to the services through a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from scim_portal import clock, errors
from scim_portal.context import Actor, ActorKind, Ctx, Role
from scim_portal.db import reading, transact
from scim_portal.models import Admin
from scim_portal.protocol.errors import NotFound as ScimNotFound
from scim_portal.protocol.errors import ScimError
from scim_portal.services import access, sessions
from scim_portal.web import guards, tenancy
from scim_portal.web.telling import told

T = TypeVar("T")
Answer = Any
WITHOUT_SESSION = frozenset({
    "portal.login", "portal.login_code", "portal.invitation", "portal.person", "portal.person_enter", "portal.language",
})  # fmt: skip
OF_ONESELF = frozenset({"portal.login", "portal.logout", "portal.password"})
ROLES = {
    "change": frozenset({Role.OWNER, Role.LICENSE_ADMIN}),
    "connect": frozenset({Role.OWNER}),
    "erase": frozenset({Role.OWNER}),
    "admit": frozenset({Role.OWNER}),
    "link": frozenset({Role.OWNER, Role.LICENSE_ADMIN, Role.HELPDESK}),
    "export": frozenset({Role.OWNER, Role.LICENSE_ADMIN, Role.AUDITOR}),
}
OWNERS_ALONE = ("portal.connector", "portal.token", "portal.setup", "portal.notice_settings")
OWNERS_PAGES = ("portal.admin", "portal.api_key")
CHANGERS_PAGES = ("portal.contract_line", "portal.line_add", "portal.license_new")
OF_ONES_ACCOUNT = "portal.me_"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
blueprint = Blueprint("portal", __name__)


@dataclass(frozen=True, slots=True)
class Me:
    """The admin who is signed in, as plain values that outlive a transaction."""

    id: str
    email: str
    role: Role
    must_change_password: bool
    last_sign_in_at: datetime | None
    session_id: str
    time_zone: str | None
    language: str | None


@blueprint.before_request
def enter() -> Answer:
    """Let only signed-in admins in, and only those whose role may change something change it."""
    guards.refuse_nul()
    actor = Actor(ActorKind.ADMIN, None, "visitor", None, request.remote_addr, guards.user_agent())
    g.ctx = Ctx(tenancy.portal(), actor, clock.now(), guards.request_id(), tenancy.settings())
    if request.method not in SAFE:
        _refuse_foreign_forms()
    g.me = _signed_in(g.ctx)
    if request.endpoint in WITHOUT_SESSION:
        return None
    if g.me is None:
        return _to_sign_in()
    g.language = g.me.language
    g.ctx = replace(g.ctx, actor=replace(actor, id=g.me.id, name=g.me.email, role=g.me.role))
    if g.me.must_change_password and request.endpoint not in OF_ONESELF:
        return redirect(url_for("portal.password"))
    needed = right_for(request.endpoint or "", request.method)
    if needed is not None and not may(needed):
        raise errors.Forbidden(
            _("Your role (%(role)s) does not allow this. Ask an owner of the portal.", role=g.me.role)
        )
    return None


def right_for(endpoint: str, method: str) -> str | None:
    """Name the right that a page or button needs; None when signing in is enough."""
    if endpoint.startswith("portal.export"):
        return "export"
    if endpoint.startswith(OWNERS_PAGES):
        return "admit"
    if endpoint.startswith(CHANGERS_PAGES):
        return "change"
    if method in SAFE or endpoint in OF_ONESELF or endpoint.startswith(OF_ONES_ACCOUNT):
        return None
    if endpoint.startswith("portal.account_link"):
        return "link"
    if endpoint == "portal.user_erase":
        return "erase"
    return "connect" if endpoint.startswith(OWNERS_ALONE) else "change"


def may(right: str | None) -> bool:
    """Tell whether the signed-in admin has a right; None is what everybody has."""
    return g.get("me") is not None and (right is None or g.me.role in ROLES[right])


def context() -> Ctx:
    """Give the context that `enter` made."""
    found: Ctx = g.ctx
    return found


def me() -> Me:
    """Give the admin who is signed in."""
    found: Me = g.me
    return found


def change(work: Callable[[Ctx], T]) -> T:
    """Run a piece of work in one transaction, with effects counted anew at each try."""

    def unit() -> T:
        g.ctx = replace(context(), effects=[])
        return work(g.ctx)

    result = transact(unit)
    reading()
    return result


def prove(work: Callable[[Ctx], T]) -> T:
    """Run work that asks for the password again; a wrong one is counted, since the work itself is undone.

    Raises what the work raises.
    """
    try:
        return change(work)
    except errors.Unauthorized:
        admin_id = me().id
        change(lambda ctx: access.count_failure(ctx, admin_id))
        raise


def attempt(work: Callable[[Ctx], object], *, said: str, back: str) -> Answer:
    """Do what a button asks for and go back to its page, saying what was done or why it was not."""
    try:
        change(work)
    except (errors.NotFound, ScimNotFound):
        raise
    except (errors.Invalid, errors.Conflict, errors.StaleVersion, ScimError) as error:
        flash(told(error.detail), "error")
    else:
        flash(said, "success")
    return redirect(back)


def page(template: str, **values: Any) -> str:
    """Render a page of the portal."""
    return render_template(f"portal/{template}", **values)


def cookie_name() -> str:
    """Name the session cookie; behind https the name itself keeps it to this host and to https."""
    return "__Host-session" if tenancy.settings().secure_cookies else "session"


def set_cookie(response: Response, value: str) -> Response:
    """Hand out a session; it ends with the browser at the latest."""
    secure = tenancy.settings().secure_cookies
    response.set_cookie(cookie_name(), value, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


def _signed_in(ctx: Ctx) -> Me | None:
    reading()
    found = sessions.who(ctx, request.cookies.get(cookie_name()))
    if found is None:
        return None
    admin, session = found
    me, session_id = _plain(admin, session.id), session.id
    if sessions.needs_stamp(ctx, session):
        transact(lambda: sessions.seen(ctx, session_id))
        reading()
    return me


def _plain(admin: Admin, session_id: str) -> Me:
    return Me(
        admin.id, admin.email, Role(admin.role), admin.must_change_password, admin.last_sign_in_at, session_id,
        admin.time_zone, admin.language,
    )  # fmt: skip


def _refuse_foreign_forms() -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise errors.Forbidden(_("The form came from another site."))
    current_app.extensions["csrf"].protect()


def _to_sign_in() -> Answer:
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("portal.login")})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("portal.login", next=wanted if wanted != "/" else None))
