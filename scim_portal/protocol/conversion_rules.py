"""The document of a conversion, read into rules and checked; every refusal names the place, such as `user.requests[2].target`.

`{"user": {"requests": [RULE, …], "answers": [RULE, …]}, "group": {…}}`. A RULE has a `target`, exactly one of `source` (a
path), `first_of` (paths) and `constant`, and perhaps `split` (`{"separator": " ", "part": 1}`; part -1 is the last),
`transforms` (`trim`, `lower`, `upper`, done after the split, in order) and `drop_source`. Running the rules is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.checking import check_one
from scim_portal.protocol.conversion_paths import Body, Spot, is_empty, read, spot
from scim_portal.protocol.errors import InvalidValue, ScimError
from scim_portal.protocol.filter_nodes import Literal
from scim_portal.protocol.limits import DEFAULT
from scim_portal.protocol.sentences import say
from scim_portal.protocol.shaping import kind_of

ROOT = "The document"
KINDS = ("user", "group")
DIRECTIONS = ("requests", "answers")
TRANSFORMS: Mapping[str, Callable[[str], str]] = {"trim": str.strip, "lower": str.lower, "upper": str.upper}
MOST_RULES, MOST_SOURCES, MOST_PARTS, LONGEST_SEPARATOR = 50, 10, 20, 10
_WAYS = ("source", "first_of", "constant")
_KEYS = frozenset({"target", "transforms", "split", "drop_source", *_WAYS})
_UNTOUCHABLE = frozenset({"id", "meta", "schemas", "password", "groups", "members"})


@dataclass(frozen=True, slots=True)
class Split:
    """Which piece of a text: counted from 1, or from the end by negative numbers."""

    separator: str
    part: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a conversion: what feeds `target`. Without sources it is the constant."""

    target: Spot
    sources: tuple[Spot, ...] = ()
    constant: Literal = None
    transforms: tuple[str, ...] = ()
    split: Split | None = None
    drop_source: bool = False

    def value(self, body: Body) -> Any:
        """Give what a body has for the target; None when it has nothing."""
        found = next((one for one in (read(at, body) for at in self.sources) if not is_empty(one)), self.constant)
        if not isinstance(found, str):
            return found
        if self.split is not None:
            found = _piece(self.split, found)
        for name in self.transforms:
            found = TRANSFORMS[name](found)
        return found or None

    @property
    def in_place(self) -> bool:
        """Tell whether it only changes what its own source says."""
        return len(self.sources) == 1 and self.sources[0].key == self.target.key


def read_rules(document: object, resource_type: ResourceType) -> dict[str, tuple[Rule, ...]]:
    """Read the rules of one resource type, by direction. Raises InvalidValue that names the place."""
    whole = _object(document, ROOT, dict.fromkeys(KINDS))
    kind = resource_type.name.lower()
    part = _object(whole.get(kind, {}), kind, dict.fromkeys(DIRECTIONS))
    return {name: _rules(part.get(name, []), f"{kind}.{name}", resource_type) for name in DIRECTIONS}


def _rules(raw: object, place: str, resource_type: ResourceType) -> tuple[Rule, ...]:
    if not isinstance(raw, list):
        raise _wrong(place, say("must be a list of rules, not {kind}", kind=kind_of(raw)))
    if len(raw) > MOST_RULES:
        raise _wrong(place, say("has {count} rules; at most {most} are accepted", count=len(raw), most=MOST_RULES))
    return tuple(_rule(one, f"{place}[{index}]", resource_type) for index, one in enumerate(raw))


def _rule(raw: object, place: str, resource_type: ResourceType) -> Rule:
    parts = _object(raw, place, dict.fromkeys(sorted(_KEYS)))
    given = [name for name in _WAYS if name in parts]
    if len(given) != 1:
        raise _wrong(place, say("needs exactly one of source, first_of and constant"))
    target = _target(parts.get("target"), f"{place}.target", resource_type)
    if given == ["constant"]:
        return _constant_rule(parts, target, place, resource_type)
    sources = _sources(parts, given[0], place, resource_type)
    dropped = parts.get("drop_source", False)
    if not isinstance(dropped, bool):
        raise _wrong(f"{place}.drop_source", say("must be true or false"))
    if dropped and any(one.key == target.key for one in sources):
        raise _wrong(f"{place}.drop_source", say("would drop the target itself"))
    transforms = _transforms(parts.get("transforms", []), f"{place}.transforms")
    return Rule(target, sources, None, transforms, _split(parts.get("split"), f"{place}.split"), dropped)


