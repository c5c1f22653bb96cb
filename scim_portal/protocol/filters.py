"""SCIM filters (RFC 7644 §3.4.2.2): the one place to import them from.

Text becomes a written tree (`parse`), then a bound tree (`bind`), which `matches` evaluates in memory and which
others compile to SQL; `function` compiles it to Python. The parts live in the other files named `filter_…`.
"""

from __future__ import annotations

from scim_portal.protocol.filter_binding import bind, bind_element, compiled
from scim_portal.protocol.filter_functions import Test, function
from scim_portal.protocol.filter_grammar import parse, to_text
from scim_portal.protocol.filter_matching import equality_values, matches, reads
from scim_portal.protocol.filter_nodes import (
    And,
    Bound,
    BoundAnd,
    BoundCompare,
    BoundNot,
    BoundOr,
    BoundPresent,
    BoundValuePath,
    Compare,
    Literal,
    Node,
    Not,
    Or,
    Path,
    Present,
    Target,
    ValuePath,
)

__all__ = [
    "And",
    "Bound",
    "BoundAnd",
    "BoundCompare",
    "BoundNot",
    "BoundOr",
    "BoundPresent",
    "BoundValuePath",
    "Compare",
    "Literal",
    "Node",
    "Not",
    "Or",
    "Path",
    "Present",
    "Target",
    "Test",
    "ValuePath",
    "bind",
    "bind_element",
    "compiled",
    "equality_values",
    "function",
    "matches",
    "parse",
    "reads",
    "to_text",
]
