"""The admin portal: pages and forms for people. One file per subject; what they share is in `door` and `frame`."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from scim_portal.web.portal import (
    account,
    admins,
    api_keys,
    bulk,
    connectors,
    contracts,
    conversions,
    door,
    erasing,
    exception_form,
    exceptions,
    exports,
    extensions,
    frame,
    frozen_rules,
    groups,
    keys,
    ledger,
    licenses,
    log,
    notices,
    overview,
    people,
    person,
    policy_pages,
    publishing,
    rule_checks,
    rule_editor,
    rule_moves,
    rule_trials,
    rules,
    second_factor,
    session,
    setup,
    tokens,
    user_list,
    waitlist,
)

SUBJECTS = (
    session, account, second_factor, admins, api_keys, person,
    overview, user_list, bulk, people, exceptions, exception_form, erasing, groups, licenses, contracts, rules, rule_moves,
    rule_trials,
    rule_checks, rule_editor, publishing, policy_pages, connectors, conversions,
    tokens, setup, extensions, waitlist, ledger, log, exports, notices, frozen_rules, keys,
)  # fmt: skip


def install(app: Flask) -> None:
    """Register the portal's pages, the protection of its forms, and what templates may ask for."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = (
        False  # SCIM and the API are blind to cookies; `door` checks the portal's forms
    )
    CSRFProtect(app)
    frame.install(app)
    app.register_blueprint(door.blueprint)
