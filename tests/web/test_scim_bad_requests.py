"""Whatever is wrong with a SCIM request, the answer is a SCIM error that says so, and nothing is stored.

Every case is tried with a connector that follows the standard to the letter and with those that forgive Okta and Entra ID;
what the last two accept and the first does not is in `test_scim_tolerances`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.web import bad_addresses, bad_bodies, bad_group_patches, bad_headers, bad_json, bad_messages, bad_patches
from tests.web.bad_world import Bad, World, check, opened

CORPUS = [
    case
    for room in (bad_json, bad_bodies, bad_patches, bad_group_patches, bad_addresses, bad_messages, bad_headers)
    for case in room.CASES
]  # fmt: skip


@pytest.fixture(scope="module")
def world(app: Flask) -> Iterator[World]:
    with opened(app) as found:
        yield found


@pytest.mark.parametrize("case", CORPUS, ids=str)
def test_a_bad_request_is_refused_in_scim_words_and_nothing_is_stored(world: World, case: Bad) -> None:
    for tolerance in ("strict", "okta", "entra"):
        check(world.send(tolerance, case), case)
    assert world.untouched()


def test_the_corpus_is_large_and_no_case_is_there_twice() -> None:
    assert len(CORPUS) > 360
    requests = [(one.method, one.path, repr(one.body), tuple(one.headers.items())) for one in CORPUS]
    assert len(set(requests)) == len(requests)
    assert len({str(one) for one in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("slug", ["nowhere-at-all", "a%00b", "%FF", "A", "x" * 300, "..", "%20"])
def test_an_unknown_portal_is_404_in_scim_words(world: World, slug: str) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['okta']}"}
    for method in ("GET", "POST"):
        case = Bad(slug, method, f"/p/{slug}/scim/v2/Users", status=404)
        check(world.portal.client.open(case.path, method=method, headers=headers), case)
