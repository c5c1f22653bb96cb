"""What tests of notices look at: the notices of a portal as the API gives them, and what waits in its outbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import Outbound
from tests.portals import PortalUnderTest


def told(portal: PortalUnderTest, kind: str, state: str = "all") -> list[dict[str, Any]]:
    """The notices of a kind, oldest first."""
    answer = portal.api("GET", f"/notices?state={state}&limit=500")
    assert answer.status_code == 200, answer.text
    return [one for one in reversed(answer.json["items"]) if one["kind"] == kind]


def texts(portal: PortalUnderTest, kind: str, state: str = "all") -> list[str]:
    """What they say."""
    return [one["text"] for one in told(portal, kind, state)]


def outbox(portal: PortalUnderTest, kind: str = "email") -> list[Outbound]:
    """The messages of a kind, oldest first."""
    db.session.rollback()
    query = select(Outbound).where(Outbound.portal_id == portal.ref.id, Outbound.kind == kind)
    return list(db.session.scalars(query.order_by(Outbound.id)))
