"""What is good once is taken once, however many come at the same moment; and an owner is always left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial

import httpx
import pyotp

from scim_portal.db import db, transact
from scim_portal.services import access, admins, invitations, two_factor
from tests.concurrency.arena import Arena, statuses

PASSWORD = "a long enough password"
MANY = 6


@contextmanager
def browsers(arena: Arena, page: str) -> Iterator[list[tuple[httpx.Client, str]]]:
    """Some browsers with a page open, and the token of each one's form."""
    with ExitStack() as stack:
        url = f"{arena.server.url}{arena.portal.base}"
        clients = [stack.enter_context(httpx.Client(base_url=url, timeout=30)) for _ in range(MANY)]
        found = [re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text) for client in clients]
        yield [(client, one[1]) for client, one in zip(clients, found, strict=True) if one]


def at_once(calls: list[Callable[[], httpx.Response]]) -> list[int]:
    """Make calls at the same moment; gives their statuses, sorted."""
    with ThreadPoolExecutor(len(calls)) as crowd:
        return sorted(answer.status_code for answer in crowd.map(lambda call: call(), calls))


def owners(arena: Arena) -> list[str]:
    db.session.rollback()
    return [one.id for one in admins.everyone(arena.portal.ctx()) if one.role == "owner" and not one.disabled_at]


def test_two_owners_who_send_each_other_away_leave_one(arena: Arena) -> None:
    arena.portal.admin()
    for turn in range(4):
        (first,) = owners(arena)
        email = f"owner{turn}@acme.example"
        transact(lambda email=email: access.create_admin(arena.portal.ctx(), email=email, role="owner"))
        pair = owners(arena)
        assert first in pair
        changes = ({"role": "helpdesk"}, {"disabled": True})
        answers = arena.storm(
            [arena.api("PATCH", f"/admins/{id}", body) for id, body in zip(pair, changes, strict=True)]
        )
        assert statuses(answers) == {200: 1, 409: 1}
        assert len(owners(arena)) == 1


def test_an_invitation_that_many_accept_at_once_is_accepted_once(arena: Arena) -> None:
    made = transact(lambda: invitations.invite(arena.portal.ctx(), email="new@acme.example", role="owner"))
    path = f"/invitation/{made.url.rpartition('/')[2]}"
    words = [{"password": PASSWORD + str(number), "again": PASSWORD + str(number)} for number in range(MANY)]
    with browsers(arena, path) as guests:
        calls = [
            partial(client.post, path, data={"csrf_token": token} | own)
            for (client, token), own in zip(guests, words, strict=True)
        ]
        assert at_once(calls) == [302] + [404] * (MANY - 1)
        assert sum("session" in client.cookies for client, _ in guests) == 1


def test_a_recovery_code_that_many_type_at_once_signs_one_in(arena: Arena) -> None:
    email, password = arena.portal.admin()
    code = transact(lambda: with_two_factor(arena))[0]
    first = {"email": email, "password": password}
    with browsers(arena, "/login") as halves:
        for client, token in halves:
            assert "/login/code" in client.post("/login", data={"csrf_token": token} | first).headers["location"]
        calls = [
            partial(client.post, "/login/code", data={"csrf_token": token, "code": code}) for client, token in halves
        ]
        assert at_once(calls) == [302] + [401] * (MANY - 1)


def with_two_factor(arena: Arena) -> list[str]:
    """Turn two-factor on for the one admin there is; gives the recovery codes."""
    ctx = arena.portal.ctx()
    (admin,) = admins.everyone(ctx)
    two_factor.begin(ctx, admin)
    pairing = two_factor.pairing(ctx, admin)
    assert pairing is not None
    codes = two_factor.confirm(ctx, admin, pyotp.TOTP(pairing.secret).at(ctx.now))
    assert codes is not None
    return codes
