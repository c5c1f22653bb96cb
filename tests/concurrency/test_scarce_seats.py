"""Many want what few can have: seats, and names."""

from __future__ import annotations

from dataclasses import replace

from tests.concurrency import fairness
from tests.concurrency.arena import Arena, statuses
from tests.portals import a_policy, a_user
from tests.servers import Server

SEATS, PEOPLE = 50, 200


def test_two_hundred_creates_at_once_share_fifty_seats_and_the_rest_queues_in_order(arena: Arena) -> None:
    create_all_at_once(arena)


def test_it_is_the_same_where_the_database_refuses_what_it_cannot_order(arena: Arena, strict_server: Server) -> None:
    create_all_at_once(replace(arena, server=strict_server))


def create_all_at_once(arena: Arena) -> None:
    arena.portal.license("view", SEATS)
    arena.portal.publish(a_policy(default="view"))
    people = [f"u{number}@acme.example" for number in range(PEOPLE)]
    answers = arena.storm([arena.scim("POST", "/Users", a_user(name)) for name in people])
    assert statuses(answers) == {201: PEOPLE}
    assert len({one.body["id"] for one in answers}) == PEOPLE
    entries = arena.ledger("view")
    assert [one.event for one in entries].count("seat.granted") == SEATS
    waiting = [one.ticket_no for one in entries if one.event == "ticket.opened"]
    assert waiting == list(range(1, PEOPLE - SEATS + 1))
    assert [one.use_after for one in entries[:SEATS]] == list(range(1, SEATS + 1))
    assert not list(fairness.passed(entries, {}))
    assert arena.portal.usage() == {"view": (SEATS, PEOPLE - SEATS)}
    arena.must_hold()


def test_one_user_name_sent_twenty_times_at_once_is_created_once(arena: Arena) -> None:
    arena.portal.license("view", 5)
    arena.portal.publish(a_policy(default="view"))
    spellings = ("ann@acme.example", "Ann@Acme.Example")
    answers = arena.storm([arena.scim("POST", "/Users", a_user(spellings[turn % 2])) for turn in range(20)])
    assert statuses(answers) == {201: 1, 409: 19}
    assert {one.body["scimType"] for one in answers if one.status == 409} == {"uniqueness"}
    assert arena.portal.usage() == {"view": (1, 0)}
    arena.must_hold()


def test_two_people_at_the_last_seat_get_one_seat_and_one_ticket(arena: Arena) -> None:
    arena.portal.license("view", 1)
    arena.portal.publish(a_policy(default="view"))
    answers = arena.storm([arena.scim("POST", "/Users", a_user(f"{name}@acme.example")) for name in ("ann", "bob")])
    assert statuses(answers) == {201: 2}
    assert arena.portal.usage() == {"view": (1, 1)}
    arena.must_hold()
