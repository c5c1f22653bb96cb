"""What happened to one user: three records merged by time, page by page, each thing once."""

from __future__ import annotations

import pytest

from scim_portal.db import transact
from scim_portal.errors import Invalid
from scim_portal.services import provisioning, timelines
from tests.portals import PortalUnderTest, a_policy


def test_pages_hold_everything_once_newest_first(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    portal.publish(a_policy(default="pro"))
    ann = portal.provision("ann@acme.example")
    for active in (False, True):
        transact(lambda active=active: provisioning.set_active(portal.ctx(), ann, active))
    whole = timelines.of_user(portal.ctx(), ann).items
    kinds = [kind for kind, _ in whole]
    assert (kinds.count("calls"), kinds.count("admins"), kinds.count("seats")) == (1, 2, 3)
    ids = [row.id for _, row in whole]
    assert ids == sorted(ids, reverse=True)
    seen, cursor = [], None
    for _ in range(3):
        page = timelines.of_user(portal.ctx(), ann, cursor=cursor, limit=2)
        seen += [row.id for _, row in page.items]
        cursor = page.next
    assert (seen, cursor) == (ids, None)
    assert [kind for kind, _ in timelines.of_user(portal.ctx(), ann, kinds=("admins",)).items] == ["admins", "admins"]


def test_an_unknown_kind_is_refused_by_name(portal: PortalUnderTest) -> None:
    with pytest.raises(Invalid) as refused:
        timelines.of_user(portal.ctx(), "x", kinds=("gossip",))
    assert refused.value.field == "show"
