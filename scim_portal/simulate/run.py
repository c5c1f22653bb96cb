"""One working day of the simulated org, from `org`'s chart to a report; which calls a step makes is in `provisioning`.

The day assigns everybody, pushes the groups, promotes a few people, moves one to another department, and ends with
one or two deactivations (never more, and none in an org of fewer than three), so that held seats can be seen. Running
it again links what it finds instead of creating it, and plays the same changes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from scim_portal.simulate import org, people
from scim_portal.simulate.okta_client import OktaClient, OktaError, UnreachableError
from scim_portal.simulate.org import Org, PushedGroup
from scim_portal.simulate.people import Person
from scim_portal.simulate.profiles import Json
from scim_portal.simulate.provisioning import Provisioner, Style

Progress: TypeAlias = Callable[[int, int, str], None]
Step: TypeAlias = tuple[str, Callable[[], None]]

PROMOTIONS = 3
LEAVERS = 2


@dataclass(frozen=True, slots=True)
class Report:
    """What the simulated Okta did; `failures` are the sentences an Okta admin would find under Tasks."""

    users_created: int
    users_linked: int
    groups_pushed: int
    calls: int
    failures: tuple[str, ...]


def run(base_url: str, token: str, *, users: int, groups: int, style: Style, seed: int, progress: Progress) -> Report:
    """Provision a simulated org into the portal whose SCIM base URL is given; never raise for a failing call.

    `progress` receives (steps done, steps in all, what the step just done was about). A wrong token or an address
    where nothing answers ends the run with one failure.
    """
    with OktaClient(base_url, token) as okta:
        day = _Day(org.build(users=users, groups=groups, seed=seed), Provisioner(okta, style))
        try:
            okta.read("/Users", startIndex=1, count=2)
            day.play(progress)
        except UnreachableError as error:
            day.failures.append(str(error))
        except OktaError as error:
            day.failures.append(f"The API credentials could not be verified: {error}")
        return Report(day.created, day.linked, len(day.group_ids), okta.calls, tuple(day.failures))


@dataclass(slots=True)
class _Day:
    """The state of a run: ids learned so far, who is in which group, and failures in the order they happened."""

    org: Org
    provisioner: Provisioner
    user_ids: dict[str, str] = field(default_factory=dict)
    group_ids: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    created: int = 0
    linked: int = 0

    def play(self, progress: Progress) -> None:
        steps = list(self._steps())
        for done, (what, action) in enumerate(steps, start=1):
            try:
                action()
            except UnreachableError:
                raise
            except OktaError as error:
                self.failures.append(f"{what[:1].upper()}{what[1:]} failed: {error}")
            progress(done, len(steps), what)

    def _steps(self) -> Iterator[Step]:
        for person in self.org.people:
            yield f"provisioning of {person.display_name}", partial(self._assign, person)
        for group in self.org.groups:
            yield f"push of group {group.name}", partial(self._push, group)
        leavers = self.org.people[-min(LEAVERS, len(self.org.people) // 3) or len(self.org.people) :]
        staff = [person for person in self.org.people if not _leads(person) and person not in leavers]
        for person in staff[:PROMOTIONS]:
            yield f"profile update of {person.display_name}", partial(self._promote, person)
        for person in staff[PROMOTIONS : PROMOTIONS + 1]:
            yield from self._move(person)
        for person in leavers:
            yield f"deactivation of {person.display_name}", partial(self._leave, person)

    def _assign(self, person: Person) -> None:
        self.user_ids[person.user_name], created = self.provisioner.assign(person)
        self.created += created
        self.linked += not created

    def _push(self, group: PushedGroup) -> None:
        # People who could not be provisioned are left out in silence, as Okta does.
        self.members[group.name] = [name for name in group.members if name in self.user_ids]
        pushed = self.provisioner.push_group(group.name, self._refs(self.members[group.name]))
        self.group_ids[group.name] = pushed

    def _promote(self, person: Person) -> None:
        self.provisioner.update(self._id(person), replace(person, title=f"Senior {person.title}"))

    def _leave(self, person: Person) -> None:
        self.provisioner.unassign(self._id(person))

    def _move(self, person: Person) -> Iterator[Step]:
        """Move a person to another pushed department: out of the old group, into the new one, then the profile."""
        pushed = {group.name for group in self.org.groups}
        target = next((name for name in people.TITLES if name in pushed and name != person.department), None)
        if target is None:
            return
        moved = replace(person, department=target, cost_center=people.COST_CENTERS[target])
        yield f"removal of {person.display_name} from {person.department}", partial(self._change, person, left=True)
        yield f"addition of {person.display_name} to {target}", partial(self._change, moved, left=False)
        yield f"profile update of {person.display_name}", lambda: self.provisioner.update(self._id(moved), moved)

    def _change(self, person: Person, *, left: bool) -> None:
        name, changed = person.department, self._refs([person.user_name] if self._id(person) else [])
        if name not in self.group_ids:
            raise OktaError("Matching group not found.")
        others = [member for member in self.members[name] if member != person.user_name]
        self.members[name] = others if left else [*others, person.user_name]
        self.provisioner.change_members(
            self.group_ids[name],
            name,
            self._refs(self.members[name]),
            joined=() if left else changed,
            left=changed if left else (),
        )

    def _id(self, person: Person) -> str:
        try:
            return self.user_ids[person.user_name]
        except KeyError:
            raise OktaError("Matching user not found.") from None

    def _refs(self, user_names: list[str]) -> list[Json]:
        return [{"value": self.user_ids[name], "display": name} for name in user_names]


def _leads(person: Person) -> bool:
    return person.title.startswith("Head of")
