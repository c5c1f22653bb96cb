"""Read the path of a PATCH operation and find what it names (RFC 7644 §3.5.2, Figure 7).

Not here: the change itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.errors import InvalidPath
from scim_portal.protocol.filter_binding import bind_element
from scim_portal.protocol.filter_grammar import Reader, read_path
from scim_portal.protocol.filter_nodes import And, Bound, BoundAnd, BoundCompare, Compare, Literal, Node, Path
from scim_portal.protocol.filter_tokens import BrokenTextError, tokenize
from scim_portal.protocol.tolerance import Tolerance


@dataclass(frozen=True, slots=True)
class PatchPath:
    """A path as written: an attribute, perhaps a selection in brackets, perhaps a sub-attribute after it."""

    path: Path
    selection: Node | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names. `attribute` None: a whole schema, the core if `uri` is None.

    `facts` are what a new element must carry to be selected; None if the selection does not say that plainly.
    """

    uri: str | None
    attribute: Attribute | None
    sub: Attribute | None = None
    selection: Bound | None = None
    facts: tuple[tuple[str, Literal], ...] | None = None


def parse_path(text: str) -> PatchPath:
    """Parse a path; raises InvalidPath with a sentence."""
    try:
        reader = Reader(tokenize(text))
        path, selection = reader.path(), None
        if reader.ahead("["):
            selection = reader.selection()
            if path.sub is None and reader.ahead("word"):
                path = Path(path.uri, path.name, _after_brackets(reader))
        reader.take("end", "the end")
    except BrokenTextError as problem:
        raise InvalidPath(f"The path '{text[:200]}' cannot be read: {problem}.", value=text) from None
    return PatchPath(path, selection)


def _after_brackets(reader: Reader) -> str:
    token = reader.take("word", "a sub-attribute")
    sub = read_path(token.text[1:]) if token.text.startswith(".") else None
    if sub is None or sub.uri or sub.sub:
        raise BrokenTextError(f"{token} is no sub-attribute")
    return sub.name


@lru_cache(maxsize=512)
def locate(resource_type: ResourceType, text: str, tolerance: Tolerance) -> Place:
    """Find what a path names; raises InvalidPath if it names nothing, InvalidFilter for a bad selection."""
    schema = resource_type.extension(text)
    if schema is not None or resource_type.is_core(text):
        return Place(schema.id if schema else None, None)
    parsed = parse_path(text)
    path = parsed.path
    if path.uri and path.sub and tolerance.short_extension_paths and resource_type.extension(f"{path.uri}:{path.name}"):
        path = Path(f"{path.uri}:{path.name}", path.sub)
    found = resource_type.find(path.uri, path.name, anywhere=tolerance.short_extension_paths)
    if found is None:
        raise InvalidPath(f"'{path}' is no attribute of {resource_type.name}.", attribute=str(path))
    uri, attribute = found
    sub = attribute.sub(path.sub) if path.sub else None
    if path.sub and sub is None:
        raise InvalidPath(f"'{attribute.name}' has no part '{path.sub}'.", attribute=str(path))
    if parsed.selection is None:
        return Place(uri, attribute, sub)
    if not attribute.multi_valued or attribute.type != "complex":
        raise InvalidPath(f"'{attribute.name}' has no values to choose from with brackets.", attribute=str(path))
    return _select(Place(uri, attribute, sub), attribute, parsed.selection)


def _select(place: Place, attribute: Attribute, selection: Node) -> Place:
    bound = bind_element(selection, attribute)
    return Place(place.uri, attribute, place.sub, bound, _facts(selection, bound))


def _facts(node: Node, bound: Bound) -> tuple[tuple[str, Literal], ...] | None:
    match node, bound:
        case Compare(op="eq", value=value), BoundCompare(target, _, folded):
            # The literal as written keeps its case; a boolean written as text is taken as the boolean it means.
            return ((target.names[0], folded if isinstance(folded, bool) else value),)
        case And(items), BoundAnd(parts):
            facts = [_facts(one, part) for one, part in zip(items, parts, strict=True)]
            return None if None in facts else tuple(fact for some in facts if some for fact in some)
    return None
