"""Commands that hand records out: export."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import orjson

from scim_portal.commands import surroundings
from scim_portal.commands.surroundings import as_json, in_portal, show, write
from scim_portal.services import exports


class Moment(click.ParamType):
    """An instant such as 2026-11-22 or 2026-11-22T10:00:00Z; without a zone it is UTC."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the instant."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no date or time; write it like 2026-11-22T10:00:00Z", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@in_portal
@click.option("--dataset", required=True, type=click.Choice(list(exports.DATASETS)))
@click.option("--format", "format_", required=True, type=click.Choice(exports.FORMATS))
@click.option("--profile", type=click.Choice(exports.PROFILES), default="raw", show_default=True, help="Of CSV.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", type=Moment(), help="Seats as they were at this moment.")
@click.option("--from", "since", type=Moment(), help="Ledger from this moment on.")
@click.option("--to", "until", type=Moment(), help="Ledger up to before this moment.")
@as_json
def export(slug: str, out: Path, as_json: bool, format_: str, **what: Any) -> None:
    """Write a dataset to a file, and its manifest beside it."""
    with surroundings.portal(slug) as ctx:
        request = exports.checked(exports.Request(format=format_, **what), ctx.now)
        write(lambda: exports.note(ctx, request))
        with out.open("wb") as file:
            facts = exports.write(ctx, request, file) | {"file": out.name}
        manifest = out.with_name(out.name + ".manifest.json")
        manifest.write_bytes(orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        people = f"{facts['rows']} rows in {out} (SHA-256 {facts['sha256'][:16]}…, manifest in {manifest.name})"
        show(facts, people, as_json=as_json)


COMMANDS = (export,)
