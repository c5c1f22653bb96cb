"""What a rule may grant: one license type or `none:<family>` per family, and fallbacks of the same families (L1).

Reads the two lists of a rule's document into chains; the rest of a rule is read in `policy`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from rules.checking import Node
from scim_portal.protocol.sentences import say

NONE: Final = "none:"
Chains = dict[str, tuple[str, ...]]


def chains(
    node: Node,
    grants: tuple[str, ...],
    fallback: tuple[str, ...],
    families: Collection[str],
    family_of: Mapping[str, str],
) -> Chains:
    """Give per granted family the type and its fallbacks, empty for none; what is wrong is noted at its index.

    `family_of` maps every known license type to its family.
    """
    if not grants and not node.fields.get("grants"):
        node.note("must name at least one license type, or none:<family>", "grants")
    found: Chains = {}
    for index, grant in enumerate(grants):
        family = grant.removeprefix(NONE) if grant.startswith(NONE) else family_of.get(grant)
        if family is None or family not in families:
            node.note(say("{grant!r} is neither a known license type nor none:<family>", grant=grant), "grants", index)
        elif family in found:
            node.note(say("the family {family} is granted twice", family=family), "grants", index)
        else:
            found[family] = () if grant.startswith(NONE) else (grant,)
    _append_fallbacks(node, found, fallback, family_of)
    return found


def _append_fallbacks(node: Node, found: Chains, fallback: tuple[str, ...], family_of: Mapping[str, str]) -> None:
    for index, key in enumerate(fallback):
        family = family_of.get(key, "")
        chain = found.get(family, ())
        if not chain:
            node.note(say("{key!r} is not a license type of a family this rule grants", key=key), "fallback", index)
        elif key in chain:
            node.note(say("{key!r} is named twice", key=key), "fallback", index)
        else:
            found[family] = (*chain, key)
