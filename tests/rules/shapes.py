"""Conditions and people from one small vocabulary, drawn by hypothesis so that they often contradict and often meet."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from rules import Facts, Policy, from_document
from scim_portal.protocol import resource
from scim_portal.protocol.attributes import Attribute, Schema
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER
from tests.rules.world import TYPES

ACME = "urn:acme:User"
_BADGES = Attribute(
    "badges",
    "complex",
    multi_valued=True,
    sub_attributes=(Attribute("colors", multi_valued=True), Attribute("no", "integer")),
)
PEOPLE = replace(
    USER,
    extensions=(
        *USER.extensions,
        Schema(
            ACME,
            "Acme",
            attributes=(
                Attribute("level", "integer"),
                Attribute("score", "decimal"),
                Attribute("tags", multi_valued=True),
                _BADGES,
                Attribute("home", "complex", sub_attributes=(Attribute("rooms", multi_valued=True),)),
            ),
        ),
    ),
)
TEXTS = ("a", "ab", "b", "abc", "ba", "")
NUMBERS = (0, 1, 2, 1.5)
MOMENTS = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "2026-02-01T00:00:00Z")
_TEXT_OPS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")
_ORDER_OPS = ("eq", "ne", "gt", "ge", "lt", "le")


def _compare(paths: tuple[str, ...], ops: tuple[str, ...], values: tuple[Any, ...]) -> st.SearchStrategy[str]:
    literal = st.sampled_from(values).map(json.dumps)
    return st.builds("{} {} {}".format, st.sampled_from(paths), st.sampled_from(ops), literal)


_TEXT_PATHS = (
    "title", "userType", "department", "manager.value", "name.givenName", "emails", "emails.type", "groups", "groups.type",
    "groups.display", "userName", f"{ACME}:tags", f"{ACME}:badges.colors",
)  # fmt: skip
_INNER = st.one_of(
    _compare(("value", "type"), _TEXT_OPS, TEXTS),
    _compare(("primary",), ("eq", "ne"), (True, False)),
    st.sampled_from(("type pr", "display pr", "not (value pr)")),
)
_LEAVES = st.one_of(
    _compare(_TEXT_PATHS, _TEXT_OPS, TEXTS),
    _compare(("active", "emails.primary"), ("eq", "ne"), (True, False)),
    _compare((f"{ACME}:level", f"{ACME}:score", f"{ACME}:badges.no"), _ORDER_OPS, NUMBERS),
    _compare(("meta.created",), _ORDER_OPS, MOMENTS),
    st.builds("{} pr".format, st.sampled_from((*_TEXT_PATHS, "emails", "manager", "groups", "meta", f"{ACME}:home"))),
    st.builds("emails[{}]".format, st.one_of(_INNER, st.builds("{} and {}".format, _INNER, _INNER))),
    _compare(("title", "emails"), ("eq",), (None,)),
)
CONDITIONS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.builds("not ({})".format, inner),
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
    ),
    max_leaves=6,
)
_texts = st.sampled_from(TEXTS)
_EMAIL = st.fixed_dictionaries(
    {"value": _texts}, optional={"type": _texts, "primary": st.booleans(), "display": _texts}
)
_GROUP = st.fixed_dictionaries({"value": st.sampled_from(TEXTS[:-1])}, optional={"type": _texts, "display": _texts})
DOCUMENTS = st.fixed_dictionaries(
    {"userName": st.sampled_from(TEXTS[:-1]), "meta": st.builds(dict, created=st.sampled_from(MOMENTS))},
    optional={
        "title": _texts,
        "userType": _texts,
        "active": st.just(True),
        "name": st.builds(dict, givenName=_texts),
        "emails": st.lists(_EMAIL, max_size=2),
        "groups": st.lists(_GROUP, max_size=2),
        ENTERPRISE_URN: st.fixed_dictionaries(
            {"department": _texts}, optional={"manager": st.builds(dict, value=_texts)}
        ),
        ACME: st.fixed_dictionaries(
            {"level": st.integers(-1, 3), "score": st.sampled_from((0, 0.5, 1, 1.2, 2, 2.5))},
            optional={"tags": st.lists(_texts, max_size=2)},
        ),
    },
)


def folded(document: dict[str, Any]) -> dict[str, Any]:
    """A person's resource as conditions see it."""
    return resource.fold(PEOPLE, document)


def facts(document: dict[str, Any], **more: Any) -> Facts:
    return Facts("u", True, folded(document), **more)


PERSONS = DOCUMENTS.map(facts)
_RULES = st.lists(
    st.tuples(CONDITIONS, st.sampled_from((["pro"], ["std"], ["view"], ["none:cal"]))), min_size=1, max_size=5
)


def _policy(drawn: list[tuple[str, list[str]]], mode: str) -> Policy:
    written = [{"id": f"r{place}", "condition": one, "grants": grants} for place, (one, grants) in enumerate(drawn)]
    document = {"families": {"cal": {"mode": mode}}, "defaults": {"cal": "view"}, "rules": written}
    return from_document(document, TYPES, PEOPLE)


POLICIES = st.builds(_policy, _RULES, st.sampled_from(("first-match", "highest-rank")))
