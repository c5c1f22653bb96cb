"""Signing in, by password and if need be by a code, and out; accepting an invitation; the password."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.services import access, invitations, sessions
from scim_portal.services.access import CodeNeeded, SignIn
from scim_portal.web import languages, tenancy
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems, text

FIELDS = {"old": "current", "new": "password"}


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Answer:
    """Sign an admin in; a wrong account and a wrong password get the same answer."""
    wanted = request.values.get("next", "")
    if request.method == "GET":
        return door.page("login.html", next_path=wanted, me=None)
    email, password = text("email") or "", request.form.get("password", "")
    try:
        opened = door.change(lambda ctx: access.sign_in(ctx, email=email, password=password))
    except errors.TooMany as error:
        return _refused("login.html", error.detail, 429, {"Retry-After": str(error.retry_after)}, email=email)
    if opened is None:
        return _refused("login.html", _("Email or password is wrong."), 401, {}, email=email)
    if isinstance(opened, CodeNeeded):
        return _ask_for_code(opened, wanted)
    return _welcome(opened, own_path(wanted))


@blueprint.route("/login/code", methods=["GET", "POST"])
def login_code() -> Answer:
    """Ask for the code after the password."""
    half, wanted = request.cookies.get(_step_cookie()), request.values.get("next", "")
    if half is None:
        return redirect(url_for("portal.login"))
    if request.method == "GET":
        return door.page("login_code.html", next_path=wanted, me=None)
    code = request.form.get("code", "")
    try:
        opened = door.change(lambda ctx: access.second_step(ctx, half, code=code))
    except errors.NotFound:
        flash(_("That took too long. Sign in again; the code is asked for within five minutes."), "error")
        return redirect(url_for("portal.login", next=wanted or None))
    except (errors.TooMany, errors.Invalid) as error:
        wait = {"Retry-After": str(error.retry_after)} if isinstance(error, errors.TooMany) else {}
        return _refused("login_code.html", error.detail, 429 if wait else 422, wait)
    if opened is None:
        return _refused("login_code.html", _("The code is wrong, or was used already."), 401, {})
    return _welcome(opened, own_path(wanted))


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> Answer:
    """Let somebody invited choose a password; then they are signed in."""
    found: dict[str, str] = {}
    try:
        invited = invitations.invited(door.context(), token)
        email, role = invited.email, invited.role
        if request.method == "POST":
            new = _chosen_password()
            return _welcome(door.change(lambda ctx: invitations.accept(ctx, token, password=new)), None)
    except errors.NotFound as error:
        return _unlinked(error)
    except errors.Invalid as error:
        found = problems(error)
    body = door.page("invitation.html", email=email, role=role, errors=found, me=None)
    return body, 422 if found else 200, {"Referrer-Policy": "no-referrer"}


@blueprint.post("/logout")
def logout() -> Answer:
    """End this session."""
    value = request.cookies.get(door.cookie_name(), "")
    door.change(lambda ctx: access.sign_out(ctx, value))
    flash(_("You are signed out."), "success")
    response = make_response(redirect(url_for("portal.login")))
    response.delete_cookie(door.cookie_name(), path="/", secure=tenancy.settings().secure_cookies, httponly=True)
    return response


@blueprint.route("/password", methods=["GET", "POST"])
def password() -> Answer:
    """Change one's own password; every other session ends."""
    forced, found = door.me().must_change_password, {}
    if request.method == "POST":
        try:
            value = _change_password()
        except (errors.Invalid, errors.Unauthorized, errors.TooMany) as error:
            found = {FIELDS.get(name, name) or "current": said for name, said in problems(error).items()}
        else:
            flash(_("Your password is changed."), "success")
            return door.set_cookie(make_response(redirect(url_for("portal.overview"))), value)
    return door.page("password.html", forced=forced, errors=found), 422 if found else 200


@blueprint.post("/language")
def language() -> Answer:
    """Switch the language of pages that one sees without being signed in, and go back to where the switch was."""
    response = make_response(redirect(own_path(request.form.get("next", "")) or url_for("portal.login")))
    return languages.remember(response, request.form.get("language", ""))


def own_path(wanted: str) -> str | None:
    """Accept a path of this very site to go on to, and nothing a browser could read as another."""
    parts = urlsplit(wanted)
    odd = parts.scheme or parts.netloc or "\\" in wanted or any(ord(letter) < 33 for letter in wanted)
    return None if odd or not wanted.startswith("/") or wanted.startswith("//") else request.script_root + wanted


def _ask_for_code(half: CodeNeeded, wanted: str) -> Answer:
    response = make_response(redirect(url_for("portal.login_code", next=wanted or None)))
    secure, seconds = tenancy.settings().secure_cookies, int(access.CODE_WITHIN.total_seconds())
    response.set_cookie(_step_cookie(), half.value, seconds, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


def _welcome(opened: SignIn, wanted: str | None) -> Answer:
    """Hand out the session; one that this browser brought along is over."""
    if old := request.cookies.get(door.cookie_name()):
        door.change(lambda ctx: sessions.drop(ctx, old))
    response = door.set_cookie(make_response(redirect(wanted or url_for("portal.overview"))), opened.value)
    if _step_cookie() in request.cookies:
        response.delete_cookie(_step_cookie(), path="/", secure=tenancy.settings().secure_cookies, httponly=True)
    return response


def _step_cookie() -> str:
    return "__Host-step" if tenancy.settings().secure_cookies else "step"


def _change_password() -> str:
    new, old, admin_id = _chosen_password(), request.form.get("current", ""), door.me().id
    return door.prove(lambda ctx: access.change_password(ctx, admin_id, old=old, new=new))


def _chosen_password() -> str:
    new, again = request.form.get("password", ""), request.form.get("again", "")
    if new != again:
        raise errors.Invalid(_("The two are not the same."), field="again")
    return new


def _refused(template: str, problem: str, status: int, headers: dict[str, str], **values: str) -> Answer:
    body = door.page(template, problem=problem, next_path=request.form.get("next", ""), me=None, **values)
    return body, status, headers


def _unlinked(error: errors.NotFound) -> Answer:
    body = door.page("link_dead.html", title=_("This invitation is not good"), detail=error.detail, me=None)
    return body, 404, {"Referrer-Policy": "no-referrer"}
