"""The project's own source files, and the functions in them: what the house rules are held against."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from scim_portal.config import ROOT

CODE = ("scim_portal", "rules", "tests", "bench")
FOREIGN = ("migrations/versions", "static/vendor", "__pycache__")


def files(*suffixes: str, below: tuple[str, ...] = (*CODE, "templates")) -> list[Path]:
    """List our files with one of the suffixes; nothing generated or vendored."""
    found = [ROOT / "app.py", ROOT / "wsgi.py"]
    found += [path for folder in below for path in (ROOT / folder).rglob("*") if path.is_file()]
    ours = [path for path in found if path.suffix in suffixes]
    return sorted(path for path in ours if not any(part in path.as_posix() for part in FOREIGN))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Give the name and length in lines of every function in a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def called(path: Path, name: str) -> int:
    """Count calls of a method by its name, as in `session.commit()`."""
    calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    return sum(isinstance(call.func, ast.Attribute) and call.func.attr == name for call in calls)
