"""How the rules were read for one user, in words for the user's page."""

from __future__ import annotations

from dataclasses import dataclass

from rules import remedy_words
from rules.decide import Kind, Outcome
from rules.explain import FamilyView, RuleView, Term
from scim_portal.context import Ctx
from scim_portal.services import explanations, people
from scim_portal.web.portal import wording

Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One rule, the default or a pin, as it was read for a user."""

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
    told = explanations.of_user(ctx, user_id)
    if not told.active:
        return []
    groups = people.group_names(ctx)
    return [Family(view.family, _steps(view, names, groups), _remedies(view, names, groups)) for view in told.families]


def _remedies(view: FamilyView, names: Names, groups: Names) -> list[str]:
    return [remedy_words.sentence(one, names, groups) for one in view.remedies]


def _steps(view: FamilyView, names: Names, groups: Names) -> list[Step]:
    steps = [_step(rule, names, groups) for rule in view.rules]
    if view.pinned:
        steps.insert(0, Step("A pin", f"Puts {names.get(view.pinned, view.pinned)} first.", True, True))
    if view.source is None:
        steps.append(Step("The default", "No rule decided, and no default is set.", False, False))
    elif view.source.kind is Kind.DEFAULT:
        steps.append(
            Step("The default", f"No rule decided; everybody else gets {_chain(view.chain, names)}.", True, True)
        )
    return steps


def _step(rule: RuleView, names: Names, groups: Names) -> Step:
    won = rule.outcome is Outcome.WON
    matched = rule.matched and not won
    why = f"Gives {_chain(rule.chain, names)}." if won else f"Matches, but {rule.outcome.value}." if matched else ""
    terms = "; ".join(_term(term, groups) for term in rule.terms)
    return Step(rule.name, f"{why} {terms}".strip(), won, rule.matched)


def _term(term: Term, groups: Names) -> str:
    seen = ", ".join(groups.get(one, one) for one in term.seen) or "nothing"
    told = wording.condition(term.text, groups)
    return f"{told}: yes ({seen})" if term.holds else f"{told}: no ({seen})"


def _chain(chain: tuple[str, ...], names: Names) -> str:
    return ", else ".join(names.get(key, key) for key in chain) or "no license"
