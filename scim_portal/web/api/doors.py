"""Coming into the admin API: the key, its role, the context; and the blueprint that every subject's calls hang on.

Which roles may call what stands where a subject makes its `Room`; what a body must look like is in `schemas`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from flask_smorest import Blueprint

from scim_portal import errors
from scim_portal.context import ActorKind, Ctx, Role
from scim_portal.db import db
from scim_portal.services.secrets_format import API_PREFIX
from scim_portal.web import guards
from scim_portal.web.api.parsing import StrictParser

Roles = tuple[Role, ...]
EVERYBODY: Roles = tuple(Role)
OWNERS: Roles = (Role.OWNER,)
CHANGERS: Roles = (Role.OWNER, Role.LICENSE_ADMIN)
EXPORTERS: Roles = (Role.OWNER, Role.LICENSE_ADMIN, Role.AUDITOR)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
PREFIX = "/api/v1"
View = Callable[..., Any]


class Room(Blueprint):  # type: ignore[misc]
    """The calls of one subject; `readers` may GET, `writers` may do the rest."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, description: str, *, readers: Roles = EVERYBODY, writers: Roles = CHANGERS) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=description)
        self.readers, self.writers = readers, writers
        self.before_request(self._enter)

    def allowed(self, method: str) -> Roles:
        """Name the roles that may use a method here."""
        return self.readers if method.upper() in SAFE else self.writers

    def query(self, schema: Any) -> Callable[[View], View]:
        """Read the query string by a schema; unknown parameters are refused, lest a filter typed wrong filter nothing."""
        decorate: Callable[[View], View] = self.arguments(schema, location="query", unknown="raise")
        return decorate

    def _enter(self) -> None:
        guards.refuse_nul()
        g.ctx, bearer = guards.authenticate(API_PREFIX, ActorKind.API_KEY)
        roles = self.allowed(request.method)
        if bearer.role not in roles:
            raise errors.Forbidden(f"A key with the role {bearer.role} may not do this; it takes {_either(roles)}.")

    def _store_endpoint_docs(self, endpoint: str, obj: View, parameters: Any, tags: Any, **options: Any) -> None:
        """Name each operation by its function, and say which roles may call it."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, info in self._docs[endpoint].items():
            if isinstance(info, dict):
                manual = {"operationId": endpoint, "x-roles": [str(role) for role in self.allowed(method)]}
                info["manual_doc"] = manual | info.get("manual_doc", {})


def reads(view: View) -> View:
    """Give a reading view its context first, as `guards.writes` does for writing ones."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        return view(context(), *args, **kwargs)

    return run


def context() -> Ctx:
    """Give the context of this request."""
    found: Ctx = g.ctx
    return found


def afresh() -> None:
    """Read again what the settling of this transaction wrote past the objects in hand."""
    db.session.flush()
    db.session.expire_all()


def _either(roles: Roles) -> str:
    return " or ".join(roles)
