"""Notices and their settings over the admin API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from scim_portal.jobs import postman
from tests.portals import PortalUnderTest, a_policy
from tests.services.notice_board import told
from tests.smtp import MailServer


@pytest.fixture
def full(portal: PortalUnderTest) -> PortalUnderTest:
    """A portal with a full license type that somebody waits for."""
    portal.license("view", 2)
    portal.publish(a_policy(default="view"))
    for name in ("ann", "bob", "cat"):
        portal.provision(f"{name}@x.example")
    portal.run_due()
    return portal


@pytest.fixture
def server(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    with MailServer.listening() as found:
        monkeypatch.setitem(portal.app.config, "SETTINGS", replace(portal.settings, smtp_url=found.url))
        yield found


def test_notices_are_listed_newest_first_in_pages(full: PortalUnderTest) -> None:
    everything = full.api("GET", "/notices").json["items"]
    kinds = {one["kind"] for one in everything}
    assert {"threshold", "exhausted"} <= kinds
    assert [one["id"] for one in everything] == sorted((one["id"] for one in everything), reverse=True)
    first = full.api("GET", "/notices?limit=2").json
    rest = full.api("GET", "/notices", query_string={"cursor": first["next"], "limit": 100}).json
    assert [one["id"] for one in first["items"] + rest["items"]] == [one["id"] for one in everything]
    assert rest["next"] is None
    assert full.api("GET", "/notices?state=closed").status_code == 422


def test_a_notice_says_what_it_is_about(full: PortalUnderTest) -> None:
    (one,) = told(full, "exhausted")
    assert one | {
        "severity": "critical", "text": "All 2 seats of View are taken, and people wait for one.", "ended_at": None,
        "url": f"{full.ref.base_url}/waitlist?license=view", "subject": "exhausted:view:2",
    } == one  # fmt: skip


def test_a_notice_is_put_away_by_those_who_may_act(full: PortalUnderTest) -> None:
    (one,) = told(full, "exhausted")
    path = f"/notices/{one['id']}/dismiss"
    assert [full.api("POST", path, role=role).status_code for role in ("helpdesk", "auditor")] == [403, 403]
    assert full.api("GET", "/notices", role="helpdesk").status_code == 200
    away = full.api("POST", path, role="license-admin")
    assert (away.status_code, away.json["ended_at"] is None) == (200, False)
    assert told(full, "exhausted", "open") == []
    again = full.api("POST", path).json
    assert (again["ended_at"], again["ended_by"]) == (away.json["ended_at"], away.json["ended_by"])
    full.run_due()
    assert len(told(full, "exhausted")) == 1


def test_settings_are_the_owners(portal: PortalUnderTest) -> None:
    assert portal.api("GET", "/notice-settings", role="auditor").json == {"addresses": None}
    wanted = {"addresses": ["ops@acme.example"]}
    assert portal.api("PUT", "/notice-settings", wanted, role="license-admin").status_code == 403
    assert portal.api("PUT", "/notice-settings", wanted).json == wanted
    assert portal.api("GET", "/notice-settings").json == wanted
    assert portal.api("PUT", "/notice-settings", {"addresses": None}).json == {"addresses": None}


@pytest.mark.parametrize(
    "addresses", [[], ["no address"], ["a@b, c@d"], ["a@b.example\nBcc: x@y"], ["<a@b>"], "a@b.example", [1]]
)
def test_what_is_no_list_of_addresses_is_refused_by_name(portal: PortalUnderTest, addresses: object) -> None:
    answer = portal.api("PUT", "/notice-settings", {"addresses": addresses})
    assert (answer.status_code, answer.json["errors"][0]["field"].split("/")[0]) == (422, "addresses")


def test_a_test_mail_needs_a_mail_server(portal: PortalUnderTest) -> None:
    answer = portal.api("POST", "/notice-settings/test")
    assert (answer.status_code, "SMTP_URL" in answer.json["detail"]) == (422, True)


def test_a_test_mail_is_sent_by_the_worker_and_not_by_the_request(portal: PortalUnderTest, server: MailServer) -> None:
    portal.api("PUT", "/notice-settings", {"addresses": ["ops@acme.example"]})
    assert portal.api("POST", "/notice-settings/test", role="license-admin").status_code == 403
    answer = portal.api("POST", "/notice-settings/test")
    assert (answer.status_code, answer.json["to"], server.mails) == (202, ["ops@acme.example"], [])
    assert postman.deliver(portal.ref, portal.settings) == 1
    assert server.recipients == [["ops@acme.example"]]
