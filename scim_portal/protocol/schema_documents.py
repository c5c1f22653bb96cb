"""Schemas as JSON (RFC 7643 §7): read what an admin declares at run time, and write what `/Schemas` serves.

A declaration may ask for less than the RFC can say: only what this server keeps its word on is accepted, and every refusal
is an `InvalidValue` whose `attribute` leads to the place, such as `attributes/2/type`. Not here: who declared what where.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from scim_portal.protocol.attributes import COMMON_ATTRIBUTES, Attribute, Schema, Type
from scim_portal.protocol.definitions import ENTERPRISE_URN, GROUP_URN, LICENSE_URN, USER_URN
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.sentences import Sentence, say, template

MOST_ATTRIBUTES = 100
LONGEST_URN = 120
LONGEST_NAME = 60
LONGEST_TEXT = 1000
TYPES: tuple[str, ...] = get_args(Type)
# A URN is part of filters and of PATCH paths, so it has only the characters that those can carry.
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:[a-z0-9](?:[a-z0-9_.:-]*[a-z0-9])?", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9$_-]*|\$ref", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_KNOWN = (USER_URN, GROUP_URN, ENTERPRISE_URN, LICENSE_URN)
_RESERVED = ("urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:")
_COMMON = frozenset(one.name.lower() for one in COMMON_ATTRIBUTES)
_WITH_CASE = frozenset({"reference", "binary"})
_MEMBERS = frozenset(
    {
        *("name", "type", "multiValued", "required", "caseExact", "mutability", "returned", "uniqueness"),
        *("canonicalValues", "referenceTypes", "description", "subAttributes"),
    }
)
# What each characteristic may say besides its usual value, and why not more.
_SERVED = {
    "required": ((False,), template("cannot be required: whoever does not know it could not create anybody")),
    "mutability": (
        ("readWrite", "readOnly"),
        template("must be readWrite or readOnly; this server keeps no promise about others in declared attributes"),
    ),
    "returned": (("default", "always"), template("must be returned by default or always")),
    "uniqueness": (
        ("none",),
        template("cannot be unique: this server does not watch over the values of declared attributes"),
    ),
}


def read(urn: object, name: object, description: object, attributes: object) -> Schema:
    """Read a whole declaration. Raises InvalidValue naming `urn`, `name`, `description` or a place in `attributes`."""
    title = _text(name, "name", 100)
    if not title.strip():
        raise InvalidValue("Give the schema a name.", attribute="name")
    return Schema(
        read_urn(urn), title.strip(), _text(description, "description", LONGEST_TEXT), read_attributes(attributes)
    )


def read_urn(urn: object) -> str:
    """Check the URN of a new extension (RFC 8141, RFC 7643 §10.2.1). Raises InvalidValue."""
    text = urn.strip() if isinstance(urn, str) else ""
    if not _URN.fullmatch(text) or len(text) > LONGEST_URN:
        raise InvalidValue(
            say(
                "Give a URN of at most {most} characters, such as urn:acme:scim:schemas:1.0:User; after urn: it has "
                "letters, digits and the characters : . - _ only.",
                most=LONGEST_URN,
            ),
            attribute="urn",
            value=urn,
        )
    folded = text.lower()
    if folded.startswith(_RESERVED) or any(f"{folded}:".startswith(f"{one.lower()}:") for one in _KNOWN):
        raise InvalidValue(
            say("'{text}' belongs to a schema that this server knows by itself.", text=text), attribute="urn", value=urn
        )
    return text


def read_attributes(documents: object) -> tuple[Attribute, ...]:
    """Read a list of attributes. Raises InvalidValue naming the place, such as `attributes/0/subAttributes/1/name`."""
    found = _several(documents, "attributes", inner=False)
    count = len(found) + sum(len(one.sub_attributes) for one in found)
    if count > MOST_ATTRIBUTES:
        raise InvalidValue(
            say(
                "There are {count} attributes, parts included; at most {most} are accepted.",
                count=count,
                most=MOST_ATTRIBUTES,
            ),
            attribute="attributes",
        )
    return found


def write_attributes(attributes: Sequence[Attribute]) -> list[dict[str, Any]]:
    """Write attributes the way `/Schemas` serves them; `read_attributes` reads declared ones back to equal ones."""
    return [write_attribute(one) for one in attributes]


def write_attribute(one: Attribute) -> dict[str, Any]:
    """Write one attribute with its characteristics."""
    described: dict[str, Any] = {
        "name": one.name,
        "type": one.type,
        "multiValued": one.multi_valued,
        "description": one.description,
        "required": one.required,
        "mutability": one.mutability,
        "returned": one.returned,
    }
    if one.type == "complex":
        described["subAttributes"] = write_attributes(one.sub_attributes)
    else:
        described |= {"caseExact": one.case_exact, "uniqueness": one.uniqueness}
    if one.canonical_values:
        described["canonicalValues"] = list(one.canonical_values)
    if one.reference_types:
        described["referenceTypes"] = list(one.reference_types)
    return described


def _several(documents: object, place: str, *, inner: bool) -> tuple[Attribute, ...]:
    if not isinstance(documents, list) or not documents:
        raise InvalidValue("Give a list of at least one attribute.", attribute=place)
    found: list[Attribute] = []
    for index, one in enumerate(documents):
        attribute = _attribute(one, f"{place}/{index}", inner=inner)
        if any(attribute.name.lower() == other.name.lower() for other in found):
            raise InvalidValue(
                say("The name '{name}' stands here twice.", name=attribute.name), attribute=f"{place}/{index}/name"
            )
        found.append(attribute)
    return tuple(found)


def _attribute(document: object, place: str, *, inner: bool) -> Attribute:
    if not isinstance(document, dict):
        raise InvalidValue("An attribute must be an object with at least a name.", attribute=place)
    said = {key: value for key, value in document.items() if value is not None}
    for key in said:
        if key not in _MEMBERS:
            raise InvalidValue(say("'{key}' is no characteristic of an attribute.", key=key[:60]), attribute=place)
    name, kind = _name(said.get("name"), place, inner), _type(said.get("type", "string"), place, inner)
    _refuse_more(said, name, place, inner)
    parts = "subAttributes" in said
    if parts and kind != "complex":
        raise InvalidValue(
            say("Only a complex attribute has parts; '{name}' is not.", name=name), attribute=f"{place}/subAttributes"
        )
    sub = _several(said.get("subAttributes"), f"{place}/subAttributes", inner=True) if kind == "complex" else ()
    return Attribute(
        name,
        type=kind,
        multi_valued=_flag(said, "multiValued", place),
        case_exact=_flag(said, "caseExact", place, default=kind in _WITH_CASE) and kind != "complex",
        mutability=said.get("mutability", "readWrite"),
        returned=said.get("returned", "default"),
        canonical_values=_texts(said, "canonicalValues", place, kind in ("string", "reference")),
        reference_types=_texts(said, "referenceTypes", place, kind == "reference"),
        description=_text(said.get("description", ""), f"{place}/description", LONGEST_TEXT),
        sub_attributes=sub,
    )


def _name(name: object, place: str, inner: bool) -> str:
    text = name if isinstance(name, str) else ""
    if not _NAME.fullmatch(text) or len(text) > LONGEST_NAME or (text == "$ref" and not inner):
        raise InvalidValue(
            say(
                "Give a name of at most {most} characters: a letter, then letters, digits, '-', '_' or '$'.",
                most=LONGEST_NAME,
            ),
            attribute=f"{place}/name",
            value=name,
        )
    if text.lower() in _COMMON | {"null"}:
        raise InvalidValue(
            say("'{text}' means something else everywhere; choose another name.", text=text), attribute=f"{place}/name"
        )
    return text


def _type(kind: object, place: str, inner: bool) -> Any:
    if kind not in TYPES or (inner and kind == "complex"):
        why = say("There is no such type") if kind != "complex" else say("A complex attribute cannot hold another one")
        choices = ", ".join(one for one in TYPES if not inner or one != "complex")
        raise InvalidValue(
            say("{why}; choose one of {choices}.", why=why, choices=choices), attribute=f"{place}/type", value=kind
        )
    return kind


def _refuse_more(said: dict[str, Any], name: str, place: str, inner: bool) -> None:
    for key, (accepted, reason) in _SERVED.items():
        if key in said and not any(type(said[key]) is type(one) and said[key] == one for one in accepted):
            raise InvalidValue(
                say("'{name}' {reason}.", name=name, reason=Sentence(reason, {})),
                attribute=f"{place}/{key}",
                value=said[key],
            )
    if inner and said.get("returned") == "always":
        raise InvalidValue(
            "A part is returned by default; 'always' is for whole attributes.", attribute=f"{place}/returned"
        )


def _flag(said: dict[str, Any], key: str, place: str, *, default: bool = False) -> bool:
    value = said.get(key, default)
    if not isinstance(value, bool):
        raise InvalidValue("This must be true or false.", attribute=f"{place}/{key}", value=value)
    return value


def _texts(said: dict[str, Any], key: str, place: str, fits: bool) -> tuple[str, ...]:
    value = said.get(key, [])
    if not isinstance(value, list) or len(value) > MOST_ATTRIBUTES or not all(isinstance(one, str) for one in value):
        raise InvalidValue("This must be a list of texts, at most 100.", attribute=f"{place}/{key}", value=value)
    if value and not fits:
        raise InvalidValue("An attribute of this type has none of these.", attribute=f"{place}/{key}", value=value)
    return tuple(_text(one, f"{place}/{key}", 256) for one in value)


def _text(value: object, place: str, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit or _CONTROL.search(value):
        raise InvalidValue(
            say("This must be a text of at most {limit} characters, without control characters.", limit=limit),
            attribute=place,
        )
    return value
