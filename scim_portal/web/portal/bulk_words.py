"""Actions on many users in words."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

from scim_portal.services.bulk import Action


def choices() -> list[tuple[str, str]]:
    """List the actions for a select."""
    return [(action.value, name(action)) for action in Action]


def name(action: Action) -> str:
    """Name an action."""
    return {
        Action.DEACTIVATE: _("Deactivate"), Action.REACTIVATE: _("Reactivate"), Action.RESTORE: _("Restore"),
        Action.PIN: _("Pin to a license"), Action.EXCLUDE: _("Exclude from a license"), Action.REMOVE: _("Remove exceptions"),
    }[action]  # fmt: skip


def question(action: Action, count: int) -> str:
    """Ask whether it should be done to so many."""
    number = f"{count:,}"
    match action:
        case Action.DEACTIVATE:
            return ngettext("Deactivate %(n)s user?", "Deactivate %(n)s users?", count, n=number)
        case Action.REACTIVATE:
            return ngettext("Reactivate %(n)s user?", "Reactivate %(n)s users?", count, n=number)
        case Action.RESTORE:
            return ngettext("Restore %(n)s user?", "Restore %(n)s users?", count, n=number)
        case Action.PIN:
            return ngettext("Pin %(n)s user?", "Pin %(n)s users?", count, n=number)
        case Action.EXCLUDE:
            return ngettext("Exclude %(n)s user?", "Exclude %(n)s users?", count, n=number)
        case Action.REMOVE:
            return ngettext(
                "Remove the exception of %(n)s user?", "Remove the exceptions of %(n)s users?", count, n=number
            )


def done(count: int) -> str:
    """Say that it was done to so many."""
    return ngettext("Done for %(n)s user.", "Done for %(n)s users.", count, n=f"{count:,}")
