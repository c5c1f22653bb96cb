"""Commands are found without entering every room."""

from __future__ import annotations

from importlib import import_module

import click

from scim_portal import cli


def test_the_table_names_the_commands_of_every_room() -> None:
    for room, names in cli.ROOMS.items():
        commands = import_module(f"scim_portal.commands.{room}").COMMANDS
        assert sorted(one.name for one in commands) == sorted(names)
        for one in commands:
            assert cli.scim_portal.get_command(click.Context(cli.scim_portal), one.name) is one


def test_an_unknown_command_is_no_command() -> None:
    assert cli.scim_portal.get_command(click.Context(cli.scim_portal), "dance") is None
