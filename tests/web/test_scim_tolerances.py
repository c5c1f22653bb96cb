"""What a connector forgives, and what is no mistake at all: each tolerance does as its name says, the others refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest
from flask import Flask

from scim_portal.protocol import tolerance as known
from scim_portal.protocol.tolerance import Tolerance
from tests.contract.matching import differences
from tests.web import forgiven, not_bad
from tests.web.bad_world import TOLERANCES, Bad, World, check, opened
from tests.web.forgiven import CLIENTS, ENTRA, LOOSE, Forgiven

CASES = [*forgiven.CASES, *not_bad.CASES]


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with opened(app) as found:
        yield found


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("name", TOLERANCES)
def test_a_departure_is_taken_by_whoever_forgives_it(world: World, name: str, case: Forgiven) -> None:
    new = f"{TOLERANCES.index(name)}.{CASES.index(case)}@x.example"
    world.names |= {"new": new, "fresh": world.portal.provision(f"f.{new}"), "team": world.portal.push(f"T {new}")}
    world.untouched()
    answer = world.call(name, case.method, case.path, headers=case.headers, **world.content(case.body))
    if name in case.by:
        assert answer.status_code in (200, 201, 204), answer.text
        assert list(differences(_expected(world, case.becomes), _result(world, name, case, answer))) == []
    elif case.scim_type is None:
        assert answer.status_code == 200
        assert list(differences(_expected(world, case.becomes), answer.json)) != []
    else:
        check(answer, Bad(case.name, case.method, case.path, scim_type=case.scim_type))
        assert world.untouched()


def _expected(world: World, value: Any) -> Any:
    """Fill the stand-ins of a case, which are written with single braces, into what is expected."""
    if isinstance(value, str):
        return world.filled(value)
    if isinstance(value, list):
        return [_expected(world, one) for one in value]
    return {key: _expected(world, one) for key, one in value.items()} if isinstance(value, dict) else value


def _result(world: World, name: str, case: Forgiven, answer: Any) -> Any:
    """Read again what was written, since what is stored counts."""
    written = case.method in ("POST", "PUT", "PATCH") and not case.path.endswith((".search", "Bulk"))
    if not written:
        return answer.json
    path = case.path if case.method != "POST" else f"{case.path}/{answer.json['id']}"
    return world.call(name, "GET", path).json


def test_the_tolerances_differ_as_the_cases_say() -> None:
    """Three kinds of clients are told apart here; a flag that moves from one to another changes what the table means."""
    on = {
        one: {name for name in TOLERANCES if getattr(getattr(known, name.upper()), one)}
        for one in (flag.name for flag in fields(Tolerance))
    }
    clients = {"create_unmatched", "short_extension_paths"}
    wanted = {one: CLIENTS if one in clients else ENTRA if one == "bare_filter_words" else LOOSE for one in on}
    assert on == {one: set(by) for one, by in wanted.items()}
