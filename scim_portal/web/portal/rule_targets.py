"""What a rule can give: per family a target and what serves meanwhile, as choices of the editor and as a rule's lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from rules.grants import NONE
from rules.policy import LicenseType

FEW_FALLBACKS = 2


@dataclass(frozen=True, slots=True)
class Family:
    """One family's choices; `fallbacks` is how many can be chosen beside the target."""

    key: str
    targets: list[tuple[str, str]]
    types: list[tuple[str, str]]
    fallbacks: int


def families(types: Mapping[str, LicenseType], values: Mapping[str, str]) -> list[Family]:
    """List what can be given, family by family, richest first; with one place more for fallbacks than are chosen."""
    found: dict[str, list[LicenseType]] = {}
    for one in types.values():
        found.setdefault(one.family, []).append(one)
    return [_family(key, members, _chosen(values, key)) for key, members in sorted(found.items())]


def of_rule(rule: Mapping[str, Any], types: Mapping[str, LicenseType]) -> dict[str, str]:
    """Give a rule's targets and fallbacks by field: `grant.<family>`, `fallback.<family>.<n>`."""
    values: dict[str, str] = {}
    for key in rule["grants"]:
        family = key.removeprefix(NONE) if key.startswith(NONE) else types[key].family if key in types else ""
        values[f"grant.{family}"] = "none" if key.startswith(NONE) else key
    counts: dict[str, int] = {}
    for key in rule["fallback"]:
        family = types[key].family if key in types else ""
        values[f"fallback.{family}.{counts.get(family, 0)}"] = key
        counts[family] = counts.get(family, 0) + 1
    return values


def lists(values: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Give the grants and fallbacks that chosen values mean; fallbacks of a family that gets nothing are dropped."""
    chosen = {
        name.removeprefix("grant."): value for name, value in values.items() if name.startswith("grant.") and value
    }
    grants = [f"{NONE}{family}" if value == "none" else value for family, value in chosen.items()]
    real = {family: value for family, value in chosen.items() if value != "none"}
    fallback = [key for family in real for key in _chosen(values, family).values() if key != real[family]]
    return grants, list(dict.fromkeys(fallback))


def _chosen(values: Mapping[str, str], family: str) -> dict[int, str]:
    """Give the fallbacks that are chosen for a family by the numbers of their fields, in order, however many there are."""
    found: dict[int, str] = {}
    for name, key in values.items():
        head, __, number = name.rpartition(".")
        if head == f"fallback.{family}" and key and number.isascii() and number.isdigit() and len(number) < 4:
            found[int(number)] = key
    return dict(sorted(found.items()))


def _family(key: str, members: list[LicenseType], chosen: Iterable[int]) -> Family:
    types = [(one.key, one.name) for one in sorted(members, key=lambda one: (-one.rank, one.key))]
    targets = [("", _("leaves it to later rules")), *types, ("none", _("no license"))]
    needed = max(chosen, default=-1) + 1
    return Family(key, targets, types, max(needed, min(max(FEW_FALLBACKS, needed + 1), len(types) - 1)))
