"""One provisioning write and the seats it moves, in process, on both databases."""

from __future__ import annotations

from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule

SALES = a_rule("sales", 'groups.value eq "{id}"', "pro", fallback=["std"])


def test_a_new_user_gets_the_default_license(portal: PortalUnderTest) -> None:
    portal.license("view", 5)
    portal.publish(a_policy(default="view"))
    portal.provision("ann@acme.example")
    assert portal.usage() == {"view": (1, 0)}


def test_a_full_license_queues_the_user_and_the_request_succeeds(portal: PortalUnderTest) -> None:
    portal.license("view", 1)
    portal.publish(a_policy(default="view"))
    portal.provision("ann@acme.example")
    portal.provision("bob@acme.example")
    assert portal.usage() == {"view": (1, 1)}


def test_joining_a_group_gives_the_seat_of_its_rule(portal: PortalUnderTest) -> None:
    portal.license("pro", 1, rank=30)
    portal.license("std", 1, rank=20)
    ann = portal.provision("ann@acme.example")
    bob = portal.provision("bob@acme.example")
    sales = portal.push("Sales")
    portal.publish(a_policy(SALES | {"condition": f'groups.value eq "{sales}"'}))
    both = a_patch({"op": "add", "path": "members", "value": [{"value": ann}, {"value": bob}]})
    assert portal.scim("PATCH", f"/Groups/{sales}", both).status_code == 200
    assert portal.usage() == {"pro": (1, 1), "std": (1, 0)}
    leaves = a_patch({"op": "remove", "path": f'members[value eq "{ann}"]'})
    assert portal.scim("PATCH", f"/Groups/{sales}", leaves).status_code == 200
    assert portal.usage() == {"pro": (1, 0), "std": (0, 0)}
