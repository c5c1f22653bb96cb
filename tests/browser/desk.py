"""What the browser journeys share: a furnished portal, signing in, and what the console complained about."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page

from scim_portal import simulate
from tests.browser.words import Words
from tests.portals import ENTERPRISE, LivePortal, a_group, a_policy, a_rule, a_user

PASSWORD = "a long enough password"
LOCALES = {"en": "en-US", "de": "de-DE"}
NO_CERTIFICATES = False  # to load them takes longer than a call, and the server here speaks plain HTTP


@dataclass
class Desk:
    """A window on one portal; `complaints` collects what the console said, such as breaches of the content policy."""

    portal: LivePortal
    page: Page
    ids: dict[str, str] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    words: Words = field(default_factory=Words)

    @classmethod
    def at(cls, browser: Browser, portal: LivePortal, language: str = "en", **options: Any) -> Desk:
        """Open a window that asks for pages in a language."""
        page = browser.new_context(locale=LOCALES[language], **options).new_page()
        desk = cls(portal, page, words=Words(language))
        page.on("console", desk.listen)
        page.on("pageerror", lambda error: desk.complaints.append(str(error)))
        return desk

    def t(self, text: str, context: str | None = None, **values: Any) -> str:
        """Give a text of a page in the language of this window."""
        return self.words.one(text, context, **values)

    def listen(self, message: ConsoleMessage) -> None:
        """Keep errors of the page; answers that are refusals on purpose are not among them."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def furnish(self) -> None:
        """Two licenses, two rules, three people of whom one waits, a group."""
        for key, rank, seats in (("pro", 30, 1), ("view", 10, 1)):
            self.api("POST", "/license-types", {"key": key, "name": key.title(), "family": "cal", "rank": rank})
            self.api("POST", f"/license-types/{key}/contract-lines", {"quantity": seats})
        sales = a_rule("sales", f'{ENTERPRISE}:department eq "Sales"', "pro", fallback=["view"])
        self.publish(a_policy(sales, a_rule("guests", 'userType eq "Guest"', "none:cal"), default="view"))
        for name in ("ann", "ben", "cleo"):
            body = a_user(
                f"{name}@acme.example", displayName=f"{name.title()} Archer", **{ENTERPRISE: {"department": "Sales"}}
            )
            self.ids[name] = self.scim("/Users", body)["id"]
        self.ids["group"] = self.scim("/Groups", a_group("Sales", *self.ids.values()))["id"]
        schema = {
            "urn": "urn:acme:1.0:User",
            "name": "Acme",
            "attributes": [{"name": "badge", "description": "Number."}],
        }
        self.ids["schema"] = self.api("POST", "/schemas", schema)["id"]
        self.ids["line"] = self.api("GET", "/license-types/pro/contract-lines")["items"][0]["id"]
        self.ids["connector"] = self.api("GET", "/connectors")["items"][0]["id"]

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Call the admin API."""
        headers = {"Authorization": f"Bearer {self.portal.api_key}"}
        url = f"{self.portal.url.rstrip('/')}/api/v1{path}"
        answer = httpx.request(method, url, json=body, headers=headers, verify=NO_CERTIFICATES)
        assert answer.is_success, answer.text
        return answer.json()

    def publish(self, document: dict[str, Any]) -> None:
        """Preview and publish a policy."""
        token = self.api("POST", "/policy/preview", {"document": document})["preview_token"]
        self.api("POST", "/policy/publish", {"document": document, "preview_token": token})

    def scim(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Create something as Okta would, or call otherwise."""
        headers = {"Authorization": f"Bearer {self.portal.token}", "Content-Type": "application/scim+json"}
        url = f"{self.portal.scim_base_url}{path}"
        answer = httpx.request(method, url, json=body, headers=headers, verify=NO_CERTIFICATES)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def let_okta_work(self, *, users: int, groups: int, token: str | None = None, seed: int = 3) -> simulate.Report:
        """Let the simulated Okta have a working day: assignments, pushed groups, changes, one or two leave."""
        return simulate.run(
            self.portal.scim_base_url, token or self.portal.token, users=users, groups=groups, style="put", seed=seed,
            progress=lambda *_: None,
        )  # fmt: skip

    def go(self, path: str = "/") -> Page:
        """Open a page of the portal."""
        self.page.goto(self.portal.url.rstrip("/") + path)
        return self.page

    def open(self, section: str) -> Page:
        """Open a section by the menu; its name is given in English."""
        menu = self.page.get_by_role("navigation", name=self.t("Main"))
        menu.get_by_role("link", name=re.compile(rf"^{re.escape(self.t(section))}( \d+)?$")).click()
        return self.page

    def sign_in(self) -> Page:
        """Sign in with the one-time password and choose an own one."""
        page, t = self.go("/"), self.t
        page.get_by_label(t("Email")).fill(self.portal.admin_email)
        page.get_by_label(t("Password")).fill(self.portal.admin_password)
        page.get_by_role("button", name=t("Sign in")).click()
        page.get_by_label(t("One-time password")).fill(self.portal.admin_password)
        page.get_by_label(t("New password"), exact=True).fill(PASSWORD)
        page.get_by_label(t("New password again")).fill(PASSWORD)
        page.get_by_role("button", name=t("Change password")).click()
        page.get_by_role("heading", name=t("Overview")).wait_for()
        return page
