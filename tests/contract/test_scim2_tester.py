"""An outside judge: `scim2-tester` discovers the server and checks every attribute, verb and error it can think of."""

from __future__ import annotations

import httpx
from scim2_tester import Status, check_server

from tests.portals import LivePortal

from .judge import Judge


def test_the_conformance_checker_finds_no_violation(live_portal: LivePortal) -> None:
    headers = {"Authorization": f"Bearer {live_portal.token}"}
    with httpx.Client(base_url=live_portal.scim_base_url, headers=headers, timeout=30) as http:
        results = check_server(Judge(http))
    bad = [result for result in results if result.status in {Status.ERROR, Status.CRITICAL}]
    assert len(results) > 50
    assert bad == [], "\n".join(f"{each.title}: {each.reason}" for each in bad)
