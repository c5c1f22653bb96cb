"""The call sequences of Okta's provisioning: assign, update, unassign, push a group, change its members.

Two styles exist. `put` is an app made with the App Integration Wizard, which writes everything by PUT; `patch` is an
app from the catalog, which still replaces profiles by PUT but patches `active` and groups. Okta never creates
without looking first, and never replaces without reading first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from scim_portal.simulate import profiles
from scim_portal.simulate.okta_client import OktaClient, OktaError
from scim_portal.simulate.people import Person
from scim_portal.simulate.profiles import Json

Style: TypeAlias = Literal["put", "patch"]


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Okta's provisioning engine for one app of one style."""

    okta: OktaClient
    style: Style

    def assign(self, person: Person) -> tuple[str, bool]:
        """Create or link the person's account; return its SCIM id and whether it was created."""
        found = self.okta.find("/Users", "userName", person.user_name)
        if found:
            self._link(found, person)
            return found["id"], False
        created = self.okta.write("POST", "/Users", profiles.create_body(person))
        if not created.get("id"):
            raise OktaError("Create new user returned empty user.")
        return created["id"], True

    def update(self, user_id: str, person: Person) -> None:
        """Push a changed profile: read, then replace. Both styles do this by PUT."""
        fetched = self.okta.read(f"/Users/{user_id}")
        self.okta.write("PUT", f"/Users/{user_id}", profiles.replace_body(fetched, person))

    def unassign(self, user_id: str) -> None:
        """Deactivate the account; Okta does not delete it."""
        if self.style == "patch":
            self._patch_active(user_id, False)
            return
        fetched = self.okta.read(f"/Users/{user_id}")
        self.okta.write("PUT", f"/Users/{user_id}", {**fetched, "active": False})

    def push_group(self, name: str, members: Sequence[Json]) -> str:
        """Create or link the group and send its members; return its SCIM id."""
        found = self.okta.find("/Groups", "displayName", name)
        group = found or self.okta.write("POST", "/Groups", profiles.group_body(name, []))
        if not group.get("id"):
            raise OktaError("Create new group returned empty group.")
        if self.style == "put":
            self._replace_group(group["id"], name, members)
        else:
            self._patch_group(group["id"], name, joined=members, left=())
        return str(group["id"])

    def change_members(
        self, group_id: str, name: str, members: Sequence[Json], *, joined: Sequence[Json], left: Sequence[Json]
    ) -> None:
        """Send a membership change: the whole new list (`put`) or only who joined and left (`patch`)."""
        if self.style == "put":
            self._replace_group(group_id, name, members)
        else:
            self._patch_group(group_id, name, joined=joined, left=left)

    def _link(self, found: Json, person: Person) -> None:
        if self.style == "patch" and not found.get("active"):
            self._patch_active(found["id"], True)
        self.update(found["id"], person)

    def _patch_active(self, user_id: str, active: bool) -> None:
        # Without a path, as catalog apps send it.
        self.okta.write(
            "PATCH", f"/Users/{user_id}", profiles.patch_body({"op": "replace", "value": {"active": active}})
        )

    def _replace_group(self, group_id: str, name: str, members: Sequence[Json]) -> None:
        self.okta.read(f"/Groups/{group_id}")
        self.okta.write("PUT", f"/Groups/{group_id}", profiles.group_body(name, members, group_id))

    def _patch_group(self, group_id: str, name: str, *, joined: Sequence[Json], left: Sequence[Json]) -> None:
        # Catalog apps send the name, with the read-only id, before every membership change.
        rename = {"op": "replace", "value": {"id": group_id, "displayName": name}}
        self.okta.write("PATCH", f"/Groups/{group_id}", profiles.patch_body(rename))
        removals = [{"op": "remove", "path": f'members[value eq "{member["value"]}"]'} for member in left]
        additions = [{"op": "add", "path": "members", "value": list(joined)}] if joined else []
        if removals or additions:
            self.okta.write("PATCH", f"/Groups/{group_id}", profiles.patch_body(*removals, *additions))
