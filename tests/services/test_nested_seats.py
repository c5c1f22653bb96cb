"""Licenses through groups in groups: what is nested, moved, deleted or restored settles everybody whom it touches."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import Job
from scim_portal.services import explanations, invariants, nesting, people
from scim_portal.services.people import Wanted
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule


@dataclass
class Tree:
    """Ann is in Team, Team is in Dept; whoever is in Dept gets `pro`."""

    portal: PortalUnderTest
    ann: str
    team: str
    dept: str

    def change(self, group: str, op: str, *members: str) -> None:
        for one in members:
            change = {"op": "add", "path": "members", "value": [{"value": one}]}
            if op == "remove":
                change = {"op": "remove", "path": f'members[value eq "{one}"]'}
            assert self.portal.scim("PATCH", f"/Groups/{group}", a_patch(change)).status_code == 200

    def used(self) -> int:
        used = self.portal.usage()["pro"][0]
        assert invariants.violations(self.portal.ctx()) == []
        return used


@pytest.fixture
def tree(portal: PortalUnderTest) -> Tree:
    portal.license("pro", 500)
    ann = portal.provision("ann@acme.example")
    team = portal.push("Team", ann)
    dept = portal.push("Dept", team)
    portal.publish(a_policy(a_rule("dept", f'groups.value eq "{dept}"', "pro")))
    return Tree(portal, ann, team, dept)


def test_a_rule_for_a_group_gives_seats_to_members_of_groups_in_it(tree: Tree) -> None:
    assert tree.used() == 1
    bob = tree.portal.provision("bob@acme.example")
    tree.change(tree.team, "add", bob)
    assert tree.used() == 2
    tree.change(tree.team, "remove", bob)
    assert tree.used() == 1


def test_taking_the_inner_group_out_releases_and_putting_it_back_grants(tree: Tree) -> None:
    tree.change(tree.dept, "remove", tree.team)
    assert tree.used() == 0
    tree.change(tree.dept, "add", tree.team)
    assert tree.used() == 1


@pytest.mark.parametrize(("which", "kept"), [("team", 0), ("dept", 1)], ids=["inner", "named by the rule"])
def test_deleting_a_group_of_the_chain_releases_unless_the_rule_names_it(tree: Tree, which: str, kept: int) -> None:
    """A rule whose own group is deleted is frozen and keeps its seats (L9); a group below it is left as any group is."""
    id = getattr(tree, which)
    assert tree.portal.scim("DELETE", f"/Groups/{id}").status_code == 204
    assert tree.used() == kept
    assert tree.portal.api("POST", f"/groups/{id}/restore").status_code == 200
    assert tree.used() == 1


def test_a_group_between_two_others_carries_their_members_up_and_down_again(tree: Tree) -> None:
    crew = tree.portal.push("Crew", *[tree.portal.provision(f"c{number}@acme.example") for number in range(3)])
    middle = tree.portal.push("Middle", crew)
    tree.change(tree.team, "add", middle)
    assert tree.used() == 4
    assert tree.portal.scim("DELETE", f"/Groups/{middle}").status_code == 204
    assert tree.used() == 1
    assert tree.portal.api("POST", f"/groups/{middle}/restore").status_code == 200
    assert tree.used() == 4


def test_whoever_is_in_a_group_twice_keeps_the_seat_until_both_ways_are_gone(tree: Tree) -> None:
    other = tree.portal.push("Other", tree.ann)
    tree.change(tree.dept, "add", other)
    tree.change(tree.dept, "remove", tree.team)
    assert tree.used() == 1
    tree.change(other, "remove", tree.ann)
    assert tree.used() == 0


def test_moving_a_group_to_another_parent_moves_the_seats_of_its_members(tree: Tree) -> None:
    tree.portal.license("std", 5, rank=20)
    lab = tree.portal.push("Lab")
    rules = (a_rule("dept", f'groups.value eq "{tree.dept}"', "pro"), a_rule("lab", f'groups.value eq "{lab}"', "std"))
    tree.portal.publish(a_policy(*rules))
    tree.change(tree.dept, "remove", tree.team)
    tree.change(lab, "add", tree.team)
    assert tree.portal.usage() == {"pro": (0, 0), "std": (1, 0)}


def test_a_rule_can_tell_direct_members_from_others(tree: Tree) -> None:
    tree.portal.publish(a_policy(a_rule("own", f'groups[value eq "{tree.dept}" and type eq "direct"]', "pro")))
    assert tree.used() == 0
    tree.change(tree.dept, "add", tree.ann)
    assert tree.used() == 1
    tree.change(tree.dept, "remove", tree.ann)
    assert tree.used() == 0


def test_nesting_a_group_of_many_is_settled_by_a_job_with_the_same_result(tree: Tree) -> None:
    crowd = [tree.portal.provision(f"m{number}@acme.example") for number in range(205)]
    crew = tree.portal.push("Crew", *crowd)
    tree.portal.run_due()
    tree.change(tree.dept, "add", crew)
    waiting = select(Job.total).where(Job.portal_id == tree.portal.ref.id, Job.state == "queued")
    assert (db.session.scalars(waiting).all(), tree.portal.usage()["pro"][0]) == ([205], 1)
    tree.portal.run_due()
    assert tree.used() == 206


def test_a_user_who_comes_back_gets_what_the_groups_above_give(tree: Tree) -> None:
    assert tree.portal.scim("DELETE", f"/Users/{tree.ann}").status_code == 204
    assert tree.portal.api("POST", f"/users/{tree.ann}/restore").status_code == 200
    assert tree.used() == 1


def test_explanation_list_and_preview_know_the_groups_above(tree: Tree) -> None:
    ctx = tree.portal.ctx()
    (family,) = explanations.of_user(ctx, tree.ann).families
    assert [rule.matched for rule in family.rules] == [True]
    assert [one.id for one in people.users(ctx, Wanted(group_id=tree.dept)).items] == [tree.ann]
    assert people.users(ctx, Wanted(member_of=tree.dept)).items == []
    assert nesting.everybody_in(ctx, tree.dept) == {tree.ann}
    preview = tree.portal.api("POST", "/policy/preview", {"document": a_policy()}).json
    assert preview["counts"]["release"] == 1
