"""A NUL in an address or a form, which PostgreSQL takes in no text: nothing is there, or it is shown for what it is."""

from __future__ import annotations

import pytest

from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    "path", ["/licenses/%00", "/users/a%00b", "/groups/%00", "/frozen-rules/%00", "/rules/%00", "/users/bulk/%00"]
)
def test_an_address_with_a_nul_has_no_page(portal: PortalUnderTest, path: str) -> None:
    assert Visitor.signed_in(portal).get(path).status_code == 404


def test_what_is_sent_to_such_an_address_is_refused_as_well(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example")
    sent = Visitor.signed_in(portal).send(
        f"/waitlist/users/{ann}/licenses/%00/priority", {"queue_priority": "1", "reason": "x"}
    )
    assert sent.status_code == 404


def test_a_reason_with_a_nul_is_kept_without_it(portal: PortalUnderTest) -> None:
    portal.license("pro", 0)
    portal.publish(a_policy(default="pro"))
    ann = portal.provision("ann@x.example")
    visitor = Visitor.signed_in(portal)
    visitor.send(f"/users/{ann}/exceptions", {"kind": "pin", "license_type": "pro", "reason": "le\0gal"})
    visitor.send(f"/waitlist/users/{ann}/licenses/pro/priority", {"queue_priority": "7", "reason": "bo\0ard"})
    assert "le\ufffdgal" in visitor.page(f"/users/{ann}")
    assert "bo\ufffdard" in visitor.page("/waitlist")


def test_a_group_with_a_nul_is_no_group_to_link_to(portal: PortalUnderTest) -> None:
    portal.license("pro", 5)
    sales = portal.push("Sales")
    portal.publish(a_policy(a_rule("sales", f'groups.value eq "{sales}"', "pro")))
    portal.scim("DELETE", f"/Groups/{sales}")
    form = {"from": sales, f"to.{sales}": "a\0b"}
    answer = Visitor.signed_in(portal).send("/frozen-rules/sales/relink", form, follow_redirects=True)
    assert (answer.status_code, "There is no such group to link to." in answer.text) == (200, True)


def test_an_erasure_takes_a_reason_with_a_nul(portal: PortalUnderTest) -> None:
    ann = portal.provision("ann@x.example")
    form = {"user_name": "ann@x.example", "erase_reason": "as\0ked"}
    Visitor.signed_in(portal).send(f"/users/{ann}/erase", form)
    assert portal.api("GET", f"/users/{ann}").json["user_name"] != "ann@x.example"
