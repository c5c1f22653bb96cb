"""A resource's folded copy: the form in which filters compare it, in Python and in the databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from scim_portal.protocol.attributes import Attribute, ResourceType
from scim_portal.protocol.folding import exact_text, fold_instant, fold_text

Fold = Callable[[Any], Any]
_TYPES: Mapping[str, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "decimal": (int, float)}


def fold(resource_type: ResourceType, resource: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a canonical resource for look-ups; folding a folded resource changes nothing.

    Text of attributes without exact case goes through `fold_text`, other text through NFC, dateTimes become UTC of
    fixed width. Numbers and booleans stay. Extensions that nobody described are left out, and so is in the others what
    does not fit its description: it was stored before there was one, and a database would choke on a value of another type.
    """
    folds = _folds(resource_type)
    return {
        name: folds.get(name, _fold_loose)(value)
        for name, value in resource.items()
        if name in folds or name[:4].lower() != "urn:"
    }


@lru_cache(maxsize=256)
def _folds(resource_type: ResourceType) -> Mapping[str, Fold]:
    names = ("schemas", "id", "externalId", "meta", *(one.name for one in resource_type.schema.attributes))
    attributes = (resource_type.attribute(name) for name in names)
    folds = {one.name: fold_of(one) for one in attributes if one is not None}
    return folds | {one.id: _fold_extension(one.attributes) for one in resource_type.extensions}


def fold_of(attribute: Attribute) -> Fold:
    """Build the function that folds one attribute's value."""
    one = fold_one(attribute)
    if not attribute.multi_valued:
        return one
    return lambda value: [one(element) for element in value] if isinstance(value, list) else one(value)


def fold_one(attribute: Attribute) -> Fold:
    """Build the function that folds one element of an attribute."""
    if attribute.type == "complex":
        return _fold_parts(attribute.sub_attributes)
    if attribute.type == "dateTime":
        return _fold_instant
    return _fold_exact if attribute.case_exact else _fold_loose


def _fold_parts(attributes: tuple[Attribute, ...]) -> Fold:
    folds = {one.name: fold_of(one) for one in attributes}

    def fold_object(value: Any) -> Any:
        if not isinstance(value, dict):
            return _fold_loose(value)
        return {name: folds.get(name, _fold_loose)(one) for name, one in value.items()}

    return fold_object


def _fold_extension(attributes: tuple[Attribute, ...]) -> Fold:
    fit = _fitting_parts(attributes)
    return lambda value: fit(value) or {}


def _fitting_parts(attributes: tuple[Attribute, ...]) -> Fold:
    fits = {one.name: _fitting(one) for one in attributes}

    def fold_object(value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        found = ((name, fits[name](one)) for name, one in value.items() if name in fits)
        return {name: one for name, one in found if one is not None} or None

    return fold_object


def _fitting(attribute: Attribute) -> Fold:
    """Build the function that folds a value which fits its attribute, and turns any other into None."""
    one = _fitting_one(attribute)
    if not attribute.multi_valued:
        return one

    def fold_list(value: Any) -> Any:
        fits = map(one, value) if isinstance(value, list) else ()
        return [found for found in fits if found is not None] or None

    return fold_list


def _fitting_one(attribute: Attribute) -> Fold:
    if attribute.type == "complex":
        return _fitting_parts(attribute.sub_attributes)
    types = _TYPES.get(attribute.type, (str,))
    fold_value = fold_instant if attribute.type == "dateTime" else fold_one(attribute)
    return lambda value: fold_value(value) if type(value) in types else None


def _fold_exact(value: Any) -> Any:
    return exact_text(value) if isinstance(value, str) else value


def _fold_instant(value: Any) -> Any:
    return (fold_instant(value) or fold_text(value)) if isinstance(value, str) else value


def _fold_loose(value: Any) -> Any:
    if isinstance(value, str):
        return fold_text(value)
    if isinstance(value, list):
        return [_fold_loose(one) for one in value]
    if isinstance(value, dict):
        return {name: _fold_loose(one) for name, one in value.items()}
    return value
