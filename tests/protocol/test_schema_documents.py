"""Reading the attributes that an admin declares, and writing them the way `/Schemas` serves them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_portal.protocol import messages, schema_documents
from scim_portal.protocol.attributes import Attribute
from scim_portal.protocol.definitions import ENTERPRISE_SCHEMA, ENTERPRISE_URN, GROUP_URN, LICENSE_URN, USER, USER_URN
from scim_portal.protocol.errors import InvalidValue

URN = "urn:acme:scim:1.0:User"
SIMPLE = tuple(one for one in schema_documents.TYPES if one != "complex")
NAMES = st.from_regex(r"[a-z][A-Za-z0-9_-]{0,8}", fullmatch=True).filter(
    lambda name: name not in {"id", "meta", "null"}
)


def simple(names: st.SearchStrategy[str] = NAMES, **more: Any) -> st.SearchStrategy[Attribute]:
    return st.builds(
        Attribute,
        names,
        type=st.sampled_from(SIMPLE),
        multi_valued=st.booleans(),
        case_exact=st.booleans(),
        mutability=st.sampled_from(["readWrite", "readOnly"]),
        description=st.sampled_from(["", "A word."]),
        **more,
    )


PARTS = st.lists(simple(), min_size=1, max_size=3, unique_by=lambda one: one.name.lower()).map(tuple)
COMPLEX = st.builds(Attribute, NAMES, type=st.just("complex"), multi_valued=st.booleans(), sub_attributes=PARTS)


@given(st.lists(simple() | COMPLEX, min_size=1, max_size=5, unique_by=lambda one: one.name.lower()))
def test_what_is_written_is_read_back(attributes: list[Attribute]) -> None:
    written = schema_documents.write_attributes(attributes)
    assert schema_documents.read_attributes(written) == tuple(attributes)


def test_a_name_alone_is_a_string_as_the_rfc_defines_it() -> None:
    (found,) = schema_documents.read_attributes([{"name": "badge"}])
    assert found == Attribute("badge")


def test_a_reference_compares_with_case_unless_it_says_otherwise() -> None:
    documents = [{"name": "home", "type": "reference"}, {"name": "site", "type": "reference", "caseExact": False}]
    assert [one.case_exact for one in schema_documents.read_attributes(documents)] == [True, False]


def test_a_schema_that_a_server_serves_can_be_declared() -> None:
    served = messages.schema("https://x.example", [USER], ENTERPRISE_URN)["attributes"]
    read = schema_documents.read(f" {URN} ", " Acme ", "", served)
    assert (read.id, read.name, read.attributes) == (URN, "Acme", ENTERPRISE_SCHEMA.attributes)


@pytest.mark.parametrize(
    "urn",
    [
        "", None, 7, "acme", "urn:acme", "urn:a:x", "urn:acme:x y", "urn:acme:x/y", 'urn:acme:x"y', "urn:acme:x:", "urn:acmé:x",
        "urn:acme:" + "x" * 120, USER_URN, GROUP_URN.upper(), ENTERPRISE_URN, LICENSE_URN, f"{ENTERPRISE_URN}:department",
        "urn:ietf:params:scim:schemas:core:2.0:Device", "urn:ietf:params:scim:api:messages:2.0:PatchOp", "urn:acme:x\x00",
    ],
)  # fmt: skip
def test_a_bad_or_known_urn_is_refused(urn: object) -> None:
    with pytest.raises(InvalidValue) as refusal:
        schema_documents.read_urn(urn)
    assert refusal.value.attribute == "urn"


@pytest.mark.parametrize(
    "urn", [URN, "urn:ietf:params:scim:schemas:extension:acme_1:2.0:User", "URN:okta:Custom:user:1.0"]
)
def test_a_new_urn_is_accepted(urn: str) -> None:
    assert schema_documents.read_urn(urn) == urn


PART: dict[str, Any] = {"name": "part"}
WRONG: list[tuple[Any, str, str]] = [
    (None, "attributes", "at least one"), ([], "attributes", "at least one"), ({}, "attributes", "list"),
    (["badge"], "attributes/0", "object"), ([{}], "attributes/0/name", "Give a name"),
    *(([{"name": name}], "attributes/0/name", "name") for name in ("", "2nd", "a b", "a.b", "a:b", "$ref", "ä", "x" * 61, 5)),
    *(([{"name": name}], "attributes/0/name", "everywhere") for name in ("ID", "schemas", "Meta", "externalId", "NULL")),
    ([PART, {"name": "PART"}], "attributes/1/name", "twice"), ([{**PART, "size": 3}], "attributes/0", "'size'"),
    ([PART, {**PART, "type": "text"}], "attributes/1/type", "choose one of string"),
    ([{**PART, "type": 5}], "attributes/0/type", "no such type"), ([{**PART, "type": ["string"]}], "attributes/0/type", "type"),
    ([{**PART, "required": True}], "attributes/0/required", "cannot be required"),
    ([{**PART, "required": 0}], "attributes/0/required", "cannot be required"),
    *(([{**PART, "mutability": one}], "attributes/0/mutability", "or readOnly") for one in ("immutable", "writeOnly")),
    *(([{**PART, "returned": one}], "attributes/0/returned", "by default or always") for one in ("never", "request", "")),
    *(([{**PART, "uniqueness": one}], "attributes/0/uniqueness", "unique") for one in ("server", "global")),
    ([{**PART, "multiValued": "yes"}], "attributes/0/multiValued", "true or false"),
    ([{**PART, "caseExact": 1}], "attributes/0/caseExact", "true or false"),
    ([{**PART, "description": "a\x00"}], "attributes/0/description", "control"),
    ([{**PART, "description": "x" * 1001}], "attributes/0/description", "1000"),
    ([{**PART, "canonicalValues": "a"}], "attributes/0/canonicalValues", "list"),
    ([{**PART, "type": "integer", "canonicalValues": ["1"]}], "attributes/0/canonicalValues", "type"),
    ([{**PART, "referenceTypes": ["User"]}], "attributes/0/referenceTypes", "type"),
    ([{**PART, "subAttributes": [PART]}], "attributes/0/subAttributes", "complex"),
    ([{**PART, "type": "complex"}], "attributes/0/subAttributes", "at least one"),
    ([{**PART, "type": "complex", "subAttributes": [{**PART, "type": "complex"}]}], "attributes/0/subAttributes/0/type", "h"),
    ([{**PART, "type": "complex", "subAttributes": [PART, {}]}], "attributes/0/subAttributes/1/name", "name"),
    ([{**PART, "type": "complex", "subAttributes": [{**PART, "returned": "always"}]}],
     "attributes/0/subAttributes/0/returned", "whole"),
    ([{"name": f"a{number}"} for number in range(101)], "attributes", "101"),
]  # fmt: skip


@pytest.mark.parametrize(("documents", "place", "words"), WRONG)
def test_a_bad_attribute_is_refused_at_its_place(documents: Any, place: str, words: str) -> None:
    with pytest.raises(InvalidValue, match=words) as refusal:
        schema_documents.read_attributes(documents)
    assert refusal.value.attribute == place


def test_what_is_null_was_not_said() -> None:
    document = dict.fromkeys(("type", "subAttributes", "caseExact", "returned", "description"), None) | {
        "name": "badge"
    }
    assert schema_documents.read_attributes([document]) == (Attribute("badge"),)


def test_parts_may_be_references_and_values_may_be_suggested() -> None:
    parts = [
        {"name": "$ref", "type": "reference", "referenceTypes": ["User"]},
        {"name": "value", "canonicalValues": ["a", "b"]},
    ]
    (found,) = schema_documents.read_attributes([{"name": "boss", "type": "complex", "subAttributes": parts}])
    assert [one.name for one in found.sub_attributes] == ["$ref", "value"]
    assert found.sub_attributes[1].canonical_values == ("a", "b")


@pytest.mark.parametrize(("name", "place"), [("  ", "name"), (None, "name"), ("x" * 101, "name"), ("a\x07", "name")])
def test_a_schema_needs_a_name(name: Any, place: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        schema_documents.read(URN, name, "", [PART])
    assert refusal.value.attribute == place
