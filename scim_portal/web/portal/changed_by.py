"""Tells an admin who was there before: whose change stands where theirs was going to be written."""

from __future__ import annotations

from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.services.drafts import Changed, Touch
from scim_portal.web.portal import door, policy_words, wording
from scim_portal.web.portal.policy_words import Document, Part


def who(touch: Touch) -> dict[str, str]:
    """Name the author, who may be oneself in another window, and the time of a change."""
    author = _("%(name)s (you)", name=touch.author) if touch.author == door.me().email else touch.author
    return {"who": author, "when": wording.ago(touch.at)}


def of_default(ctx: Ctx, changed: Changed) -> str:
    """Tell what somebody else chose for everybody no rule decides."""
    words, now = policy_words.vocabulary(ctx), changed.now or {}
    chosen = ", ".join(words.types.get(key, key) if key else _("no license") for key in now.values())
    return _("%(who)s set the default to %(chosen)s %(when)s.", chosen=chosen or _("not decided"), **who(changed.touch))


def of_rule(changed: Changed) -> str:
    """Tell who changed or removed a rule, and when."""
    if changed.now is None:
        return _("%(who)s removed this rule from the draft %(when)s.", **who(changed.touch))
    if changed.touch.version is not None:
        said = who(changed.touch) | {"version": str(changed.touch.version)}
        return _("%(who)s published version %(version)s %(when)s, with another text of this rule.", **said)
    return _("%(who)s changed this rule in the draft %(when)s.", **who(changed.touch))


def parts(ctx: Ctx, was: Document, changed: Changed) -> list[Part]:
    """Tell what somebody else changed in a rule, part by part."""
    if changed.now is None:
        return []
    return policy_words.between(was, changed.now, policy_words.vocabulary(ctx))
