"""Everything that happens in an Okta org has its requests in a recorded conversation: which event is found where."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

CONVERSATIONS = Path(__file__).parent / "conversations"
LOOKUP = r"GET /Users\?filter=userName"
READ, REPLACE, CHANGE = (rf"{verb} /Users/\{{\{{\w+\}}\}}$" for verb in ("GET", "PUT", "PATCH"))
READ_GROUP, REPLACE_GROUP, CHANGE_GROUP, DELETE_GROUP = (
    rf"{verb} /Groups/\{{\{{\w+\}}\}}$" for verb in ("GET", "PUT", "PATCH", "DELETE")
)
# Event, conversation, the requests in order, and what the body of the last one must contain.
EVENTS = [
    ("save or test a connection", "okta-wizard-people",
        (r"GET /Users\?startIndex=1&count=2$", r"GET /Groups\?startIndex=1&count=100$"), ""),
    ("assign a new user", "okta-wizard-people", (LOOKUP, r"POST /Users$"), '"active": true'),
    ("assign a new user, catalog app", "okta-catalog", (LOOKUP, r"POST /Users$"), '"password"'),
    ("assign an existing user", "okta-wizard-people", (LOOKUP, READ, REPLACE), '"externalId"'),
    ("change a profile", "okta-wizard-people", (READ, REPLACE), '"title"'),
    ("unassign, wizard app", "okta-wizard-people", (READ, REPLACE), '"active": false'),
    ("unassign, catalog app", "okta-catalog", (CHANGE,), '"value": {"active": false}'),
    ("reassign, wizard app", "okta-wizard-people", (LOOKUP, READ, REPLACE), '"active": true'),
    ("reassign, the pair sent twice", "okta-wizard-people", (READ, REPLACE, READ, REPLACE), ""),
    ("first push of a group, wizard app", "okta-wizard-groups",
     (r"GET /Groups\?filter=displayName", r"POST /Groups$", READ_GROUP, REPLACE_GROUP), '"members"'),
    ("change a group, wizard app", "okta-wizard-groups", (READ_GROUP, REPLACE_GROUP), '"displayName"'),
    ("change a group, catalog app", "okta-catalog", (CHANGE_GROUP, CHANGE_GROUP), '"remove"'),
    ("push a group now, catalog app", "okta-catalog", (CHANGE_GROUP,), '"op": "replace", "path": "members"'),
    ("unlink and delete a group", "okta-catalog", (DELETE_GROUP,), ""),
    ("unlink and delete a group, wizard app", "okta-wizard-groups", (DELETE_GROUP,), ""),
    ("import", "okta-import", (r"GET /Users\?startIndex=1&", r"GET /Users\?startIndex=2&"), ""),
    ("import groups", "okta-import", (r"GET /Groups\?startIndex=1&", r"GET /Groups\?startIndex=2&"), ""),
    ("push a password, catalog app", "okta-passwords", (CHANGE,), '"password"'),
    ("push a password, wizard app", "okta-passwords", (READ, REPLACE), '"password"'),
    ("discover entitlements", "okta-entitlements",
     (r"GET /ResourceTypes$", r"GET /Schemas$", r"GET /Entitlements\?startIndex=1&count=100$"), ""),
    ("grant an entitlement", "okta-entitlements", (READ, REPLACE), '"entitlements"'),
]  # fmt: skip


def requests_of(conversation: str) -> list[tuple[str, str]]:
    steps = json.loads((CONVERSATIONS / f"{conversation}.json").read_text())["steps"]
    sent: list[dict[str, Any]] = [step["request"] for step in steps]
    return [(f"{one['method']} {one['path']}", json.dumps(one.get("body"))) for one in sent]


@pytest.mark.parametrize(("event", "conversation", "wanted", "word"), EVENTS, ids=[one[0] for one in EVENTS])
def test_an_event_of_an_okta_org_is_in_a_conversation(
    event: str, conversation: str, wanted: tuple[str, ...], word: str
) -> None:
    sent = requests_of(conversation)
    starts = range(len(sent) - len(wanted) + 1)
    found = [sent[start : start + len(wanted)] for start in starts if _go(sent[start:], wanted)]
    assert any(word in requests[-1][1] for requests in found), event


def _go(sent: list[tuple[str, str]], wanted: tuple[str, ...]) -> bool:
    return all(re.match(pattern, line) for pattern, (line, _) in zip(wanted, sent, strict=False))


def test_a_membership_change_of_a_catalog_app_comes_after_its_rename() -> None:
    bodies = [body for line, body in requests_of("okta-catalog") if re.match(CHANGE_GROUP, line)]
    assert any(
        '"displayName"' in first and '"remove"' in second and '"add"' in second for first, second in pairwise(bodies)
    )
