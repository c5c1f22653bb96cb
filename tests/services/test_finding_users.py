"""Finding users in a large directory: words by their beginning, filters in any mixture, totals not counted to the end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from scim_portal.db import db, transact
from scim_portal.errors import Invalid
from scim_portal.models import NameTerm
from scim_portal.services import cursors, name_terms, overrides, people, user_conditions
from scim_portal.services.people import Wanted
from tests.portals import PortalUnderTest, a_patch, a_policy, a_user

NAME = {"givenName": "Zoë", "familyName": "Müller-Lüdenscheid"}


def names(portal: PortalUnderTest, **wanted: str) -> list[str]:
    found = people.users(portal.ctx(), Wanted(**wanted), sort="user_name", count=True)
    assert found.total == len(found.items)
    return [one.user_name.partition("@")[0] for one in found.items]


def terms(portal: PortalUnderTest, id: str) -> set[str]:
    db.session.rollback()
    query = select(NameTerm.term).where(NameTerm.portal_id == portal.ref.id, NameTerm.user_id == id)
    return set(db.session.scalars(query))


@pytest.fixture
def crew(portal: PortalUnderTest) -> PortalUnderTest:
    portal.provision("zoe.muller@acme.example", name=NAME, externalId="00u7")
    portal.provision("ann@acme.example")
    portal.provision("bob@other.example", name={"givenName": "Robert", "familyName": "Tables"}, displayName="Bobby")
    return portal


def test_terms_are_the_words_of_names_and_the_parts_of_addresses() -> None:
    content = {
        "userName": "Ann.Archer@acme.example",
        "name": {"givenName": "Ann", "familyName": "O'Hara"},
        "displayName": "A H",
    }
    assert name_terms.of(content) == {
        "ann.archer@acme.example",
        "archer@acme.example",
        "acme.example",
        "o'hara",
        "hara",
    }
    assert name_terms.words("  Zoë  MÜLLER ") == ["zoe", "muller"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zoe", ["zoe.muller"]), ("ZOË lüden", ["zoe.muller"]), ("muller", ["zoe.muller"]), ("00u", ["zoe.muller"]),
        ("acme", ["ann", "zoe.muller"]), ("bobby", ["bob"]), ("tab rob", ["bob"]), ("uller", []), ("zoe bob", []),
        ("100%", []), ("\U0010ffff", []), ("\u0301", []),
    ],
)  # fmt: skip
def test_every_word_that_is_typed_must_begin_some_word(crew: PortalUnderTest, typed: str, found: list[str]) -> None:
    assert names(crew, search=typed) == found


def test_a_whole_id_finds_its_user(crew: PortalUnderTest) -> None:
    id = crew.provision("cid@acme.example")
    assert names(crew, search=id) == ["cid"]


def test_a_new_name_is_found_and_the_old_one_no_longer(crew: PortalUnderTest) -> None:
    id = crew.provision("cid@acme.example")
    crew.scim("PUT", f"/Users/{id}", a_user("dora@acme.example", displayName="Dora Smith"))
    assert names(crew, search="cid") == []
    assert names(crew, search="smith") == ["dora"]
    before = terms(crew, id)
    crew.scim("PATCH", f"/Users/{id}", a_patch({"op": "replace", "path": "title", "value": "Chief"}))
    assert terms(crew, id) == before


def test_a_deleted_user_is_still_found_and_a_revived_one_by_the_new_name(crew: PortalUnderTest) -> None:
    id = crew.provision("cid@acme.example", displayName="Cid One")
    crew.scim("DELETE", f"/Users/{id}")
    assert names(crew, search="one", state="deleted") == ["cid"]
    assert crew.provision("cid@acme.example", displayName="Cid Two") == id
    assert (names(crew, search="one"), names(crew, search="two")) == ([], ["cid"])


def test_an_erased_user_is_found_by_the_pseudonym_alone(crew: PortalUnderTest) -> None:
    id = crew.provision("cid@acme.example", displayName="Cid One")
    assert crew.api("POST", f"/users/{id}/erase").status_code == 200
    assert terms(crew, id) == {f"erased-{id[-12:]}", id[-12:]}


@pytest.mark.parametrize("few", [user_conditions.FEW, 0], ids=["driven by the few", "walked in order"])
def test_filters_mean_the_same_whichever_way_they_are_answered(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(user_conditions, "FEW", few)
    portal.license("pro", 1)
    portal.publish(a_policy(default="pro"))
    ann, ben, _cid, dan = (portal.provision(f"{one}@acme.example") for one in ("ann", "ben", "cid", "dan"))
    portal.push("Sales", ann, ben)
    outer = portal.push("All", portal.push("Inner", dan))
    portal.scim("PATCH", f"/Users/{ben}", a_patch({"op": "replace", "value": {"active": False}}))
    portal.scim("DELETE", f"/Users/{dan}")
    transact(lambda: overrides.add(portal.ctx(), ann, license_type="pro", kind="pin", reason="boss"))
    assert names(portal, license_type="pro") == ["ann"]
    assert names(portal, concern="waiting") == names(portal, concern="attention") == ["cid"]
    assert names(portal, concern="exception") == ["ann"]
    assert names(portal, state="inactive") == ["ben"]
    assert names(portal, state="deleted", group_id=outer) == ["dan"]
    assert names(portal, search="acme", state="active") == ["ann", "cid"]
    assert names(portal, search="acme", concern="waiting", state="active") == ["cid"]
    assert names(portal, search="ann@", state="inactive") == []


def test_an_end_of_an_exception_takes_it_out_of_the_list(portal: PortalUnderTest) -> None:
    portal.license("pro", 1)
    ann, ctx = portal.provision("ann@acme.example"), portal.ctx()
    soon = ctx.now.replace(year=ctx.now.year + 1)
    transact(lambda: overrides.add(ctx, ann, license_type="pro", kind="pin", reason="boss", ends_at=soon))
    assert names(portal, concern="exception") == ["ann"]


@pytest.mark.parametrize("sort", people.SORTS)
def test_pages_in_every_order_show_everybody_once_and_carry_the_total(portal: PortalUnderTest, sort: str) -> None:
    made = {portal.provision(f"p{number}@acme.example") for number in range(5)}
    seen, cursor = [], None
    for _ in range(3):
        page = people.users(portal.ctx(), Wanted(search="acme"), sort=sort, cursor=cursor, limit=2, count=True)
        assert (page.total, page.is_more) == (5, False)
        seen += [one.id for one in page.items]
        cursor = page.next
    assert cursor is None
    assert (len(seen), set(seen)) == (5, made)


def test_nobody_is_counted_beyond_the_bound(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "COUNTED", 3)
    for number in range(5):
        portal.provision(f"p{number}@acme.example")
    page = people.users(portal.ctx(), Wanted(search="acme"), limit=2, count=True)
    assert (page.total, page.is_more) == (3, True)


def test_a_cursor_of_another_order_is_refused_by_name(portal: PortalUnderTest) -> None:
    with pytest.raises(Invalid) as refused:
        people.users(portal.ctx(), Wanted(), sort="-updated", cursor=cursors.encode("ann", "x"))
    assert refused.value.field == "cursor"
