"""The list of keys: every section has a letter of its own, and a browser without scripts can read the list."""

from __future__ import annotations

from scim_portal.web.portal.keys import LETTERS
from tests.portals import PortalUnderTest
from tests.web.visitor import Visitor


def test_every_section_of_the_menu_has_a_letter_of_its_own(portal: PortalUnderTest) -> None:
    page = Visitor.signed_in(portal).page("/keys")
    assert len(set(LETTERS.values())) == len(LETTERS)
    for letter in LETTERS.values():
        assert page.count(f'data-letter="{letter}"') == 1
        assert f"<kbd>g</kbd> <kbd>{letter}</kbd>" in page
    menu = page[page.index('id="menu"') : page.index('class="side-foot"')]
    assert menu.count("<li>") == len(LETTERS)


def test_the_list_is_linked_from_every_page_and_shows_only_what_one_may_see(portal: PortalUnderTest) -> None:
    helpdesk = Visitor.signed_in(portal, "helpdesk")
    assert 'href="' + portal.base + '/keys" data-keys-help' in helpdesk.page("/")
    assert "API keys" not in helpdesk.page("/keys")
