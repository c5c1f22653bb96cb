"""The bytes of a request's body, all of them or a refusal; not here: what they mean."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge


def whole() -> bytes:
    """Read the body to its end.

    Raises BadRequest when it breaks off or its chunks cannot be told apart, RequestEntityTooLarge when it came in chunks
    and is larger than what is accepted: then only its beginning was read, which could be a good document by itself.
    """
    try:
        content = request.get_data(cache=True)
    except HTTPException:
        raise
    except Exception:  # each HTTP server has classes of its own for a body that breaks off or is no row of chunks
        raise BadRequest from None
    limit = request.max_content_length
    if request.content_length is None and limit is not None and len(content) >= limit:
        raise RequestEntityTooLarge
    return content


def readable() -> bytes:
    """Give the body for a log: empty when it cannot be read, since that is what is being logged."""
    try:
        return whole()
    except HTTPException:
        return b""
