"""One action on many users: a preview that says who loses and gains, then at once or as a job, and who could not be done."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.ids import is_id
from scim_portal.protocol.errors import ScimError
from scim_portal.services import bulk as services
from scim_portal.services import bulk_previews, people
from scim_portal.services.bulk import Action, Failure, Order
from scim_portal.services.bulk_previews import Preview
from scim_portal.web.portal import bulk_words, door, user_list
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import day, problems, text
from scim_portal.web.telling import told

TYPED_FROM = 11
OF_LIST = ("q", "state", "concern", "license", "connector", "group", "sort")
LIST = "portal.users"


@blueprint.post("/users/bulk")
def bulk_preview() -> Answer:
    """Show what an action would do to the users chosen in the list; nothing is stored."""
    ids = _ids(door.context())
    if not ids:
        flash(_("Nobody was chosen. Tick some users, or take this page or all that match."), "error")
        return redirect(_back())
    return _page(ids, *_asked())


@blueprint.post("/users/bulk/run")
def bulk_run() -> Answer:
    """Do it: at once for a few, as a job for many. What has moved since the preview is shown first."""
    order, found = _asked()
    ctx = door.context()
    ids = _ids(ctx)
    if found:
        return _page(ids, order, found), 422
    shown = bulk_previews.preview(ctx, order, ids)
    seen, losing = request.form.get("expected"), str(shown.losing)
    if seen != str(len(shown.ids)) or request.form.get("losing", losing) != losing:
        return _page(ids, order, {}, stale=True), 409
    if shown.losing >= TYPED_FROM and _typed() != str(shown.losing):
        return _page(ids, order, {"typed": _("Type %(n)s to confirm.", n=shown.losing)}), 422
    if len(shown.ids) > services.AT_ONCE:
        job_id = door.change(lambda ctx: services.begin(ctx, services.checked(ctx, order), shown.ids).id)
        return redirect(url_for("portal.bulk_job", job_id=job_id))
    return _at_once(order, shown.ids)


@blueprint.get("/users/bulk/<job_id>")
def bulk_job(job_id: str) -> Answer:
    """Show how far a job is, and who could not be done."""
    ctx = door.context()
    job = services.find(ctx, job_id)
    values = {
        "job": job, "busy": job.state in {"queued", "running"}, "action": bulk_words.name(services.of_job(job).action),
        "failures": services.failures(ctx, job), "failed": (job.result or {}).get("failures", 0),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return door.page("_bulk_progress.html", **values)
    return door.page("bulk_job.html", section="users", **values)


@blueprint.post("/users/bulk/<job_id>/retry")
def bulk_retry(job_id: str) -> Answer:
    """Try again for those who could not be done."""
    try:
        id = door.change(lambda ctx: services.retry(ctx, services.find(ctx, job_id)).id)
    except (errors.Conflict, errors.Invalid) as error:
        flash(told(error.detail), "error")
        id = job_id
    return redirect(url_for("portal.bulk_job", job_id=id))


def _asked() -> tuple[Order, dict[str, str]]:
    """Read the action; what is missing for a preview is told beside its field."""
    chosen = request.form.get("action", "")
    if chosen not in set(Action):
        raise errors.Invalid("There is no such action.", field="action", value=chosen)
    try:
        order = Order(Action(chosen), text("license_type"), text("reason"), day("ends_at"))
        return services.checked(door.context(), order), {}
    except errors.Invalid as error:
        # The first time nothing was typed yet: the page asks, and nothing is wrong.
        license_type = None if error.field == "license_type" else text("license_type")
        found = problems(error) if "expected" in request.form else {}
        return Order(Action(chosen), license_type, text("reason")), found


def _ids(ctx: Ctx) -> list[str]:
    """Give the users that were chosen: ticked ones, a page, or all whom the list's filters let through."""
    match request.form.get("scope"):
        case "all":
            return list(db.session.scalars(people.every_id(ctx, user_list.asked(request.form))))
        case "page":
            chosen = request.form.getlist("page_id")
        case _:
            chosen = request.form.getlist("id")
    return [id for id in dict.fromkeys(chosen) if is_id(id)]


def _page(ids: list[str], order: Order, found: dict[str, str], *, stale: bool = False) -> str:
    ctx = door.context()
    needs_license = order.action in services.OF_LICENSES and not order.license_type
    shown = None if needs_license else bulk_previews.preview(ctx, order, ids)
    names = user_list.type_names(ctx)
    return door.page(
        "bulk.html", section="users", order=order, action=bulk_words.name(order.action), shown=shown, stale=stale,
        errors=found, form=request.form, names=names, needs_reason=order.action in services.WITH_REASON,
        needs_license=order.action in services.OF_LICENSES, options=[("", _("Choose …")), *names.items()],
        kept=_kept(ids), question=bulk_words.question(order.action, len(shown.ids)) if shown else "",
        must_type=_must_type(shown), as_job=shown is not None and len(shown.ids) > services.AT_ONCE, back_url=_back(),
    )  # fmt: skip


def _must_type(shown: Preview | None) -> int | None:
    return shown.losing if shown is not None and shown.losing >= TYPED_FROM else None


def _typed() -> str:
    return request.form.get("typed", "").strip().replace(",", "").replace(".", "")


def _kept(ids: list[str]) -> list[tuple[str, str]]:
    """Give the hidden fields that choose the same users again, and lead back to the same list."""
    kept = [(name, request.form[name]) for name in OF_LIST if request.form.get(name)]
    if request.form.get("scope") == "all":
        return [("scope", "all"), *kept]
    return [("scope", "chosen"), *(("id", id) for id in ids), *kept]


def _back() -> str:
    kept: dict[str, Any] = {name: request.form[name] for name in OF_LIST if request.form.get(name)}
    return url_for(LIST, **kept)


def _at_once(order: Order, ids: list[str]) -> Answer:
    failed: list[Failure] = []
    for user_id in ids:
        try:
            door.change(lambda ctx, user_id=user_id: services.apply(ctx, order, user_id))  # type: ignore[misc]
        except (errors.PortalError, ScimError) as error:
            failed.append(services.failure(door.context(), user_id, error))
    if len(ids) > len(failed):
        flash(bulk_words.done(len(ids) - len(failed)), "success")
    for one in failed:
        flash(f"{one.user_name}: {one.detail}", "error")
    return redirect(_back())
