"""Which set-up guides there are, and which ways of authenticating they explain. The steps themselves are templates."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from scim_portal import errors

Text = str | LazyString


@dataclass(frozen=True, slots=True)
class Guide:
    """A way to connect: `kind` is its address, `connector` the kind of connector, `test` the provider's test button."""

    kind: str
    connector: str
    title: Text
    lead: Text
    provider: Text
    test: Text
    icon: str


@dataclass(frozen=True, slots=True)
class Mode:
    """A way of authenticating that is on here; `_setup_mode_<key>.html` says what to type where."""

    key: str
    name: Text


GUIDES = (
    Guide(
        "okta-wizard", "okta", _l("Okta, an app of your own"), _l("A SAML or SWA app made with Okta's App Integration Wizard."),
        "Okta", "Test Connector Configuration", "writing-sign",
    ),
    Guide(
        "okta-catalog", "okta", _l("Okta, a catalog app"), _l("“SCIM 2.0 Test App” from Okta's app catalog."), "Okta",
        "Test API Credentials", "layout-dashboard",
    ),
    Guide(
        "entra", "entra", "Microsoft Entra ID", _l("A non-gallery enterprise application with automatic provisioning."),
        "Entra", "Test Connection", "users",
    ),
    Guide(
        "other", "generic", _l("Another SCIM client"), _l("Anything that speaks SCIM 2.0 and sends a bearer token."),
        _l("the client"), _l("the client's own connection test"), "plug",
    ),
)  # fmt: skip
MODES = (Mode("bearer", _l("Token in the HTTP header")),)


def find(kind: str) -> Guide:
    """Find a guide by its address. Raises `NotFound`."""
    found = next((guide for guide in GUIDES if guide.kind == kind), None)
    if found is None:
        raise errors.NotFound("There is no such set-up guide.", field="kind", value=kind)
    return found


def of(connector_kind: str) -> list[Guide]:
    """List the guides that set up a kind of connector."""
    return [guide for guide in GUIDES if guide.connector == connector_kind]
