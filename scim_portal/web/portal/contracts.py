"""Contracts: what was bought of each type and until when, what that will do, and changing it with a preview."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import ContractLine
from scim_portal.services import catalog, contract_outlook
from scim_portal.services.capacity_history import Term
from scim_portal.services.catalog import Summary
from scim_portal.services.contract_outlook import Effect, Kind, Stand
from scim_portal.web.portal import contract_form, contract_words, dates, door, timelines
from scim_portal.web.portal.contract_words import Sentence
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import GROUPING, problems, text
from scim_portal.web.portal.timelines import Timeline

MOST_NAMED = 20
Doing = Callable[[Ctx], object]


@dataclass(frozen=True, slots=True)
class Contract:
    """All lines of a type, drawn and told; `ahead` is what they did and will do."""

    item: Summary
    lines: list[ContractLine]
    timeline: Timeline
    ahead: list[Sentence]
    costs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do; `mark` tells it from others, `suspended` is the number to type before seats are suspended."""

    told: list[Sentence]
    mark: str
    suspended: int
    names: list[tuple[str, str]]


class NotSeen(errors.Invalid):
    """A change takes something away, and whoever asks for it has not seen what."""

    def __init__(self, preview: Preview, detail: str = "", field: str | None = None) -> None:
        super().__init__(detail, field=field)
        self.preview = preview


@blueprint.get("/contracts")
def contracts() -> Answer:
    """Show the contracts of all types."""
    ctx = door.context()
    listed: dict[str, list[ContractLine]] = {}
    for line in catalog.lines(ctx):
        listed.setdefault(line.license_type, []).append(line)
    items = catalog.summaries(ctx)
    seats = contract_outlook.stands(ctx, items)
    shown = [_told(ctx, item, one, listed.get(item.type.key, [])) for item, one in zip(items, seats, strict=True)]
    return door.page("contracts.html", section="contracts", contracts=shown)


@blueprint.route("/licenses/<key>/lines", methods=["GET", "POST"])
def line_add(key: str) -> Answer:
    """Add capacity; whoever waits is served at once."""
    catalog.find(door.context(), key)
    if request.method == "GET":
        return _page("add", key, None, {})
    try:
        _added(key, contract_form.typed())
    except errors.Invalid as error:
        return _page("add", key, None, request.form, found=problems(error)), 422
    if _all_served(key):
        return _back(key, _("The seats are added. Whoever was waiting has been served."))
    return _back(key, _("The seats are added. Not everybody who waits has been served."))


@blueprint.route("/contract-lines/<line_id>", methods=["GET", "POST"])
def contract_line_change(line_id: str) -> Answer:
    """Change a line; what takes seats away is shown first."""

    def work(ctx: Ctx, line: ContractLine) -> tuple[Term | None, Doing]:
        fields = contract_form.typed(line)
        return _term(line, fields), lambda ctx: catalog.change_line(ctx, line_id, **fields)

    return _form("change", line_id, work, said=_("The contract line is changed."))


@blueprint.route("/contract-lines/<line_id>/renew", methods=["GET", "POST"])
def contract_line_renew(line_id: str) -> Answer:
    """Add the line that follows on one."""
    line = catalog.find_line(door.context(), line_id)
    if request.method == "GET":
        return _page("renew", line.license_type, line, contract_form.following(line))
    key = line.license_type
    try:
        _added(key, contract_form.typed(follows=line))
    except errors.Invalid as error:
        return _page("renew", key, line, request.form, found=problems(error)), 422
    if _all_served(key):
        return _back(key, _("The contract is renewed. Whoever was waiting has been served."))
    return _back(key, _("The contract is renewed. Not everybody who waits has been served."))


@blueprint.route("/contract-lines/<line_id>/end", methods=["GET", "POST"])
def contract_line_end(line_id: str) -> Answer:
    """End a line at a date; what that does is shown first."""

    def work(ctx: Ctx, line: ContractLine) -> tuple[Term | None, Doing]:
        fields = contract_form.typed_end(line)
        return _term(line, fields), lambda ctx: catalog.change_line(ctx, line_id, **fields)

    return _form("end", line_id, work, said=_("The contract line has its end."))


@blueprint.route("/contract-lines/<line_id>/remove", methods=["GET", "POST"])
def contract_line_remove(line_id: str) -> Answer:
    """Take a line away that should never have been there; what that does is shown first."""

    def work(ctx: Ctx, line: ContractLine) -> tuple[Term | None, Doing]:
        return None, lambda ctx: catalog.remove_line(ctx, line_id)

    return _form("remove", line_id, work, said=_("The contract line is removed."))


def of(ctx: Ctx, item: Summary) -> Contract:
    """Make the contract of one type."""
    return _told(ctx, item, contract_outlook.stands(ctx, [item])[0], catalog.lines(ctx, item.type.key))


def _told(ctx: Ctx, item: Summary, seats: Stand, lines: list[ContractLine]) -> Contract:
    lines = sorted(lines, key=lambda line: (line.starts_at or line.created_at, line.id))
    terms = contract_outlook.terms(lines)
    ahead = contract_words.present(item, ctx.now)
    ahead += contract_words.sentences(contract_outlook.events(item, seats, terms, ctx.now), ctx.now, item.type.name)
    return Contract(item, lines, timelines.of(terms, ctx.now), ahead, contract_words.costs(item))


