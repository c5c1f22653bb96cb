"""The connector's card and page: default license, errors, tokens that end soon, refusals with their reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from scim_portal.db import transact
from scim_portal.services import connectors, tokens
from tests.clients import LoneClient
from tests.portals import PortalUnderTest, a_group, a_policy, a_user
from tests.web.setting_up import call, in_days
from tests.web.test_statement_counts import counted
from tests.web.visitor import Visitor


@pytest.fixture(autouse=True)
def calls_stand_alone(portal: PortalUnderTest) -> None:
    portal.client = LoneClient(portal.app, portal.app.response_class)


def made(portal: PortalUnderTest, kind: str = "okta", *lives: timedelta) -> str:
    """A connector, switched off, with tokens."""

    def unit() -> str:
        ctx = portal.ctx()
        one = connectors.create(ctx, kind=kind)
        for life in lives:
            tokens.issue_scim(ctx, one, expires_at=ctx.now + life)
        return one.id

    return transact(unit)


def test_enabling_is_refused_with_the_reason_until_default_and_token_are_there(portal: PortalUnderTest) -> None:
    id = made(portal)
    visitor = Visitor.signed_in(portal)

    def turned_on() -> str:
        text: str = visitor.send(f"/connectors/{id}/enabled", {"enabled": "1"}, follow_redirects=True).text
        return text

    assert "Decide the default license first" in turned_on()
    portal.publish(a_policy())
    assert "Issue a token first" in turned_on()
    visitor.send(f"/connectors/{id}/tokens", {"expires_at": in_days(40)})
    assert "Portal information updated. The connector is on" in turned_on()


def test_settings_that_are_saved_are_confirmed(portal: PortalUnderTest) -> None:
    id = made(portal)
    visitor = Visitor.signed_in(portal)
    form = {"name": "Okta", "tolerance": "okta", "strict": "1"}
    answer = visitor.send(f"/connectors/{id}", form, follow_redirects=True)
    assert "Portal information updated." in answer.text
    assert connectors.find(portal.ctx(), id).strict


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [
        (40, None, None),
        (29, "in 29 days", "warn"),
        (13, "in 13 days", "warn"),
        (6, "in 6 days", "bad"),
        (1, "tomorrow", "bad"),
    ],
)
def test_a_token_that_ends_soon_is_told_louder_in_its_last_week(
    portal: PortalUnderTest, days: int, words: str | None, tone: str | None
) -> None:
    id = made(portal, "okta", timedelta(days=days))
    visitor = Visitor.signed_in(portal)
    card, page = visitor.page("/connectors"), visitor.page(f"/connectors/{id}")
    if words is None:
        assert "expires in" not in card + page
        return
    assert re.search(rf'tone-{tone}"><svg.*?</svg>expires {words}<', card)
    assert f"The token expires {words}" in page
    assert f"regenerate={tokens.of_connector(portal.ctx(), id)[0].id}" in page
    assert "Regenerate scimp_" not in Visitor.signed_in(portal, "auditor").page(f"/connectors/{id}")


def test_only_the_token_that_lasts_longest_counts(portal: PortalUnderTest) -> None:
    id = made(portal, "okta", timedelta(days=3), timedelta(days=90))
    assert "The token expires" not in Visitor.signed_in(portal).page(f"/connectors/{id}")


def test_a_connector_that_is_on_without_a_token_says_that_nothing_moves(portal: PortalUnderTest) -> None:
    id = portal.connector().id
    visitor = Visitor.signed_in(portal)
    (token,) = tokens.of_connector(portal.ctx(), id)
    visitor.send(f"/connectors/{id}/tokens/{token.id}/revoke")
    assert "No token is valid" in visitor.page(f"/connectors/{id}")
    assert "none valid" in visitor.page("/connectors")


def test_a_token_cannot_be_deleted_and_the_page_says_why(portal: PortalUnderTest) -> None:
    id = made(portal, "okta", timedelta(days=90))
    visitor = Visitor.signed_in(portal)
    assert "A token cannot be deleted" in visitor.page(f"/connectors/{id}")
    routes = [rule.rule for rule in portal.app.url_map.iter_rules() if "token" in rule.rule]
    assert [one for one in routes if "delete" in one or "remove" in one] == []
    (token,) = tokens.of_connector(portal.ctx(), id)
    path = f"{visitor.base}/connectors/{id}/tokens/{token.id}"
    assert visitor.open("DELETE", path).status_code in {404, 405}


def test_a_card_tells_default_last_call_and_the_errors_of_a_day(portal: PortalUnderTest) -> None:
    portal.license("view", 5)
    portal.publish(a_policy(default="view"))
    portal.provision("ann@acme.example")
    portal.scim("POST", "/Users", a_user("ann@acme.example"))
    visitor = Visitor.signed_in(portal)
    assert facts(visitor.page("/connectors")) == ["View", "just now", "1", "2 valid"]
    assert "came with a wrong token" not in visitor.page("/connectors")
    call(portal, "scimp_wrong")
    assert "1 call in the last 24 hours came with a wrong token" in visitor.page("/connectors")


def facts(page: str) -> list[str]:
    """The answers on the first card, without markup."""
    found = [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<dd>(.*?)</dd>", page, re.S)]
    return [one.partition(",")[0].partition("expires")[0].strip() for one in found]


def test_cards_take_as_many_statements_for_one_connector_as_for_five(portal: PortalUnderTest) -> None:
    portal.publish(a_policy())
    made(portal, "okta", timedelta(days=9))
    visitor = Visitor.signed_in(portal)

    def statements(path: str) -> int:
        with counted() as found:
            visitor.page(path)
        return len(found)

    one = statements("/connectors")
    for number in range(4):
        body: dict[str, Any] = {"kind": "generic", "name": f"Number {number}"}
        id = portal.api("POST", "/connectors", body).json["id"]
        visitor.send(f"/connectors/{id}/tokens", {"expires_at": in_days(9)})
    assert statements("/connectors") == one


def test_a_group_pushed_by_name_only_is_marked_in_the_words_of_its_provider(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    portal.push("Full", user)
    empty = portal.push("Names only")
    entra = portal.client.open(
        f"{portal.base}/scim/v2/Groups", method="POST", json=a_group("From Entra"),
        headers={"Authorization": f"Bearer {portal.scim_token('entra')}", "Content-Type": "application/scim+json"},
    ).json["id"]  # fmt: skip
    visitor = Visitor.signed_in(portal)
    assert visitor.page("/groups").count("no members sent") == 2
    assert "Assign the group to the app in Okta too" in visitor.page(f"/groups/{empty}")
    page = visitor.page(f"/groups/{entra}")
    assert "Members follow with its next cycle" in page
    assert "Okta" not in re.sub(r"<nav.*?</nav>", "", page, flags=re.S)
