"""From draft to live: pages and kinds of a preview, its export, large losses, what moved, progress, predicted and actual."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import Any

import pytest

from scim_portal.context import Ctx
from scim_portal.db import transact
from scim_portal.services import catalog, previews, rulebook, shown_previews
from scim_portal.web.portal import publishing
from tests.portals import PortalUnderTest, a_patch, a_policy, a_rule
from tests.web.visitor import Visitor


@pytest.fixture
def crowd(portal: PortalUnderTest) -> PortalUnderTest:
    """Six people with the richer license by a rule, four of them with a title; capacity for three by a new one."""
    portal.license("pro", 6, rank=30)
    portal.license("std", 2, rank=20)
    portal.publish(a_policy(a_rule("all", "userName pr", "pro")))
    for number in range(6):
        portal.provision(f"p{number}@x.example", **({"title": "Boss"} if number < 4 else {}))
    return portal


def preview(visitor: Visitor, query: str = "") -> tuple[str, str]:
    """The preview's page and its token."""
    page = visitor.page(f"/rules/preview{query}")
    return page, token_in(page)


def token_in(page: str) -> str:
    found = re.search(r'name="preview_token" value="([^"]+)"', page)
    assert found
    return found[1]


def rewrite(visitor: Visitor, grant: str, condition: str = "title pr") -> None:
    """Draft another rule in the place of the first."""
    form = {"name": "All", "condition": condition, "grant.cal": grant, "queue_priority": "100", "state": "active"}
    assert visitor.send("/rules/all", form).status_code == 302


def test_a_preview_has_pages_and_kinds_and_all_of_one_moment(
    crowd: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PAGE", 2)
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "std")
    page, token = preview(visitor)
    assert "1 to 2 of 8 changes" in page
    crowd.provision("later@x.example", title="Boss")
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    second = visitor.page(html.unescape(following[1]).removeprefix(crowd.base))
    assert "3 to 4 of 8 changes" in second
    assert token_in(second) == token
    waits = visitor.page(f"/rules/preview?token={token}&kind=queue")
    assert waits.count("begins to wait</span>") == 2
    assert ">2</dd><dt>begin to wait" in waits
    assert "No change of this kind" in visitor.page(f"/rules/preview?token={token}&kind=grant")
    assert "of 8 changes" not in visitor.page("/rules/preview")


def test_a_preview_is_exported_whole_or_by_kind_and_harmless(crowd: PortalUnderTest) -> None:
    crowd.provision("=cmd@x.example", title="Boss")
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "std")
    _page, token = preview(visitor)
    answer = visitor.get(f"/rules/preview/changes.csv?token={token}")
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="preview-{crowd.slug}-')
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["change"] for row in rows} == {"swap", "release", "queue"}
    assert "'=cmd@x.example" in {row["user_name"] for row in rows}
    swaps = visitor.get(f"/rules/preview/changes.csv?token={token}&kind=swap").data.decode("utf-8-sig")
    assert [row["license_after"] for row in csv.DictReader(io.StringIO(swaps))] == ["Std", "Std"]


def test_who_takes_many_seats_away_types_how_many(crowd: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "std")
    page, token = preview(visitor)
    lost = re.search(r"Type the number to confirm\.", page)
    assert lost
    number = shown_previews.of_draft(crowd.ctx(), token).lost
    assert number == 4
    for typed in ("", "3", "four"):
        answer = visitor.send("/rules/publish", {"preview_token": token, "typed": typed})
        assert answer.status_code == 422
        assert "Type 4 to confirm." in answer.text
    assert rulebook.current(crowd.ctx())[0] == 1
    assert visitor.send("/rules/publish", {"preview_token": token, "typed": "4"}).status_code == 302


def test_what_moved_since_the_preview_is_named(crowd: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "std", "userName pr")
    _page, token = preview(visitor)
    who = crowd.scim("GET", '/Users?filter=userName eq "p5@x.example"').json["Resources"][0]["id"]
    crowd.scim("PATCH", f"/Users/{who}", a_patch({"op": "replace", "value": {"active": False}}))
    answer = visitor.send("/rules/publish", {"preview_token": token, "typed": "4"})
    assert answer.status_code == 409
    assert "The preview was out of date" in answer.text
    assert re.search(r"No longer: [^<]*p5@x\.example", answer.text)


def test_a_draft_that_a_colleague_changed_since_is_previewed_anew(crowd: PortalUnderTest) -> None:
    visitor, colleague = Visitor.signed_in(crowd), Visitor.signed_in(crowd, "license-admin")
    rewrite(visitor, "pro")
    _page, token = preview(visitor)
    colleague.send("/rules/all/state", {"state": "paused"})
    answer = visitor.send("/rules/publish", {"preview_token": token, "typed": "2"})
    assert answer.status_code == 409
    assert f"The rules were last changed by license-admin@{crowd.slug}.example just now." in answer.text
    assert "No longer: " not in answer.text
    assert "New: p0@x.example loses the seat" in answer.text
    assert rulebook.current(crowd.ctx())[0] == 1


