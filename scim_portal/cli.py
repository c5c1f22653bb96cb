"""The command line: `scim-portal COMMAND`. Each command calls one service; `--json` prints one object for programs."""

from __future__ import annotations

import sys
from typing import Any

import click

from scim_portal.commands import access, operate, records, simulate
from scim_portal.config import BadSettings
from scim_portal.errors import PortalError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scim-portal")
def scim_portal() -> None:
    """Run and administer a SCIM Portal."""


for room in (access, operate, records, simulate):
    for command in room.COMMANDS:
        scim_portal.add_command(command)


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; errors become one sentence and exit status 1."""
    try:
        return scim_portal.main(arguments, standalone_mode=True)
    except (PortalError, BadSettings) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
