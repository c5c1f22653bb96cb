"""A portal of one test on a server with several workers: calls from many processes, and what must hold when they are done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scim_portal.db import db
from scim_portal.models import Job, LicenseType, SeatEntry
from scim_portal.services import invariants
from tests.concurrency.callers import Answer, Call, Storm
from tests.portals import PortalUnderTest
from tests.servers import Server


@dataclass(frozen=True)
class Arena:
    """The portal seen from inside (`portal`, same database) and from outside (`server`)."""

    portal: PortalUnderTest
    server: Server

    def scim(self, method: str, path: str, body: Any = None, **headers: str) -> Call:
        """Describe a SCIM call; header names are given with underscores."""
        sent = {"Authorization": f"Bearer {self.portal.token}", "Content-Type": "application/scim+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return Call(method, f"{self.portal.base}/scim/v2{path}", body, sent)

    def api(self, method: str, path: str, body: Any = None) -> Call:
        """Describe a call of the admin API."""
        sent = {"Authorization": f"Bearer {self.portal.api_key()}", "Content-Type": "application/json"}
        return Call(method, f"{self.portal.base}/api/v1{path}", body, sent)

    def begin(self, calls: Sequence[Call], *, port: int | None = None, **how: int) -> Storm:
        """Start a storm and go on."""
        db.session.rollback()
        return Storm(port or self.server.port, calls, **how)

    def storm(self, calls: Sequence[Call], **how: int) -> list[Answer]:
        """Let a storm rage to its end."""
        return self.begin(calls, **how).answers()

    def call(self, call: Call) -> Answer:
        """Make one call over HTTP."""
        return self.storm([call])[0]

    def ledger(self, key: str) -> list[SeatEntry]:
        """Read the entries of one licence type in the order of their numbers."""
        db.session.rollback()
        query = select(SeatEntry).where(SeatEntry.portal_id == self.portal.ref.id, SeatEntry.license_type == key)
        return list(db.session.scalars(query.order_by(SeatEntry.number)))

    def must_hold(self) -> None:
        """Check what must hold after any storm: L12, no use above the limit at any entry, ledgers without gaps."""
        for problem in (self.problems(), self.call(self.api("GET", "/invariants")).body):
            assert problem in ([], {"ok": True, "violations": []})
        types = select(LicenseType.key).where(LicenseType.portal_id == self.portal.ref.id)
        for key in list(db.session.scalars(types)):
            entries = self.ledger(key)
            assert [one.number for one in entries] == list(range(1, len(entries) + 1))
            above = [one for one in entries if one.limit_after is not None and one.use_after > one.limit_after]
            assert not above, f"{key}: use above the limit at entry {above[0].number}"

    def problems(self) -> list[str]:
        """List the violations of the invariants, seen from inside."""
        db.session.rollback()
        return invariants.violations(self.portal.ctx())

    def job(self, id: str) -> Job:
        """Read a job as it stands now."""
        db.session.rollback()
        found = db.session.get(Job, (self.portal.ref.id, id), populate_existing=True)
        assert found is not None
        return found

    def settled(self, id: str, *, seconds: float = 20) -> Job:
        """Wait until a job is done by whoever does it."""
        eventually(lambda: self.job(id).state == "done", f"job {id} is not done", seconds=seconds)
        return self.job(id)


def eventually(holds: Callable[[], object], otherwise: str, *, seconds: float = 60, pause: float = 0.05) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(pause)


def statuses(answers: Sequence[Answer]) -> dict[int, int]:
    """Count the answers by status."""
    found = [one.status for one in answers]
    return {status: found.count(status) for status in sorted(set(found))}
