"""Commands that run the installation: serve, worker, migrate, run-due, reconcile, doctor."""

from __future__ import annotations

import sys

import click
import flask_migrate
from sqlalchemy import text

from scim_portal import clock, serving
from scim_portal.commands import surroundings
from scim_portal.commands.surroundings import as_json, in_portal, show, write
from scim_portal.config import Settings
from scim_portal.db import MIGRATIONS, db
from scim_portal.errors import NotFound
from scim_portal.jobs import postman, runner, worker
from scim_portal.services import demo, mail, portals, schema_state


@click.command()
def serve() -> None:
    """Migrate, set the demo portal up on a first start, and serve until Ctrl-C."""
    with surroundings.settings() as settings:
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        serving.remember(settings)
        _greet(settings)
        db.engine.dispose()
    commands = {"web": serving.gunicorn_command(settings), "worker": serving.worker_command()}
    sys.exit(serving.Supervisor(commands).run())


def _greet(settings: Settings) -> None:
    if not portals.everyone(settings):
        portal, password, token = write(lambda: demo.create(settings))
        click.echo(
            f"\nThe portal is set up. These two are shown this once:\n\n"
            f"  Admin       {demo.EMAIL}\n  Password    {password}   (one-time; you choose your own at the first sign-in)\n"
            f"  SCIM token  {token.value}\n\n"
            f"Fill it with a simulated Okta, in another terminal:\n\n"
            f"  .venv/bin/scim-portal simulate okta --portal {portal.slug}\n"
        )
    db.session.rollback()
    try:
        portal = portals.by_slug(settings, settings.default_portal)
        click.echo(f"Portal         {portal.base_url}/")
        click.echo(f"SCIM base URL  {portal.scim_base_url}")
        click.echo(f"API docs       {portal.base_url}/api/docs")
    except NotFound:
        click.echo(f"Serving at {settings.public_url}")
    click.echo("Stop with Ctrl-C.\n")
    sys.stdout.flush()


@click.command("worker")
def run_worker() -> None:
    """Run the background worker alone."""
    worker.run(surroundings.application())


@click.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    with surroundings.settings():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        click.echo("The database is up to date.")


@click.command("run-due")
@in_portal
@as_json
def run_due(slug: str, as_json: bool) -> None:
    """Do all clock work and all jobs that are due now, as the worker does every second."""
    with surroundings.portal(slug) as ctx:
        done = runner.run_portal(ctx.portal, ctx.settings) + postman.deliver(ctx.portal, ctx.settings)
        show({"done": done}, f"{done} piece(s) of work done.", as_json=as_json)


@click.command()
@in_portal
@as_json
def reconcile(slug: str, as_json: bool) -> None:
    """Settle everybody and prove the invariants; exit status 1 and the differences if there are any."""
    with surroundings.portal(slug) as ctx:
        settled, violations = runner.reconcile(ctx, _progress(as_json))
        result = {"ok": not violations, "settled": settled, "violations": violations}
        people = "\n".join(violations) or f"{settled} users settled; every invariant holds."
        show(result, people, as_json=as_json)
        sys.exit(1 if violations else 0)


def _progress(quiet: bool) -> runner.Progress:
    if quiet or not sys.stderr.isatty():
        return lambda done, total: None
    return lambda done, total: click.echo(f"\r{done} of {total} users settled", nl=done == total, err=True)


@click.command()
@as_json
def doctor(as_json: bool) -> None:
    """Check settings, database, migrations, worker, clock and mail; never prints a secret."""
    with surroundings.settings() as settings:
        checks = dict(_checks(settings))
    ok = all(not finding.startswith("problem") for finding in checks.values())
    people = "\n".join(f"{name:<12} {finding}" for name, finding in checks.items())
    show({"ok": ok, "checks": checks}, people, as_json=as_json)
    sys.exit(0 if ok else 1)


def _checks(settings: Settings) -> list[tuple[str, str]]:
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    found = [("settings", f"ok: {settings.public_url}, files in {settings.var_dir}")]
    try:
        db.session.execute(text("SELECT 1"))
    except Exception as error:
        return [*found, ("database", f"problem: {kind} does not answer ({type(error).__name__})")]
    behind = schema_state.is_behind(db.session.connection())
    found += [
        ("database", f"ok: {kind} answers"),
        ("migrations", "problem: run scim-portal migrate" if behind else "ok: up to date"),
    ]
    if not behind:
        found.append(("worker", runner.health(settings)))
    found.append(("clock", f"ok: {clock.now():%Y-%m-%d %H:%M:%S} UTC"))
    return [*found, ("mail", _mail(settings))]


def _mail(settings: Settings) -> str:
    if not mail.is_configured(settings):
        return "ok: no mail server is configured; notices stay in the portal"
    try:
        mail.check(settings)
    except mail.Undelivered as error:
        return f"problem: the mail server cannot be used ({error})"
    return f"ok: the mail server answers; mails come from {mail.sender(settings)}"


COMMANDS = (serve, run_worker, migrate, run_due, reconcile, doctor)
