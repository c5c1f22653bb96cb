"""An outside judge: the `scim2-client` library discovers the server by itself and checks every answer by its own models."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from scim2_models import Error, ListResponse, SearchRequest

from tests.portals import LivePortal

from .judge import Judge


@pytest.fixture
def judge(live_portal: LivePortal) -> Iterator[Judge]:
    headers = {"Authorization": f"Bearer {live_portal.token}"}
    with httpx.Client(base_url=live_portal.scim_base_url, headers=headers, timeout=30) as http:
        judge = Judge(http)
        judge.discover()
        yield judge


def a_user(judge: Judge) -> Any:
    model = judge.get_resource_model("User")
    assert model is not None
    address = f"judge.{secrets.token_hex(4)}@acme.example"
    email = {"value": address, "type": "work", "primary": True}
    payload = {"schemas": model.model_fields["schemas"].default, "userName": address, "emails": [email], "active": True}
    return judge.create(model.model_validate(payload))


def test_discovery_names_users_groups_and_what_the_server_can_do(judge: Judge) -> None:
    assert {"User", "Group"} <= {model.__name__.split("[")[0] for model in judge.provider.models}
    config = judge.provider.config
    assert config is not None
    assert config.patch.supported
    assert config.filter.supported


def test_a_user_is_created_read_replaced_and_deleted(judge: Judge) -> None:
    user = a_user(judge)
    assert user.meta.location.endswith(f"/Users/{user.id}")
    user.title = "Judge"
    assert judge.replace(user).title == "Judge"
    assert judge.query(type(user), user.id).title == "Judge"
    judge.delete(type(user), user.id)
    gone = judge.query(type(user), user.id, raise_scim_errors=False)
    assert isinstance(gone, Error)
    assert gone.status == 404


def test_a_group_is_created_with_a_member_and_found_by_its_name(judge: Judge) -> None:
    user, model = a_user(judge), judge.get_resource_model("Group")
    assert model is not None
    name = f"Judges {secrets.token_hex(4)}"
    payload = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": name,
        "members": [{"value": user.id}],
    }
    group = judge.create(model.model_validate(payload))
    assert [member.value for member in group.members] == [user.id]
    found = judge.query(model, query_parameters=SearchRequest(filter=f'displayName eq "{name}"'))
    assert isinstance(found, ListResponse)
    assert [each.id for each in found.resources or ()] == [group.id]
    assert [each.value for each in judge.query(type(user), user.id).groups] == [group.id]
    judge.delete(model, group.id)


def test_a_query_by_user_name_finds_exactly_that_user(judge: Judge) -> None:
    user = a_user(judge)
    found = judge.query(type(user), query_parameters=SearchRequest(filter=f'userName eq "{user.user_name.upper()}"'))
    assert [each.id for each in found.resources or ()] == [user.id]
