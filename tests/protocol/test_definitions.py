"""The tables say what RFC 7643 says, and they can be extended without touching them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scim_portal.protocol import resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, USER, USER_URN, Attribute, Schema
from scim_portal.protocol.tolerance import STRICT


@pytest.mark.parametrize("name", ["userName", "USERNAME", "username"])
def test_an_attribute_is_found_in_any_case(name: str) -> None:
    found = USER.attribute(name)
    assert found is not None
    assert found.name == "userName"


@pytest.mark.parametrize(
    ("path", "exact"),
    [
        (("id",), True),
        (("externalId",), True),
        (("userName",), False),
        (("emails", "value"), False),
        (("groups", "value"), True),
        (("groups", "$ref"), True),
        (("meta", "version"), True),
        (("meta", "location"), True),
    ],
)
def test_case_matters_where_the_rfc_says_so(path: tuple[str, ...], exact: bool) -> None:
    attribute = USER.attribute(path[0])
    for part in path[1:]:
        assert attribute is not None
        attribute = attribute.sub(part)
    assert attribute is not None
    assert attribute.case_exact is exact


def test_every_user_attribute_of_the_rfc_is_there() -> None:
    names = {one.name for one in USER.schema.attributes}
    assert names == {
        *("userName", "name", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage"),
        *("locale", "timezone", "active", "password", "emails", "phoneNumbers", "ims", "photos", "addresses"),
        *("groups", "entitlements", "roles", "x509Certificates"),
    }


def test_a_password_is_never_read_and_groups_are_never_written() -> None:
    password, groups = USER.attribute("password"), USER.attribute("groups")
    assert password is not None
    assert groups is not None
    assert (password.mutability, password.returned) == ("writeOnly", "never")
    assert groups.mutability == "readOnly"


def test_an_attribute_is_found_by_its_urn_in_any_case() -> None:
    found = USER.find(ENTERPRISE_URN.upper(), "DEPARTMENT")
    assert found is not None
    assert (found[0], found[1].name) == (ENTERPRISE_URN, "department")
    assert USER.find(USER_URN.upper(), "title") == (None, USER.attribute("title"))


def test_a_short_name_reaches_an_extension_only_when_allowed() -> None:
    found = USER.find(None, "manager")
    assert found is not None
    assert found[0] == ENTERPRISE_URN
    assert USER.find(None, "manager", anywhere=False) is None


@pytest.mark.parametrize(("uri", "name"), [(None, "shoeSize"), ("urn:x", "title"), (USER_URN, "manager")])
def test_an_unknown_name_is_not_found(uri: str | None, name: str) -> None:
    assert USER.find(uri, name) is None


def test_an_extension_is_added_without_changing_the_known_type() -> None:
    mine = Schema("urn:acme:1.0:User", "Acme", attributes=(Attribute("badge", type="integer"),))
    extended = replace(USER, extensions=(*USER.extensions, mine))
    sent = {"schemas": [USER_URN, mine.id], "userName": "a", mine.id: {"BADGE": 7}}
    loaded = resource.load(extended, sent, tolerance=STRICT)
    assert loaded[mine.id] == {"badge": 7}
    assert USER.extension(mine.id) is None
    assert extended != USER
    assert replace(extended, extensions=USER.extensions) == USER
    assert hash(replace(extended, extensions=USER.extensions)) == hash(USER)


def test_a_group_has_a_name_and_members() -> None:
    assert [one.name for one in GROUP.schema.attributes] == ["displayName", "members"]
