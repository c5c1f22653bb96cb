"""The simulated org chart: departments, pushed groups and who is in them.

Every person is in the group of their department, and in at most one more: Contractors, Leadership or an office,
as far as the org pushes those groups.
"""

from __future__ import annotations

from dataclasses import dataclass

from scim_portal.simulate import people
from scim_portal.simulate.people import Person

# The order in which groups appear as an org pushes more of them: an org of five shows rules and exceptions.
GROUP_NAMES = (
    *("Sales", "Engineering", "Contractors", "Design", "Support"),
    *("Leadership", "Marketing", "Finance", "People", "Legal"),
    *("Lisbon Office", "Nairobi Office", "Osaka Office", "Montréal Office"),
)


@dataclass(frozen=True, slots=True)
class PushedGroup:
    """An Okta group that is pushed, with the user names of its members in the order they joined the org."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Org:
    people: tuple[Person, ...]
    groups: tuple[PushedGroup, ...]


def build(*, users: int, groups: int, seed: int) -> Org:
    """Build an org of so many users and pushed groups; deterministic by seed."""
    names = tuple(_group_name(position) for position in range(groups))
    departments = tuple(name for name in names if name in people.TITLES) or tuple(people.TITLES)
    staff = people.invent(users, seed=seed, departments=departments)
    members: dict[str, list[str]] = {name: [] for name in names}
    for position, person in enumerate(staff):
        for name in _groups_of(person, position, names):
            members[name].append(person.user_name)
    return Org(staff, tuple(PushedGroup(name, tuple(joined)) for name, joined in members.items()))


def _group_name(position: int) -> str:
    return GROUP_NAMES[position] if position < len(GROUP_NAMES) else f"Project {position - len(GROUP_NAMES) + 1}"


def _groups_of(person: Person, position: int, names: tuple[str, ...]) -> list[str]:
    joined = [person.department] if person.department in names else []
    second = _second_group(person, position, names)
    return [*joined, second] if second else joined


def _second_group(person: Person, position: int, names: tuple[str, ...]) -> str | None:
    if person.user_type == "Contractor" and "Contractors" in names:
        return "Contractors"
    if person.title.startswith("Head of") and "Leadership" in names:
        return "Leadership"
    places = [name for name in names if name.endswith(" Office") or name.startswith("Project ")]
    return places[position % len(places)] if places else None
