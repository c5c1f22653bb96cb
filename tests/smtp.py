"""A mail server for tests: takes mails over real SMTP on a port of this machine and keeps them."""

from __future__ import annotations

import base64
import email
import email.policy
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """What arrived, and how the server behaves: which recipients it refuses, what it says to every mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    verdict: str = "250 taken"
    farewell: str = "221 bye"
    login: tuple[str, str] | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def subjects(self) -> list[str]:
        return [str(one["Subject"]) for one in self.mails]

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator[MailServer]:
        """Serve until the block ends."""
        found = cls()

        class Handler(_Conversation):
            mails = found

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            found.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield found
            finally:
                server.shutdown()
                thread.join()


class _Conversation(socketserver.StreamRequestHandler):
    """One connection (RFC 5321), as far as a well-meaning client goes."""

    mails: MailServer

    def handle(self) -> None:
        self.to: list[str] = []
        self.say("220 test")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words.split(" ")[0].split(":")[0].upper()
            self.answer(verb, words)
            if verb == "QUIT":
                return

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def answer(self, verb: str, words: str) -> None:
        if verb == "EHLO":
            self.say("250-test", "250-SMTPUTF8", "250 AUTH PLAIN")
        elif verb == "AUTH":
            _, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
            self.say("235 welcome" if (user, password) == self.mails.login else "535 no")
        elif verb == "RCPT":
            address = words.partition("<")[2].partition(">")[0]
            self.to += [address] if address not in self.mails.refused else []
            self.say("550 nobody" if address in self.mails.refused else "250 yes")
        elif verb == "DATA":
            self.take()
        else:
            self.say(self.mails.farewell if verb == "QUIT" else "250 yes")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.mails.verdict.startswith("250"):
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            self.mails.mails.append(message)
            self.mails.recipients.append(self.to)
        self.to = []
        self.say(self.mails.verdict)
