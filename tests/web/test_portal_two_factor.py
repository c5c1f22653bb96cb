"""Signing in with a second factor, and what it keeps out."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from scim_portal.db import db, transact
from scim_portal.models import Admin, AdminAction
from scim_portal.services import admins
from tests.portals import PortalUnderTest
from tests.web.authenticator import App, half_way, move
from tests.web.visitor import PASSWORD, Visitor


def row(portal: PortalUnderTest) -> Admin:
    db.session.rollback()
    found = db.session.scalars(select(Admin).where(Admin.portal_id == portal.ref.id)).one()
    assert isinstance(found, Admin)
    return found


def actions(portal: PortalUnderTest) -> list[str]:
    lines = select(AdminAction.action).where(AdminAction.portal_id == portal.ref.id).order_by(AdminAction.id)
    return list(db.session.scalars(lines))


def test_after_it_is_on_the_password_alone_opens_nothing(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = App.confirmed(Visitor.signed_in(portal))
    visitor = half_way(portal)
    assert visitor.get("/users").location.startswith(f"{portal.base}/login")
    move(monkeypatch, seconds=30)
    answer = visitor.send("/login/code", {"code": app.code()})
    assert answer.location == f"{portal.base}/"
    assert visitor.get("/users").status_code == 200


def test_signing_in_with_a_code_goes_on_to_the_page_that_was_wanted_and_to_no_other_site(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = App.confirmed(Visitor.signed_in(portal))
    for wanted, place in (("/groups?q=a", "/groups?q=a"), ("//evil.example", "/"), ("https://evil.example/x", "/")):
        move(monkeypatch, seconds=31)
        answer = half_way(portal).send("/login/code", {"code": app.code(), "next": wanted})
        assert answer.location == portal.base + place


def test_a_code_is_good_once_and_so_is_an_older_one_never_after_it(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = App.confirmed(Visitor.signed_in(portal))
    assert half_way(portal).send("/login/code", {"code": app.code()}).status_code == 401, "used for the set-up"
    move(monkeypatch, seconds=60)
    older, newer = app.code(-1), app.code()
    assert half_way(portal).send("/login/code", {"code": newer}).status_code == 302
    for code in (newer, older):
        answer = half_way(portal).send("/login/code", {"code": code})
        assert answer.status_code == 401
        assert "wrong, or was used already" in answer.text


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 302), (0, 302), (1, 302), (2, 401)])
def test_a_clock_may_be_off_by_one_step(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch, steps: int, status: int
) -> None:
    app, _ = App.confirmed(Visitor.signed_in(portal))
    move(monkeypatch, minutes=3)
    code = f" {app.code(steps)[:3]} {app.code(steps)[3:]} "
    assert half_way(portal).send("/login/code", {"code": code}).status_code == status


def test_guessing_codes_is_stopped_and_the_right_one_waits_as_well(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = App.confirmed(Visitor.signed_in(portal))
    move(monkeypatch, seconds=60)
    for number in range(8):
        assert half_way(portal).send("/login/code", {"code": f"00000{number}"}).status_code in {401, 302}
    answer = half_way(portal).send("/login/code", {"code": app.code()})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    move(monkeypatch, minutes=11)
    assert half_way(portal).send("/login/code", {"code": app.code()}).status_code == 302


def test_a_recovery_code_signs_in_once(portal: PortalUnderTest) -> None:
    _, codes = App.confirmed(Visitor.signed_in(portal))
    assert len(set(codes)) == 8
    visitor = half_way(portal)
    assert visitor.send("/login/code", {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert "7 recovery codes left" in visitor.page("/me")
    assert half_way(portal).send("/login/code", {"code": codes[0]}).status_code == 401
    assert half_way(portal).send("/login/code", {"code": codes[1]}).status_code == 302
    assert actions(portal).count("recovery_code.used") == 2


def test_new_recovery_codes_take_the_password_and_end_the_old_ones(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    _, old = App.confirmed(visitor)
    assert visitor.send("/me/two-factor/codes", {"password": "wrong"}).status_code == 422
    answer = visitor.send("/me/two-factor/codes", {"password": PASSWORD})
    assert answer.status_code == 200
    assert old[0] not in answer.text
    assert half_way(portal).send("/login/code", {"code": old[0]}).status_code == 401


def test_turning_it_off_takes_the_password_and_wrong_ones_are_counted(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    App.confirmed(visitor)
    for _ in range(8):
        assert visitor.send("/me/two-factor/off", {"password": "wrong"}).status_code == 422
    assert visitor.send("/me/two-factor/off", {"password": PASSWORD}).status_code == 429
    assert row(portal).totp_since is not None


def test_once_off_nothing_of_it_is_left(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    App.confirmed(visitor)
    assert visitor.send("/me/two-factor/off", {"password": PASSWORD}).status_code == 302
    assert (row(portal).totp_secret, row(portal).totp_since) == (None, None)
    signed_in = Visitor.anonymous(portal).send("/login", {"email": row(portal).email, "password": PASSWORD})
    assert signed_in.location == f"{portal.base}/"
    assert actions(portal)[-3:] == ["two_factor.turned_on", "two_factor.turned_off", "admin.signed_in"]


def test_a_wrong_first_code_turns_nothing_on(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    app = App.paired(visitor)
    wrong = f"{(int(app.code()) + 1) % 1_000_000:06}"
    answer = visitor.send("/me/two-factor/confirm", {"code": wrong})
    assert answer.status_code == 422
    assert "This code is wrong" in answer.text
    assert row(portal).totp_since is None
    signed_in = Visitor.anonymous(portal).send("/login", {"email": row(portal).email, "password": PASSWORD})
    assert signed_in.location == f"{portal.base}/"


def test_turning_it_on_ends_every_other_session(portal: PortalUnderTest) -> None:
    visitor = Visitor.signed_in(portal)
    other = Visitor.anonymous(portal)
    other.send("/login", {"email": row(portal).email, "password": PASSWORD})
    assert other.get("/users").status_code == 200
    App.confirmed(visitor)
    assert other.get("/users").status_code == 302
    assert visitor.get("/users").status_code == 200


def test_neither_secret_nor_recovery_codes_can_be_read_from_the_row(portal: PortalUnderTest) -> None:
    app, codes = App.confirmed(Visitor.signed_in(portal))
    stored = row(portal).totp_secret or ""
    assert app.secret not in stored
    assert [code for code in codes if code in stored] == []


def test_the_first_half_of_a_sign_in_is_good_for_five_minutes_and_dies_with_the_password(
    portal: PortalUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = Visitor.signed_in(portal)
    app, _ = App.confirmed(owner)
    late, stale = half_way(portal), half_way(portal)
    owner.send("/password", {"current": PASSWORD, "password": PASSWORD + "!", "again": PASSWORD + "!"})
    move(monkeypatch, seconds=60)
    assert stale.send("/login/code", {"code": app.code()}).location.startswith(f"{portal.base}/login")
    move(monkeypatch, minutes=6)
    assert late.send("/login/code", {"code": app.code()}).location.startswith(f"{portal.base}/login")
    assert stale.get("/users").status_code == late.get("/users").status_code == 302


def test_the_first_half_of_another_portal_is_not_taken(portal: PortalUnderTest) -> None:
    App.confirmed(Visitor.signed_in(portal))
    visitor, neighbor = half_way(portal), PortalUnderTest.create(portal.app)
    visitor.base = neighbor.base
    assert visitor.send("/login/code", {"code": "123456"}).location.startswith(f"{neighbor.base}/login")


def test_a_second_factor_of_somebody_else_does_not_fit(portal: PortalUnderTest) -> None:
    App.confirmed(Visitor.signed_in(portal))
    sealed = row(portal).totp_secret
    other = Visitor.signed_in(portal, "auditor")
    app, _ = App.confirmed(other)

    def swap() -> None:
        (auditor,) = [one for one in admins.everyone(portal.ctx()) if one.role == "auditor"]
        auditor.totp_secret = sealed

    transact(swap)
    answer = half_way(portal, "auditor").send("/login/code", {"code": app.code(1)})
    assert answer.status_code == 422
    assert "Ask an owner" in answer.text
    assert other.get("/me").status_code == 200


def test_an_owner_takes_it_away_from_somebody_who_lost_it(portal: PortalUnderTest) -> None:
    owner, auditor = Visitor.signed_in(portal), Visitor.signed_in(portal, "auditor")
    App.confirmed(auditor)
    (id,) = [one.id for one in admins.everyone(portal.ctx()) if one.role == "auditor"]
    assert owner.send(f"/admins/{id}/two-factor/off").status_code == 302
    assert auditor.get("/users").status_code == 302, "they sign in anew"
    signed_in = Visitor.anonymous(portal).send(
        "/login", {"email": f"auditor@{portal.slug}.example", "password": PASSWORD}
    )
    assert signed_in.location == f"{portal.base}/"
