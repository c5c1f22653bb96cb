"""How the rules were read for one user, in words for the user's page."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from rules import remedy_words
from rules.decide import Kind, Outcome
from rules.explain import FamilyView, RuleView, Term
from scim_portal.context import Ctx
from scim_portal.services import explanations, people
from scim_portal.web.portal import wording
from scim_portal.web.telling import told

Names = dict[str, str]
BUT = {
    Outcome.EXCLUDED: _l("Matches, but its license type is excluded for this person."),
    Outcome.DECIDED_EARLIER: _l("Matches, but an earlier rule decided the family."),
    Outcome.OUTRANKED: _l("Matches, but another matching rule grants a richer license type."),
    Outcome.NOT_ACTIVE: _l("Matches, but the rule is not active."),
    Outcome.WINDOW_CLOSED: _l("Matches, but the rule's time window is not open."),
    Outcome.OTHER_CONNECTOR: _l("Matches, but the rule is for another connector."),
    Outcome.FROZEN: _l("Matches, but the rule is frozen, since a group it names was deleted."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One rule, the default, a pin or an exclusion, as it was read for a user."""

    name: str
    text: str
    won: bool
    matched: bool


@dataclass(frozen=True, slots=True)
class Family:
    """The steps of one family, in order, and what would give another license or end this one."""

    name: str
    steps: list[Step]
    remedies: list[str]


def families(ctx: Ctx, user_id: str, names: Names) -> list[Family]:
    """Lay out, family by family, every rule in order and what became of it; nothing for a user who is not active."""
    explained = explanations.of_user(ctx, user_id)
    if not explained.active:
        return []
    groups = people.group_names(ctx)
    return [
        Family(view.family, _steps(view, names, groups), _remedies(view, names, groups)) for view in explained.families
    ]


def _remedies(view: FamilyView, names: Names, groups: Names) -> list[str]:
    return [told(remedy_words.sentence(one, names, groups)) for one in view.remedies]


def _steps(view: FamilyView, names: Names, groups: Names) -> list[Step]:
    steps = [_step(rule, names, groups) for rule in view.rules]
    if view.pinned:
        said = _("Puts %(type)s first.", type=names.get(view.pinned, view.pinned))
        steps.insert(0, Step(_("A pin"), said, True, True))
    if view.excluded:
        said = _("Withholds %(types)s.", types=", ".join(names.get(key, key) for key in view.excluded))
        steps.insert(0, Step(_("An exclusion"), said, True, True))
    if view.source is None:
        steps.append(Step(_("The default"), _("No rule decided, and no default is set."), False, False))
    elif view.source.kind is Kind.DEFAULT:
        said = _("No rule decided; everybody else gets %(chain)s.", chain=_chain(view.chain, names))
        if view.excluded and not view.chain:
            said = _("No rule decided, and the default license is excluded.")
        steps.append(Step(_("The default"), said, True, True))
    return steps


def _step(rule: RuleView, names: Names, groups: Names) -> Step:
    won = rule.outcome is Outcome.WON
    matched = rule.matched and not won
    gives = _("Gives %(chain)s.", chain=_chain(rule.chain, names)) if won else ""
    why = gives or (BUT[rule.outcome] if matched else "")
    terms = "; ".join(_term(term, groups) for term in rule.terms)
    return Step(rule.name, f"{why} {terms}".strip(), won, rule.matched)


def _term(term: Term, groups: Names) -> str:
    seen = ", ".join(groups.get(one, one) for one in term.seen) or _("nothing")
    words = wording.condition(term.text, groups)
    if term.holds:
        return _("%(condition)s: yes (%(seen)s)", condition=words, seen=seen)
    return _("%(condition)s: no (%(seen)s)", condition=words, seen=seen)


def _chain(chain: tuple[str, ...], names: Names) -> str:
    return _(", else ").join(names.get(key, key) for key in chain) or _("no license")
