"""Who is told by e-mail: the addresses of a portal, or everybody who may act. Writes mails into the outbox, sends none."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select, update

from scim_portal.context import Ctx, Role
from scim_portal.db import db, scoped
from scim_portal.errors import Invalid
from scim_portal.models import Admin, Outbound, Portal
from scim_portal.protocol.sentences import say
from scim_portal.services import admins, audit, mail, outbox
from scim_portal.services.audit import Action
from scim_portal.services.outbox import Channel

# Narrower than what mail allows: nothing that a header or an address list could read as something else.
ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f,;:<>()\[\]\"\\]{1,64}@[^@\s\x00-\x1f\x7f,;:<>()\[\]\"\\]{1,128}\Z")
MOST_ADDRESSES = 50
LONGEST_SUBJECT = 150
TOLD = (Role.OWNER, Role.LICENSE_ADMIN)


def addresses(ctx: Ctx) -> list[str] | None:
    """Give the portal's own list; None when owners and license admins are told."""
    return db.session.scalar(select(Portal.notice_addresses).where(Portal.id == ctx.portal.id)) or None


def recipients(ctx: Ctx) -> list[str]:
    """Name the addresses that a mail goes to now: the list, or all owners and license admins who can sign in."""
    if listed := addresses(ctx):
        return listed
    query = scoped(Admin, ctx).where(Admin.role.in_(TOLD), Admin.disabled_at.is_(None)).order_by(Admin.id)
    return [one.email for one in db.session.scalars(query) if not admins.is_invited(one)]


def change(ctx: Ctx, wanted: list[str] | None) -> None:
    """Set the list, or with None tell owners and license admins. Raises `Invalid`."""
    if wanted is not None:
        wanted = list(dict.fromkeys(one.strip() for one in wanted))
        _check(wanted)
    before = addresses(ctx)
    if wanted != before:
        db.session.execute(update(Portal).where(Portal.id == ctx.portal.id).values(notice_addresses=wanted))
        told = {"before": {"addresses": before}, "after": {"addresses": wanted}}
        audit.record(ctx, Action.NOTICE_SETTINGS_CHANGED, "portal", ctx.portal.id, ctx.portal.name, **told)


def post(ctx: Ctx, text: str, *, link: str, notice_id: str | None = None) -> Outbound | None:
    """Write a mail to the recipients into the outbox; None where no mail server is configured, or nobody to tell."""
    to = recipients(ctx) if mail.is_configured(ctx.settings) else []
    if not to:
        return None
    content = {"to": to, "subject": _subject(ctx, text), "text": f"{text}\n\n{ctx.portal.base_url}{link}\n"}
    return outbox.write(ctx, Channel.EMAIL, content, notice_id=notice_id)


def post_test(ctx: Ctx) -> Outbound:
    """Write a mail that only says that mails arrive. Raises `Invalid` when it could not be sent to anybody."""
    if not mail.is_configured(ctx.settings):
        raise Invalid("No mail server is configured: the operator sets SMTP_URL.")
    written = post(ctx, "This is a test: notices of this portal reach you.", link="/notices")
    if written is None:
        raise Invalid("There is nobody to tell: add an address, or an owner.", field="addresses")
    audit.record(ctx, Action.NOTICE_TESTED, "portal", ctx.portal.id, ctx.portal.name)
    return written


def _subject(ctx: Ctx, text: str) -> str:
    subject = f"[{ctx.portal.name}] {text}"
    return subject if len(subject) <= LONGEST_SUBJECT else f"{subject[: LONGEST_SUBJECT - 1]}…"


def _check(wanted: list[Any]) -> None:
    if not 1 <= len(wanted) <= MOST_ADDRESSES:
        sentence = say(
            "Give 1 to {most} addresses, or none at all to tell owners and license admins.", most=MOST_ADDRESSES
        )
        raise Invalid(sentence, field="addresses")
    for one in wanted:
        if not ADDRESS.match(one):
            raise Invalid(say("{email!r} is no e-mail address.", email=one), field="addresses", value=one)