def _added(key: str, fields: dict[str, Any]) -> None:
    """Add a line, once however often its form is sent. Raises `Invalid` where the form was changed after that."""

    def unit(ctx: Ctx) -> None:
        line = catalog.add_line(ctx, key, id=contract_form.line_id(), **fields)
        if (line.quantity, line.starts_at, line.ends_at) != tuple(
            fields[one] for one in ("quantity", "starts_at", "ends_at")
        ):
            raise errors.Invalid(
                _("This form has added its line already. Open it anew to add another one."), field="quantity"
            )

    door.change(unit)


def _all_served(key: str) -> bool:
    type = catalog.find(door.context(), key)
    return not (type.waiting or type.suspended)


def _form(
    mode: str, line_id: str, work: Callable[[Ctx, ContractLine], tuple[Term | None, Doing]], *, said: str
) -> Answer:
    """Show a form that may take seats away; posted, do it if that was seen, and typed where seats are suspended."""
    line = catalog.find_line(door.context(), line_id)
    key = line.license_type
    if request.method == "GET":
        values = contract_form.of(line)
        if mode == "end":
            values["ends_at"] = dates.in_form(door.context().now)
        return _page(mode, key, line, values, preview=_first_look(line) if mode == "remove" else None)

    def unit(ctx: Ctx) -> None:
        here = catalog.find_line(ctx, line_id)
        term, do = work(ctx, here)
        _confirmed(_effect(ctx, here, term), ctx, here.license_type)
        do(ctx)

    try:
        door.change(unit)
    except NotSeen as error:
        found = problems(error) if error.detail else {}
        line = catalog.find_line(door.context(), line_id)
        return _page(mode, key, line, request.form, preview=error.preview, found=found), 422 if found else 200
    except errors.Invalid as error:
        return _page(mode, key, catalog.find_line(door.context(), line_id), request.form, found=problems(error)), 422
    return _back(key, said)


def _first_look(line: ContractLine) -> Preview:
    ctx = door.context()
    item, effect = _effect(ctx, line, None)
    return _preview(ctx, item, effect)


def _effect(ctx: Ctx, line: ContractLine, term: Term | None) -> tuple[Summary, Effect]:
    """Reckon what it does to put a term in a line's place, or nothing."""
    item = catalog.summary(ctx, line.license_type)
    lines = catalog.lines(ctx, line.license_type)
    rest = contract_outlook.terms(one for one in lines if one.id != line.id)
    before = contract_outlook.terms(lines)
    after = [*rest, term] if term else rest
    return item, contract_outlook.compare(item, contract_outlook.stands(ctx, [item])[0], before, after, ctx.now)


def _confirmed(found: tuple[Summary, Effect], ctx: Ctx, key: str) -> None:
    """Go on only with what was seen. Raises `NotSeen`."""
    item, effect = found
    if not effect.is_loss:
        return
    preview = _preview(ctx, item, effect)
    if request.form.get("seen") != preview.mark:
        raise NotSeen(preview)
    if preview.suspended and (text("typed") or "").translate(GROUPING) != str(preview.suspended):
        raise NotSeen(preview, _("Type the number of seats that will be suspended."), "typed")


def _preview(ctx: Ctx, item: Summary, effect: Effect) -> Preview:
    events = [*([effect.now] if effect.now else []), *effect.later]
    marks = [(one.kind, one.limit, one.suspended, one.over, one is effect.now or one.at.isoformat()) for one in events]
    at_once = effect.now if effect.now and effect.now.kind is Kind.LAPSE else None
    lapses = any(one.kind is Kind.LAPSE and one.suspended for one in events)
    names = contract_outlook.holders(ctx, item.type.key, most=MOST_NAMED) if lapses else []
    told = contract_words.sentences(events, ctx.now, item.type.name)
    mark = hashlib.sha256(repr(marks).encode()).hexdigest()[:16]
    return Preview(told, mark, at_once.suspended if at_once else 0, names)


def _term(line: ContractLine, fields: dict[str, Any]) -> Term:
    """Make the term of a line with some fields changed. Raises `Invalid`."""
    values = [fields.get(name, getattr(line, name)) for name in ("quantity", "starts_at", "ends_at")]
    catalog.check_line(*values)
    return Term(*values)


def _page(
    mode: str,
    key: str,
    line: ContractLine | None,
    form: Any,
    *,
    preview: Preview | None = None,
    found: dict[str, str] | None = None,
) -> str:
    item = catalog.summary(door.context(), key)
    return door.page(
        "contract_line.html", section="contracts", mode=mode, line=line, item=item, form=form, preview=preview,
        errors=found or {}, line_id=contract_form.line_id(),
    )  # fmt: skip


def _back(key: str, said: str) -> Answer:
    flash(said, "success")
    return redirect(url_for("portal.license", key=key, _anchor="contract"))
