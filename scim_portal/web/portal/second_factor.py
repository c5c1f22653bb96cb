"""Two-factor sign-in of the admin's own account: set up with an app, recovery codes shown once, turned off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import Admin
from scim_portal.services import access, admins, sessions, two_factor
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import problems
from scim_portal.web.telling import told


@blueprint.route("/me/two-factor", methods=["GET", "POST"])
def me_two_factor() -> Answer:
    """Show the state of two-factor sign-in; posted, begin its set-up."""
    if request.method == "GET":
        return _show()
    return _proved(two_factor.begin, lambda _: redirect(url_for("portal.me_two_factor")))


@blueprint.post("/me/two-factor/confirm")
def me_two_factor_confirm() -> Answer:
    """Turn it on with a first code; every other session ends, and the recovery codes are shown, this once."""
    me, code = door.me(), request.form.get("code", "")

    def work(ctx: Ctx) -> list[str] | None:
        codes = two_factor.confirm(ctx, admins.locked(ctx, me.id), code)
        if codes:
            sessions.forget(ctx, me.id, keep=me.session_id)
        return codes

    try:
        codes = door.change(work)
    except errors.Conflict as error:
        flash(told(error.detail), "error")
        return redirect(url_for("portal.me_two_factor"))
    return _show(codes=codes) if codes else (_show(found={"code": _("This code is wrong. Type the newest one.")}), 422)


@blueprint.post("/me/two-factor/codes")
def me_two_factor_codes() -> Answer:
    """Make new recovery codes and show them, this once."""
    return _proved(two_factor.renew_recovery_codes, lambda codes: _show(codes=codes))


@blueprint.post("/me/two-factor/off")
def me_two_factor_off() -> Answer:
    """Turn it off."""

    def gone(nothing: Any) -> Answer:
        flash(_("Two-factor sign-in is off."), "success")
        return redirect(url_for("portal.account"))

    return _proved(two_factor.turn_off, gone)


def _proved(work: Callable[[Ctx, Admin], Any], answer: Callable[[Any], Answer]) -> Answer:
    """Do something that takes the password."""
    admin_id, password = door.me().id, request.form.get("password", "")
    try:
        done = door.prove(lambda ctx: work(ctx, access.prove(ctx, admin_id, password=password)))
    except errors.TooMany as error:
        return _show(found={"password": error.detail}), 429, {"Retry-After": str(error.retry_after)}
    except (errors.Unauthorized, errors.Conflict, errors.Invalid) as error:
        return _show(found=problems(error)), 422
    return answer(done)


def _show(*, codes: list[str] | None = None, found: dict[str, str] | None = None) -> str:
    ctx = door.context()
    admin = admins.find(ctx, door.me().id)
    pairing = two_factor.pairing(ctx, admin)
    return door.page(
        "two_factor.html", section="account", since=admin.totp_since, pairing=pairing, codes=codes, errors=found or {},
        codes_left=two_factor.recovery_codes_left(ctx, admin), picture=_picture(pairing.uri) if pairing else None,
    )  # fmt: skip


def _picture(uri: str) -> Markup:
    """Draw a QR code: paths and colors only, nothing of the text is in the markup."""
    drawn = segno.make(uri, error="m", micro=False)
    return Markup(drawn.svg_inline(border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=True))  # noqa: S704
