"""The command line: `scim-portal COMMAND`. Each command calls one service; `--json` prints one object for programs."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from scim_portal.config import BadSettings
from scim_portal.errors import PortalError

ROOMS = {
    "access": ("admin", "api-key", "portal", "token"),
    "operate": ("doctor", "migrate", "reconcile", "run-due", "serve", "worker"),
    "records": ("export",),
    "simulate": ("simulate",),
}


class Commands(click.Group):
    """Commands whose rooms are entered when they are asked for: what the others need takes half a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name them all."""
        return sorted(name for names in ROOMS.values() for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find one in its room."""
        for room, names in ROOMS.items():
            if cmd_name in names:
                found = import_module(f"scim_portal.commands.{room}").COMMANDS
                return next(command for command in found if command.name == cmd_name)
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="scim-portal")
def scim_portal() -> None:
    """Run and administer a SCIM Portal."""


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; errors become one sentence and exit status 1."""
    try:
        return scim_portal.main(arguments, standalone_mode=True)
    except (PortalError, BadSettings) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
