"""What holds for every PATCH, whatever is sent."""

from __future__ import annotations

import copy
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import patch, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.patch import Operation
from scim_portal.protocol.tolerance import ENTRA, OKTA, STRICT, Tolerance
from tests.protocol.test_filter_binding import TYPE
from tests.protocol.test_patch import ANN

paths = st.sampled_from(
    [
        *(None, "userName", "title", "active", "name", "name.givenName", "emails", "emails.type", "emails.primary"),
        *(
            'emails[type eq "work"]',
            'emails[type eq "work"].value',
            'emails[primary eq "True"].value',
            "emails[value pr]",
        ),
        *(ENTERPRISE_URN, f"{ENTERPRISE_URN}:department", "manager", f"{ENTERPRISE_URN}:manager.value", "id", "roles"),
        *("urn:acme:1.0:User:tags", "urn:acme:1.0:User", "nonsense", "emails["),
    ]
)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "Work", "True", "a@b"])
parts = st.dictionaries(
    st.sampled_from(["value", "type", "primary", "givenName", "Department", "title", "emails"]), scalars
)
values = scalars | parts | st.lists(scalars | parts, max_size=3)
operations = st.lists(
    st.builds(Operation, st.sampled_from(["add", "replace", "remove"]), paths, values, st.booleans()), max_size=4
)
tolerances = st.sampled_from([STRICT, OKTA, ENTRA])


@given(operations, tolerances)
def test_a_patch_gives_a_valid_resource_or_a_refusal_and_never_touches_its_input(
    steps: list[Operation], tolerance: Tolerance
) -> None:
    before = copy.deepcopy(ANN)
    with suppress(ScimError):
        after = patch.apply(TYPE, ANN, steps, tolerance=tolerance)
        again = resource.load(TYPE, after, tolerance=tolerance)
        assert {**again, "id": ANN["id"]} == after
        assert after["schemas"] == resource.carried_schemas(TYPE, after)
    assert before == ANN


@given(paths, values, st.sampled_from(["replace", "remove"]), tolerances)
def test_replacing_or_removing_twice_is_doing_it_once(
    path: str | None, value: Any, verb: Any, tolerance: Tolerance
) -> None:
    step = Operation(verb, path, value)
    with suppress(ScimError):
        once = patch.apply(TYPE, ANN, [step], tolerance=tolerance)
        with suppress(ScimError):
            assert patch.apply(TYPE, once, [step], tolerance=tolerance) == once


@given(values, tolerances)
def test_adding_the_same_mail_twice_adds_it_once(value: Any, tolerance: Tolerance) -> None:
    step = Operation("add", "emails", value)
    with suppress(ScimError):
        once = patch.apply(TYPE, ANN, [step], tolerance=tolerance)
        assert patch.apply(TYPE, once, [step], tolerance=tolerance) == once
