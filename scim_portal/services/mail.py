"""Mails: one plain text to some people through the operator's mail server. What to send, and when again, is `outbox`'s.

Nothing here touches the database: it is called between transactions, by workers and by `doctor`.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from scim_portal import clock
from scim_portal.config import Settings

TIMEOUT_SECONDS = 10.0
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
LONGEST_ERROR = 300


class Undelivered(Exception):
    """A mail did not leave; `is_server` says that the server was not of use to anybody just then."""

    def __init__(self, sentence: str, *, is_server: bool) -> None:
        super().__init__(sentence[:LONGEST_ERROR])
        self.is_server = is_server


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; `id` stays the same however often it is sent, so that a mail system can drop doubles."""

    id: str
    to: tuple[str, ...]
    subject: str
    text: str


def is_configured(settings: Settings) -> bool:
    """Tell whether the operator named a mail server."""
    return settings.smtp_url is not None


def sender(settings: Settings) -> str:
    """Give the address that mails come from."""
    return settings.mail_from or f"scim-portal@{urlsplit(settings.public_url).hostname or 'localhost'}"


def send(settings: Settings, mail: Mail) -> str | None:
    """Send a mail; gives a sentence when some recipients were refused, None when all is well. Raises `Undelivered`."""
    with _connected(settings) as server:
        try:
            refused = server.send_message(_message(settings, mail), sender(settings), list(mail.to))
        except smtplib.SMTPRecipientsRefused as error:
            raise Undelivered(f"Refused: {', '.join(error.recipients)}.", is_server=False) from None
        except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError, MessageError, ValueError) as error:
            raise Undelivered(_told(error), is_server=False) from None
    return f"Refused: {', '.join(refused)}." if refused else None


def check(settings: Settings) -> None:
    """Greet the server and sign in, as `send` would, without sending anything. Raises `Undelivered`."""
    with _connected(settings) as server:
        server.noop()


@contextmanager
def _connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Open a connection; whatever fails on the way, or breaks later, is an `Undelivered`."""
    try:
        server = _dialed(settings.smtp_url or "")
        try:
            yield server
        finally:
            _part(server)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise Undelivered(_told(error), is_server=True) from None


def _part(server: smtplib.SMTP) -> None:
    """Say good-bye; a server that fails at it has taken the mail all the same."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _dialed(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, tls = parts.hostname or "", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
    try:
        _introduce(server, tls, host, unquote(parts.username or ""), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _introduce(server: smtplib.SMTP, tls: ssl.SSLContext, host: str, user: str, password: str) -> None:
    server.ehlo()
    is_private = isinstance(server, smtplib.SMTP_SSL)
    if not is_private and server.has_extn("starttls"):
        server.starttls(context=tls)
        server.ehlo()
        is_private = True
    if user:
        if not is_private and host not in HERE:
            raise smtplib.SMTPException("The server offers no TLS, so the password was not sent.")
        server.login(user, password)


def _message(settings: Settings, mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = sender(settings), ", ".join(mail.to)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.id}@{sender(settings).rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _told(error: Exception) -> str:
    """Say what went wrong in one line; a server's own words are kept, a password cannot be among them."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The server refused the user or password."
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"The server said {error.smtp_code} {' '.join(str(words).split())}"
    detail = " ".join(str(error).replace("\0", "").split())
    return f"{type(error).__name__}: {detail}" if detail else type(error).__name__
