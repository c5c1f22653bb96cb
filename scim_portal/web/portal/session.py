"""Signing in and out, the password, and the admin's own account."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import flash, make_response, redirect, request, url_for

from scim_portal import errors
from scim_portal.services import access
from scim_portal.web import tenancy
from scim_portal.web.portal import door, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> Answer:
    """Sign an admin in; a wrong account and a wrong password get the same answer."""
    wanted = request.values.get("next", "")
    if request.method == "GET":
        return door.page("login.html", next_path=wanted, me=None)
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    try:
        opened = door.change(lambda ctx: access.sign_in(ctx, email=email, password=password))
    except errors.TooMany as error:
        return _refused(error.detail, email, 429, {"Retry-After": str(error.retry_after)})
    if opened is None:
        return _refused("Email or password is wrong.", email, 401, {})
    return door.set_cookie(make_response(redirect(own_path(wanted) or url_for("portal.overview"))), opened.value)


@blueprint.post("/logout")
def logout() -> Answer:
    """End this session."""
    value = request.cookies.get(door.cookie_name(), "")
    door.change(lambda ctx: access.sign_out(ctx, value))
    flash("You are signed out.", "success")
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
            found = {
                {"old": "current", "new": "password"}.get(name, name): said for name, said in problems(error).items()
            }
        else:
            flash("Your password is changed.", "success")
            return door.set_cookie(make_response(redirect(url_for("portal.overview"))), value)
    return door.page("password.html", forced=forced, errors=found), 422 if found else 200


@blueprint.get("/me")
def account() -> Answer:
    """Show the admin's own account."""
    return door.page("account.html", section="account", role_words=wording.ROLES[door.me().role])


def own_path(wanted: str) -> str | None:
    """Accept a path of this very site to go on to, and nothing a browser could read as another."""
    parts = urlsplit(wanted)
    odd = parts.scheme or parts.netloc or "\\" in wanted or any(ord(letter) < 33 for letter in wanted)
    return None if odd or not wanted.startswith("/") or wanted.startswith("//") else request.script_root + wanted


def _change_password() -> str:
    old, new, again = (request.form.get(name, "") for name in ("current", "password", "again"))
    if new != again:
        raise errors.Invalid("The two are not the same.", field="again")
    admin_id = door.me().id
    return door.change(lambda ctx: access.change_password(ctx, admin_id, old=old, new=new))


def _refused(problem: str, email: str, status: int, headers: dict[str, str]) -> Answer:
    body = door.page("login.html", problem=problem, email=email, next_path=request.form.get("next", ""), me=None)
    return body, status, headers
