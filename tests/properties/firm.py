"""A firm: one portal whose time, worker and story a test holds in its hands, and which proves itself after every act.

People and groups go by name, so that what hypothesis prints can be read. Every act is a transaction of its own; what is refused
is part of the story. What can be done is `busy_firm`, what must hold is `proofs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from scim_portal import clock
from scim_portal.context import ActorKind, Ctx
from scim_portal.db import db, transact
from scim_portal.errors import PortalError
from scim_portal.protocol.errors import ScimError
from scim_portal.services import groups, people
from tests.portals import CORE_GROUP, PortalUnderTest
from tests.properties import proofs

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GROUPS = ("Sales", "Eng", "All", "Staff")
TYPES = {"pro": ("cal", 30), "std": ("cal", 20), "view": ("cal", 10), "extra": ("addon", 10)}
Act = Callable[[Ctx], object]


class Firm:
    """The portal, who is known in it, and what was done so far; `late` says that the clock or a job has yet to run."""

    def __init__(self, app: Flask, patch: pytest.MonkeyPatch, *, settle: int, hold: int, seats: dict[str, int]) -> None:
        self.now = START
        patch.setattr(clock, "now", lambda: self.now)
        self.portal = PortalUnderTest.create(app)
        self.story = [f"{seats} seats, settle {settle} s, hold {hold} d"]
        self.people: dict[str, list[str]] = {}
        self.erased: set[str] = set()
        self.late = False
        self.proved = 0
        for key, (family, rank) in TYPES.items():
            self.portal.license(key, seats[key], rank=rank, family=family, settle_seconds=settle, hold_days=hold)
        self.groups = {name: self._group(name) for name in GROUPS}

    def act(self, words: str, unit: Act, *, kind: ActorKind = ActorKind.SCIM, whose: str | None = None) -> Any:
        """Do something in a transaction; None and a line in the story when it is refused.

        An act about one person, `whose` it is, must take nothing from others (I5).
        """
        effects: list[dict[str, str]] = []

        def again() -> object:
            effects.clear()
            return unit(replace(self.portal.ctx(kind), effects=effects))

        try:
            done = transact(again)
        except (PortalError, ScimError) as error:
            self.story.append(f"{words}: refused, {error.detail}")
            return None
        self.story.append(words)
        taken = list(proofs.taken(effects, whose)) if whose else []
        assert not taken, self.told("\n".join(taken))
        return done

    def admin(self, words: str, unit: Act) -> Any:
        """Do something as an admin."""
        return self.act(words, unit, kind=ActorKind.ADMIN)

    def each(self, words: str, name: str, unit: Callable[[Ctx, str], object], *, admin: bool = False) -> Any:
        """Do something to the newest record of somebody, if there ever was one."""
        if name not in self.people or not self.people[name]:
            return None
        id = self.people[name][-1]
        kind = ActorKind.ADMIN if admin else ActorKind.SCIM
        return self.act(words.format(name), lambda ctx: unit(ctx, id), kind=kind, whose=id)

    def wait(self, seconds: int, *, asleep: bool) -> None:
        """Let time pass; the worker does what is due unless it sleeps."""
        self.now += timedelta(seconds=seconds)
        self.story.append(f"{seconds} s pass{', the worker sleeps' if asleep else ''}")
        self.late = True
        if not asleep:
            self.work()

    def work(self) -> None:
        """Do what the worker does."""
        db.session.rollback()
        self.portal.run_due()
        self.late = False

    def prove(self) -> None:
        """Check what must hold, as far as it must while something is due; nothing stays due for long."""
        self.proved += 1
        if self.late and self.proved % 2:
            self.work()
        db.session.rollback()
        found = proofs.contradictions(self.portal.ctx(), self.erased, late=self.late)
        assert not found, self.told("\n".join(found))

    def told(self, what: str) -> str:
        """Tell the story, with what is wrong and how everybody stands at its end."""
        db.session.rollback()
        names = {id: name for name, ids in self.people.items() for id in ids}
        standing = proofs.standing(self.portal.ctx(), names)
        return "\n".join(("", *self.story, "So now:", *standing, "which contradicts:", what))

    def whereabouts(self, name: str) -> str:
        """Tell whether the newest record of somebody is here, inactive or deleted; unknown when there is none."""
        db.session.rollback()
        ids = self.people.get(name)
        user = people.user(self.portal.ctx(), ids[-1]) if ids else None
        if user is None or user.erased_at:
            return "unknown"
        return "deleted" if user.deleted_at else "here" if user.active else "inactive"

    def _group(self, name: str) -> str:
        content = {"schemas": [CORE_GROUP], "displayName": name}
        return transact(lambda: groups.create(self.portal.ctx(), content, ())).id
