"""PATCH as scim2-models applies it: the same resource or the same refusal, but for what is explained.

Operations are compared one after the other, both sides starting from what came out here, so that one difference does not
hide the next. A reason that is no longer needed fails the test.
"""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError
from scim2_models import Context, PatchOp, SCIMException

from scim_portal.protocol import patch
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP, GROUP_URN, USER, USER_URN
from scim_portal.protocol.errors import ScimError
from scim_portal.protocol.patch_request import PATCH_SCHEMA
from scim_portal.protocol.tolerance import STRICT
from tests.properties import outsider
from tests.thoroughness import searching

Parts = dict[str, Any]
Result = Parts | str
ANN: Parts = {
    "schemas": [USER_URN, ENTERPRISE_URN], "id": "u1", "userName": "ann", "title": "Chief", "active": True,
    "name": {"givenName": "Ann", "familyName": "Archer"},
    "emails": [{"value": "ann@x.example", "type": "work", "primary": True},
        {"value": "ann@h.example", "type": "home", "primary": False}],
    "roles": [{"value": "Admin"}, {"value": "Reader", "type": "app"}],
    ENTERPRISE_URN: {"department": "Sales", "manager": {"value": "m1"}},
}  # fmt: skip
EXPLAINED = {
    "already there": "RFC 7644 §3.5.2.1: a value that exists already is not added again. Here the same `value` and `type` is "
    "the same value, so its other parts are brought up to date; there only an element that is equal throughout is.",
    "replaced whole": "RFC 7644 §3.5.2.3: values chosen by a filter SHALL be replaced. There their other parts survive.",
    "many primaries": "RFC 7643 §2.4: primary is true at most once. An operation that would make it true of several at once is "
    "refused here; there an equal value that is sent twice, and parts of several values at once, are let through.",
    "part of nothing": "RFC 7644 §3.5.2.1 does not say what a part of a list becomes when the list is empty: here a value with "
    "that part, there nothing.",
    "manager": "RFC 7643 §8.7.1 does not require the manager's `value`; there it is required, and cannot be removed.",
}
TEXT = st.sampled_from(("x", "Chief", "Ann", "ann@x.example", "b@y.example", "work"))
ADDRESS = st.sampled_from(("ann@x.example", "ANN@x.example", "b@y.example", "c@z.example"))
PRIMARY = {"primary": st.booleans()}
MAIL = st.fixed_dictionaries(
    {"value": ADDRESS}, optional={"type": st.sampled_from(("work", "home", "other")), "display": TEXT, **PRIMARY}
)
ROLE = st.fixed_dictionaries(
    {"value": st.sampled_from(("Admin", "admin", "Guest"))}, optional={"type": st.sampled_from(("app", "x")), **PRIMARY}
)


def _parts(**parts: Any) -> st.SearchStrategy[Parts]:
    return st.fixed_dictionaries({}, optional=parts)


def _change(paths: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Parts]:
    verb, path = st.sampled_from(("add", "replace", "Add", "REPLACE")), st.sampled_from(paths)
    return st.one_of(
        st.fixed_dictionaries({"op": verb, "path": path, "value": values}),
        st.fixed_dictionaries({"op": st.just("remove"), "path": path}),
    )


OF_USERS = st.one_of(
    _change(("title", "TITLE", "displayName", "userName", "name.givenName", "name.middleName", f"{USER_URN}:title",
             f"{ENTERPRISE_URN}:department", f"{ENTERPRISE_URN}:costCenter", f"{ENTERPRISE_URN}:manager.value"), TEXT),
    _change(("active",), st.booleans()),
    _change(("emails",), st.lists(MAIL, max_size=3)),
    _change(("roles",), st.lists(ROLE, max_size=3)),
    _change(('emails[type eq "work"]', 'emails[type eq "home"]', 'emails[value sw "ann"]', 'emails[type eq "other"]',
             "emails[primary eq true]"), MAIL),
    _change(('emails[type eq "work"].value', 'emails[not (type eq "work")].value',
        'emails[value co "n" and primary eq true].value'), ADDRESS),
    _change(('emails[type eq "work"].primary', 'emails[type eq "home"].primary', "emails.primary", "roles.primary"),
        st.booleans()),
    _change(("emails.display", "roles.type", 'emails[type eq "home"].display', 'roles[type pr].display'), TEXT),
    _change(("name",), _parts(givenName=TEXT, middleName=TEXT)),
    _change((ENTERPRISE_URN,), _parts(department=TEXT, division=TEXT)),
    _change((f"{ENTERPRISE_URN}:manager",), _parts(value=TEXT)),
    _change(("id", "meta.created", "groups", "noSuch", "name.noSuch", "emails[", "urn:x:y:z", "emails[noSuch pr]"),
        TEXT),
    st.fixed_dictionaries({"op": st.sampled_from(("add", "replace")), "value": _parts(
        title=TEXT, active=st.booleans(), name=_parts(givenName=TEXT), emails=st.lists(MAIL, max_size=2),
        **{ENTERPRISE_URN: _parts(department=TEXT)})}),
)  # fmt: skip


def test_patches_of_users_come_out_alike_or_the_difference_is_explained() -> None:
    used: set[str] = set()

    @searching(600)
    @given(operations=st.lists(OF_USERS, min_size=1, max_size=5))
    @example(operations=[{"op": "add", "path": "roles", "value": [{"value": "admin", "display": "x"}]}])
    @example(operations=[{"op": "replace", "path": 'emails[type eq "work"]', "value": {"value": "c@z.example"}}])
    @example(operations=[{"op": "replace", "path": "emails.primary", "value": True}])
    @example(operations=[{"op": "remove", "path": "roles"}, {"op": "add", "path": "roles.type", "value": "x"}])
    @example(operations=[{"op": "remove", "path": f"{ENTERPRISE_URN}:manager.value"}])
    def compare(operations: list[Parts]) -> None:
        person = ANN
        for operation in operations:
            ours, theirs = _ours(person, operation), _theirs(person, operation)
            if _comparable(ours) != _comparable(theirs):
                used.add(_explained(person, operation, ours, theirs))
            person = ours if isinstance(ours, dict) else person

    compare()
    assert used == set(EXPLAINED)


