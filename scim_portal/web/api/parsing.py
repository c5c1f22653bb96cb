"""Reading bodies and query strings strictly, and saying what is wrong with them as problem details.

The body goes through the protocol's reader, so that nothing gets in here that SCIM would refuse: no NaN, no repeated names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import Schema, ValidationError
from webargs import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from scim_portal import errors
from scim_portal.protocol import reading
from scim_portal.protocol.errors import ScimError
from scim_portal.web import bodies

JSON = "application/json"


class StrictParser(FlaskParser):
    """What flask-smorest reads arguments with."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read a JSON object; no body at all is an empty one, so that what is missing is named."""
        body = bodies.whole()
        if not body:
            return missing
        if req.mimetype != JSON and not (req.mimetype.startswith("application/") and req.mimetype.endswith("+json")):
            raise UnsupportedMediaType()
        try:
            return reading.loads(body)
        except ScimError as error:
            raise _unreadable(error) from None

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Read the query string; control characters never mean anything in it, and a database may choke on them."""
        for name, value in req.args.items(multi=True):
            if any(character < " " for character in name + value):
                raise errors.Invalid("The value contains a control character.", field=name, value=value)
        return super().load_querystring(req, schema)

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        """Raise `Invalid` with every offending field."""
        found = tuple(
            problem
            for part in error.normalized_messages().values()  # type: ignore[no-untyped-call]
            for problem in _problems(part, ())
        )
        field, detail = found[0]
        raise errors.Invalid(f"{field or 'The request'}: {detail}", problems=found)


def _unreadable(error: ScimError) -> BadRequest:
    refusal = BadRequest()
    refusal.extra = {"detail": error.detail}  # type: ignore[attr-defined]
    if error.attribute:
        refusal.extra["errors"] = [{"field": error.attribute, "detail": error.detail}]  # type: ignore[attr-defined]
    return refusal


def _problems(messages: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _problems(inner, path if name == "_schema" else (*path, str(name)))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield "/".join(path), str(message)
