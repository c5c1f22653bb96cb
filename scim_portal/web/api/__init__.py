"""The admin API: the same services as JSON. One file per subject; shapes in `schemas`, what they share in `doors`."""

from __future__ import annotations

from flask import Flask

from scim_portal.web.api import (
    account_links,
    admins,
    checks,
    connectors,
    documentation,
    erasing,
    exports,
    extensions,
    frozen_rules,
    groups,
    jobs,
    license_types,
    mapping,
    notice_settings,
    notices,
    overrides,
    policy,
    policy_lint,
    records,
    tokens,
    users,
)

SUBJECTS = (
    license_types, policy, policy_lint, frozen_rules, users, erasing, overrides, groups, records, connectors, mapping, tokens,
    admins, account_links, extensions, exports, notices, notice_settings, jobs, checks,
)  # fmt: skip


def install(app: Flask) -> None:
    """Register every subject's calls under `/api/v1`, and their description."""
    api = documentation.install(app)
    for subject in SUBJECTS:
        api.register_blueprint(subject.room)
