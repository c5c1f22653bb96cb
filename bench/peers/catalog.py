"""Which peers there are: what each is made of, how it is started, and in what it differs from the product."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOKEN = "bench-token"


@dataclass(frozen=True, slots=True)
class Peer:
    """A server: the folder with its glue here, and the commands that install and start it in a folder of its own.

    In commands `{python}` is the peer's own interpreter and `{port}` the port to listen on; the glue is copied beside what
    is installed. `needs` names a program that must be on the machine.
    """

    name: str
    folder: Path
    pinned: str
    install: Sequence[Sequence[str]]
    prepare: Sequence[Sequence[str]]
    start: Sequence[str]
    path: str
    remark: str
    needs: str | None = None


_VENV = (
    (sys.executable, "-m", "venv", "."),
    ("{python}", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", "requirements.txt"),
)
_GUNICORN = ("{python}", "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "4")

PEERS = (
    Peer(
        name="scim2-server",
        folder=HERE / "scim2_server",
        pinned="requirements.txt",
        install=_VENV,
        prepare=(),
        start=(*_GUNICORN, "--workers", "1", "peer_application:app"),
        path="/v2",
        remark="in memory, so one process; no seats, no log; nothing is kept when it stops",
    ),
    Peer(
        name="django-scim2",
        folder=HERE / "django_scim2",
        pinned="requirements.txt",
        install=_VENV,
        prepare=(("{python}", "peer_setup.py"),),
        start=(*_GUNICORN, "--workers", "2", "peer_wsgi:application"),
        path="/scim/v2",
        remark="SQLite as ours, two processes; its plainest models, which keep few attributes; a create ignores members, and"
        " members cannot be left out of an answer; no seats, no log; passwords with the cheapest hasher",
    ),
    Peer(
        name="SCIMMY",
        folder=HERE / "scimmy",
        pinned="package.json",
        install=(("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel", "error"),),
        prepare=(),
        start=("node", "peer_server.mjs", "{port}"),
        path="/scim/v2",
        remark="its storage is ours to write: a Map in memory with an index of user names; one process; no seats, no log",
        needs="npm",
    ),
)
