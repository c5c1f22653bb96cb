"""Check canonical values: marshmallow fields built from the attribute tables, once per resource type.

Types, lengths, counts, required values. The shape is already right when this is asked (see `shaping`). An object is a
field of its own here: `marshmallow.Schema` visits every absent attribute and splits names at dots, which URNs have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError, fields

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.errors import InvalidValue
from scim_portal.protocol.folding import fold_instant
from scim_portal.protocol.limits import Limits
from scim_portal.protocol.shaping import kind_of

_BASE64 = re.compile(r"[A-Za-z0-9+/_\-\s]*={0,2}\s*")
# Blank or invisible characters would make two different names look alike.
_INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Text(fields.Field[str]):
    """A string no longer than a limit."""

    def __init__(self, limit: int, *, type_: str = "string", filled: bool = False, visible: bool = False, **kw: Any):
        super().__init__(**kw)
        self.limit, self.type, self.filled, self.visible = limit, type_, filled, visible

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if type(value) is not str:
            raise ValidationError(f"must be a string, not {kind_of(value)}")
        if len(value) > self.limit:
            raise ValidationError(f"is {len(value)} characters long; at most {self.limit} are accepted")
        if self.filled and not value.strip():
            raise ValidationError("must not be empty")
        if self.visible and _INVISIBLE.search(value):
            raise ValidationError("contains a control or invisible character")
        if self.type == "dateTime" and fold_instant(value) is None:
            raise ValidationError("must be a date and time such as 2026-01-31T12:00:00Z")
        if self.type == "binary" and not _BASE64.fullmatch(value):
            raise ValidationError("must be in base64")
        return value


class Exact(fields.Field[Any]):
    """A boolean or a number, and nothing that merely looks like one."""

    def __init__(self, types: tuple[type, ...], name: str, **kw: Any) -> None:
        super().__init__(**kw)
        self.types, self.type_name = types, name

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        if type(value) not in self.types:
            raise ValidationError(f"must be {self.type_name}, not {kind_of(value)}")
        return value


class Values(fields.List[Any]):
    """The values of a multi-valued attribute, counted."""

    def __init__(self, one: fields.Field[Any], limit: int, **kw: Any) -> None:
        super().__init__(one, **kw)
        self.limit = limit

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        if len(value) > self.limit:
            raise ValidationError(f"has {len(value)} values; at most {self.limit} are accepted")
        return super()._deserialize(value, attr, data, **kwargs)


class Parts(fields.Field[dict[str, Any]]):
    """An object with named parts; absent ones cost nothing."""

    def __init__(self, parts: Mapping[str, fields.Field[Any]], **kw: Any) -> None:
        super().__init__(**kw)
        self.parts = parts
        self.needed = tuple(name for name, one in parts.items() if one.required)

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        for name in self.needed:
            if name not in value:
                raise ValidationError({name: ["is required"]})
        return {name: self._part(name, one, value[name]) for name, one in self.parts.items() if name in value}

    def _part(self, name: str, part: fields.Field[Any], value: Any) -> Any:
        try:
            return part.deserialize(value)
        except ValidationError as problem:
            raise ValidationError({name: problem.messages}) from None


def check(resource_type: ResourceType, shaped: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Check a shaped resource, its extensions included; returns it in the order of the tables."""
    return _run(_whole(resource_type, limits), shaped, "")


def check_one(resource_type: ResourceType, uri: str | None, name: str, value: Any, limits: Limits) -> None:
    """Check one shaped attribute, by its canonical name, of the core (`uri` None) or of an extension."""
    _run(_single(resource_type, uri, name, limits), {name: value}, f"{uri}:" if uri else "")


def most_values(attribute: Attribute, limits: Limits) -> int:
    """Say how many values a multi-valued attribute may have."""
    return limits.members if attribute.name == "members" else limits.values


def _run(parts: Parts, data: dict[str, Any], prefix: str) -> dict[str, Any]:
    try:
        return dict(parts.deserialize(data))
    except ValidationError as problem:
        path, message = _first(problem.messages)
        raise InvalidValue(f"{prefix}{path} {message}.", attribute=f"{prefix}{path}") from None


def _first(messages: Any) -> tuple[str, str]:
    path = ""
    separator = ""
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        path += f"[{key}]" if isinstance(key, int) else f"{separator}{key}"
        separator = ":" if str(key).startswith("urn:") else "."
    return path, messages[0]


@lru_cache(maxsize=256)
def _whole(resource_type: ResourceType, limits: Limits) -> Parts:
    external = resource_type.attribute("externalId")
    attributes = (*((external,) if external else ()), *resource_type.schema.attributes)
    extensions = {one.id: Parts(_fields(one.attributes, limits)) for one in resource_type.extensions}
    return Parts({**_fields(attributes, limits), **extensions})


@lru_cache(maxsize=2048)
def _single(resource_type: ResourceType, uri: str | None, name: str, limits: Limits) -> Parts:
    found = resource_type.find(uri, name)
    return Parts(_fields((found[1],) if found else (), limits))


def _fields(attributes: tuple[Attribute, ...], limits: Limits) -> dict[str, fields.Field[Any]]:
    return {one.name: _field(one, limits) for one in attributes}


def _field(attribute: Attribute, limits: Limits) -> fields.Field[Any]:
    if not attribute.multi_valued:
        return _single_field(attribute, limits, required=attribute.required)
    return Values(_single_field(attribute, limits), most_values(attribute, limits), required=attribute.required)


def _single_field(attribute: Attribute, limits: Limits, **kw: Any) -> fields.Field[Any]:
    match attribute.type:
        case "complex":
            return Parts(_fields(attribute.sub_attributes, limits), **kw)
        case "boolean":
            return Exact((bool,), "true or false", **kw)
        case "integer":
            return Exact((int,), "a whole number", **kw)
        case "decimal":
            return Exact((int, float), "a number", **kw)
    is_user_name = attribute.name == "userName"
    long = attribute.type in ("reference", "binary")
    limit = limits.user_name if is_user_name else limits.long_text if long else limits.text
    return Text(limit, type_=attribute.type, filled=attribute.required, visible=is_user_name, **kw)
