"""What a request costs inside the application: CPU time and statements of each hot path, without a network between.

python -m bench.costs [--database sqlite|postgresql|both] [--only NAME] [--profile FILE]

The requests are those of `bench.workloads`, called as WSGI in a process that does nothing else, round after round; the quietest
round counts, which on a shared machine says more than an average. The HTTP server's own share, about 0.2 ms, comes on top; the
database's (PostgreSQL) is shown beside. A first line tells what a route that answers a constant costs on this machine now.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app import create_app
from bench import load, lookups, processes, seeding, server, workloads
from bench.workloads import Request
from scim_portal import config
from scim_portal.commands import surroundings
from scim_portal.db import db

ROUND = 100
Call = Callable[[Request], bytes]


def main() -> None:
    """Measure each path on each database and print a line for it."""
    options = _options().parse_args()
    for database in server.DATABASES if options.database == "both" else (options.database,):
        with server.prepared(database) as product:
            _measure(product, options)


def _measure(product: server.Prepared, options: argparse.Namespace) -> None:
    os.environ.update(product.environment)
    app = create_app(config.from_environment(product.environment))
    meter = Meter(product.roots, options.rounds, cProfile.Profile() if options.profile else None)
    print(f"\n{product.database:42} app ms   db ms  statements", flush=True)
    meter.show("a constant, by bare Flask", _caller(_constant(), product), lambda n: Request("GET", "/"))
    call = _caller(app, product)
    with app.app_context():
        engine = db.engine
    for name, make in _paths(call, options.users):
        if not options.only or options.only in name:
            meter.show(name, call, make, engine)
    if meter.profile is not None:
        meter.profile.dump_stats(options.profile)


def _constant() -> Flask:
    app = Flask("constant")
    app.add_url_rule("/", "constant", lambda: {"constant": True})
    return app


def _caller(app: Any, product: server.Prepared) -> Call:
    """Give a function that has the application answer a request, as an HTTP server would."""
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in load.scim_headers(product.token)
        if name != "Content-Type"
    }
    constant = {
        "REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8080", "HTTP_HOST": "127.0.0.1:8080",
        "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "", "CONTENT_TYPE": "application/scim+json; charset=utf-8",
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.multithread": True, "wsgi.multiprocess": True,
        "wsgi.run_once": False, "wsgi.errors": io.StringIO(), **headers,
    }  # fmt: skip

    def call(request: Request) -> bytes:
        path, _, query = request.path.partition("?")
        environ = {
            **constant, "REQUEST_METHOD": request.method, "PATH_INFO": path, "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(request.body or b"")), "wsgi.input": io.BytesIO(request.body or b""),
        }  # fmt: skip
        answered: list[str] = []
        chunks = app.wsgi_app(environ, lambda status, *_: answered.append(status))
        content = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        if not answered[0].startswith("2"):
            raise SystemExit(f"{request.method} {request.path}: {answered[0]} {content[:500].decode()}")
        return content

    return call


def _paths(call: Call, count: int) -> Iterator[tuple[str, Callable[[int], Request]]]:
    """Give each path's name and its requests by number; what a path needs is made before it."""
    prefix = f"/p/{server.SLUG}/scim/v2"

    def below(make: Callable[[int], Request]) -> Callable[[int], Request]:
        def made(n: int) -> Request:
            request = make(n)
            return request._replace(path=prefix + request.path)

        return made

    creates = below(workloads.create_users(10**9, first=10**6).make)
    users = [_id(call(below(workloads.create_users(count).make)(n))) for n in range(count)]
    yield "create user", creates
    for one in (*workloads.user_workloads(users), *lookups.of_users(users), lookups.group_by_name()):
        yield one.name, below(one.make)
    group = _id(call(below(workloads.create_groups((0,), "Group").make)(0)))
    yield "mixed day", below(workloads.mixed_day(users, group, first_new=10**7).make)
    for size in (100, 1_000):
        seeded = _seeded(size)
        for one in workloads.group_workloads(seeded["group"], size, seeded["spare"]):
            yield one.name, below(one.make)
        yield f"members.value eq, {size}", below(lookups.groups_of_member(seeded["member"], "").make)


def _seeded(size: int) -> dict[str, Any]:
    with surroundings.portal(server.SLUG, "bench") as ctx:
        return seeding.group(ctx, str(size), "20000")


def _id(content: bytes) -> str:
    return content.partition(b'"id":"')[2].partition(b'"')[0].decode()


@dataclass(frozen=True, slots=True)
class Meter:
    """Measures calls: the processes of the database, how many rounds, and a profile if one is wanted."""

    roots: tuple[int, ...]
    rounds: int
    profile: cProfile.Profile | None

    def show(self, name: str, call: Call, make: Callable[[int], Request], engine: Engine | None = None) -> None:
        """Print the CPU milliseconds a request of application and database in their quietest rounds, and the statements."""
        numbers = itertools.count()
        with counted(engine) as statements:
            self._round(call, [make(next(numbers)) for _ in range(ROUND)])
        found = [self._round(call, [make(next(numbers)) for _ in range(ROUND)]) for _ in range(self.rounds)]
        cost, database = (min(values) / ROUND * 1000 for values in zip(*found, strict=True))
        print(f"  {name:40} {cost:6.3f}  {database:6.3f}  {len(statements) / ROUND:6.2f}", flush=True)

    def _round(self, call: Call, requests: list[Request]) -> tuple[float, float]:
        before, begun = processes.cpu_by_process(self.roots), time.process_time()
        if self.profile is not None:
            self.profile.enable()
        for request in requests:
            call(request)
        if self.profile is not None:
            self.profile.disable()
        used = time.process_time() - begun
        return used, processes.spent(before, processes.cpu_by_process(self.roots))


@contextmanager
def counted(engine: Engine | None) -> Iterator[list[str]]:
    """Collect the statements that reach the database, those that begin transactions included; none without an engine."""
    found: list[str] = []
    if engine is None:
        yield found
        return

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.costs", description=__doc__)
    parser.add_argument("--database", choices=(*server.DATABASES, "both"), default="both")
    parser.add_argument("--only", help="measure the paths whose name contains this")
    parser.add_argument("--users", type=int, default=1_200)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--profile", type=Path, help="write a profile of what was measured (cProfile)")
    return parser


if __name__ == "__main__":
    main()
