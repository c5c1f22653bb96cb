"""What SCIM and an admin can do to a firm: people, groups, words about single people, contracts, types and rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from scim_portal.context import ActorKind, Ctx
from scim_portal.db import db
from scim_portal.protocol.patch import GroupPatch, Member, MemberChange
from scim_portal.protocol.tolerance import OKTA
from scim_portal.services import (
    catalog,
    erasure,
    frozen_rules,
    groups,
    overrides,
    people,
    previews,
    provisioning,
    rulebook,
)
from tests.portals import CORE_USER, a_policy
from tests.properties import proofs
from tests.properties.firm import Firm

WINDOW = ("valid_from", "valid_until")


class BusyFirm(Firm):
    """A firm with everything that can be done to it."""

    def create(self, name: str, title: str, external: str | None, active: bool) -> None:
        """Provision somebody by SCIM: new, revived, or refused because the name is taken."""
        content = _user(name, title) | {"active": active} | ({"externalId": external} if external else {})
        done = self.act(
            f"create {name}, {title}, {external}, active={active}", lambda ctx: provisioning.create(ctx, content)
        )
        ids = self.people.setdefault(name, [])
        if done is not None and done.id not in ids:
            ids.append(done.id)

    def change(self, name: str, title: str, active: bool | None) -> None:
        """Replace the attributes of somebody."""
        content = _user(name, title) | ({} if active is None else {"active": active})
        self.each(f"put {{}}, {title}, active={active}", name, lambda ctx, one: provisioning.replace(ctx, one, content))

    def come_or_go(self, name: str, way: int) -> None:
        """Let go, in one of six ways, whoever is there, and bring back whoever is not."""
        match self.whereabouts(name), way:
            case "here" | "inactive", 5:
                self.erase(name)
            case "here" | "inactive", 4:
                self.each("delete {}", name, provisioning.remove)
            case "here", _:
                self.change(name, "Seller", False)
            case "inactive", _:
                self.change(name, "Seller", True)
            case "deleted", 0 | 1:
                self.restore(name, oldest=way == 1)
            case _:
                self.create(name, "Seller", (f"00u{name}", f"00v{name}", None)[way % 3], True)

    def restore(self, name: str, *, oldest: bool) -> None:
        """Undo the delete of the newest or oldest record of somebody."""
        ids = self.people.get(name, [])[: 1 if oldest else None]
        if ids:
            words = f"restore the {'oldest' if oldest else 'newest'} {name}"
            self.act(words, lambda ctx: provisioning.restore(ctx, ids[-1]), kind=ActorKind.ADMIN, whose=ids[-1])

    def erase(self, name: str) -> None:
        """Erase somebody."""
        if self.each("erase {}", name, erasure.erase, admin=True):
            self.erased.add(self.people[name][-1])

    def members(self, group: str, kind: Any, names: list[str]) -> None:
        """Add, remove or replace members by name, users and groups alike."""
        found = [self.groups.get(name) or (self.people.get(name) or ["?"])[-1] for name in names]
        change = GroupPatch((), (MemberChange(kind, tuple(Member(id) for id in found)),))
        self.act(
            f"{kind} {names} in {group}",
            lambda ctx: groups.modify(ctx, self.groups[group], change, tolerance=OKTA),
        )

    def group_goes_or_returns(self, group: str) -> None:
        """Delete a group, or restore it."""
        db.session.rollback()
        if people.group(self.portal.ctx(), self.groups[group]).deleted_at is None:
            self._drop(group)
        else:
            self.admin(f"restore {group}", lambda ctx: groups.restore(ctx, self.groups[group]))
            self.late = True  # a job settles whom a frozen rule held off

    def _drop(self, group: str) -> None:
        """Delete a group; nobody loses a seat of a rule that names it (L9)."""
        kept = set() if self.late else proofs.seats_by(self.portal.ctx(), self.groups[group])
        self.act(f"delete {group}", lambda ctx: groups.remove(ctx, self.groups[group]))
        lost = kept - proofs.seats(self.portal.ctx())
        assert not lost, self.told(f"L9: the deleted group took {sorted(lost)}.")

    def say(self, name: str, key: str, kind: str, hours: int | None) -> None:
        """Pin or exclude somebody, for some hours or for good."""
        end = None if hours is None else self.now + timedelta(hours=hours)

        def unit(ctx: Ctx, id: str) -> None:
            overrides.add(ctx, id, license_type=key, kind=kind, reason="so", ends_at=end)

        self.each(f"{kind} {{}} {key} for {hours} h", name, unit, admin=True)

    def unsay(self, name: str) -> None:
        """Take back the oldest such word about somebody."""

        def unit(ctx: Ctx, id: str) -> None:
            for one in overrides.of_user(ctx, id)[:1]:
                overrides.remove(ctx, one.id)

        self.each("forget the oldest word about {}", name, unit, admin=True)

    def buy(self, key: str, quantity: int | None, hours: int | None) -> None:
        """Replace the newest contract line of a type; with `hours` it ends after them."""
        ends = None if hours is None else self.now + timedelta(hours=hours)

        def unit(ctx: Ctx) -> None:
            fields = {"quantity": quantity, "ends_at": ends}
            found = catalog.lines(ctx, key)
            if found:
                catalog.change_line(ctx, found[-1].id, **fields)
            else:
                catalog.add_line(ctx, key, **fields)

        self.admin(f"buy {quantity} {key} for {hours} h", unit)

    def set(self, key: str, **changes: Any) -> None:
        """Change a type; what makes other rules decide is followed by a job."""
        self.admin(f"set {changes} of {key}", lambda ctx: catalog.change_type(ctx, key, **changes))
        self.late = self.late or not changes.keys().isdisjoint(catalog.DECIDING)

    def revise(self, place: int, new: int | dict[str, Any], *, later: bool) -> None:
        """Move a rule to another place, or make it another rule."""

        def revised(document: dict[str, Any]) -> dict[str, Any]:
            rules = list(document["rules"])
            one = rules.pop(place % len(rules))
            if isinstance(new, int):
                rules.insert(new, one)
            else:
                rules.insert(place, one | self.written(new) | {"frozen_until": None})
            return document | {"rules": rules}

        self.publish(f"rule {place} moved to or made {new}", revised, later=later)

    def publish(self, words: str, change: Callable[[dict[str, Any]], dict[str, Any]], *, later: bool) -> None:
        """Preview and publish what `change` makes of the document in force; what was previewed must be what comes."""
        was_late, self.late = self.late, True
        shown = self.admin(f"preview {words}", lambda ctx: previews.preview(ctx, change(rulebook.current(ctx)[1])))
        if shown is None or not self.admin(
            "publish it", lambda ctx: previews.publish(ctx, shown.document, token=shown.token)
        ):
            self.late = was_late
        elif not later:
            self.work()
            if not was_late:
                missing = list(proofs.not_as_previewed(self.portal.ctx(), shown.outcome))
                assert not missing, self.told("\n".join(missing))

    def document(self, rules: list[dict[str, Any]], default: str | None, mode: str) -> dict[str, Any]:
        """Make a policy document of rules as `written` reads them."""
        return a_policy(*map(self.written, rules), default=default) | {"families": {"cal": {"mode": mode}}}

    def written(self, rule: dict[str, Any]) -> dict[str, Any]:
        """Write a rule whose condition has groups as `{Sales}` and whose window has hours from now."""
        ends = {end: rule[end] and (self.now + timedelta(hours=rule[end])).isoformat() for end in WINDOW if end in rule}
        return rule | {"condition": rule["condition"].format(**self.groups)} | ends

    def decide(self, what: str, to: str) -> bool:
        """Relink, release or pin the first rule that needs attention; False when there is none."""
        db.session.rollback()
        if not frozen_rules.everything(self.portal.ctx()):
            return False

        def unit(ctx: Ctx) -> None:
            one = frozen_rules.everything(ctx)[0]
            if what == "relink":
                frozen_rules.relink(ctx, one.rule_id, gone=one.gone[0][0] if one.gone else "", to=self.groups[to])
            else:
                (frozen_rules.release if what == "release" else frozen_rules.pin)(ctx, one.rule_id)

        self.admin(f"{what} (to {to}) the first frozen rule", unit)
        self.late = True
        return True


def _user(name: str, title: str) -> dict[str, Any]:
    return {"schemas": [CORE_USER], "userName": f"{name}@firm.example", "title": title}
