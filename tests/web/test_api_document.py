"""The OpenAPI document and the page that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.portals import PortalUnderTest


def _document(portal: PortalUnderTest) -> dict[str, Any]:
    answer = portal.client.get(f"{portal.base}/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: dict[str, Any] = answer.json
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_the_document_is_openapi_3_1_with_the_portals_own_address(portal: PortalUnderTest) -> None:
    document = _document(portal)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": portal.base}]
    assert document["security"] == [{"key": []}]
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_every_route_is_in_the_document_and_every_operation_is_complete(portal: PortalUnderTest) -> None:
    paths = _document(portal)["paths"]
    routed = {
        (re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method.lower())
        for rule in portal.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith("openapi.json")
    }
    described = {
        (path, method): operation
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method != "parameters"
    }
    assert routed == set(described)
    names = [operation["operationId"] for operation in described.values()]
    assert len(set(names)) == len(names)
    for (path, method), operation in described.items():
        assert operation["summary"], path
        assert operation["x-roles"], path
        assert any(str(status).startswith("2") for status in operation["responses"]), path
        declared = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        declared |= {one["name"] for one in paths[path].get("parameters", [])}
        assert declared >= set(re.findall(r"{(\w+)}", path)), (method, path)


def test_every_reference_leads_somewhere_and_errors_are_problems(portal: PortalUnderTest) -> None:
    document = _document(portal)
    for reference in set(_references(document)):
        place: Any = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]
    error = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(error) == ["application/problem+json"]


def test_the_page_draws_from_our_own_assets_only(portal: PortalUnderTest) -> None:
    page = portal.client.get(f"{portal.base}/api/docs")
    policy = page.headers["Content-Security-Policy"]
    assert page.status_code == 200
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    addresses = re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text)
    assert len(addresses) >= 5
    for address in addresses:
        assert address.startswith(portal.base)
        answer = portal.client.get(address)
        assert answer.status_code == 200, address
        answer.close()
    assert "<script>" not in page.text