def test_the_work_is_followed_until_predicted_and_actual_stand_side_by_side(crowd: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "std")
    _page, token = preview(visitor)
    page = visitor.send("/rules/publish", {"preview_token": token, "typed": "4"}, follow_redirects=True).text
    assert f'hx-get="{crowd.base}/rules/history/2/progress" hx-trigger="every 1s"' in page
    assert "<progress" in page
    crowd.run_due()
    done = visitor.page("/rules/history/2/progress")
    assert "hx-trigger" not in done
    assert "Everybody is in line with version 2." in done
    compared = re.findall(r'<th scope="row">([^<]+)</th><td class="num">([^<]+)</td><td class="num">([^<]+)</td>', done)
    assert compared == [("get another", "2", "2"), ("begin to wait", "2", "2"), ("lose or lesser", "4", "4")]
    history = visitor.page("/rules/history")
    told = r"condition</span>.*?<del>.*?userName is present</del>.*?<ins>.*?title is present</ins>"
    assert re.search(told, history, re.DOTALL)
    assert visitor.get("/rules/history/9/progress").status_code == 404


def test_a_seat_lost_to_the_default_is_counted_as_the_preview_counts_it(crowd: PortalUnderTest) -> None:
    transact(lambda: catalog.add_line(crowd.ctx(), "std", quantity=10))
    visitor = Visitor.signed_in(crowd)
    visitor.send("/rules/defaults", {"default.cal": "std"})
    rewrite(visitor, "pro")
    page, token = preview(visitor)
    assert ">2</dd><dt>get a lesser one" in page
    visitor.send("/rules/publish", {"preview_token": token, "typed": "2"})
    crowd.run_due()
    assert re.search(r'lose or lesser</th><td class="num">2</td><td class="num">2</td>', visitor.page("/rules/history"))


def test_restoring_goes_to_the_preview_and_a_version_that_is_live_needs_none(crowd: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "pro")
    _page, token = preview(visitor)
    visitor.send("/rules/publish", {"preview_token": token, "typed": "2"})
    crowd.run_due()
    assert visitor.send("/rules/history/1/draft").location.endswith("/rules/preview")
    page = visitor.page("/rules/preview")
    assert "Version 1 is the draft now." in page
    assert ">2</dd><dt>get a seat" in page
    assert "Replace the draft?" in visitor.page("/rules/history")
    assert "says what is live already" in visitor.send("/rules/history/2/draft", follow_redirects=True).text
    assert rulebook.draft(crowd.ctx()) is None


def test_the_history_has_pages(crowd: PortalUnderTest) -> None:
    for number in range(21):
        transact(lambda n=number: rulebook.publish(crowd.ctx(), a_policy(a_rule("all", f'title eq "{n}"', "pro"))))
    visitor = Visitor.signed_in(crowd)
    page = visitor.page("/rules/history")
    assert "Versions 3 to 22" in page
    older = re.search(r'href="[^"]*(/rules/history\?before=3)" rel="next"', page)
    assert older
    page = visitor.page(older[1])
    assert re.findall(r'id="version-(\d+)"', page) == ["2", "1"]


def test_a_draft_is_published_although_a_family_came_after_it(crowd: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(crowd)
    rewrite(visitor, "pro", 'userName sw "p"')
    crowd.license("addon", 5, family="tools")
    _page, token = preview(visitor)
    assert visitor.send("/rules/publish", {"preview_token": token}).location.endswith("/rules/history")
    assert rulebook.current(crowd.ctx())[0] == 2


def test_what_is_written_while_a_draft_is_checked_is_not_lost(
    crowd: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor, other = Visitor.signed_in(crowd), Visitor.signed_in(crowd, "license-admin")
    rewrite(visitor, "std")
    _page, token = preview(visitor)
    real = previews.check

    def slowly(ctx: Ctx, content: Any, *, token: str) -> Any:
        checked = real(ctx, content, token=token)
        rewrite(other, "std", 'title eq "Boss"')
        return checked

    monkeypatch.setattr(previews, "check", slowly)
    answer = visitor.send("/rules/publish", {"preview_token": token, "typed": "4"})
    assert answer.status_code == 409
    assert rulebook.current(crowd.ctx())[0] == 1
    draft = rulebook.draft(crowd.ctx())
    assert draft is not None
    assert draft[1]["rules"][0]["condition"] == 'title eq "Boss"'
