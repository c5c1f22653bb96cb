"""What can be sorted by, in one resource type or in several; and filters over several."""

from __future__ import annotations

import pytest

from scim_portal.protocol import filters, root_filters, sorting
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, USER, USER_URN
from scim_portal.protocol.errors import InvalidFilter, InvalidValue

BOTH = (USER, GROUP)
ANN = {"id": "1", "username": "ann", "userName": "ann", "displayName": "ann a", "title": "boss"}
SALES = {"id": "2", "displayName": "sales", "members": [{"value": "1"}]}


@pytest.mark.parametrize(
    ("sort_by", "bound"),
    [
        ("userName", "userName"),
        ("USERNAME", "userName"),
        (f"{USER_URN}:name.givenName", "name.givenName"),
        ("emails", "emails.value"),
        ("emails.type", "emails.type"),
        ("meta.lastModified", "meta.lastModified"),
        ("department", f"{ENTERPRISE_URN}:department"),
        (f"{ENTERPRISE_URN.upper()}:manager", f"{ENTERPRISE_URN}:manager.value"),
        ("schemas", "schemas"),
    ],
)
def test_an_attribute_is_found_by_any_of_its_names(sort_by: str, bound: str) -> None:
    assert [str(one) for one in sorting.bind(sort_by, (USER,))] == [bound]


def test_only_a_list_is_sorted_by_its_primary_or_first_value() -> None:
    assert [sorting.bind(name, (USER,))[0].multi for name in ("emails", "userName")] == [0, None]  # type: ignore[union-attr]


def test_an_attribute_that_one_type_lacks_has_no_value_there() -> None:
    assert [str(one) for one in sorting.bind("displayName", BOTH)] == ["displayName", "displayName"]
    assert [str(one) for one in sorting.bind("userName", BOTH)] == ["userName", "None"]


@pytest.mark.parametrize(
    "sort_by", ["nope", "userName.x", "name.x", "urn:x:y:z", "a b", "name", "password", "addresses", "x509Certificates"]
)
def test_what_has_no_order_is_refused(sort_by: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        sorting.bind(sort_by, (USER,))
    assert refused.value.attribute == "sortBy"


@pytest.mark.parametrize(
    ("text", "ann", "sales"),
    [
        ('displayName eq "sales"', False, True),
        ("userName pr", True, False),
        ('userName ne "ann"', False, True),
        ('userName eq "ann" or members pr', True, True),
        ('members[value eq "1"] and id pr', False, True),
        ("not (title pr)", False, True),
        ("title eq null", False, True),
        ("title ne null", True, False),
        ('title co "os"', True, False),
    ],
)
def test_a_filter_takes_what_a_type_lacks_for_missing(text: str, ann: bool, sales: bool) -> None:
    of_users, of_groups = root_filters.bind_each(text, BOTH)
    assert (filters.matches(of_users, ANN), filters.matches(of_groups, SALES)) == (ann, sales)


def test_a_filter_on_what_nobody_has_is_refused() -> None:
    with pytest.raises(InvalidFilter):
        root_filters.bind_each('nope eq "x"', BOTH)
