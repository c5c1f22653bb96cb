"""PATCH messages for a group that must be refused as a whole; above all, nothing that is broken may empty it."""

from __future__ import annotations

from typing import Any

from tests.portals import a_patch
from tests.web.bad_json import GROUP
from tests.web.bad_patches import patch
from tests.web.bad_world import Bad

MEMBER = {"value": "{other}"}


def of_group(name: str, scim_type: str, word: str, *operations: Any) -> Bad:
    """Make a case about the group."""
    return patch(name, scim_type, *operations, word=word, path=GROUP)


CASES = [
    of_group("a good and a bad group operation", "invalidValue", "displayName", {"op": "remove", "path": "members"},
             {"op": "replace", "path": "displayName", "value": 7}),
    of_group("a group's name taken away", "mutability", "displayName", {"op": "remove", "path": "displayName"}),
    of_group("a group's empty name by PATCH", "invalidValue", "displayName",
        {"op": "replace", "path": "displayName", "value": ""}),
    of_group("a user's attribute", "invalidPath", "userName", {"op": "replace", "path": "userName", "value": "x"}),
    of_group("the group's core schema taken away", "noTarget", "core",
        {"op": "remove", "path": "urn:ietf:params:scim:schemas:core:2.0:Group"}),
    of_group("members that are numbers", "invalidValue", "members[0]", {"op": "add", "path": "members", "value": [5]}),
    of_group("members that are null", "invalidValue", "members", {"op": "add", "path": "members", "value": None}),
    of_group("a member without a value", "invalidValue", "members[0].value",
        {"op": "add", "path": "members", "value": [{"display": "x"}]}),
    of_group("a member of an empty id", "invalidValue", "members[1].value",
        {"op": "add", "path": "members", "value": [MEMBER, {"value": ""}]}),
    of_group("a member's id that is a number", "invalidValue", "members[0].value",
        {"op": "replace", "path": "members", "value": [{"value": 5}]}),
    of_group("a list as a member", "invalidValue", "members[0]", {"op": "add", "value": {"members": [["{other}"]]}}),
    of_group("members[0] by place", "invalidPath", "members", {"op": "remove", "path": "members[0]"}),
    *(of_group(f"the members path {path!r}", "invalidPath", "", {"op": "remove", "path": path}) for path in (
        "members[", "members[]", "members[value]", "members[value eq]", 'members[value eq "x"', "members[value eq x]",
        'members[value ne "x"]', 'members[value sw "0"]', "members[value pr]", 'members[not (value eq "x")]',
        'members[value eq ""]',
        "members[value eq 5]", "members[value eq null]", 'members[display eq "Ann"]',
        'members[value eq "a" and type eq "User"]',
        'members[noSuch eq "x"]', 'members[value eq "x"].display', "members.value", "members.noSuch",
        'members.value[value eq "x"]',
    )),
    of_group("a selected member replaced", "invalidPath", "remove",
        {"op": "replace", "path": 'members[value eq "{user}"]', "value": MEMBER}),
    of_group("a selected member added", "invalidPath", "remove",
        {"op": "add", "path": 'members[value eq "{other}"]', "value": MEMBER}),
    of_group("a member's part replaced", "invalidPath", "",
        {"op": "replace", "path": 'members[value eq "{user}"].display', "value": "A"}),
    of_group("all members removed and then a broken path", "invalidPath", "no_such",
        {"op": "remove", "path": "members"},
             {"op": "remove", "path": "no_such"}),
    Bad("10,001 members by PATCH", "PATCH", GROUP,
        a_patch({"op": "add", "path": "members", "value": [{"value": str(n)} for n in range(10_001)]}), 413, None,
        "10000"),
]  # fmt: skip
