"""The two trees of a filter: as written (`Compare`, …) and bound to a resource type (`BoundCompare`, …).

Written nodes know names only. Bound nodes know attributes and carry literals folded the way stored values are folded,
so that a matcher in Python and a compiler to SQL read the same tree. No parsing and no evaluation here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from scim_portal.protocol.attributes import Attribute

Literal: TypeAlias = str | int | float | bool | None
OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"})


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute as named in a filter: URN or None, attribute, sub-attribute or None."""

    uri: str | None
    name: str
    sub: str | None = None

    def __str__(self) -> str:
        text = f"{self.uri}:{self.name}" if self.uri else self.name
        return f"{text}.{self.sub}" if self.sub else text


@dataclass(frozen=True, slots=True)
class Compare:
    """`path op value`; `op` is lower case."""

    path: Path
    op: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`."""

    path: Path


@dataclass(frozen=True, slots=True)
class And:
    """Two or more conditions that must all hold."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more conditions of which one must hold."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`not (item)`."""

    item: Node


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`path[item]`: one element of a multi-valued attribute meets the whole condition."""

    path: Path
    item: Node


Node: TypeAlias = Compare | Present | And | Or | Not | ValuePath


@dataclass(frozen=True, slots=True)
class Target:
    """What a bound term reads.

    `schema_uri` is None for common and core attributes, else the extension's URN. `names` are canonical, one or two.
    `multi` is the index in `names` of the multi-valued level, or None. `attribute` is the last one named. Inside a
    `BoundValuePath` the names are relative to the element, `schema_uri` and `multi` are None.
    """

    schema_uri: str | None
    names: tuple[str, ...]
    multi: int | None
    attribute: Attribute

    def __str__(self) -> str:
        dotted = ".".join(self.names)
        return f"{self.schema_uri}:{dotted}" if self.schema_uri else dotted


@dataclass(frozen=True, slots=True)
class BoundCompare:
    """A comparison whose literal is folded: text by `caseExact`, dateTimes to fixed-width UTC text. Never null.

    `ne` is the negation of `eq`: true when the attribute is missing.
    """

    target: Target
    op: str
    value: str | int | float | bool


@dataclass(frozen=True, slots=True)
class BoundPresent:
    """The attribute has a value that is not empty."""

    target: Target


@dataclass(frozen=True, slots=True)
class BoundAnd:
    """All items hold."""

    items: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class BoundOr:
    """At least one item holds."""

    items: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class BoundNot:
    """The item does not hold."""

    item: Bound


@dataclass(frozen=True, slots=True)
class BoundValuePath:
    """One element at `target` meets `item`, whose targets are relative to the element."""

    target: Target
    item: Bound


Bound: TypeAlias = BoundCompare | BoundPresent | BoundAnd | BoundOr | BoundNot | BoundValuePath
