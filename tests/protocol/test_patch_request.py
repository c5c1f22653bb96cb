"""The PatchOp message is read before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.protocol.errors import InvalidSyntax, TooLarge
from scim_portal.protocol.patch import Operation, parse_request
from scim_portal.protocol.tolerance import ENTRA, OKTA, STRICT

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def test_operations_are_read_in_any_case_and_other_keys_ignored() -> None:
    sent = {
        "Schemas": [SCHEMA.lower()],
        "id": "x",
        "operations": [
            {"op": "Add", "Path": "title", "Value": "VP", "name": "addTitle"},
            {"OP": "REMOVE", "path": "title"},
            {"op": "replace", "path": None, "value": {"active": True}},
        ],
    }
    assert parse_request(sent, STRICT) == (
        Operation("add", "title", "VP"),
        Operation("remove", "title", None, False),
        Operation("replace", None, {"active": True}),
    )


@pytest.mark.parametrize("schemas", [None, "x", [], ["urn:x"], [3]])
def test_the_message_schema_is_needed_by_a_strict_server_only(schemas: object) -> None:
    sent = {"schemas": schemas, "Operations": [{"op": "remove", "path": "title"}]}
    with pytest.raises(InvalidSyntax, match="PatchOp"):
        parse_request(sent, STRICT)
    assert parse_request(sent, ENTRA)


@pytest.mark.parametrize(
    "operations",
    [
        *(None, {}, [], "x", [3], [{}], [{"op": "move"}], [{"op": 3}], [{"op": "add", "path": "title"}]),
        *([{"op": "replace"}], [{"op": "add", "path": 3, "value": 1}], [{"op": "remove", "path": ["title"]}]),
    ],
)
def test_a_wrong_message_is_refused(operations: Any) -> None:
    with pytest.raises(InvalidSyntax, match="Operations"):
        parse_request({"Operations": operations}, OKTA)


def test_a_thousand_operations_are_the_limit() -> None:
    one = {"op": "remove", "path": "title"}
    assert len(parse_request({"Operations": [one] * 1000}, OKTA)) == 1000
    with pytest.raises(TooLarge):
        parse_request({"Operations": [one] * 1001}, OKTA)
