"""What is asked of the server: each workload turns the number of a request into that request.

Workloads are values that travel to the load process, so they hold ids and sizes, never connections. They ask only
what a provisioning client asks, in the bodies that Okta sends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
PAGE = 100
HIT = b'"id"'
GROUP_OF_CREATE = 100


class Request(NamedTuple):
    method: str
    path: str
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Workload:
    """A name of the performance table, the maker of request number n, and how many requests make sense at most.

    An answer without the bytes `must_hold` is counted as an error: a search that finds nobody is quick.
    """

    name: str
    make: Callable[[int], Request]
    limit: int | None = None
    keeps_ids: bool = False
    must_hold: bytes = b""


def create_users(count: int, first: int = 0, name: str = "create user") -> Workload:
    """Create `count` new users, numbered from `first`; the ids come back in order of the numbers."""
    return Workload(name, partial(_create_user, first), count, keeps_ids=True)


def create_groups(sizes: Sequence[int], name: str) -> Workload:
    """Create empty groups, one for each size that will be built; the ids come back in order."""
    return Workload("set-up: groups", partial(_create_group, tuple(sizes), name), len(sizes), keeps_ids=True)


def user_workloads(users: Sequence[str]) -> list[Workload]:
    """Return the workloads on users that already exist; numbers of users equal positions in `users`."""
    return [
        Workload("read by id", partial(_read, users)),
        find_users(len(users)),
        Workload("userName eq, miss", partial(_find, "nobody", len(users))),
        Workload("list page of 100", partial(_page, max(1, len(users) // PAGE)), must_hold=HIT),
        Workload("PATCH active", partial(_patch_active, users)),
        Workload("PUT whole user", partial(_put, users, 0)),
        Workload("create group with 100 members", partial(_create_filled_group, users)),
    ]


def group_workloads(group: str, size: int, spare: Sequence[str]) -> list[Workload]:
    """Return the workloads on a group of `size`; `spare` are users outside it, each added and then removed once."""
    of = f"group of {size:,}"
    return [
        Workload(f"add 1 member, {of}", partial(_add_member, group, spare), len(spare)),
        Workload(f"remove 1 member, {of}", partial(_remove_member, group, spare), len(spare)),
        Workload(f"read {of} without members", partial(_read_group, group)),
    ]


def find_users(count: int) -> Workload:
    """Find one of `count` users by user name, those that exist."""
    return Workload("userName eq, hit", partial(_find, "bench", count), must_hold=HIT)


def mixed_day(users: Sequence[str], group: str, first_new: int) -> Workload:
    """Return 70 % lookups, 15 % PUT, 5 % create, 5 % PATCH active, 5 % group PATCH, evenly spread."""
    return Workload("mixed day", partial(_mixed, users, group, first_new))


def put_users(users: Sequence[str], name: str, *, first: int, limit: int) -> Workload:
    """Replace users, numbered from `first`, one after the other, each time with another title."""
    return Workload(name, partial(_put, users, first), limit)


def user_address(number: int) -> str:
    """Return the user name, and mail address, of user number `number`."""
    return f"bench.{number}@acme.example"


def user_external_id(number: int) -> str:
    """Return the id that Okta gives user number `number`."""
    return f"00u{number:017d}"


def user_content(number: int, **more: Any) -> dict[str, Any]:
    """Return what Okta sends when it creates user number `number`."""
    address = user_address(number)
    return {
        "schemas": [USER, ENTERPRISE],
        "userName": address,
        "name": {"givenName": f"Given{number % 97}", "familyName": f"Family{number}"},
        "emails": [{"primary": True, "value": address, "type": "work"}],
        "phoneNumbers": [{"primary": True, "value": "+1 202 555 0100", "type": "work"}],
        "displayName": f"Given{number % 97} Family{number}",
        "title": "Analyst",
        "userType": "Contractor" if number % 7 == 0 else "Employee",
        "locale": "en-US",
        "externalId": user_external_id(number),
        ENTERPRISE: {"department": f"Department {number % 12}", "costCenter": f"CC-{number % 9}"},
        "groups": [],
        "active": True,
        **more,
    }


def _create_user(first: int, n: int) -> Request:
    return Request("POST", "/Users", json.dumps(user_content(first + n, password="1mz050nq")).encode())


def _create_group(sizes: tuple[int, ...], name: str, n: int) -> Request:
    return _new_group(f"{name} {sizes[n]} {n}", ())


def _create_filled_group(users: Sequence[str], n: int) -> Request:
    start = n * GROUP_OF_CREATE % max(1, len(users) - GROUP_OF_CREATE)
    return _new_group(f"Filled {n}", users[start : start + GROUP_OF_CREATE])


def _new_group(name: str, members: Sequence[str]) -> Request:
    body = {"schemas": [GROUP], "displayName": name, "members": [{"value": member} for member in members]}
    return Request("POST", "/Groups", json.dumps(body).encode())


def _read(users: Sequence[str], n: int) -> Request:
    return Request("GET", f"/Users/{users[n % len(users)]}")


def _find(name: str, count: int, n: int) -> Request:
    value = quote(f'userName eq "{name}.{n % count}@acme.example"')
    return Request("GET", f"/Users?filter={value}&startIndex=1&count=100")


def _page(pages: int, n: int) -> Request:
    return Request("GET", f"/Users?startIndex={n % pages * PAGE + 1}&count={PAGE}")


def _patch_active(users: Sequence[str], n: int) -> Request:
    # Everybody is deactivated in the first round, reactivated in the second, and so on.
    active = n // len(users) % 2 == 1
    return _patch(f"/Users/{users[n % len(users)]}", {"op": "replace", "value": {"active": active}})


def _put(users: Sequence[str], first: int, n: int) -> Request:
    number = n % len(users)
    return Request(
        "PUT", f"/Users/{users[number]}", json.dumps(user_content(first + number, title=f"Analyst {n}")).encode()
    )


def _add_member(group: str, spare: Sequence[str], n: int) -> Request:
    return _patch(f"/Groups/{group}", _addition([spare[n % len(spare)]]))


def _remove_member(group: str, spare: Sequence[str], n: int) -> Request:
    return _patch(f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{spare[n % len(spare)]}"]'})


def _read_group(group: str, _n: int) -> Request:
    return Request("GET", f"/Groups/{group}?excludedAttributes=members")


def _mixed(users: Sequence[str], group: str, first_new: int, n: int) -> Request:
    turn, part = divmod(n, 20)
    if part < 14:
        return _find("bench", len(users), n)
    if part < 17:
        return _put(users, 0, n)
    if part == 17:
        return _create_user(first_new, turn)
    if part == 18:
        return _patch_active(users, turn)
    change = _add_member if turn // len(users) % 2 == 0 else _remove_member
    return change(group, users, turn)


def _addition(members: Sequence[str]) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [{"value": member} for member in members]}


def _patch(path: str, operation: dict[str, Any]) -> Request:
    return Request("PATCH", path, json.dumps({"schemas": [PATCH_OP], "Operations": [operation]}).encode())
