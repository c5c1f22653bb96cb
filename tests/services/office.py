"""The office of licensing.md L14: pro 2, std 3, view 5, three rules, a default, and people who arrive in alphabetical order.

Acts by SCIM and the admin API, reads the rows; the clock is stepped by the test.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from scim_portal import clock
from scim_portal.services import people
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule, a_user

GROUPS = ("Contractors", "Sales", "Eng")


class Office:
    """A portal with the fixture of L14; names are short: `ann` is ann@office.example."""

    def __init__(self, portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, **types: int) -> None:
        self.portal = portal
        self.start = clock.now()
        self.elapsed = timedelta(0)
        monkeypatch.setattr(clock, "now", lambda: self.start + self.elapsed)
        for key, rank, capacity in (("pro", 30, 2), ("std", 20, 3), ("view", 10, 5)):
            portal.license(
                key,
                types.get(key, capacity),
                rank=rank,
                **{k: v for k, v in types.items() if "_" in k or k == "allowance"},
            )
        self.groups = {name: portal.push(name) for name in GROUPS}
        self.ids: dict[str, str] = {}
        portal.publish(self.policy())

    def policy(self, *order: str) -> dict[str, Any]:
        """The policy with its rules in some order, or all of them."""
        rules = {
            "contractors": a_rule("contractors", self.member("Contractors"), "none:cal"),
            "sales": a_rule("sales", self.member("Sales"), "pro", fallback=["std"]),
            "eng": a_rule("eng", self.member("Eng"), "std"),
        }
        return a_policy(*(rules[id] for id in order or rules), default="view")

    def member(self, group: str) -> str:
        return f'groups.value eq "{self.groups[group]}"'

    def wait(self, **span: float) -> None:
        """Let time pass, then the clock's work be done."""
        self.elapsed += timedelta(**span)
        self.portal.run_due()

    def arrive(self, name: str, *groups: str) -> str:
        """Provision a person who is in these groups from their first seat on: the groups are pushed in the same breath."""
        self.ids[name] = self.portal.provision(f"{name}@office.example", externalId=f"00u{name}")
        for group in groups:
            self.join(name, group)
        return self.ids[name]

    def join(self, name: str, group: str) -> None:
        self._members(group, {"op": "add", "path": "members", "value": [{"value": self.ids[name]}]})

    def leave(self, name: str, group: str) -> None:
        self._members(group, {"op": "remove", "path": f'members[value eq "{self.ids[name]}"]'})

    def activate(self, name: str, active: bool) -> None:
        change = a_patch({"op": "replace", "value": {"active": active}})
        assert self.portal.scim("PATCH", f"/Users/{self.ids[name]}", change).status_code == 200

    def delete(self, name: str) -> None:
        assert self.portal.scim("DELETE", f"/Users/{self.ids[name]}").status_code == 204

    def create(self, name: str, **attributes: Any) -> Any:
        return self.portal.scim("POST", "/Users", a_user(f"{name}@office.example", **attributes))

    def seat(self, name: str) -> str | None:
        """What a person has, such as `pro`, `pro held` or `std + q pro`; None for nothing at all."""
        ctx = self.portal.ctx()
        seats = people.seats(ctx, [self.ids[name]]).get(self.ids[name], [])
        tickets = people.tickets(ctx, [self.ids[name]]).get(self.ids[name], [])
        has = [one.license_type if one.state == "assigned" else f"{one.license_type} {one.state}" for one in seats]
        waits = [f"q {one.license_type}" for one in tickets if one.parked_until is None]
        return " + ".join(sorted(has) + waits) or None

    def use(self) -> dict[str, int]:
        """Seats used, by type."""
        return {key: used for key, (used, _) in self.portal.usage().items()}

    def _members(self, group: str, operation: dict[str, Any]) -> None:
        answer = self.portal.scim("PATCH", f"/Groups/{self.groups[group]}", a_patch(operation))
        assert answer.status_code == 200, answer.text
