"""Every body that Okta is known to send, as published or captured."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from scim_portal.protocol import filters, patch, reading, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, USER, USER_URN
from scim_portal.protocol.patch import Member, MemberChange
from scim_portal.protocol.tolerance import GENERIC, OKTA, Tolerance

PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CREATE = b"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
 "userName":"test.user@okta.local",
 "name":{"givenName":"Test","familyName":"User"},
 "emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],
 "displayName":"Test User","locale":"en-US",
 "externalId":"00ujl29u0le5T6Aj10h7",
 "groups":[],"password":"1mz050nq","active":true}"""
USER_STORED: dict[str, Any] = {
    "schemas": [USER_URN],
    "externalId": "00ujl29u0le5T6Aj10h7",
    "userName": "test.user@okta.local",
    "name": {"givenName": "Test", "familyName": "User"},
    "displayName": "Test User",
    "locale": "en-US",
    "active": True,
    "emails": [{"value": "test.user@okta.local", "type": "work", "primary": True}],
}
both = pytest.mark.parametrize("tolerance", [OKTA, GENERIC])


@both
def test_a_user_is_created_without_its_password_and_groups(tolerance: Tolerance) -> None:
    assert resource.load(USER, reading.loads(CREATE), tolerance=tolerance) == USER_STORED


@both
def test_a_user_comes_back_by_put_with_everything_the_server_added(tolerance: Tolerance) -> None:
    answered = {
        **USER_STORED,
        "id": "23a35c27",
        "meta": {
            "resourceType": "User",
            "created": "2026-01-01T00:00:00Z",
            "location": "https://x",
            "version": 'W/"1"',
        },
        "groups": [{"value": "g", "display": "Sales"}],
    }
    put = reading.loads(orjson.dumps({**answered, "active": False, "password": "x"}))
    assert resource.load(USER, put, tolerance=tolerance) == {**USER_STORED, "active": False}


@both
def test_enterprise_values_and_empty_values_are_kept(tolerance: Tolerance) -> None:
    sent = {
        **reading.loads(CREATE),
        "schemas": [USER_URN, ENTERPRISE_URN],
        "locale": "en_US",
        "name": {"givenName": "Test", "familyName": "User", "middleName": ""},
        "emails": [{"primary": True, "value": "a@b", "type": ""}],
        ENTERPRISE_URN: {"department": "Sales", "manager": {"value": "m", "displayName": "Mo"}},
    }
    loaded = resource.load(USER, sent, tolerance=tolerance)
    assert loaded["name"]["middleName"] == ""
    assert loaded["emails"] == [{"value": "a@b", "type": "", "primary": True}]
    assert loaded[ENTERPRISE_URN] == sent[ENTERPRISE_URN]
    assert loaded["schemas"] == [USER_URN, ENTERPRISE_URN]


@both
@pytest.mark.parametrize("active", [False, True])
def test_a_user_is_switched_by_patch_without_path(active: bool, tolerance: Tolerance) -> None:
    body = reading.loads(
        orjson.dumps({"schemas": [PATCH_URN], "Operations": [{"op": "replace", "value": {"active": active}}]})
    )
    patched = patch.apply(USER, USER_STORED, patch.parse_request(body, tolerance), tolerance=tolerance)
    assert patched == {**USER_STORED, "active": active}


@both
def test_a_pushed_password_changes_nothing_that_is_stored(tolerance: Tolerance) -> None:
    body = {"schemas": [PATCH_URN], "Operations": [{"op": "replace", "value": {"password": "new"}}]}
    assert patch.apply(USER, USER_STORED, patch.parse_request(body, tolerance), tolerance=tolerance) == USER_STORED


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "TEST.user@okta.local"',
        'email eq "test.user@okta.local"',
        'emails eq "test.user@OKTA.local"',
        'emails.value eq "test.user@okta.local"',
        'emails[type eq "work"].value eq "test.user@okta.local"',
        'externalId eq "00ujl29u0le5T6Aj10h7"',
    ],
)
def test_a_user_is_looked_up(text: str) -> None:
    assert filters.matches(filters.compiled(text, USER), resource.fold(USER, USER_STORED))


@both
def test_a_group_is_pushed_with_what_okta_adds(tolerance: Tolerance) -> None:
    sent = {
        "schemas": [GROUP_URN, "urn:okta:custom:group:1.0"],
        "displayName": "Test SCIMv2",
        "members": [],
        "urn:okta:custom:group:1.0": {"description": "All testers"},
    }
    assert resource.load(GROUP, sent, tolerance=tolerance) == {
        "schemas": [GROUP_URN, "urn:okta:custom:group:1.0"],
        "displayName": "Test SCIMv2",
        "urn:okta:custom:group:1.0": {"description": "All testers"},
    }


@both
def test_a_group_is_put_with_its_members(tolerance: Tolerance) -> None:
    sent = {
        "schemas": [GROUP_URN],
        "id": "g",
        "displayName": "G",
        "members": [{"value": "a", "display": None}, {"value": "b", "display": "B"}],
    }
    loaded = resource.load(GROUP, sent, tolerance=tolerance)
    assert loaded["members"] == [{"value": "a"}, {"value": "b", "display": "B"}]


@both
def test_a_group_is_renamed_and_its_id_ignored(tolerance: Tolerance) -> None:
    body = {
        "schemas": [PATCH_URN],
        "Operations": [{"op": "replace", "value": {"id": "abf4dd94", "displayName": "New"}}],
    }
    divided = patch.split_members(patch.parse_request(body, tolerance), tolerance)
    group = {"schemas": [GROUP_URN], "displayName": "Old"}
    assert divided.members == ()
    assert patch.apply(GROUP, group, divided.operations, tolerance=tolerance)["displayName"] == "New"


@both
def test_members_are_removed_then_added(tolerance: Tolerance) -> None:
    body = {
        "schemas": [PATCH_URN],
        "Operations": [
            {"op": "remove", "path": 'members[value eq "89bb1940"]'},
            {"op": "add", "path": "members", "value": [{"value": "23a35c27", "display": "test.user@okta.local"}]},
        ],
    }
    divided = patch.split_members(patch.parse_request(body, tolerance), tolerance)
    assert divided.operations == ()
    assert divided.members == (
        MemberChange("remove", (Member("89bb1940"),)),
        MemberChange("add", (Member("23a35c27", "test.user@okta.local"),)),
    )
