"""Schemas in the portal: declared and edited row by row without scripts, offered to rules, removed."""

from __future__ import annotations

from typing import Any

import pytest

from scim_portal.services import extensions
from tests.declared import BADGE, URN, declare
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor

FORM = {"urn": URN, "name": "Acme", "description": "People.", "resource_kind": "User"}


def stored(portal: PortalUnderTest) -> list[dict[str, Any]]:
    (found,) = extensions.everyone(portal.ctx())
    return [{name: one[name] for name in ("name", "type", "multiValued")} for one in found.attributes]


def test_a_schema_is_declared_row_by_row(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    assert "None yet" in visitor.page("/schemas")
    assert visitor.page("/schemas/new").count("Attribute ") == 5
    rows = {"name.0": "badge", "type.0": "string", "exact.0": "1", "about.0": "Badge", "name.1": " ", "name.4": "level",
            "type.4": "integer", "multi.4": "1"}  # fmt: skip
    more = visitor.send("/schemas/new", FORM | rows | {"action": "more"})
    assert (more.status_code, more.text.count('<fieldset class="form-row">')) == (200, 8)
    assert 'value="level"' in more.text
    saved = visitor.send("/schemas/new", FORM | rows)
    assert saved.status_code == 302
    (found,) = extensions.everyone(portal.ctx())
    assert (found.urn, found.name, found.description) == (URN, "Acme", "People.")
    assert found.attributes[0]["caseExact"] is True
    assert [(one["name"], one["type"], one["multiValued"]) for one in found.attributes] == [
        ("badge", "string", False), ("level", "integer", True),
    ]  # fmt: skip
    assert "badge, level" in visitor.page("/schemas")


def test_what_the_form_does_not_show_survives_it(portal: PortalUnderTest) -> None:
    parts = [{"name": "value"}, {"name": "floor", "type": "integer"}]
    attributes = [
        {"name": "badge", "canonicalValues": ["a", "b"], "mutability": "readOnly", "returned": "always"},
        {"name": "desks", "type": "complex", "multiValued": True, "subAttributes": parts},
        {"name": "gone"},
    ]
    id = declare(portal, attributes=attributes)
    before = extensions.find(portal.ctx(), id).attributes
    visitor = Visitor.signed_in(portal)
    assert "Parts: value, floor" in visitor.page(f"/schemas/{id}")
    rows = {"was.0": "badge", "name.0": "badge", "type.0": "string", "about.0": "New", "was.1": "desks", "name.1": "desks",
            "type.1": "complex", "multi.1": "1", "was.2": "gone", "name.2": ""}  # fmt: skip
    visitor.send(f"/schemas/{id}", {"name": "Acme", "urn": "urn:other:x"} | rows)
    found = extensions.find(portal.ctx(), id)
    assert found.urn == URN
    assert found.attributes == [before[0] | {"description": "New"}, before[1]]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"urn": "acme"}, "Give a URN"),
        ({"name": ""}, "Give the schema a name"),
        ({"name.0": "a b"}, "Give a name of at most 60"),
        ({"name.0": "x", "name.2": "X"}, "stands here twice"),
        ({"name.0": "x", "type.0": "complex"}, "at least one attribute"),
        ({"name.0": "", "name.1": "x", "type.1": "text"}, "There is no such type"),
        ({"name.0": "x", "about.0": "a\x00b"}, "without control characters"),
        ({"description": "a\x00b"}, "without control characters"),
    ],
)
def test_what_is_wrong_is_said_on_the_page_and_nothing_typed_is_lost(
    portal: PortalUnderTest, typed: dict[str, str], said: str
) -> None:
    answer = Visitor.signed_in(portal).send("/schemas/new", FORM | {"name.0": "badge", "name.3": "kept"} | typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="kept"' in answer.text
    assert extensions.everyone(portal.ctx()) == []


def test_a_schema_without_attributes_is_refused(portal: PortalUnderTest) -> None:
    answer = Visitor.signed_in(portal).send("/schemas/new", FORM | {"name.0": ""})
    assert (answer.status_code, "Give a list of at least one attribute" in answer.text) == (422, True)


def test_a_rule_is_written_with_it_and_then_keeps_it(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    portal.publish(a_policy())
    id = declare(portal)
    visitor = Visitor.signed_in(portal)
    page = visitor.page("/rules/new")
    for path in (BADGE, f"{URN}:desks.floor"):
        assert f'<option value="{path}">' in page
    form = {"name": "Seven", "mode": "terms", "join": "and", "path.0": f"{URN}:level", "op.0": "eq", "value.0": "7",
            "grant.cal": "pro", "state": "active", "queue_priority": "100"}  # fmt: skip
    counted = visitor.send("/rules/new", form | {"action": "count"})
    assert counted.status_code == 200
    assert visitor.send("/rules/new", form).status_code == 302
    assert "level equals “7”" in visitor.page("/rules")
    portal.publish(a_policy(a_rule("seven", f"{URN}:level eq 7", "pro")))
    visitor.send(f"/schemas/{id}/remove")
    assert "“Seven”, which is in force" in visitor.page(f"/schemas/{id}")
    portal.publish(a_policy())
    assert visitor.send(f"/schemas/{id}/remove").status_code == 302
    assert "is no longer declared" in visitor.page("/schemas")


def test_the_rules_of_a_group_are_named_beside_a_declared_attribute(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    declare(portal)
    group = portal.push("Sales")
    portal.publish(a_policy(a_rule("sevens", f'{BADGE} pr and groups.value eq "{group}"', "pro")))
    assert "Sevens" in Visitor.signed_in(portal).page(f"/groups/{group}")


@pytest.mark.parametrize("role", ["auditor", "helpdesk"])
def test_readers_see_schemas_and_change_none(portal: PortalUnderTest, role: str) -> None:
    id = declare(portal)
    visitor = Visitor.signed_in(portal, role)
    for path in ("/schemas", f"/schemas/{id}"):
        page = visitor.page(path)
        assert "Declare a schema" not in page
        assert ">Remove<" not in page
    for path in ("/schemas/new", f"/schemas/{id}", f"/schemas/{id}/remove"):
        assert visitor.send(path, FORM).status_code == 403
