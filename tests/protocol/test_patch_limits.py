"""How much a PATCH may carry, and that it is refused before it costs anything; one primary value in what is added."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol import patch
from scim_portal.protocol.definitions import USER
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.patch import Operation
from scim_portal.protocol.tolerance import OKTA, STRICT, Tolerance

ANN = {"userName": "ann", "emails": [{"value": "a@x"}]}
PAIR = [{"value": "b@x", "primary": True}, {"value": "c@x", "primary": True}]


def mails(count: int) -> list[dict[str, Any]]:
    return [{"value": f"{number}@x"} for number in range(count)]


def run(*operations: Operation, tolerance: Tolerance = STRICT) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = patch.apply(USER, ANN, operations, tolerance=tolerance)["emails"]
    return found


@pytest.mark.parametrize("verb", ["add", "replace", "remove"])
def test_an_operation_with_too_many_values_is_refused(verb: Any) -> None:
    with pytest.raises(InvalidValue, match="emails has 101 values; at most 100"):
        run(Operation(verb, "emails", mails(101)))
    with pytest.raises(InvalidValue, match="emails has 101 values"):
        run(Operation("add", None, {"emails": mails(101)}))


def test_a_list_that_grows_too_long_on_the_way_is_refused_although_it_would_shrink_again() -> None:
    assert len(run(Operation("add", "emails", mails(99)))) == 100
    with pytest.raises(InvalidValue, match="emails has 101 values"):
        run(Operation("add", "emails", mails(100)), Operation("remove", "emails"), Operation("add", "emails", mails(1)))


def test_two_primary_values_in_one_add_are_refused_or_the_first_is_kept() -> None:
    with pytest.raises(InvalidValue, match="only one may be primary"):
        run(Operation("add", "emails", PAIR))
    found = run(Operation("add", "emails", PAIR), tolerance=OKTA)
    assert [one.get("primary") for one in found] == [None, True, False]


def test_the_primary_value_of_a_later_operation_takes_the_place_of_an_earlier_one() -> None:
    found = run(Operation("add", "emails", PAIR[:1]), Operation("add", "emails", PAIR[1:]))
    assert [one.get("primary") for one in found] == [None, False, True]
