"""Where a value sits in a body as a client wrote it: read it, put it, take it away; names in any case.

Bodies here are raw: nothing was shaped or checked yet, so values of the wrong kind are simply left alone and nothing raises.
What a body means is decided in `resource` and `patch`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from scim_portal.protocol.attributes import ResourceType, Type
from scim_portal.protocol.errors import InvalidPath
from scim_portal.protocol.filter_nodes import Literal
from scim_portal.protocol.patch_path import locate, parse_path
from scim_portal.protocol.sentences import say
from scim_portal.protocol.tolerance import STRICT

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a body. `name` None: a whole schema, the core if `uri` is None.

    `facts` is what a chosen element of a list carries; `many` tells a multi-valued attribute. `known` is False for a name that
    no schema has: a client's own attribute, which has no `type` either.
    """

    text: str
    uri: str | None = None
    name: str | None = None
    sub: str | None = None
    facts: tuple[tuple[str, Literal], ...] = ()
    many: bool = False
    type: Type | None = None
    required: bool = False
    writable: bool = True
    known: bool = True

    @property
    def key(self) -> tuple[object, ...]:
        """Tell whether two texts name the same place."""
        facts = sorted((name.lower(), str(_folded(value))) for name, value in self.facts)
        return _low(self.uri), _low(self.name), _low(self.sub), tuple(facts)

    def covers(self, other: Spot) -> bool:
        """Tell whether the other place is this one or lies inside it."""
        mine, theirs = self.key, other.key
        if mine == theirs:
            return True
        if self.name is None:
            return self.uri is None or mine[0] == theirs[0]
        return self.sub is None and mine[:2] == theirs[:2] and mine[3] in ((), theirs[3])


@lru_cache(maxsize=1024)
def spot(resource_type: ResourceType, text: str) -> Spot:
    """Find the place that a path names. Raises InvalidPath or InvalidFilter; a name that nobody described is no error.

    `name.given` is an error, since `name` has no such part; `login` and `urn:x:y:login` are a client's own.
    """
    schema = resource_type.extension(text)
    if schema is not None or resource_type.is_core(text):
        return Spot(text, schema.id if schema else None)
    parsed = parse_path(text)
    path = parsed.path
    ours = path.uri is None or resource_type.is_core(path.uri) or resource_type.extension(path.uri) is not None
    if resource_type.find(path.uri, path.name, anywhere=False) is None and (path.uri is None or not ours):
        if parsed.selection is not None:
            raise InvalidPath(
                say("'{name}' is no attribute whose values brackets could choose from.", name=path.name), attribute=text
            )
        return Spot(text, path.uri, path.name, path.sub, known=False)
    return _known(resource_type, text)


def _known(resource_type: ResourceType, text: str) -> Spot:
    place = locate(resource_type, text, STRICT)
    attribute, sub = place.attribute, place.sub
    assert attribute is not None  # whole schemas were found before
    if place.selection is not None and place.facts is None:
        raise InvalidPath("Brackets may only compare with eq, joined by and.", attribute=text)
    last = sub or attribute
    return Spot(
        text, place.uri, attribute.name, sub.name if sub else None, place.facts or (), attribute.multi_valued, last.type,
        attribute.required, "readOnly" not in (attribute.mutability, last.mutability),
    )  # fmt: skip


def is_empty(value: object) -> bool:
    """Tell whether a value says nothing: null, blank, an empty list or object."""
    return value is None or value in ("", [], {})


def read(at: Spot, body: Body) -> Any:
    """Read what is there, or None; of several elements the primary one, or else the first."""
    holder = body if at.uri is None else _get(body, at.uri)
    if at.name is None:
        return holder
    value = _get(holder, at.name)
    if at.sub is None and not at.facts:
        return value
    elements = _elements(value)
    chosen = _chosen(at, elements)
    element = None if chosen is None else elements[chosen]
    return element if at.sub is None else _get(element, at.sub)


def put(at: Spot, body: Body, value: Any) -> Body:
    """Give a body with the value there; what is changed is a copy, and the one that was given stays."""
    if at.name is None:
        parts = value if isinstance(value, dict) else {}
        return {**body, **parts} if at.uri is None else {**body, _spelled(body, at.uri): value}
    if at.uri is None:
        return _put(at, body, at.name, value)
    key = _spelled(body, at.uri)
    holder = body.get(key)
    if not isinstance(holder, dict | None):
        return body
    return {**body, key: _put(at, holder or {}, at.name, value)}


def drop(at: Spot, body: Body) -> Body:
    """Give a body without what is there."""
    if at.uri is not None:
        key = _spelled(body, at.uri)
        inner = body.get(key)
        return {**body, key: _drop(at, inner)} if isinstance(inner, dict) else body
    return _drop(at, body)


def _put(at: Spot, holder: Body, name: str, value: Any) -> Body:
    key = _spelled(holder, name)
    if at.sub is None and not at.facts:
        return {**holder, key: value}
    old = holder.get(key)
    if not isinstance(old, list | dict | None):
        return holder
    if not at.many:
        base = old if isinstance(old, dict) else {}
        return {**holder, key: _with(at, base, value)}
    chosen = _chosen(at, _elements(old))
    elements = old if isinstance(old, list) else _elements(old)
    if chosen is None:
        return {**holder, key: [*elements, _with(at, dict(at.facts), value)]}
    place = [place for place, one in enumerate(elements) if isinstance(one, dict)][chosen]
    return {**holder, key: [*elements[:place], _with(at, elements[place], value), *elements[place + 1 :]]}


def _with(at: Spot, element: Body, value: Any) -> Body:
    if at.sub is None:
        return {**element, **value} if isinstance(value, dict) else element
    return {**element, _spelled(element, at.sub): value}


def _drop(at: Spot, holder: Body) -> Body:
    key = _spelled(holder, at.name or "")
    if key not in holder:
        return holder
    if at.sub is None and not at.facts:
        return {name: one for name, one in holder.items() if name != key}
    old = holder[key]
    if isinstance(old, list):
        return {**holder, key: [_without(at, one) if _fits(at, one) else one for one in old]}
    return {**holder, key: _without(at, old)} if _fits(at, old) else holder


def _without(at: Spot, element: Body) -> Body:
    return {name: one for name, one in element.items() if name.lower() != _low(at.sub)}


def _elements(value: Any) -> list[Body]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _chosen(at: Spot, elements: list[Body]) -> int | None:
    fitting = [place for place, one in enumerate(elements) if _fits(at, one)]
    primary = (place for place in fitting if _get(elements[place], "primary") is True)
    return next(primary, fitting[0] if fitting else None)


def _fits(at: Spot, element: Any) -> bool:
    return isinstance(element, dict) and all(_folded(_get(element, name)) == _folded(fact) for name, fact in at.facts)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _low(name: str | None) -> str | None:
    return None if name is None else name.lower()


def _get(holder: Any, name: str) -> Any:
    return holder.get(_spelled(holder, name)) if isinstance(holder, dict) else None


def _spelled(holder: Body, name: str) -> str:
    """Give a name as the body spells it."""
    if name in holder:
        return name
    low = name.lower()
    return next((one for one in holder if one.lower() == low), name)
