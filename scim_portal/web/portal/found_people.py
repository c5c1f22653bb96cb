"""The people whom a record list is about: a search for names, or one user, as ids."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.ids import is_id
from scim_portal.services import people
from scim_portal.services.people import Wanted
from scim_portal.web.portal import addresses
from scim_portal.web.portal.addresses import Select

MOST = 50


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found: None is everybody. `is_cut` says that more people match than are taken."""

    ids: list[str] | None
    is_cut: bool = False
    name: str | None = None

    @property
    def select(self) -> Select:
        """Give the filter of one user as a chip shows it."""
        user_id = addresses.argument("user") or ""
        return Select("user", _("User"), [(user_id, self.name or user_id)])


def asked(ctx: Ctx) -> Found:
    """Read `q` or `user` from the address."""
    user_id, search = addresses.argument("user"), addresses.argument("q")
    if user_id is not None:
        name = people.user(ctx, user_id).user_name if is_id(user_id) else None
        return Found([user_id], name=name)
    if search is None:
        return Found(None)
    found = people.users(ctx, Wanted(search=search), sort="user_name", limit=MOST)
    return Found([one.id for one in found.items], is_cut=found.next is not None)
