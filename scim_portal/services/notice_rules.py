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

from scim_portal.protocol.sentences import Sentence, say, template

DAYS = (30, 14, 7, 1)
HORIZON = timedelta(days=max(DAYS))
REARMS_BELOW = 5
JOBS = {
    "settle_all": template("Bringing everybody in line with the policy failed. {message}"),
    "settle_users": template("Settling the people of a group failed. {message}"),
    "drain": template("Serving the queue failed. {message}"),
    "export": template("An export failed. {message}"),
}
WORK = template("A piece of work failed. {message}")


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
        text = say(
            "{type} is over its limit: {used:,} seats are in use, {limit:,} are allowed. Nobody loses a seat.",
            type=one.name, used=one.used, limit=limit,
        )  # fmt: skip
        yield Wanted(Kind.OVER, f"over:{one.key}:{limit}", Severity.CRITICAL, text, f"/licenses/{one.key}")


def _shortage_text(name: str, limit: int) -> str:
    if limit == 0:
        return say("People wait for {type}, but no seat of it is bought.", type=name)
    if limit == 1:
        return say("The only seat of {type} is taken, and people wait for one.", type=name)
    return say("All {limit:,} seats of {type} are taken, and people wait for one.", limit=limit, type=name)


def _reaches(one: TypeFacts, percent: int) -> bool:
    return one.used * 100 >= percent * (one.limit or 0)


def _is_above(one: TypeFacts, percent: int) -> bool:
    return one.used * 100 > percent * (one.limit or 0)


def _threshold_text(one: TypeFacts, threshold: int) -> str:
    return say(
        "{type} has reached {threshold} %: {used:,} of {limit:,} seats are in use.",
        type=one.name, threshold=threshold, used=one.used, limit=one.limit,
    )  # fmt: skip


def _of_token(one: TokenFacts, now: datetime) -> Iterator[Wanted]:
    left = _days_left(one.expires_at, now)
    if left is None:
        return
    link = f"/connectors/{one.connector}" if one.connector else "/api-keys"
    yield Wanted(Kind.TOKEN_EXPIRY, f"token:{one.id}:{left}", _urgency(left), _token_text(one, is_over=not left), link)


def _token_text(one: TokenFacts, *, is_over: bool) -> str:
    day = one.expires_at.astimezone(UTC)
    if one.connector:
        if is_over:
            return say(
                "The token “{name}” expired on {day:%-d %b %Y}; calls with it are refused.", name=one.name, day=day
            )
        return say("The token “{name}” expires on {day:%-d %b %Y}.", name=one.name, day=day)
    if is_over:
        return say(
            "The API key “{name}” expired on {day:%-d %b %Y}; calls with it are refused.", name=one.name, day=day
        )
    return say("The API key “{name}” expires on {day:%-d %b %Y}.", name=one.name, day=day)


def _of_line(one: LineFacts, now: datetime) -> Iterator[Wanted]:
    left = _days_left(one.ends_at, now)
    if left is None:
        return
    yield Wanted(
        Kind.CONTRACT_EXPIRY, f"contract:{one.id}:{left}", _urgency(left), _line_text(one, is_over=not left),
        f"/licenses/{one.type_key}",
    )  # fmt: skip


def _line_text(one: LineFacts, *, is_over: bool) -> str:
    values = {"seats": one.seats, "type": one.type_name, "day": one.ends_at.astimezone(UTC)}
    if one.seats is None:
        if is_over:
            return say("The contract for unlimited seats of {type} ended on {day:%-d %b %Y}.", **values)
        return say("The contract for unlimited seats of {type} ends on {day:%-d %b %Y}.", **values)
    if one.seats == 1:
        if is_over:
            return say("The contract for 1 seat of {type} ended on {day:%-d %b %Y}.", **values)
        return say("The contract for 1 seat of {type} ends on {day:%-d %b %Y}.", **values)
    if is_over:
        return say("The contract for {seats:,} seats of {type} ended on {day:%-d %b %Y}.", **values)
    return say("The contract for {seats:,} seats of {type} ends on {day:%-d %b %Y}.", **values)


def _of_job(one: JobFacts) -> Wanted:
    text = Sentence(JOBS.get(one.kind, WORK), {"message": one.message or ""}).strip()
    return Wanted(
        Kind.JOB_FAILED, f"job:{one.id}", Severity.WARNING, text, "/exports" if one.kind == "export" else None
    )


def _of_rule(one: RuleFacts, now: datetime) -> Wanted:
    text = say("The rule “{rule}” needs attention: a group that it names was deleted.", rule=one.name)
    if one.until and one.until > now:
        text = say(
            "The rule “{rule}” needs attention: a group that it names was deleted. "
            "It keeps its people until {day:%-d %b %Y}.",
            rule=one.name, day=one.until.astimezone(UTC),
        )  # fmt: skip
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
