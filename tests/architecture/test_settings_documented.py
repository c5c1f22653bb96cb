"""Every setting that the code reads from the environment stands in `docs/settings.md`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from scim_portal.config import ROOT

PAGE = ROOT / "docs" / "settings.md"


def variables() -> set[str]:
    """Collect the names that `config.py` looks up: all-capital strings in its code."""
    return set(_names(ast.parse((ROOT / "scim_portal" / "config.py").read_text())))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            word = node.value
            if word.isupper() and word.replace("_", "").isalnum() and word not in {"INFO"}:
                yield word


def test_the_collector_finds_what_config_reads() -> None:
    assert {"SECRET_KEY", "DATABASE_URL", "VAR_DIR", "PORT", "TRUSTED_PROXIES", "LOG_LEVEL"} <= variables()


def test_every_setting_is_documented() -> None:
    text = PAGE.read_text()
    assert {name for name in variables() if f"`{name}`" not in text} == set()