def _constant_rule(parts: Body, target: Spot, place: str, resource_type: ResourceType) -> Rule:
    for name in ("transforms", "split", "drop_source"):
        if parts.get(name):
            raise _wrong(f"{place}.{name}", say("means nothing beside a constant"))
    value, at = parts["constant"], f"{place}.constant"
    if is_empty(value) or isinstance(value, list | dict):
        raise _wrong(at, say("must be a text, a number, true or false"))
    if target.name is None or target.type == "complex":
        raise _wrong(at, say("cannot be all of {text}; name one of its parts as the target", text=target.text))
    _plain(value, at)
    nested: Any = value if target.sub is None else {target.sub: value}
    try:
        check_one(resource_type, target.uri, target.name, [nested] if target.many else nested, DEFAULT)
    except InvalidValue as problem:
        raise _wrong(at, say("does not fit: {problem}", problem=problem.detail.rstrip("."))) from None
    return Rule(target, constant=value)


def _target(raw: object, place: str, resource_type: ResourceType) -> Spot:
    at = _spot(raw, place, resource_type)
    if not at.known:
        raise _wrong(place, say("'{text}' is no attribute of {name}", text=at.text, name=resource_type.name))
    if not at.writable:
        raise _wrong(place, say("'{text}' is kept by the server and cannot be set", text=at.text))
    if at.many and at.sub is not None and not at.facts:
        example = f'{at.name}[type eq "work"].{at.sub}'
        raise _wrong(
            place, say("'{text}' has many values; say which one, as in {example}", text=at.text, example=example)
        )
    return at


def _sources(parts: Body, way: str, place: str, resource_type: ResourceType) -> tuple[Spot, ...]:
    if way == "source":
        return (_spot(parts["source"], f"{place}.source", resource_type),)
    listed = parts["first_of"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_SOURCES:
        raise _wrong(f"{place}.first_of", say("must be a list of 1 to {most} paths", most=MOST_SOURCES))
    return tuple(_spot(one, f"{place}.first_of[{index}]", resource_type) for index, one in enumerate(listed))


def _spot(raw: object, place: str, resource_type: ResourceType) -> Spot:
    if not isinstance(raw, str) or not raw:
        raise _wrong(place, say("must be an attribute's path, not {kind}", kind=kind_of(raw) if raw != "" else "empty"))
    try:
        at = spot(resource_type, raw)
    except ScimError as problem:
        raise _wrong(place, problem.detail.rstrip(".")) from None
    if at.name is None:
        raise _wrong(place, say("names a whole schema; name one of its attributes"))
    if at.name.lower() in _UNTOUCHABLE or "password" in at.text.lower():
        raise _wrong(place, say("'{name}' cannot be converted", name=at.name))
    if at.facts and at.sub is None:
        raise _wrong(place, say("name the part after the brackets, as in {text}.value", text=at.text))
    return at


def _transforms(raw: object, place: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > MOST_PARTS or not all(isinstance(one, str) for one in raw):
        raise _wrong(place, say("must be a list of {choices}", choices=", ".join(TRANSFORMS)))
    for index, one in enumerate(raw):
        if one not in TRANSFORMS:
            raise _wrong(f"{place}[{index}]", say("must be one of {choices}", choices=", ".join(TRANSFORMS)))
    return tuple(raw)


def _split(raw: object, place: str) -> Split | None:
    if raw is None:
        return None
    parts = _object(raw, place, {"separator": None, "part": None})
    separator, part = parts.get("separator"), parts.get("part")
    if not isinstance(separator, str) or not 1 <= len(separator) <= LONGEST_SEPARATOR:
        raise _wrong(f"{place}.separator", say("must be a text of 1 to {most} characters", most=LONGEST_SEPARATOR))
    _plain(separator, f"{place}.separator")
    if type(part) is not int or part == 0 or abs(part) > MOST_PARTS:
        raise _wrong(
            f"{place}.part", say("must be 1 to {most}, or -1 to -{most} counted from the end", most=MOST_PARTS)
        )
    return Split(separator, part)


def _piece(split: Split, text: str) -> str:
    pieces = [one for one in text.split(split.separator) if one.strip()]
    place = split.part - 1 if split.part > 0 else split.part
    return pieces[place] if -len(pieces) <= place < len(pieces) else ""


def _object(raw: object, place: str, known: dict[str, None]) -> Body:
    if not isinstance(raw, dict):
        raise _wrong(place, say("must be an object, not {kind}", kind=kind_of(raw)))
    unknown = sorted(str(name) for name in raw if name not in known)
    if unknown:
        raise _wrong(
            place, say("has '{unknown}', which is none of {known}", unknown=unknown[0][:64], known=_listed(list(known)))
        )
    return raw


def _plain(value: object, place: str) -> None:
    if isinstance(value, str) and any(ord(one) < 32 for one in value):
        raise _wrong(place, say("contains a control character"))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}"


def _wrong(place: str, sentence: str) -> InvalidValue:
    return InvalidValue(say("{place}: {sentence}.", place=place, sentence=sentence), attribute=place)
