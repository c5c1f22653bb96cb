"""Every route of the URL map, called from the neighbor's house: with the neighbor's credential, and with the neighbor's ids.

A new route is part of this as soon as it exists: one with parameters that cannot be filled fails, and so does one that
answers without a credential and is not named in `PUBLIC`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from scim_portal.db import db
from scim_portal.ids import new_id
from tests.architecture import neighbors
from tests.architecture.neighbors import BODIES, SAME_EVERYWHERE, Furnished
from tests.portals import CORE_USER, PortalUnderTest

PUBLIC = {
    "static", "operations.healthz", "operations.readyz", "operations.metrics", "portal.login", "api-docs.page",
    "api-docs.document", "portal.invitation", "portal.person_enter",
}  # fmt: skip
REQUEST_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
House = tuple[Furnished, Furnished]


@pytest.fixture(scope="module")
def houses(app: Flask) -> Iterator[House]:
    """Mine and the neighbor's; forms need no CSRF value here, so that it cannot be what refuses them."""
    before = app.config["WTF_CSRF_METHODS"]
    app.config["WTF_CSRF_METHODS"] = set()
    with app.app_context():
        mine = neighbors.furnish(PortalUnderTest.create(app), "mine", 1)
        yield mine, neighbors.furnish(PortalUnderTest.create(app), "theirs", 3)
        db.session.rollback()
    app.config["WTF_CSRF_METHODS"] = before


@pytest.fixture(scope="module")
def calls(app: Flask) -> list[tuple[str, Rule]]:
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    return [(method, rule) for rule in rules for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]


def call(at: Furnished, credential: Furnished | None, method: str, path: str, endpoint: str) -> Any:
    headers = credential.headers(path) if credential else {}
    body = BODIES.get(endpoint, {})
    sent = {} if method == "GET" else {"data" if endpoint.startswith("portal.") else "json": body}
    return at.portal.client.open(at.portal.base + path, method=method, headers=headers, **sent)


def refused(answer: Any) -> bool:
    """A program hears 401; a person is sent to sign in."""
    return answer.status_code == 401 or (answer.status_code == 302 and "/login" in answer.headers["Location"])


def test_every_route_refuses_nobody_and_the_neighbors_credential(houses: House, calls: list[tuple[str, Rule]]) -> None:
    mine, theirs = houses
    before, open_doors = mine.rows(), {}
    for method, rule in calls:
        path = neighbors.filled(rule, mine.ids | dict.fromkeys(SAME_EVERYWHERE, "User"))
        for credential in (None, theirs):
            answer = call(mine, credential, method, path, rule.endpoint)
            if rule.endpoint not in PUBLIC and not refused(answer):
                open_doors[f"{method} {rule.rule}"] = answer.status_code
    assert open_doors == {}
    assert mine.rows() == before


def test_the_neighbors_things_look_like_things_that_do_not_exist(houses: House, calls: list[tuple[str, Rule]]) -> None:
    mine, theirs = houses
    before, wrong = theirs.rows(), []
    for method, rule in calls:
        segments = [segment for segment, _ in neighbors.parameters(rule)]
        for stolen in (
            {tuple(segments), tuple(segments[-1:])} if segments and segments[0] not in SAME_EVERYWHERE else ()
        ):
            found, unknown = (
                _seen(mine, method, rule, dict(zip(stolen, values, strict=True)))
                for values in ([theirs.ids[one] for one in stolen], [_unknown(theirs.ids[one]) for one in stolen])
            )
            if found != unknown or found[0] != 404:
                wrong.append(f"{method} {rule.rule} {stolen}: {found[0]} / {unknown[0]} {found[1][:300]}")
    assert wrong == []
    assert theirs.rows() == before


def _unknown(like: str) -> str:
    return new_id() if REQUEST_ID.fullmatch(like) else str(int(like) + 90) if like.isdigit() else "unheard-of"


def _seen(mine: Furnished, method: str, rule: Rule, values: dict[str, str]) -> tuple[int, str]:
    answer = call(mine, mine, method, neighbors.filled(rule, mine.ids | values), rule.endpoint)
    text = answer.text
    for value in sorted(values.values(), key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(value)}\b", "…", text)
    return answer.status_code, REQUEST_ID.sub("…", text)


def test_the_furnished_things_are_really_there(houses: House, calls: list[tuple[str, Rule]]) -> None:
    _, theirs = houses
    for method, rule in calls:
        if method == "GET" and rule.arguments and rule.endpoint not in PUBLIC:
            path = neighbors.filled(rule, theirs.ids | {"Schemas": CORE_USER, "ResourceTypes": "User"})
            answer = call(theirs, theirs, method, path, rule.endpoint)
            assert answer.status_code in {200, 302, 409}, (rule.rule, answer.text)


def test_a_route_whose_parameters_nobody_furnished_fails_the_matrix() -> None:
    with pytest.raises(KeyError):
        neighbors.filled(Rule("/secrets/<id>", endpoint="x").empty(), {"users": "x"})
