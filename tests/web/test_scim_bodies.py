"""Bodies that come in chunks, without a length: read to their end, or refused."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import orjson
import pytest

from scim_portal.db import transact
from scim_portal.services import connectors
from scim_portal.web.cookies import LARGEST_BODY
from tests.portals import PortalUnderTest, a_user


class Broken(io.BytesIO):
    """A stream whose connection breaks off, as some HTTP servers report it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise ValueError("invalid chunk size")


def send(portal: PortalUnderTest, stream: io.BytesIO) -> Any:
    return portal.scim("POST", "/Users", input_stream=stream, environ_overrides={"wsgi.input_terminated": True})


def test_a_body_without_a_length_is_read_to_its_end(portal: PortalUnderTest) -> None:
    assert send(portal, io.BytesIO(orjson.dumps(a_user()))).status_code == 201


@pytest.mark.parametrize(
    ("stream", "status"),
    [(Broken(), 400), (io.BytesIO(orjson.dumps(a_user()) + b" " * LARGEST_BODY + b"and more"), 413)],
    ids=["it breaks off", "its beginning is a good document"],
)
def test_a_body_that_cannot_be_read_as_a_whole_is_refused(
    portal: PortalUnderTest, stream: io.BytesIO, status: int
) -> None:
    connector = portal.connector()
    transact(lambda: connectors.change(portal.ctx(), connector.id, debug_for=timedelta(hours=1)))  # logs bodies
    answer = send(portal, stream)
    assert answer.status_code == status, answer.text
    assert answer.json["status"] == str(status)
    assert portal.scim("GET", "/Users?count=0").json["totalResults"] == 0
