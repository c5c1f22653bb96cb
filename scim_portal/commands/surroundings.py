"""What every command needs: the application, the portal, a context, durations, and printing for people or programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import click
import orjson
from flask import Flask

from scim_portal import config, logs
from scim_portal import db as db_module
from scim_portal.config import Settings
from scim_portal.context import ActorKind, Ctx, system
from scim_portal.db import db, transact
from scim_portal.services import portals

T = TypeVar("T")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
in_portal = click.option("--portal", "slug", required=True, metavar="SLUG", help="The portal's slug.")


class Duration(click.ParamType):
    """A time span such as 90d, 12h or 30m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read the span."""
        found = re.fullmatch(r"(\d{1,5})([mhdw])", str(value))
        if not found:
            self.fail(f"{value!r} is no duration; write it like 90d, 12h or 30m", param, ctx)
        return timedelta(**{UNITS[found[2]]: int(found[1])})


def application() -> Flask:
    """Build what commands and the worker need: the database and the log, but none of the doors, which start slowly."""
    found = config.from_environment()
    app = Flask("scim_portal")
    app.config["SETTINGS"] = found
    logs.configure(found)
    db_module.install(app, found)
    return app


@contextmanager
def settings() -> Iterator[Settings]:
    """Enter the application."""
    app = application()
    with app.app_context():
        try:
            yield app.config["SETTINGS"]
        finally:
            db.session.remove()


@contextmanager
def portal(slug: str, name: str = "command line") -> Iterator[Ctx]:
    """Enter the application in one portal. Raises `NotFound` for a portal that is not there."""
    with settings() as found:
        yield system(portals.by_slug(found, slug), found, kind=ActorKind.COMMAND, name=name)


def write(unit: Callable[[], T]) -> T:
    """Run a service in a transaction."""
    return transact(unit)


def show(result: dict[str, Any], for_people: str, *, as_json: bool) -> None:
    """Print the result, for people or as JSON."""
    click.echo(orjson.dumps(result).decode() if as_json else for_people)
