"""Settings: frozen, read from the environment once, refused when they are dangerous.

The table of all of them is `docs/settings.md`; a test holds it against `Settings`.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_SECRET = 32
SERVING_FILE = "serving.json"


class BadSettings(Exception):
    """The environment asks for something the product refuses to start with."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations."""

    secret_key: str = field(repr=False)
    database_url: str
    var_dir: Path
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = "http://127.0.0.1:8080"
    portal_domain: str | None = None
    default_portal: str = "demo"
    trusted_proxies: int = 0
    huey_url: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    web_workers: int = 2
    web_threads: int = 4
    log_level: str = "INFO"
    provisioning_log_days: int = 400

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """Tell whether people reach the portal over https."""
        return self.public_url.startswith("https://")


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; the secret is made and kept in `VAR_DIR` when the environment has none.

    Raises `BadSettings` with a sentence for the operator.
    """
    var = Path(environ.get("VAR_DIR") or ROOT / "var").resolve()
    host, port, public = _address(environ, var)
    return Settings(
        secret_key=_secret(environ.get("SECRET_KEY"), var),
        database_url=_database(environ.get("DATABASE_URL") or f"sqlite:///{var / 'portal.db'}"),
        var_dir=var,
        host=host,
        port=port,
        public_url=_public(public),
        portal_domain=environ.get("PORTAL_DOMAIN") or None,
        default_portal=environ.get("DEFAULT_PORTAL") or "demo",
        trusted_proxies=_whole(environ, "TRUSTED_PROXIES", 0),
        huey_url=environ.get("HUEY_URL") or None,
        smtp_url=_mail_server(environ.get("SMTP_URL") or None),
        mail_from=environ.get("MAIL_FROM") or None,
        web_workers=_whole(environ, "WEB_WORKERS", 2),
        web_threads=_whole(environ, "WEB_THREADS", 4),
        log_level=(environ.get("LOG_LEVEL") or "INFO").upper(),
        provisioning_log_days=_whole(environ, "PROVISIONING_LOG_DAYS", 400),
    )


def _address(environ: Mapping[str, str], var: Path) -> tuple[str, int, str]:
    """Give host, port and public URL: what the environment says, else what the running server noted, else the defaults."""
    noted: dict[str, Any] = {}
    if not any(environ.get(name) for name in ("HOST", "PORT", "PUBLIC_URL")):
        with contextlib.suppress(OSError, ValueError):
            noted = json.loads((var / SERVING_FILE).read_text())
    host = environ.get("HOST") or noted.get("host", "127.0.0.1")
    port = _whole(environ, "PORT", noted.get("port", 8080))
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    public = environ.get("PUBLIC_URL") or noted.get("public_url") or f"http://{reach}:{port}"
    return host, port, public.rstrip("/")


def _secret(given: str | None, var: Path) -> str:
    if given is None:
        return _kept_secret(var / "secret_key")
    if len(given) < SHORTEST_SECRET or len(set(given)) < 8:
        raise BadSettings(f"SECRET_KEY is too weak: give at least {SHORTEST_SECRET} random characters, or none at all.")
    return given


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    secret = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret)
    return secret


def _database(url: str) -> str:
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings("DATABASE_URL must start with sqlite:/// or postgresql+psycopg://.")
    return url


def _mail_server(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"smtp", "smtps"} and parts.hostname and (parts.port or True)
    except ValueError:
        usable = False
    if not usable:
        raise BadSettings("SMTP_URL must look like smtp://user:password@host:587 or smtps://host.")
    return url


def _public(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise BadSettings("PUBLIC_URL must start with http:// or https://.")
    return url


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise BadSettings(f"{name} must be a whole number, not {text!r}.")
    return int(text)
