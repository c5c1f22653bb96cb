"""Run a bulk request (RFC 7644 §3.7): order, references, failOnErrors and the answers; how one call is made is passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from scim_portal.protocol import bulk_order
from scim_portal.protocol.bulk_request import BulkRequest, Operation
from scim_portal.protocol.errors import ScimError, Unresolved

RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"


@dataclass(frozen=True, slots=True)
class Call:
    """One request to be made as if it had come alone; with an `error` it is only to be refused and recorded."""

    method: str
    endpoint: str
    id: str | None
    data: dict[str, Any] | None = None
    version: str | None = None
    error: ScimError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended; `id` is the resource's, `body` the Error message of a refused one."""

    status: int
    id: str | None = None
    location: str | None = None
    version: str | None = None
    body: dict[str, Any] | None = None

    @property
    def failed(self) -> bool:
        """Tell whether it counts towards failOnErrors."""
        return self.status >= 400


Make = Callable[[Call], Outcome]


def perform(request: BulkRequest, make: Make) -> dict[str, Any]:
    """Make every call of the request and build the BulkResponse, its answers in the order of the request."""
    job = _Job(request, make)
    for index, missing in bulk_order.order(request.operations):
        job.run(index, missing)
        if request.fail_on_errors is not None and job.errors >= request.fail_on_errors:
            break
    job.complete()
    answers = [_answer(request.operations[index], job.outcomes[index]) for index in sorted(job.outcomes)]
    return {"schemas": [RESPONSE_SCHEMA], "Operations": answers}


class _Job:
    def __init__(self, request: BulkRequest, make: Make) -> None:
        self.operations = request.operations
        self.make = make
        self.outcomes: dict[int, Outcome] = {}
        self.ids: dict[str, str] = {}
        self.incomplete: list[int] = []
        self.errors = 0

    def run(self, index: int, missing: frozenset[str]) -> None:
        one = self.operations[index]
        call = Call(one.method, one.endpoint, one.id, one.data, one.version, one.error)
        if one.error is None:
            call = self.resolved(
                replace(call, data=bulk_order.without(one.data, missing)) if missing else call, one, missing
            )
        outcome = self.outcomes[index] = self.make(call)
        self.errors += outcome.failed
        if one.method == "POST" and one.bulk_id and outcome.id and not outcome.failed:
            self.ids[one.bulk_id] = outcome.id
            if missing:
                self.incomplete.append(index)

    def complete(self) -> None:
        """Write what had to be left out of circles; the answer of a create tells when that fails."""
        for index in self.incomplete:
            one, created = self.operations[index], self.outcomes[index]
            call = self.resolved(Call("PUT", one.endpoint, created.id, one.data), one, frozenset())
            outcome = self.make(call)
            self.errors += outcome.failed
            if outcome.failed:
                self.outcomes[index] = replace(created, status=outcome.status, body=outcome.body)
            else:
                self.outcomes[index] = replace(created, version=outcome.version)

    def resolved(self, call: Call, operation: Operation, missing: frozenset[str]) -> Call:
        unknown = sorted(bulk_order.references(operation) - missing - self.ids.keys())
        if unknown:
            listed = ", ".join(repr(name[:64]) for name in unknown[:5])
            problem = Unresolved(f"No resource was created in this request for the bulkId {listed}.", value=unknown[0])
            return replace(call, error=problem)
        return replace(call, id=bulk_order.resolve(call.id, self.ids), data=bulk_order.resolve(call.data, self.ids))


def _answer(operation: Operation, outcome: Outcome) -> dict[str, Any]:
    parts = {
        "location": outcome.location,
        "method": operation.method or None,
        "bulkId": operation.bulk_id,
        "version": outcome.version,
        "status": str(outcome.status),
        "response": outcome.body,
    }
    return {name: value for name, value in parts.items() if value is not None}
