"""How a SCIM schema is described: `Attribute`, `Schema` and `ResourceType` as frozen data (RFC 7643 §2, §6, §7).

Nothing here is global state: a resource type with more extensions is another value made by `dataclasses.replace`.
The tables themselves live in `user_schema`, `group_schema` and `enterprise`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal[
    "string",
    "boolean",
    "decimal",
    "integer",
    "dateTime",
    "binary",
    "reference",
    "complex",
]
Mutability = Literal["readOnly", "readWrite", "immutable", "writeOnly"]
Returned = Literal["always", "never", "default", "request"]
Uniqueness = Literal["none", "server", "global"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute with its characteristics (RFC 7643 §2.2 and §7)."""

    name: str
    type: Type = "string"
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = "readWrite"
    returned: Returned = "default"
    uniqueness: Uniqueness = "none"
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    description: str = ""
    sub_attributes: tuple[Attribute, ...] = ()
    _subs: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_subs", {sub.name.lower(): sub for sub in self.sub_attributes})

    def sub(self, name: str) -> Attribute | None:
        """Find a sub-attribute by name, in any case."""
        return self._subs.get(name.lower())


@dataclass(frozen=True, slots=True)
class Schema:
    """A named set of attributes (RFC 7643 §7)."""

    id: str
    name: str
    description: str = ""
    attributes: tuple[Attribute, ...] = ()
    _index: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {one.name.lower(): one for one in self.attributes})

    def attribute(self, name: str) -> Attribute | None:
        """Find an attribute by name, in any case."""
        return self._index.get(name.lower())


COMMON_ATTRIBUTES = (
    Attribute(
        "schemas",
        multi_valued=True,
        returned="always",
        mutability="readOnly",
        description="URNs of the schemas whose attributes this resource carries.",
    ),
    Attribute(
        "id",
        case_exact=True,
        mutability="readOnly",
        returned="always",
        uniqueness="server",
        description="Identifier that the server gave to the resource; it never changes and is never used again.",
    ),
    Attribute(
        "externalId",
        case_exact=True,
        description="Identifier that the provisioning client uses.",
    ),
    Attribute(
        "meta",
        type="complex",
        mutability="readOnly",
        description="Facts about the resource, kept by the server.",
        sub_attributes=(
            Attribute(
                "resourceType",
                case_exact=True,
                mutability="readOnly",
                description="Name of its type.",
            ),
            Attribute(
                "created",
                type="dateTime",
                mutability="readOnly",
                description="When it was created.",
            ),
            Attribute(
                "lastModified",
                type="dateTime",
                mutability="readOnly",
                description="When it last changed.",
            ),
            Attribute(
                "location",
                type="reference",
                case_exact=True,
                mutability="readOnly",
                reference_types=("uri",),
                description="URI of the resource.",
            ),
            Attribute(
                "version",
                case_exact=True,
                mutability="readOnly",
                description="Entity tag of this version.",
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A kind of resource: its endpoint, its core schema and its extensions (RFC 7643 §6)."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()
    _top: Mapping[str, Attribute] = field(init=False, repr=False, compare=False)
    _extensions: Mapping[str, Schema] = field(init=False, repr=False, compare=False)
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        top = {one.name.lower(): one for one in (*COMMON_ATTRIBUTES, *self.schema.attributes)}
        object.__setattr__(self, "_top", top)
        object.__setattr__(self, "_extensions", {one.id.lower(): one for one in self.extensions})
        object.__setattr__(
            self,
            "_hash",
            hash((self.name, self.endpoint, self.schema, self.extensions)),
        )

    def __hash__(self) -> int:
        # Compiled schemas and filters are cached per resource type; hashing every attribute each time would cost more.
        return self._hash

    def attribute(self, name: str) -> Attribute | None:
        """Find a common or core attribute by name, in any case."""
        return self._top.get(name.lower())

    def extension(self, uri: str) -> Schema | None:
        """Find an extension schema by URN, in any case."""
        return self._extensions.get(uri.lower())

    def is_core(self, uri: str) -> bool:
        """Tell whether the URN names the core schema, in any case."""
        return uri.lower() == self.schema.id.lower()

    def find(self, uri: str | None, name: str, *, anywhere: bool = True) -> tuple[str | None, Attribute] | None:
        """Find an attribute; returns its extension's URN (None for the core) and the attribute.

        Without a URN the core is searched, then (if `anywhere`) the extensions in order: Entra writes `manager`.
        """
        if uri is not None and not self.is_core(uri):
            schema = self.extension(uri)
            found = schema.attribute(name) if schema else None
            return (schema.id, found) if schema and found else None
        core = self.attribute(name)
        if core is not None or uri is not None or not anywhere:
            return (None, core) if core is not None else None
        candidates = ((one.id, one.attribute(name)) for one in self.extensions)
        return next(((urn, found) for urn, found in candidates if found is not None), None)
