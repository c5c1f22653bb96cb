"""The admin API: the same services as JSON. One file per subject; shapes in `schemas`, what they share in `doors`."""

from __future__ import annotations

from flask import Flask

from scim_portal.web.api import (
    checks,
    connectors,
    documentation,
    exports,
    extensions,
    frozen_rules,
    groups,
    jobs,
    license_types,
    mapping,
    overrides,
    policy,
    records,
    tokens,
    users,
)

SUBJECTS = (
    license_types, policy, frozen_rules, users, overrides, groups, records, connectors, mapping, tokens, extensions, exports,
    jobs, checks,
)  # fmt: skip


def install(app: Flask) -> None:
    """Register every subject's calls under `/api/v1`, and their description."""
    api = documentation.install(app)
    for subject in SUBJECTS:
        api.register_blueprint(subject.room)
