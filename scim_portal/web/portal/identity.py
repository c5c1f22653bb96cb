"""A user as the identity provider sent them: the facts at a glance, and every attribute with its path, extensions included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from scim_portal.context import Ctx
from scim_portal.models import User
from scim_portal.services import connectors
from scim_portal.web.portal import wording

OURS = frozenset({"id", "meta", "schemas"})
Fact = tuple[str, Any]


def facts(ctx: Ctx, user: User) -> list[Fact]:
    """Give what one looks for first."""
    content: dict[str, Any] = json.loads(user.document)
    work: dict[str, Any] = next(
        (value for key, value in content.items() if key.lower().endswith("enterprise:2.0:user")), {}
    )
    names = {one.id: one.name for one in connectors.everyone(ctx)}
    return [
        (_("User name"), user.user_name), (_("Email"), user.email), (_("External id"), user.external_id),
        (_("Title"), content.get("title")), (_("Department"), work.get("department")),
        (_("User type"), content.get("userType")), (_("Source"), names.get(user.connector_id or "", _("this portal"))),
        (_("Created"), wording.day(user.created_at)), (_("Changed"), wording.day(user.updated_at)), (_("Id"), user.id),
    ]  # fmt: skip


def sections(user: User) -> list[tuple[str, list[Fact]]]:
    """Give all attributes, the core ones first, then each extension by its URN."""
    content: dict[str, Any] = json.loads(user.document)
    core = {name: value for name, value in content.items() if name not in OURS and ":" not in name}
    found = [(_("Core"), list(_flat("", core)))]
    return found + [(name, list(_flat("", value))) for name, value in content.items() if ":" in name]


def _flat(path: str, value: Any) -> Iterator[Fact]:
    """Yield (path, value) of every simple value; elements of a list are told by their type or number."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            mark = inner.get("type", number) if isinstance(inner, dict) else number
            yield from _flat(f"{path}[{mark}]", inner)
    else:
        yield (
            path,
            {True: "true", False: "false", None: "null"}.get(value, value) if isinstance(value, bool | None) else value,
        )
