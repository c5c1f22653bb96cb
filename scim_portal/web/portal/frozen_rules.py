"""A rule that needs attention because a group of its was deleted: what happened, whom it keeps, and what can be done."""

from __future__ import annotations

from flask import redirect, url_for
from flask_babel import gettext as _

from scim_portal import errors
from scim_portal.services import frozen_rules, rulebook
from scim_portal.services.frozen_rules import Frozen
from scim_portal.web.portal import door
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.form_values import text

MOST_SHOWN = 20


@blueprint.get("/frozen-rules/<rule_id>")
def frozen_rule(rule_id: str) -> Answer:
    """Show one such rule; one that is well again is shown as any other."""
    ctx = door.context()
    found = next((one for one in frozen_rules.everything(ctx) if one.rule_id == rule_id), None)
    if found is None:
        if not any(rule["id"] == rule_id for rule in rulebook.current(ctx)[1]["rules"]):
            raise errors.NotFound("There is no such rule in this portal.", field="id", value=rule_id)
        return redirect(url_for("portal.rule", rule_id=rule_id))
    groups = frozen_rules.candidates(ctx)
    return door.page(
        "frozen_rule.html", section="rules", rule=found, groups=groups, people=frozen_rules.kept(ctx, rule_id, most=MOST_SHOWN),
        likely=_likely(found, groups), has_draft=rulebook.draft(ctx) is not None,
    )  # fmt: skip


@blueprint.post("/frozen-rules/<rule_id>/relink")
def frozen_rule_relink(rule_id: str) -> Answer:
    """Put another group where the deleted one stands."""
    gone = text("from") or ""
    to = text(f"to.{gone}") or ""
    return door.attempt(
        lambda ctx: frozen_rules.relink(ctx, rule_id, gone=gone, to=to),
        said=_("The rule is linked to the other group. Everybody is being brought in line."), back=_back(rule_id),
    )  # fmt: skip


@blueprint.post("/frozen-rules/<rule_id>/release")
def frozen_rule_release(rule_id: str) -> Answer:
    """Keep nobody any longer."""
    said = _("The rule keeps nobody any longer. Everybody is being brought in line.")
    return door.attempt(lambda ctx: frozen_rules.release(ctx, rule_id), said=said, back=_back(rule_id))


@blueprint.post("/frozen-rules/<rule_id>/pin")
def frozen_rule_pin(rule_id: str) -> Answer:
    """Turn the seats that the rule keeps into pins."""
    said = _("The seats are pinned: their people keep them until the pins are removed.")
    return door.attempt(lambda ctx: frozen_rules.pin(ctx, rule_id), said=said, back=_back(rule_id))


def _back(rule_id: str) -> str:
    return url_for("portal.frozen_rule", rule_id=rule_id)


def _likely(found: Frozen, groups: list[tuple[str, str]]) -> dict[str, str]:
    """Guess, per deleted group, the one that took its place: the first of the same name."""
    by_name = {name: id for id, name in reversed(groups)}
    return {id: by_name.get(name, "") for id, name in found.gone}
