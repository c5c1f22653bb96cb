"""The arrows of the house, held by import-linter's contracts in `pyproject.toml`."""

from __future__ import annotations

import tomllib

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from scim_portal.config import ROOT

PYPROJECT = ROOT / "pyproject.toml"
WANTED = {"arrows", "services-order", "settle-path", "services-no-http", "protocol-alone", "rules-pure"}


def test_no_contract_was_dropped() -> None:
    linter = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]
    assert {contract["id"] for contract in linter["contracts"]} >= WANTED
    assert {"scim_portal", "rules"} <= set(linter["root_packages"])


def test_every_import_contract_is_kept() -> None:
    assert lint_imports(config_filename=str(PYPROJECT), no_cache=True) == EXIT_STATUS_SUCCESS
