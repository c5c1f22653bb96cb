"""What was typed into a form that is refused comes back with the page, and what is wrong stands beside its field."""

from __future__ import annotations

import re

import pytest

from tests.portals import PortalUnderTest, a_policy
from tests.web.visitor import Visitor


@pytest.fixture
def ann(portal: PortalUnderTest) -> str:
    """Ann, who waits for pro, which has no seats."""
    portal.license("pro", 0)
    portal.publish(a_policy(default="pro"))
    return portal.provision("ann@x.example")


def test_a_refused_exception_is_shown_as_it_was_typed(portal: PortalUnderTest, ann: str) -> None:
    visitor, path = Visitor.signed_in(portal), f"/users/{ann}/exceptions"
    form = {"kind": "exclude", "license_type": "pro", "reason": "asked by legal", "ends_at": "2020-01-31"}
    answer = visitor.send(path, form)
    assert answer.status_code == 422
    assert 'value="asked by legal"' in answer.text
    assert 'value="2020-01-31"' in answer.text
    assert re.search(r'value="exclude" selected', answer.text)
    assert re.search(r'id="ends_at-error">.*?The end must lie in the future', answer.text, re.S)
    assert visitor.send(path, form | {"ends_at": ""}).status_code == 302
    again = visitor.send(path, form | {"ends_at": "", "kind": "pin"})
    assert again.status_code == 409
    assert re.search(r'id="license_type-error">.*?for this user already', again.text, re.S)


def test_a_refused_priority_is_shown_as_it_was_typed(portal: PortalUnderTest, ann: str) -> None:
    visitor, path = Visitor.signed_in(portal), f"/waitlist/users/{ann}/licenses/pro/priority"
    answer = visitor.send(path, {"queue_priority": "soon", "reason": "asked by the board"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert 'value="asked by the board"' in answer.text
    assert re.search(r'id="pe-[^"]*">.*?This must be a whole number', answer.text, re.S)
    empty = visitor.send(path, {"queue_priority": "5", "reason": " "})
    assert (empty.status_code, 'value="5"' in empty.text) == (422, True)
    assert re.search(r'id="re-[^"]*">.*?Give a reason', empty.text, re.S)
