"""Recorded conversations of Okta and Entra ID, replayed in order against the running product on both databases."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.portals import LivePortal

from .replay import replay
from .wire import sender

RECORDED = sorted((Path(__file__).parent / "conversations").glob("*.json"))


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_conversation_goes_as_recorded(live_portal: LivePortal, entra_token: str, file: Path) -> None:
    conversation: dict[str, Any] = json.loads(file.read_text())
    token = {"okta": live_portal.token, "entra": entra_token}[conversation["connector"]]
    with sender(live_portal.scim_base_url, token) as send:
        found = replay(conversation, send, guid=str(uuid.uuid4()), token=token)
    assert found == [], "\n".join([f"{conversation['name']} ({live_portal.database}):", *found])


def test_no_conversation_is_empty_or_forgets_to_check() -> None:
    assert len(RECORDED) >= 6
    for file in RECORDED:
        assert all("status" in step["expect"] for step in json.loads(file.read_text())["steps"]), file.name
