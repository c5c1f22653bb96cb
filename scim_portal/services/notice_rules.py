"""What calls for a notice (L11): facts in, wanted notices out. Pure: the facts are read, and notices kept, elsewhere.

A notice is wanted as long as its subject is: what is wanted and not there is told once, what is there and no longer wanted
has ended and may be told anew. So the subject says when something counts as new: a threshold carries the limit, so that it
is told again after a change of capacity, and a date carries the days that are left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

DAYS = (30, 14, 7, 1)
HORIZON = timedelta(days=max(DAYS))
REARMS_BELOW = 5
JOBS = {
    "settle_all": "Bringing everybody in line with the policy",
    "settle_users": "Settling the people of a group",
    "drain": "Serving the queue",
    "export": "An export",
}


class Kind(StrEnum):
    """Everything that admins are told."""

    THRESHOLD = "threshold"
    EXHAUSTED = "exhausted"
    OVER = "over"
    NEEDS_ATTENTION = "needs-attention"
    TOKEN_EXPIRY = "token-expiry"
    CONTRACT_EXPIRY = "contract-expiry"
    JOB_FAILED = "job-failed"


class Severity(StrEnum):
    """How much it matters, most first."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A notice that should be there; `link` is a path inside the portal."""

    kind: Kind
    subject: str
    severity: Severity
    text: str
    link: str | None


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A license type's numbers; a `limit` of None is unlimited."""

    key: str
    name: str
    used: int
    waiting: int
    limit: int | None
    thresholds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """A token, or without a connector an API key, that was neither replaced nor revoked."""

    id: str
    name: str
    connector: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A contract line with an end; `seats` None is unlimited."""

    id: str
    type_key: str
    type_name: str
    seats: int | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class JobFacts:
    """A job that failed."""

    id: str
    kind: str
    message: str | None


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule that needs attention; it keeps its people until `until`, if that is to come."""

    id: str
    name: str
    until: datetime | None


Fact = TypeFacts | TokenFacts | LineFacts | JobFacts | RuleFacts


def wanted(facts: Iterable[Fact], held: Collection[str], now: datetime) -> Iterator[Wanted]:
    """Tell which notices the facts call for; `held` are the subjects that were told and are not armed again."""
    for fact in facts:
        match fact:
            case TypeFacts():
                yield from _of_type(fact, held)
            case TokenFacts():
                yield from _of_token(fact, now)
            case LineFacts():
                yield from _of_line(fact, now)
            case JobFacts():
                yield _of_job(fact)
            case RuleFacts():
                yield _of_rule(fact, now)


def _of_type(one: TypeFacts, held: Collection[str]) -> Iterator[Wanted]:
    if one.limit is None:
        return
    link = f"/licenses/{one.key}"
    for threshold in one.thresholds if one.limit else ():
        subject = f"threshold:{one.key}:{threshold}:{one.limit}"
        floor = threshold - REARMS_BELOW if subject in held else None
        if _reaches(one, threshold) or (floor is not None and _is_above(one, floor)):
            severity = Severity.INFO if threshold < 100 else Severity.WARNING
            yield Wanted(Kind.THRESHOLD, subject, severity, _threshold_text(one, threshold), link)
    yield from _of_shortage(one, held)


def _of_shortage(one: TypeFacts, held: Collection[str]) -> Iterator[Wanted]:
    limit = one.limit or 0
    subject = f"exhausted:{one.key}:{limit}"
    stays = subject in held and (one.waiting > 0 or _is_above(one, 100 - REARMS_BELOW))
    if (one.waiting and one.used >= limit) or stays:
        yield Wanted(
            Kind.EXHAUSTED, subject, Severity.CRITICAL, _shortage_text(one.name, limit), f"/waitlist?license={one.key}"
        )  # fmt: skip
    if one.used > limit:
        text = (
            f"{one.name} is over its limit: {one.used:,} seats are in use, {limit:,} are allowed. Nobody loses a seat."
        )
        yield Wanted(Kind.OVER, f"over:{one.key}:{limit}", Severity.CRITICAL, text, f"/licenses/{one.key}")


def _shortage_text(name: str, limit: int) -> str:
    if limit == 0:
        return f"People wait for {name}, but no seat of it is bought."
    taken = f"The only seat of {name} is" if limit == 1 else f"All {limit:,} seats of {name} are"
    return f"{taken} taken, and people wait for one."


def _reaches(one: TypeFacts, percent: int) -> bool:
    return one.used * 100 >= percent * (one.limit or 0)


def _is_above(one: TypeFacts, percent: int) -> bool:
    return one.used * 100 > percent * (one.limit or 0)


def _threshold_text(one: TypeFacts, threshold: int) -> str:
    return f"{one.name} has reached {threshold} %: {one.used:,} of {one.limit:,} seats are in use."


def _of_token(one: TokenFacts, now: datetime) -> Iterator[Wanted]:
    left = _days_left(one.expires_at, now)
    if left is None:
        return
    what = f"The {'token' if one.connector else 'API key'} “{one.name}”"
    text = f"{what} expires on {_day(one.expires_at)}."
    text = text if left else f"{what} expired on {_day(one.expires_at)}; calls with it are refused."
    link = f"/connectors/{one.connector}" if one.connector else "/api-keys"
    yield Wanted(Kind.TOKEN_EXPIRY, f"token:{one.id}:{left}", _urgency(left), text, link)


def _of_line(one: LineFacts, now: datetime) -> Iterator[Wanted]:
    left = _days_left(one.ends_at, now)
    if left is None:
        return
    seats = "unlimited seats" if one.seats is None else "1 seat" if one.seats == 1 else f"{one.seats:,} seats"
    text = f"The contract for {seats} of {one.type_name} {'ends' if left else 'ended'} on {_day(one.ends_at)}."
    yield Wanted(
        Kind.CONTRACT_EXPIRY, f"contract:{one.id}:{left}", _urgency(left), text, f"/licenses/{one.type_key}"
    )  # fmt: skip


def _of_job(one: JobFacts) -> Wanted:
    text = f"{JOBS.get(one.kind, 'A piece of work')} failed. {one.message or ''}".strip()
    return Wanted(
        Kind.JOB_FAILED, f"job:{one.id}", Severity.WARNING, text, "/exports" if one.kind == "export" else None
    )


def _of_rule(one: RuleFacts, now: datetime) -> Wanted:
    until = f" It keeps its people until {_day(one.until)}." if one.until and one.until > now else ""
    text = f"The rule “{one.name}” needs attention: a group that it names was deleted.{until}"
    return Wanted(
        Kind.NEEDS_ATTENTION, f"rule:{one.id}", Severity.CRITICAL, text, f"/frozen-rules/{quote(one.id, safe='')}"
    )


def _days_left(end: datetime, now: datetime) -> int | None:
    """Give the smallest of the days told of that the end is within; 0 once it has passed, None while or when it is far."""
    if end <= now:
        return 0 if now - end < HORIZON else None
    return min((days for days in DAYS if end - now <= timedelta(days=days)), default=None)


def _urgency(left: int) -> Severity:
    return Severity.CRITICAL if left == 0 else Severity.WARNING if left <= 7 else Severity.INFO


def _day(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %Y}"
