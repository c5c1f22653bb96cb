"""Owners manage admins: invitations, roles, disabling, signing out; and nobody else does."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from scim_portal.db import transact
from scim_portal.jobs import postman
from scim_portal.models import Admin
from scim_portal.services import admins, invitations, outbox
from tests.portals import PortalUnderTest
from tests.smtp import MailServer
from tests.web.authenticator import move
from tests.web.test_portal_two_factor import actions
from tests.web.test_statement_counts import counted
from tests.web.visitor import PASSWORD, Visitor

OWN = {"password": PASSWORD, "again": PASSWORD}


def invited(visitor: Visitor, email: str = "new@acme.example", role: str = "auditor") -> str:
    """Invite somebody; gives the path of the link inside the portal."""
    answer = visitor.send("/admins", {"email": email, "role": role})
    assert answer.status_code == 200, answer.text
    return link(answer.text)


def link(text: str) -> str:
    found = re.search(r'id="invitation-link" value="[^"]*(/invitation/[^"]+)"', text)
    assert found
    return found[1]


def named(portal: PortalUnderTest, email: str) -> Admin:
    (found,) = [one for one in admins.everyone(portal.ctx()) if one.email == email]
    return found


def test_somebody_invited_chooses_a_password_and_is_in(portal: PortalUnderTest) -> None:
    owner = Visitor.signed_in(portal)
    path = invited(owner)
    guest = Visitor.anonymous(portal)
    page = guest.get(path)
    assert "new@acme.example" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert guest.send(path, OWN).location == f"{portal.base}/"
    assert "new@acme.example" in guest.page("/me")
    assert guest.send("/licenses/new").status_code == 403
    assert actions(portal)[-3:] == ["admin.invited", "invitation.accepted", "admin.signed_in"]
    assert path not in owner.page("/admins")
    again = Visitor.anonymous(portal).send("/login", {"email": "new@acme.example", "password": PASSWORD})
    assert again.location == f"{portal.base}/"


def test_an_invitation_is_good_once(portal: PortalUnderTest) -> None:
    path = invited(Visitor.signed_in(portal))
    assert Visitor.anonymous(portal).send(path, OWN).status_code == 302
    thief = Visitor.anonymous(portal)
    answer = thief.send(path, {"password": "another long password", "again": "another long password"})
    assert answer.status_code == 404
    assert "accepted already" in answer.text
    assert thief.get("/users").status_code == 302


def test_an_invitation_ends_after_seven_days(portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    path = invited(Visitor.signed_in(portal))
    move(monkeypatch, days=7, seconds=-30)
    assert Visitor.anonymous(portal).get(path).status_code == 200
    move(monkeypatch, seconds=60)
    answer = Visitor.anonymous(portal).get(path)
    assert answer.status_code == 404
    assert "This link expired on" in answer.text


@pytest.mark.parametrize("place", [0, 20, 60, 100, -1])
def test_an_altered_invitation_is_unknown(portal: PortalUnderTest, place: int) -> None:
    path = invited(Visitor.signed_in(portal))
    value = path.rpartition("/")[2]
    at = place % len(value)
    altered = value[:at] + ("A" if value[at] != "A" else "Q") + value[at + 1 :]
    visitor = Visitor.anonymous(portal)
    answer = visitor.send(f"/invitation/{altered}", OWN)
    # The last letter of base64 carries bits that mean nothing: then it is the same signature, else none.
    assert answer.status_code == 404 or place == -1


def test_the_invitation_of_one_portal_opens_no_other(portal: PortalUnderTest) -> None:
    path = invited(Visitor.signed_in(portal))
    neighbor = Visitor.anonymous(PortalUnderTest.create(portal.app))
    assert neighbor.send(path, OWN).status_code == 404
    assert Visitor.anonymous(portal).get(path).status_code == 200


def test_a_new_link_and_disabling_both_end_the_old_one(portal: PortalUnderTest) -> None:
    owner = Visitor.signed_in(portal)
    first = invited(owner)
    id = named(portal, "new@acme.example").id
    second = link(owner.send(f"/admins/{id}/invitation").text)
    assert Visitor.anonymous(portal).send(first, OWN).status_code == 404
    assert owner.send(f"/admins/{id}/disable").status_code == 302
    assert Visitor.anonymous(portal).send(second, OWN).status_code == 404
    assert owner.send(f"/admins/{id}/invitation").status_code == 409
    owner.send(f"/admins/{id}/enable")
    assert Visitor.anonymous(portal).send(second, OWN).status_code == 302


def test_whoever_was_invited_has_no_password_to_guess(portal: PortalUnderTest) -> None:
    invited(Visitor.signed_in(portal))
    stored = named(portal, "new@acme.example").password_hash
    answer = Visitor.anonymous(portal).send("/login", {"email": "new@acme.example", "password": stored})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"email": "nonsense", "role": "auditor"}, 422, "is no e-mail address"),
        ({"email": "x@acme.example", "role": "king"}, 422, "There is no role"),
        ({"email": "x\0@acme.example", "role": "owner"}, 200, "x\ufffd@acme.example"),
    ],
)
def test_who_can_be_invited(portal: PortalUnderTest, form: dict[str, str], status: int, said: str) -> None:
    answer = Visitor.signed_in(portal).send("/admins", form)
    assert answer.status_code == status
    assert said in answer.text or form["role"] == "king"


def test_nobody_is_invited_twice(portal: PortalUnderTest) -> None:
    owner = Visitor.signed_in(portal)
    invited(owner, "New@acme.example")
    answer = owner.send("/admins", {"email": "new@ACME.example", "role": "owner"})
    assert answer.status_code == 409
    assert "is an admin of this portal already" in answer.text


def test_a_password_that_is_too_short_is_refused_and_the_invitation_stays_good(portal: PortalUnderTest) -> None:
    path = invited(Visitor.signed_in(portal))
    guest = Visitor.anonymous(portal)
    assert guest.send(path, {"password": "short", "again": "short"}).status_code == 422
    assert guest.send(path, OWN | {"again": "another"}).status_code == 422
    assert guest.send(path, OWN).status_code == 302


def test_the_last_owner_keeps_the_role_and_the_door_open(portal: PortalUnderTest) -> None:
    owner = Visitor.signed_in(portal)
    mine = named(portal, f"owner@{portal.slug}.example").id
    invited(owner, "second@acme.example", "owner")
    for path, form in ((f"/admins/{mine}/role", {"role": "auditor"}), (f"/admins/{mine}/disable", {})):
        owner.send(path, form)
        assert "This is the last owner of the portal." in owner.page("/admins"), "an invited owner cannot come in yet"
    assert named(portal, f"owner@{portal.slug}.example").role == "owner"


def test_another_role_is_in_force_at_once_and_takes_a_new_sign_in(portal: PortalUnderTest) -> None:
    owner, changer = Visitor.signed_in(portal), Visitor.signed_in(portal, "license-admin")
    cookie = changer.client.get_cookie("session")
    id = named(portal, f"license-admin@{portal.slug}.example").id
    owner.send(f"/admins/{id}/role", {"role": "helpdesk"})
    assert changer.get("/users").status_code == 302
    changer.send("/login", {"email": f"license-admin@{portal.slug}.example", "password": PASSWORD})
    assert changer.client.get_cookie("session") != cookie
    assert changer.send("/licenses/new").status_code == 403


def test_disabling_ends_every_session_and_enabling_lets_in_again(portal: PortalUnderTest) -> None:
    owner, auditor = Visitor.signed_in(portal), Visitor.signed_in(portal, "auditor")
    id, form = named(portal, f"auditor@{portal.slug}.example").id, {"password": PASSWORD}
    form["email"] = f"auditor@{portal.slug}.example"
    owner.send(f"/admins/{id}/disable")
    assert auditor.get("/users").status_code == 302
    assert auditor.send("/login", form).status_code == 401
    owner.send(f"/admins/{id}/enable")
    assert auditor.get("/users").status_code == 302, "the old session stays over"
    assert auditor.send("/login", form).status_code == 302


def test_signing_somebody_out_everywhere_ends_all_their_sessions_and_no_others(portal: PortalUnderTest) -> None:
    owner, auditor = Visitor.signed_in(portal), Visitor.signed_in(portal, "auditor")
    owner.send(f"/admins/{named(portal, f'auditor@{portal.slug}.example').id}/sign-out")
    assert auditor.get("/users").status_code == 302
    assert owner.get("/users").status_code == 200


@pytest.mark.parametrize("role", ["license-admin", "auditor", "helpdesk"])
def test_only_owners_see_and_manage_admins_and_keys(portal: PortalUnderTest, role: str) -> None:
    _, visitor = portal.admin(), Visitor.signed_in(portal, role)
    owner = named(portal, f"owner@{portal.slug}.example").id
    menu = visitor.page("/")
    assert ">Admins" not in menu
    assert "API keys" not in menu
    for path in ("/admins", "/api-keys"):
        assert visitor.get(path).status_code == 403, path
    for path in ("/admins", *(f"/admins/{owner}/{what}" for what in ("role", "disable", "sign-out")), "/api-keys"):
        assert visitor.send(path, {"role": role, "email": "x@x.example"}).status_code == 403, path
    assert len(admins.everyone(portal.ctx())) == 2


def test_the_list_takes_as_many_statements_for_many_as_for_one(portal: PortalUnderTest) -> None:
    owner = Visitor.signed_in(portal)
    with counted() as few:
        owner.page("/admins")
    for number in range(20):
        portal_admin(portal, f"a{number}@acme.example")
    with counted() as many:
        owner.page("/admins")
    assert len(many) == len(few) <= 6


def portal_admin(portal: PortalUnderTest, email: str) -> None:
    transact(lambda: invitations.invite(portal.ctx(), email=email, role="auditor"))


def test_an_invitation_is_mailed_where_there_is_a_mail_server_and_its_link_is_not_kept(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MailServer.listening() as server:
        settings = replace(portal.settings, smtp_url=server.url)
        monkeypatch.setitem(portal.app.config, "SETTINGS", settings)
        visitor = Visitor.signed_in(portal)
        answer = visitor.send("/admins", {"email": "eve@acme.example", "role": "auditor"})
        assert "by mail, too" in answer.text
        while postman.deliver(portal.ref, settings):
            pass
        mail = next(one for one in server.mails if one["To"] == "eve@acme.example")
    assert link(answer.text) in mail.get_content()
    kept = [one.payload for one in outbox.latest(portal.ctx()) if one.payload["to"] == ["eve@acme.example"]]
    assert [one["text"] for one in kept] == [outbox.GONE]
    assert "Invitation to the portal" in visitor.page("/notices")
