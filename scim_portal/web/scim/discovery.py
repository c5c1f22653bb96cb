"""What the server says about itself (RFC 7644 §4): the configuration, the resource types, the schemas, and `/Me`."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Blueprint, Response, request

from scim_portal.protocol import messages, resource
from scim_portal.protocol.attributes import ResourceType
from scim_portal.protocol.definitions import LICENSE_SCHEMA
from scim_portal.protocol.entitlement_schema import ENTITLEMENT
from scim_portal.protocol.errors import Forbidden, NotImplementedByServer
from scim_portal.services import license_resources
from scim_portal.services import resource_types as types
from scim_portal.web.scim.doors import answer, context


def route(blueprint: Blueprint) -> None:
    """Register the routes."""
    for address, view in {
        "/ServiceProviderConfig": configuration,
        "/ResourceTypes": resource_types,
        "/ResourceTypes/<name>": resource_type,
        "/Schemas": schemas,
        "/Schemas/<uri>": schema,
    }.items():
        blueprint.add_url_rule(address, view.__name__, view, methods=["GET"])
    blueprint.add_url_rule("/Me", "me", me, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])


def configuration() -> Response:
    """Give the ServiceProviderConfig."""
    return _answer(messages.service_provider_config(_base()))


def resource_types() -> Response:
    """List the resource types."""
    _no_filter()
    return _answer(messages.resource_types(_base(), _types()))


def resource_type(name: str) -> Response:
    """Give one resource type."""
    return _answer(messages.resource_type(_base(), _types(), name))


def schemas() -> Response:
    """List the schemas."""
    _no_filter()
    return _answer(messages.schemas(_base(), _types()))


def schema(uri: str) -> Response:
    """Give one schema."""
    return _answer(messages.schema(_base(), _types(), uri))


def me() -> Response:
    """Refuse `/Me`: a connector's token stands for no user (RFC 7644 §3.11)."""
    raise NotImplementedByServer("A connector's token stands for no user, so there is no /Me.")


def _no_filter() -> None:
    if "filter" in request.args:
        raise Forbidden("Discovery endpoints cannot be filtered (RFC 7644 §4).")


def _types() -> tuple[ResourceType, ...]:
    connector = context().connector
    user, group = types.of(context()).both
    known = (user if connector and connector.show_licenses else _without_licenses(user), group)
    return (*known, ENTITLEMENT) if _shows_entitlements() else known


def _without_licenses(kind: ResourceType) -> ResourceType:
    """Announce the license extension only where it is shown: one that nobody sees or may write would puzzle clients."""
    return dataclasses.replace(kind, extensions=tuple(one for one in kind.extensions if one is not LICENSE_SCHEMA))


def _shows_entitlements() -> bool:
    """Announce license types to whom they are of use, once there are any: other clients would try to create some."""
    connector = context().connector
    reads_them = connector is not None and (connector.kind == "okta" or connector.show_licenses)
    return reads_them and license_resources.exist(context())


def _base() -> str:
    return context().portal.scim_base_url


def _answer(content: dict[str, Any]) -> Response:
    return answer(resource.dumps(content))
