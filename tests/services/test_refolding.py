"""Extensions declared after data had come in: what is stored is folded anew, people are settled, rules keep their ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from flask import g
from sqlalchemy import select

from scim_portal.context import ActorKind, ConnectorRef
from scim_portal.db import db, transact
from scim_portal.errors import Invalid
from scim_portal.jobs import runner
from scim_portal.models import Job, User
from scim_portal.services import extensions, provisioning, resource_types, rulebook
from scim_portal.web.scim import users
from tests.declared import ATTRIBUTES, BADGE, URN, declare, found
from tests.portals import CORE_USER, PortalUnderTest, a_patch, a_policy, a_rule, a_user

OLD = {"BADGE": "B-7", "level": "high", "code": 5, "tags": "red", "desks": ["D1"], "Nobody": {"knows": 1}}


def a_newcomer(name: str = "ann", urn: str = URN, **card: Any) -> dict[str, Any]:
    return a_user(f"{name}@x.example") | {"schemas": [CORE_USER, urn], urn: card}


def stored(portal: PortalUnderTest, id: str) -> Any:
    db.session.rollback()
    row = db.session.execute(select(User).where(User.portal_id == portal.ref.id, User.id == id)).scalar_one()
    return row.folded.get(URN), orjson.loads(row.document), row.version


def test_what_came_in_before_its_description_is_found_after_the_job(portal: PortalUnderTest) -> None:
    id = portal.scim("POST", "/Users", a_newcomer(urn=URN.upper(), **OLD)).json["id"]
    portal.provision("bob@x.example")
    before = stored(portal, id)
    assert before[0] is None
    declare(portal)
    filters = {f'{BADGE} eq "b-7"': 1, f"{URN}:level gt 1": 0, f"{URN}:tags pr": 0, f"{URN}:desks[floor gt 1]": 0}
    assert [found(portal, one) for one in filters] == [[], [], [], []]
    portal.run_due()
    assert [len(found(portal, one)) for one in filters] == list(filters.values())
    folded, document, version = stored(portal, id)
    assert folded == {"badge": "b-7"}
    assert document[URN] == {"badge": "B-7", **{name: value for name, value in OLD.items() if name != "BADGE"}}
    assert (document["schemas"], URN.upper() in document) == ([CORE_USER, URN], False)
    assert (version, document["meta"]) == (before[2], before[1]["meta"])
    assert portal.scim("GET", f"/Users/{id}").json[URN]["level"] == "high"


def test_a_rule_on_it_decides_a_seat_and_the_job_settles_who_came_before(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    portal.provision("bob@x.example")
    portal.scim("POST", "/Users", a_newcomer(badge="B-7"))
    portal.publish(a_policy())
    declare(portal)
    transact(lambda: rulebook.publish(portal.ctx(), a_policy(a_rule("badge", f'{BADGE} eq "B-7"', "pro"))))
    portal.run_due()
    assert portal.usage() == {"pro": (1, 0)}
    late = portal.scim("POST", "/Users", a_newcomer("carl", badge="b-7")).json["id"]
    assert portal.usage() == {"pro": (2, 0)}
    portal.scim("PATCH", f"/Users/{late}", a_patch({"op": "replace", "path": BADGE, "value": "C-1"}))
    assert portal.usage() == {"pro": (1, 0)}


def test_what_a_rule_in_force_reads_can_neither_go_nor_turn_into_something_else(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    id = declare(portal)
    portal.publish(a_policy(a_rule("seven", 'badge eq "B-7"', "pro")))
    others = ATTRIBUTES[1:]
    for attributes in (
        others,
        [{"name": "badge", "type": "integer"}, *others],
        [{"name": "badge", "multiValued": True}, *others],
        [{"name": "badge", "caseExact": True}, *others],
    ):
        refused = portal.api("PATCH", f"/schemas/{id}", {"attributes": attributes})
        assert (refused.status_code, refused.json["errors"][0]["field"]) == (409, "attributes")
        assert "“Seven”" in refused.json["detail"]
    assert "“Seven”" in portal.api("DELETE", f"/schemas/{id}").json["detail"]
    fewer = [ATTRIBUTES[0] | {"description": "Another."}, {"name": "level"}, {"name": "new"}]
    assert portal.api("PATCH", f"/schemas/{id}", {"attributes": fewer}).status_code == 200
    portal.publish(a_policy())
    assert portal.api("DELETE", f"/schemas/{id}").status_code == 204


def test_another_schema_cannot_take_over_a_name_that_a_rule_uses_without_urn(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    first = declare(portal, urn="urn:acme:first", attributes=[{"name": "other"}])
    declare(portal)
    portal.publish(a_policy(a_rule("seven", 'badge eq "B-7"', "pro")))
    refused = portal.api("PATCH", f"/schemas/{first}", {"attributes": [{"name": "other"}, {"name": "badge"}]})
    assert refused.status_code == 409


def test_values_of_another_type_are_forgotten_until_they_are_folded_anew(portal: PortalUnderTest) -> None:
    id = declare(portal)
    user = portal.scim("POST", "/Users", a_newcomer(badge="17", tags=["5"], level=3)).json["id"]
    tags = {"name": "tags", "type": "complex", "multiValued": True, "subAttributes": [{"name": "value"}]}
    attributes = [{"name": "badge", "type": "integer", "multiValued": True}, *ATTRIBUTES[1:5], tags]
    assert portal.api("PATCH", f"/schemas/{id}", {"attributes": attributes}).status_code == 200
    assert stored(portal, user)[0] is None
    for filter in (f"{BADGE} gt 1", f"{URN}:tags[value pr]", f"{URN}:level gt 1"):
        assert found(portal, filter) == []
    portal.run_due()
    assert stored(portal, user)[0] == {"level": 3}
    assert found(portal, f"{URN}:level gt 1") == ["ann@x.example"]


def test_what_was_declared_and_taken_back_stays_in_the_documents(portal: PortalUnderTest) -> None:
    id = declare(portal)
    user = portal.scim("POST", "/Users", a_newcomer(badge="B-7")).json["id"]
    assert portal.api("DELETE", f"/schemas/{id}").status_code == 204
    assert stored(portal, user)[0] is None
    assert portal.scim("GET", f"/Users/{user}").json[URN] == {"badge": "B-7"}
    declare(portal)
    portal.run_due()
    assert found(portal, f'{BADGE} eq "B-7"') == ["ann@x.example"]


def test_the_job_goes_on_where_it_was_cut_short(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ann", "bob", "carl"):
        portal.scim("POST", "/Users", a_newcomer(name, badge=name))
    monkeypatch.setattr(runner, "BATCH", 1)
    declare(portal)
    ids = list(db.session.scalars(select(User.id).where(User.portal_id == portal.ref.id).order_by(User.id)))
    job = db.session.scalars(select(Job).where(Job.portal_id == portal.ref.id, Job.kind == "refold")).one()
    job.cursor, job.done = ids[0], 1  # as a runner left it that was killed after its first batch
    db.session.commit()
    portal.run_due()
    assert found(portal, f"{BADGE} pr") == ["bob@x.example", "carl@x.example"]
    progress = portal.api("GET", f"/jobs/{job.id}").json
    assert (progress["state"], progress["done"], progress["total"]) == ("done", 3, 3)


def test_a_write_begun_before_the_declaration_is_not_folded_by_the_old_types(portal: PortalUnderTest) -> None:
    connector = ConnectorRef(portal.connector().id, "okta", "Okta", tolerance="okta")
    stale = replace(portal.ctx(ActorKind.SCIM), schema_stamp=None, connector=connector)
    declare(portal)
    with pytest.raises(resource_types.Outdated):
        transact(lambda: provisioning.create(stale, {"userName": "ann", URN: {"badge": "B-1"}}))
    address = f"{portal.base}/scim/v2/Users"
    sent = {"data": orjson.dumps(a_newcomer(badge="B-7")), "content_type": "application/scim+json"}
    with portal.app.test_request_context(address, method="POST", **sent):
        g.ctx, g.portal = stale, portal.ref
        assert users.create().status_code == 201
    assert found(portal, f'{BADGE} eq "B-7"') == ["ann@x.example"]


def test_a_policy_is_published_against_the_extensions_of_that_moment(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    id = declare(portal)
    stale = portal.ctx()
    stale = replace(stale, schema_stamp=db.session.scalar(resource_types._STAMP, {"portal": portal.ref.id}))
    transact(lambda: extensions.remove(portal.ctx(), id))

    with pytest.raises(Invalid, match="is no attribute of User"):
        transact(lambda: rulebook.publish(stale, a_policy(a_rule("x", f"{BADGE} pr", "pro"))))
