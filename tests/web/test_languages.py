"""Which language a page speaks, and that German ones are German throughout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from flask_babel import get_locale
from sqlalchemy import select

from scim_portal.db import db, transact
from scim_portal.models import Admin
from scim_portal.services import account_links, invitations, records
from scim_portal.translations import catalogs
from scim_portal.web import languages, telling
from tests.portals import PortalUnderTest, a_policy, a_rule
from tests.web.visitor import PASSWORD, Visitor

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
ENGLISH = re.compile(
    r"(?<![\w@./:-])(?:the|and|with|your|this|you|are|of|not|from|what|who|has|have|every|nothing|them|they|users?|groups?|rules?"
    r"|licenses?|seats?|save|cancel|search|settings|connectors?|overview|waitlist|ledger|exports|notices|yes|no|by|since|until)"
    r"(?![\w@-])",
    re.IGNORECASE,
)
PAGES = (
    "/", "/users", "/users/{user}", "/groups/{group}", "/groups", "/waitlist", "/provisioning-log", "/ledger", "/ledger/moment",
    "/notices", "/licenses", "/licenses/new", "/licenses/pro", "/rules", "/rules/new",
    "/rules/everybody", "/rules/preview", "/rules/history", "/rules/draft/test", "/contracts", "/keys", "/connectors",
    "/connectors/{connector}", "/setup", "/setup/okta-wizard", "/setup/okta-catalog", "/setup/entra", "/setup/other",
    "/exports", "/me", "/me/two-factor", "/password", "/admins", "/api-keys", "/schemas", "/schemas/new",
    "/connectors/{connector}/mapping", "/nowhere",
)  # fmt: skip


# What providers call their own buttons and fields is the same in every language.
KEPT = ["Test Connector Configuration", "Test API Credentials", "Test Connection"] + [
    str(one.id) for one in catalogs.stored("de") if one.id and one.id == one.string and " " in one.id
]


class Seen(HTMLParser):
    """What can be read or heard of a page, but code, what is in its own language, and what is not to be translated."""

    SILENT = frozenset({"script", "style", "code", "pre", "svg", "datalist", "kbd", "textarea"})
    SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-label", "data-confirm", "data-confirm-text")
    EMPTY = frozenset({"meta", "link", "input", "br", "use", "rect", "path", "option"})

    def __init__(self, page: str, *, silent: frozenset[str] = SILENT) -> None:
        super().__init__()
        self.silent = silent
        self.words: list[str] = []
        self.open: list[bool] = []
        self.lang = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "html":
            self.lang = found.pop("lang", None) or ""
        is_silent = tag in self.silent or found.get("translate") == "no" or "lang" in found
        self.words += [value for name in self.SPOKEN if (value := found.get(name)) and not is_silent]
        if tag not in self.EMPTY:
            self.open.append(is_silent)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.words += [] if any(self.open) else [data]

    def english(self) -> list[str]:
        return [text.strip() for text in self.words if ENGLISH.search(_without_kept(text))]


def _without_kept(text: str) -> str:
    for own in sorted(KEPT, key=len, reverse=True):
        text = text.replace(own, "")
    return text


def furnished(portal: PortalUnderTest) -> dict[str, str]:
    """A portal with one of everything; gives the ids."""
    portal.license("pro", 1)
    portal.publish(a_policy(a_rule("everybody", "userName pr", "pro")))
    user = portal.provision("ann@acme.example")
    return {"user": user, "group": portal.push("Vertrieb", user), "connector": portal.connector().id}


def owner(portal: PortalUnderTest) -> Admin:
    """The only admin, as stored."""
    return db.session.scalars(select(Admin).where(Admin.portal_id == portal.ref.id)).one()


@contextmanager
def looking(portal: PortalUnderTest, headers: dict[str, str], path: str = "/") -> Iterator[None]:
    """A request of somebody who prefers what the headers say."""
    with portal.app.app_context(), portal.app.test_request_context(path, headers=headers):
        yield


def test_german_pages_are_german(portal: PortalUnderTest) -> None:
    ids = furnished(portal)
    visitor = Visitor.signed_in(portal)
    wrong: dict[str, list[str]] = {}
    for path in PAGES:
        # In the guides bold is what stands on the provider's screen.
        silent = Seen.SILENT | {"b"} if path.startswith("/setup/") else Seen.SILENT
        seen = Seen(visitor.get(path.format(**ids), headers=GERMAN).text, silent=silent)
        assert seen.lang == "de", path
        if seen.english():
            wrong[path] = seen.english()
    assert not wrong


def test_without_an_account_pages_follow_the_browser(portal: PortalUnderTest) -> None:
    user = portal.provision("ann@acme.example")
    ctx = portal.ctx()
    link = transact(lambda: account_links.make(ctx, user)).url.removeprefix(ctx.portal.base_url)
    invited = transact(lambda: invitations.invite(ctx, email="b@acme.example", role="auditor"))
    for path in ("/login", invited.url.removeprefix(ctx.portal.base_url), link, "/invitation/none", "/account"):
        page = Seen(Visitor.anonymous(portal).get(path, headers=GERMAN, follow_redirects=True).text)
        assert (page.lang, page.english()) == ("de", []), path
    assert Seen(Visitor.anonymous(portal).page("/login")).lang == "en"


def test_the_switch_on_the_sheet_is_remembered_by_the_browser(portal: PortalUnderTest) -> None:
    visitor = Visitor.anonymous(portal)
    assert 'name="language" value="de" lang="de"' in visitor.page("/login")
    answer = visitor.send("/language", {"language": "de", "next": "/login?next=%2Fusers"})
    assert answer.location == f"{portal.base}/login?next=%2Fusers"
    assert Seen(visitor.page("/login")).lang == "de"
    visitor.send("/language", {"language": "xx", "next": "//elsewhere.example"})
    assert Seen(visitor.page("/login")).lang == "en"


def test_an_admins_own_choice_goes_before_the_browsers(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    said = visitor.send("/me/language", {"language": "de"}, follow_redirects=True).text
    assert "Ihre Seiten sind ab jetzt in dieser Sprache." in said
    assert Seen(visitor.page("/me")).lang == "de"
    assert 'value="de" lang="de" selected' in visitor.page("/me")
    assert Seen(visitor.page("/login")).lang == "en"
    visitor.send("/me/language", {"language": ""})
    assert Seen(visitor.page("/me")).lang == "en"
    assert Seen(visitor.get("/me", headers=GERMAN).text).lang == "de"


def test_a_language_that_nobody_speaks_is_refused(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    assert "There is no such language." in visitor.send("/me/language", {"language": "xx"}, follow_redirects=True).text
    assert owner(portal).language is None


def test_refusals_of_services_are_told_in_german(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    disabled = visitor.send(f"/admins/{owner(portal).id}/disable", headers=GERMAN)
    assert disabled.status_code == 302
    assert "Das ist der letzte Owner des Portals." in visitor.get("/admins", headers=GERMAN).text
    wrong = visitor.send("/me/two-factor", {"password": "wrong"}, headers=GERMAN)
    assert "Das jetzige Passwort stimmt nicht." in wrong.text
    again = visitor.send("/admins", {"email": f"owner@{portal.slug}.example", "role": "auditor"}, headers=GERMAN)
    assert f"owner@{portal.slug}.example ist schon Admin dieses Portals." in again.text
    short = visitor.send("/password", {"current": PASSWORD, "password": "x", "again": "x"}, headers=GERMAN)
    assert "Ein Passwort hat 12 bis" in short.text


def test_programs_are_answered_in_english_and_pay_for_no_translation(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = portal.provision("ann@acme.example")

    def never() -> str:
        raise AssertionError("a program's request asked for a language")

    monkeypatch.setattr(portal.app.extensions["babel"], "locale_selector", never)
    bearer = {"Authorization": f"Bearer {portal.token}"}
    with portal.app.app_context():
        for method, path, status, said in (
            ("GET", f"/scim/v2/Users/{user}", 200, "ann@acme.example"),
            ("GET", "/scim/v2/Users?filter=department eq", 400, "The filter cannot be read: a value such as"),
            ("GET", "/scim/v2/Users/none", 404, "There is no user"),
        ):
            answer = portal.client.open(portal.base + path, method=method, headers=GERMAN | bearer)
            assert (answer.status_code, said in answer.text) == (status, True), answer.text
        key = {"Authorization": f"Bearer {portal.api_key()}"}
        answer = portal.client.get(f"{portal.base}/api/v1/license-types/none", headers=GERMAN | key)
        assert "There is no license type 'none' in this portal." in answer.get_json()["detail"]


def test_the_pages_of_the_api_are_english_whatever_the_browser_says(portal: PortalUnderTest) -> None:
    with looking(portal, GERMAN, "/api/v1/openapi.json"):
        assert str(get_locale()) == "en"


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("The rule “Sales, and more” gives Pro, and a seat was free.",
         "Die Regel „Sales, and more“ vergibt Pro, und ein Platz war frei."),
        ("Pro now comes from a pin.", "Pro kommt jetzt von einem Pin."),
        ("Pro has reached 90 %: 1,800 of 2,000 seats are in use.",
         "Pro hat 90 % erreicht: 1.800 von 2.000 Plätzen sind in Gebrauch."),
        ("The token “Okta token” expires on 6 Dec 2026.", "Das Token „Okta token“ läuft am 6. Dez. 2026 ab."),
        ("There is no such user in this portal.", "Diesen Benutzer gibt es in diesem Portal nicht."),
        ("Moved to another desk, and so on.", "Moved to another desk, and so on."),
        ("", ""),
    ],
)  # fmt: skip
def test_what_was_stored_as_english_text_is_told_in_german(portal: PortalUnderTest, stored: str, told: str) -> None:
    with looking(portal, GERMAN):
        assert telling.told(stored) == told
    with looking(portal, {}):
        assert telling.told(stored) == stored


def test_the_reasons_in_the_ledger_are_recognized(portal: PortalUnderTest) -> None:
    ids = furnished(portal)
    entries = records.ledger(portal.ctx(), records.LedgerFilter(user_ids=[ids["user"]])).items
    assert entries
    with looking(portal, GERMAN):
        for entry in entries:
            assert telling.told(entry.reason_text) != entry.reason_text, entry.reason_text


def test_dates_and_numbers_are_written_as_the_language_does(portal: PortalUnderTest) -> None:
    moment = datetime(2026, 3, 6, 12, tzinfo=UTC)
    with looking(portal, GERMAN):
        assert (languages.day(moment), languages.number(1234)) == ("6. März 2026", "1.234")
    with looking(portal, {}):
        assert (languages.day(moment), languages.number(1234)) == ("6 Mar 2026", "1,234")
