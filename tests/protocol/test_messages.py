"""Lists, errors and discovery."""

from __future__ import annotations

import orjson
import pytest

from scim_portal.protocol import messages
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, LICENSE_URN, USER, USER_URN
from scim_portal.protocol.errors import NotFound

BASE = "https://acme.example/scim/v2"
TYPES = (USER, GROUP)


def test_a_list_is_joined_from_bytes_and_counts_are_integers() -> None:
    body = orjson.loads(messages.list_response(iter([b'{"id":"1"}', b'{"id":"2"}']), 7, 3))
    assert body == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 7,
        "startIndex": 3,
        "itemsPerPage": 2,
        "Resources": [{"id": "1"}, {"id": "2"}],
    }


def test_a_page_by_cursor_carries_cursors_and_may_leave_out_the_total() -> None:
    body = orjson.loads(messages.list_response([b"{}"], None, next_cursor="n", previous_cursor="p"))
    assert list(body) == ["schemas", "itemsPerPage", "nextCursor", "previousCursor", "Resources"]
    assert (body["nextCursor"], body["previousCursor"]) == ("n", "p")


def test_an_empty_list_has_empty_resources() -> None:
    assert orjson.loads(messages.list_response([], 0, 1))["Resources"] == []


def test_an_error_is_written_as_json() -> None:
    assert orjson.loads(messages.error_body(NotFound("Gone.")))["status"] == "404"


def test_the_configuration_promises_what_the_capabilities_say() -> None:
    config = messages.service_provider_config(BASE)
    assert config["patch"]["supported"] is True
    assert config["bulk"] == {"supported": True, "maxOperations": 1000, "maxPayloadSize": 1024 * 1024}
    assert config["filter"] == {"supported": True, "maxResults": 200}
    assert [config[one]["supported"] for one in ("changePassword", "sort", "etag")] == [False, True, True]
    assert config["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 100,
        "maxPageSize": 200,
        "cursorTimeout": 3600,
    }
    assert config["authenticationSchemes"][0]["type"] == "oauthbearertoken"
    assert config["meta"]["location"] == f"{BASE}/ServiceProviderConfig"
    assert "documentationUri" not in config
    able = messages.Capabilities(bulk=True, bulk_operations=5, documentation="https://acme.example/docs")
    config = messages.service_provider_config(BASE, able)
    assert config["bulk"]["maxOperations"] == 5
    assert config["documentationUri"] == "https://acme.example/docs"


def test_resource_types_name_their_extensions() -> None:
    listed = messages.resource_types(BASE, TYPES)
    assert (listed["totalResults"], [one["name"] for one in listed["Resources"]]) == (2, ["User", "Group"])
    extensions = [{"schema": urn, "required": False} for urn in (ENTERPRISE_URN, LICENSE_URN)]
    assert listed["Resources"][0]["schemaExtensions"] == extensions
    assert messages.resource_type(BASE, TYPES, "group") == listed["Resources"][1]


def test_schemas_are_listed_and_found_in_any_case() -> None:
    listed = messages.schemas(BASE, TYPES)
    assert [one["id"] for one in listed["Resources"]] == [USER_URN, ENTERPRISE_URN, LICENSE_URN, GROUP_URN]
    user = messages.schema(BASE, TYPES, USER_URN.upper())
    assert user == listed["Resources"][0]
    described = {one["name"]: one for one in user["attributes"]}
    assert described["userName"]["required"] is True
    assert described["userName"]["uniqueness"] == "server"
    assert described["userName"]["caseExact"] is False
    assert [one["name"] for one in described["emails"]["subAttributes"]] == ["value", "display", "type", "primary"]
    assert described["profileUrl"]["referenceTypes"] == ["external"]


def test_discovery_contains_no_nulls() -> None:
    documents = [messages.schemas(BASE, TYPES), messages.resource_types(BASE, TYPES)]
    assert b"null" not in orjson.dumps(documents)


def test_what_is_not_described_is_not_found() -> None:
    with pytest.raises(NotFound):
        messages.resource_type(BASE, TYPES, "Printer")
    with pytest.raises(NotFound):
        messages.schema(BASE, TYPES, "urn:x")
