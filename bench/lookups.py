"""Workloads that only read: look-ups by other attributes than `userName`, pages by index and by cursor, pages of the portal.

Requests are pure functions of their number, as in `bench.workloads`; cursors are collected beforehand by `walk`.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import quote, urlsplit

from bench.load import Target
from bench.workloads import HIT, PAGE, PATCH_OP, Request, Workload, user_address, user_external_id


def of_users(users: Sequence[str]) -> list[Workload]:
    """Return look-ups of users by mail and externalId, and a PATCH that says what is so already."""
    return [
        by_email(len(users)),
        by_external_id(len(users)),
        Workload("PATCH that changes nothing", partial(_patch_nothing, users)),
    ]


def by_email(count: int) -> Workload:
    """Find one of `count` users by mail address."""
    return Workload("emails.value eq", partial(_user_where, "emails.value", user_address, count), must_hold=HIT)


def by_external_id(count: int) -> Workload:
    """Find one of `count` users by the provider's id."""
    return Workload("externalId eq", partial(_user_where, "externalId", user_external_id, count), must_hold=HIT)


def group_by_name(name: str = "Filled 0") -> Workload:
    """Find a group by its name, as Okta does before it links one."""
    return Workload("group displayName eq", partial(_groups_where, f'displayName eq "{name}"'), must_hold=HIT)


def groups_of_member(member: str, group: str) -> Workload:
    """Find the groups of a user, as Entra does; `group` says how large the group is that holds them."""
    return Workload(f"members.value eq, {group}", partial(_groups_where, f'members.value eq "{member}"'), must_hold=HIT)


def cursor_page() -> Workload:
    """Read the first page by cursor, which is counted."""
    return Workload("cursor, first page", partial(_get, [f"/Users?cursor=&count={PAGE}"]))


def cursor_pages(cursors: Sequence[str]) -> Workload:
    """Read pages by cursors that were collected far in a list."""
    return Workload(
        "cursor, pages far in", partial(_get, [f"/Users?cursor={quote(one)}&count={PAGE}" for one in cursors])
    )


def first_page() -> Workload:
    """Read page 1 by index."""
    return Workload("index, page 1", partial(_get, [f"/Users?startIndex=1&count={PAGE}"]))


def far_pages(name: str, first: int, count: int, *, limit: int | None = None) -> Workload:
    """Read `count` pages by index one after the other, from page number `first` (from 0) on."""
    return Workload(name, partial(_get, [_index(first + number) for number in range(count)]), limit)


def scattered_pages(name: str, pages: int, count: int, *, limit: int | None = None) -> Workload:
    """Read `count` pages by index that are spread over the deeper half of `pages`, none of them next to the last."""
    half = pages // 2
    paths = [_index(half + number * 7919 % max(1, half - 1)) for number in range(count)]
    return Workload(name, partial(_get, paths), limit)


def addresses(name: str, paths: Sequence[str]) -> Workload:
    """Read some addresses of the portal or the admin API in turn."""
    return Workload(name, partial(_get, list(paths)))


def walk(target: Target, pages: int) -> Iterator[str]:
    """Follow cursors from the first page on; yields the cursor of each page that was reached."""
    address = urlsplit(target.base_url)
    connection = http.client.HTTPConnection(address.netloc, timeout=120)
    cursor = ""
    for _ in range(pages):
        connection.request(
            "GET", f"{address.path}/Users?cursor={quote(cursor)}&count={PAGE}", headers=dict(target.headers)
        )
        cursor = json.loads(connection.getresponse().read()).get("nextCursor", "")
        if not cursor:
            break
        yield cursor
    connection.close()


def _get(paths: Sequence[str], n: int) -> Request:
    return Request("GET", paths[n % len(paths)])


def _index(page: int) -> str:
    return f"/Users?startIndex={page * PAGE + 1}&count={PAGE}"


def _user_where(attribute: str, value: Callable[[int], str], count: int, n: int) -> Request:
    condition = quote(f'{attribute} eq "{value(n * 7919 % count)}"')
    return Request("GET", f"/Users?filter={condition}&startIndex=1&count={PAGE}")


def _groups_where(condition: str, _n: int) -> Request:
    return Request("GET", f"/Groups?filter={quote(condition)}&excludedAttributes=members&startIndex=1&count={PAGE}")


def _patch_nothing(users: Sequence[str], n: int) -> Request:
    said = {"op": "replace", "value": {"displayName": f"Given{n % len(users) % 97} Family{n % len(users)}"}}
    body = {"schemas": [PATCH_OP], "Operations": [said]}
    return Request("PATCH", f"/Users/{users[n % len(users)]}", json.dumps(body).encode())