def _ours(person: Parts, operation: Parts) -> Result:
    try:
        operations = patch.parse_request({"schemas": [PATCH_SCHEMA], "Operations": [operation]}, STRICT)
        return patch.apply(USER, person, operations, tolerance=STRICT)
    except ScimError as problem:
        return str(problem.scim_type)


def _theirs(person: Parts, operation: Parts, model: Any = outsider.PERSON) -> Result:
    message = {"schemas": [PATCH_SCHEMA], "Operations": [operation]}
    try:
        with outsider.POLICY:
            changed = model.model_validate(person)
            read = PatchOp[model].model_validate(message, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
            read.patch(changed)
        return dict(changed.model_dump())
    except SCIMException as problem:
        return str(problem.scim_type)
    except ValidationError as problem:
        return str(problem.errors()[0]["type"]).removeprefix("scim_")


def _comparable(result: Any) -> Any:
    """Leave away what says nothing (RFC 7643 §2.5), and `schemas`, which each side derives in its own order."""
    if isinstance(result, dict):
        kept = {name: _comparable(one) for name, one in result.items() if name != "schemas"}
        return {name: one for name, one in kept.items() if one not in (None, [], {})}
    return [_comparable(one) for one in result] if isinstance(result, list) else result


def _explained(person: Parts, operation: Parts, ours: Result, theirs: Result) -> str:
    """Name the reason for a difference; fails when there is none."""
    verb, path, value = operation["op"].lower(), operation.get("path") or "", operation.get("value")
    shown = f"{operation} on {person}: {ours} / {theirs}"
    if verb == "remove":
        assert (path, theirs) == (f"{ENTERPRISE_URN}:manager.value", "mutability"), shown
        return "manager"
    if ours == "invalidValue":
        assert _many_primaries(path, value), shown
        return "many primaries"
    assert not isinstance(ours, str), shown
    assert not isinstance(theirs, str), shown
    if verb == "replace" and path.endswith("]"):
        return "replaced whole"
    if "." in path and path.partition(".")[0] not in person:
        return "part of nothing"
    assert verb == "add", shown
    assert _known_already(person, path, value), shown
    return "already there"


def _many_primaries(path: str, value: Any) -> bool:
    lists = [value] if isinstance(value, list) else [value.get("emails", [])] if isinstance(value, dict) else []
    twice = any(sum(one.get("primary") is True for one in values) > 1 for values in lists)
    return (
        twice or path.endswith(".primary") or ("[" in path and isinstance(value, dict) and value.get("primary") is True)
    )


def _known_already(person: Parts, path: str, value: Any) -> bool:
    name = path or "emails"
    added = value if isinstance(value, list) else value.get("emails", [])
    seen = [one["value"].lower() for one in person.get(name, []) if "value" in one]
    for one in added:
        if one["value"].lower() in seen:
            return True
        seen.append(one["value"].lower())
    return False


MEMBERS = st.lists(st.fixed_dictionaries({"value": st.sampled_from("abcd")}), min_size=1, max_size=3)
OF_GROUPS = st.one_of(
    st.fixed_dictionaries({"op": st.sampled_from(("add", "replace")), "path": st.just("members"), "value": MEMBERS}),
    st.fixed_dictionaries({"op": st.just("add"), "value": st.fixed_dictionaries({"members": MEMBERS})}),
    st.fixed_dictionaries({"op": st.just("remove"), "path": st.sampled_from(
        ("members", 'members[value eq "a"]', 'members[value eq "b" or value eq "c"]', 'MEMBERS[VALUE EQ "d"]'))}),
    _change(("displayName", "externalId"), TEXT),
)  # fmt: skip


@searching(400)
@given(operations=st.lists(OF_GROUPS, min_size=1, max_size=6))
def test_patches_of_groups_leave_the_same_members_and_names(operations: list[Parts]) -> None:
    sales: Parts = {
        "schemas": [GROUP_URN],
        "id": "g1",
        "displayName": "Sales",
        "members": [{"value": "a"}, {"value": "b"}],
    }
    for operation in operations:
        ours, theirs = _our_group(sales, operation), _theirs(sales, operation, outsider.GROUP)
        assert _as_set(ours) == _as_set(theirs), operation
        sales = ours if isinstance(ours, dict) else sales


def _our_group(group: Parts, operation: Parts) -> Result:
    """Apply the two parts of a group's PATCH, as the service does with rows."""
    try:
        read = patch.parse_request({"schemas": [PATCH_SCHEMA], "Operations": [operation]}, STRICT)
        parts = patch.split_members(read, STRICT)
        rest = {name: one for name, one in group.items() if name != "members"}
        changed = patch.apply(GROUP, rest, parts.operations, tolerance=STRICT)
    except ScimError as problem:
        return str(problem.scim_type)
    members = {one["value"] for one in group["members"]}
    for step in parts.members:
        named = {one.value for one in step.members}
        members = {"add": members | named, "remove": members - named, "replace": named}[step.kind]
    return {**changed, "members": [{"value": id} for id in sorted(members)]}


def _as_set(group: Result) -> Any:
    if isinstance(group, str):
        return group
    return _comparable(group) | {"members": {one["value"] for one in group.get("members") or []}}
