"""Rules in the portal: edited as a draft, previewed, published; and connectors with their tokens."""

from __future__ import annotations

import re

from scim_portal.db import transact
from scim_portal.services import retirement, rulebook
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule
from tests.web.visitor import Visitor


def two_rules(portal: PortalUnderTest) -> Visitor:
    """Two rules that both match Ann, the first one giving std; nothing drafted."""
    portal.license("pro", 5, rank=30)
    portal.license("std", 5, rank=20)
    portal.publish(a_policy(a_rule("first", "userName pr", "std"), a_rule("second", "userName pr", "pro")))
    portal.provision("ann@acme.example")
    return Visitor.signed_in(portal)


def token_in(page: str) -> str:
    found = re.search(r'name="preview_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_moving_a_rule_changes_the_draft_and_nobody_before_it_is_published(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    visitor.send("/rules/second/move", {"by": "-1"})
    page = visitor.page("/rules")
    assert "Draft over version 1" in page
    assert re.search(r"moved</span> <b[^>]*>(First|Second)</b>", page)
    assert portal.usage() == {"pro": (0, 0), "std": (1, 0)}
    preview = visitor.page("/rules/preview")
    assert "gets another seat" in preview
    visitor.send("/rules/publish", {"preview_token": token_in(preview)})
    portal.run_due()
    assert portal.usage() == {"pro": (1, 0), "std": (0, 0)}
    assert re.search(r"moved</span> <b[^>]*>(First|Second)</b>", visitor.page("/rules/history"))


def test_a_preview_that_is_out_of_date_is_shown_anew_and_not_published(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    visitor.send("/rules/second/move", {"by": "-1"})
    token = token_in(visitor.page("/rules/preview"))
    (ann,) = portal.scim("GET", "/Users").json["Resources"]
    off = {"op": "replace", "value": {"active": False}}
    assert portal.scim("PATCH", f"/Users/{ann['id']}", a_patch(off)).status_code == 200
    answer = visitor.send("/rules/publish", {"preview_token": token})
    assert answer.status_code == 409
    assert "The preview was out of date" in answer.text
    assert rulebook.current(portal.ctx())[0] == 1
    assert visitor.send("/rules/publish", {"preview_token": token_in(answer.text)}).status_code == 302


def test_a_rule_is_written_from_path_condition_text_and_target(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    group = portal.push("Design")
    form = {
        "name": "Designers", "mode": "terms", "join": "or", "path.0": "groups", "op.0": "eq", "value.0": "Design",
        "path.1": "department", "op.1": "sw", "value.1": "Des", "grant.cal": "pro", "fallback.cal.0": "std",
        "state": "active", "queue_priority": "50",
    }  # fmt: skip
    assert visitor.send("/rules/new", form).status_code == 302
    draft = rulebook.draft(portal.ctx())
    assert draft is not None
    rule = draft[1]["rules"][-1]
    assert rule["condition"] == f'groups.value eq "{group}" or department sw "Des"'
    assert (rule["grants"], rule["fallback"], rule["queue_priority"]) == (["pro"], ["std"], 50)
    assert "group is Design or department starts with “Des”" in visitor.page("/rules")


def test_the_editor_counts_who_matches_without_saving(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    form = {"mode": "terms", "path.0": "userName", "op.0": "sw", "value.0": "ANN", "action": "count"}
    page = visitor.send("/rules/new", form).text
    assert re.search(r">1</b> of 1 active users matches", page)
    assert "ann@acme.example" in page
    assert rulebook.draft(portal.ctx()) is None


def test_a_filter_goes_over_to_terms_and_back(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    page = visitor.send("/rules/new", {"mode": "text", "condition": 'title eq "Boss"', "action": "to-terms"}).text
    assert 'value="Boss"' in page
    deep = "title pr or (userType pr and (locale pr or nickName pr and active eq true))"
    nested = visitor.send("/rules/new", {"condition": deep, "action": "to-terms"}).text
    assert "This filter is edited as text." in nested
    assert f">{deep}</textarea>" in nested


def test_a_condition_that_cannot_be_used_is_refused_beside_its_field(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    form = {"name": "Bad", "mode": "text", "condition": "department eq", "grant.cal": "pro", "queue_priority": "1"}
    answer = visitor.send("/rules/first", form)
    assert answer.status_code == 422
    assert 'id="condition-error"' in answer.text
    assert rulebook.draft(portal.ctx()) is None


def test_an_old_version_becomes_the_draft(portal: PortalUnderTest) -> None:
    visitor = two_rules(portal)
    portal.publish(a_policy())
    visitor.send("/rules/history/1/draft")
    draft = rulebook.draft(portal.ctx())
    assert draft is not None
    assert [rule["id"] for rule in draft[1]["rules"]] == ["first", "second"]


def test_a_connector_is_switched_on_only_when_nothing_is_undecided(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    own = visitor.send("/connectors", {"kind": "okta"}).location.removeprefix(portal.base)
    answer = visitor.send(f"{own}/enabled", {"enabled": "1"}, follow_redirects=True)
    assert "Decide the default license first" in answer.text
    visitor.send("/rules/defaults", {"default.cal": "none"})
    visitor.send("/rules/publish", {"preview_token": token_in(visitor.page("/rules/preview"))})
    visitor.send(f"{own}/tokens", {"expires_at": "2028-01-01"})
    assert "The connector is on" in visitor.send(f"{own}/enabled", {"enabled": "1"}, follow_redirects=True).text


def test_a_token_is_shown_once_and_masked_afterwards(portal: PortalUnderTest) -> None:
    own = f"/connectors/{portal.connector().id}"
    visitor = Visitor.signed_in(portal)
    page = visitor.send(f"{own}/tokens", {"expires_at": "2028-01-01"}).text
    value = re.search(r'id="token-value" value="(scimp_[^"]+)"', page)
    assert value
    later = visitor.page(own)
    assert value[1] not in later
    assert f"scimp_…{value[1][-4:]}" in later


def test_a_regenerated_token_takes_the_old_ones_place(portal: PortalUnderTest) -> None:
    old = portal.token
    own = f"/connectors/{portal.connector().id}"
    visitor = Visitor.signed_in(portal)
    ids = re.findall(r"regenerate=([0-9a-f-]+)", visitor.page(own))
    assert ids
    for id in dict.fromkeys(ids):
        page = visitor.send(f"{own}/tokens/{id}/regenerate", {"expires_at": "2028-01-01", "overlap": "0"}).text
        assert "Copy the token now" in page
    assert (
        visitor.open("GET", f"{portal.base}/scim/v2/Users", headers={"Authorization": f"Bearer {old}"}).status_code
        == 401
    )


def test_a_token_without_a_date_is_refused(portal: PortalUnderTest) -> None:
    own = f"/connectors/{portal.connector().id}"
    answer = Visitor.signed_in(portal).send(f"{own}/tokens", {"expires_at": ""})
    assert answer.status_code == 422
    assert "Choose a date." in answer.text


def test_a_retired_license_is_not_offered_but_where_a_rule_names_it(portal: PortalUnderTest) -> None:
    portal.license("pro", 2, rank=30)
    portal.license("old", 2, rank=20)
    portal.publish(a_policy(a_rule("all", "title pr", "pro")))
    visitor = Visitor.signed_in(portal)
    assert '<option value="old"' in visitor.page("/rules/new")
    transact(lambda: retirement.retire(portal.ctx(), "old"))
    assert '<option value="old"' not in visitor.page("/rules/new")
    assert '<option value="pro"' in visitor.page("/rules/all")
