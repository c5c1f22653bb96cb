"""The draft tried on one user: each rule in order with each term's value, which one decides, and the same by the live rules."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import gettext as _

from rules.decide import Kind, Outcome
from rules.explain import FamilyView, RuleView, Term
from scim_portal import errors
from scim_portal.context import Ctx
from scim_portal.models import User
from scim_portal.services import drafts, people, rulebook, trials
from scim_portal.services.people import Wanted
from scim_portal.services.trials import Trial
from scim_portal.web.portal import addresses, door, policy_words, wording
from scim_portal.web.portal.door import Answer, blueprint
from scim_portal.web.portal.policy_words import Vocabulary

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Read:
    """One term as it was read for the user."""

    words: str
    seen: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One rule as it was read: what became of it (`won`, `matched` or neither), and why."""

    rule_id: str
    name: str
    state: str
    said: str
    terms: list[Read]


@dataclass(frozen=True, slots=True)
class Family:
    """One family: the steps, what is due under the draft and under the live rules, and what the user has."""

    name: str
    steps: list[Step]
    by: str
    due: str
    live_by: str
    live_due: str
    has: list[str]

    @property
    def differs(self) -> bool:
        """Whether the draft gives the user something else, or gives it by another rule."""
        return (self.due, self.by) != (self.live_due, self.live_by)


@blueprint.get("/rules/draft/test")
def rules_trial() -> Answer:
    """Find a user, and show how the draft is read for them."""
    ctx, chosen = door.context(), addresses.argument("user")
    search = addresses.argument("q")
    found = people.users(ctx, Wanted(search=search), sort="user_name", limit=MOST_FOUND).items if search else []
    if request.headers.get("HX-Request"):
        return door.page("_trial_found.html", found=found, q=search)
    user = people.user(ctx, chosen) if chosen else None
    families, problem = _families(ctx, user) if user is not None else ([], None)
    return door.page(
        "rule_trial.html", section="rules", user=user, found=found, q=search, families=families, problem=problem,
        has_draft=rulebook.draft(ctx) is not None, version=rulebook.current(ctx)[0],
    )  # fmt: skip


def _families(ctx: Ctx, user: User) -> tuple[list[Family], str | None]:
    try:
        trial = trials.of_user(ctx, user.id, drafts.working(ctx))
    except errors.Invalid as error:
        return [], error.detail
    words, live = policy_words.vocabulary(ctx), {one.family: one for one in trial.live.families}
    return [_family(view, live.get(view.family), words, trial) for view in trial.tried.families], None


def _family(view: FamilyView, live: FamilyView | None, words: Vocabulary, trial: Trial) -> Family:
    steps = [_step(rule, trial.terms[rule.rule_id], words) for rule in view.rules] if trial.tried.active else []
    has = [words.type(seat.license_type) for seat in view.seats]
    has += [_("waits for %(name)s", name=words.type(one.license_type)) for one in view.tickets if not one.parked_until]
    return Family(view.family, steps, _by(view), _due(view, words), _by(live), _due(live, words), has)


def _step(rule: RuleView, found: tuple[Term, ...], words: Vocabulary) -> Step:
    terms = [_term(one, words) for one in found]
    if rule.outcome is Outcome.WON:
        return Step(rule.rule_id, rule.name, "won", _("decides: %(due)s", due=_chain(rule.chain, words)), terms)
    if rule.matched or rule.outcome is not Outcome.NO_MATCH:
        said = _("matches, but %(why)s") if rule.matched else _("does not match, and %(why)s")
        state = "matched" if rule.matched else ""
        return Step(rule.rule_id, rule.name, state, said % {"why": _why_not(rule.outcome)}, terms)
    return Step(rule.rule_id, rule.name, "", _("does not match"), terms)


def _why_not(outcome: Outcome) -> str:
    """Say why a rule does not decide although there may be nothing wrong with its condition."""
    words = {
        Outcome.EXCLUDED: _("an exclusion of the license skips it"),
        Outcome.DECIDED_EARLIER: _("an earlier rule decided"),
        Outcome.OUTRANKED: _("another rule that matches gives more"),
        Outcome.NOT_ACTIVE: _("it is not active"),
        Outcome.WINDOW_CLOSED: _("its time is not now"),
        Outcome.OTHER_CONNECTOR: _("it is for another connector"),
        Outcome.FROZEN: _("it is frozen, since a group of its was deleted"),
    }
    return words.get(outcome, outcome.value)


def _term(term: Term, words: Vocabulary) -> Read:
    plain = {"True": "true", "False": "false"}
    seen = ", ".join(words.groups.get(one, plain.get(one, one)) for one in term.seen)
    return Read(wording.condition(term.text, words.groups), seen or _("nothing"), term.holds)


def _by(view: FamilyView | None) -> str:
    if view is None or view.source is None:
        return _("a pin") if view is not None and view.pinned else _("nothing decides")
    name = view.source.rule_name
    decided = _("rule “%(name)s”", name=name) if view.source.kind is Kind.RULE else _("the default")
    return _("a pin, then %(decided)s", decided=decided) if view.pinned else decided


def _due(view: FamilyView | None, words: Vocabulary) -> str:
    return _chain(view.chain if view is not None else (), words)


def _chain(chain: tuple[str, ...], words: Vocabulary) -> str:
    return _(", else ").join(words.type(key) for key in chain) or _("no license")
