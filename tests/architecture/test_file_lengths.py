"""Files stay short enough to be read at once, and say by their names what they are about."""

from __future__ import annotations

from statistics import mean

from scim_portal.config import ROOT
from tests.architecture import sources

LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager", "managers"}
ALLOWED = {ROOT / "templates" / "base.html"}


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    found = sources.files(".py", ".html", ".css", ".js")
    assert len(found) > 100
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in found}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_forty_lines() -> None:
    found = [(path, name, length) for path in sources.files(".py") for name, length in sources.functions(path)]
    assert [one for one in found if one[2] > LONGEST_FUNCTION] == []
    product = [length for path, _, length in found if path.relative_to(ROOT).parts[0] in {"scim_portal", "rules"}]
    assert mean(product) < 10


def test_no_file_has_a_name_that_says_nothing() -> None:
    found = [path for path in sources.files(".py", ".html", ".js") if path.stem.lstrip("_") in FORBIDDEN]
    assert set(found) <= ALLOWED


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in sources.files(".py") if path.read_text().strip() and not _documented(path.read_text())]
    assert silent == []


def _documented(text: str) -> bool:
    return text.lstrip().startswith('"""')
