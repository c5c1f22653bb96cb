"""The simulated Okta against the running product, and its people against themselves."""

from __future__ import annotations

import random

import httpx
import pytest

from scim_portal import simulate
from scim_portal.simulate import org
from scim_portal.simulate.provisioning import Style
from tests.portals import LivePortal


def quiet(done: int, total: int, what: str) -> None:
    assert 1 <= done <= total, what


@pytest.mark.parametrize("style", ["put", "patch"])
def test_a_simulated_day_provisions_everybody_and_a_second_one_links_them(
    live_portal: LivePortal, style: Style
) -> None:
    seed = random.randrange(10**9)
    day = {"users": 12, "groups": 4, "style": style, "seed": seed, "progress": quiet}
    first = simulate.run(live_portal.scim_base_url, live_portal.token, **day)
    assert first.failures == ()
    assert first.users_created + first.users_linked == 12
    assert first.groups_pushed == 4
    second = simulate.run(live_portal.scim_base_url, live_portal.token, **day)
    assert (second.users_created, second.users_linked, second.failures) == (0, 12, ())
    assert (
        _found(live_portal, "Users", org.build(users=12, groups=4, seed=seed).people[-1].user_name)["active"] is False
    )


def _found(live_portal: LivePortal, endpoint: str, user_name: str) -> dict[str, object]:
    answer = httpx.get(
        f"{live_portal.scim_base_url}/{endpoint}",
        params={"filter": f'userName eq "{user_name}"'},
        headers={"Authorization": f"Bearer {live_portal.token}"},
        timeout=30,
    )
    (resource,) = answer.json()["Resources"]
    return dict(resource)


def test_a_wrong_token_ends_the_day_with_one_failure_in_oktas_words(live_portal: LivePortal) -> None:
    report = simulate.run(live_portal.scim_base_url, "wrong", users=3, groups=1, style="put", seed=1, progress=quiet)
    assert report.calls == 1
    (failure,) = report.failures
    assert "Errors reported by remote server: " in failure


def test_an_address_where_nothing_answers_ends_the_day_with_one_failure() -> None:
    report = simulate.run("http://127.0.0.1:9/scim/v2", "x", users=3, groups=1, style="put", seed=1, progress=quiet)
    assert len(report.failures) == 1
    assert "Could not reach" in report.failures[0]


def test_the_same_seed_gives_the_same_people_and_more_users_are_added_at_the_end() -> None:
    small, large = org.build(users=20, groups=5, seed=4), org.build(users=300, groups=5, seed=4)
    assert large.people[:20] == small.people
    assert len({person.user_name for person in large.people}) == 300
    assert org.build(users=20, groups=5, seed=5).people != small.people


def test_everybody_is_in_one_or_two_groups() -> None:
    chart = org.build(users=200, groups=10, seed=1)
    for person in chart.people:
        assert 1 <= sum(person.user_name in group.members for group in chart.groups) <= 2
