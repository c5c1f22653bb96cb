"""`simulate okta`: an Okta org in a box that provisions into a portal over real HTTP."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Literal

import click

from scim_portal.commands import surroundings
from scim_portal.commands.access import issue
from scim_portal.commands.surroundings import as_json, in_portal, show, write
from scim_portal.services import tokens
from scim_portal.simulate import run


@click.group()
def simulate() -> None:
    """Simulate an identity provider."""


@simulate.command()
@in_portal
@click.option("--users", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--groups", type=click.IntRange(0, 200), default=5, show_default=True)
@click.option(
    "--style",
    type=click.Choice(["put", "patch"]),
    default="patch",
    show_default=True,
    help="put: App Wizard; patch: catalog app.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, other people.")
@click.option("--url", help="The SCIM base URL, if it is not the portal's own.")
@as_json
def okta(
    slug: str, users: int, groups: int, style: Literal["put", "patch"], seed: int, url: str | None, as_json: bool
) -> None:
    """Provision people and groups exactly as Okta does; a server must be running."""
    with surroundings.portal(slug, "simulated Okta") as ctx:
        token = write(lambda: issue(ctx, "okta", timedelta(hours=1)))
        address = url or ctx.portal.scim_base_url
        bar = _Bar(quiet=as_json or not sys.stderr.isatty())
        report = run(address, token.value, users=users, groups=groups, style=style, seed=seed, progress=bar)
        bar.close()
        write(lambda: tokens.revoke(ctx, token.id, reason="the simulation ended"))
    result = {
        "users_created": report.users_created, "users_linked": report.users_linked, "groups_pushed": report.groups_pushed,
        "calls": report.calls, "failures": list(report.failures),
    }  # fmt: skip
    done = f"{report.users_created} users created, {report.users_linked} linked, {report.groups_pushed} groups pushed"
    lines = [f"{done} in {report.calls} calls to {address}.", *(f"Failed: {one}" for one in report.failures)]
    show(result, "\n".join(lines), as_json=as_json)
    sys.exit(1 if report.failures else 0)


class _Bar:
    """A progress bar on a terminal, and nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.width = 28

    def __call__(self, done: int, total: int, about: str) -> None:
        if self.quiet:
            return
        filled = self.width * done // max(1, total)
        bar = "█" * filled + "░" * (self.width - filled)
        sys.stderr.write(f"\r{bar} {done}/{total} {about[:40]:<40}")
        sys.stderr.flush()

    def close(self) -> None:
        if not self.quiet:
            sys.stderr.write("\n")


COMMANDS = (simulate,)
