"""The license rule engine: from facts about people to seats, pure and explainable. No I/O, no clock, no database.

`policy` checks and compiles the document, `decide` finds one person's wishes, `allocate` turns wishes into seats,
`compare` previews a policy, `explain` puts a decision into sentences, `remedies` says what would change it, and `lint`
finds what is odd about a policy.

A policy document is a JSON object; unknown members are refused, and array order is rule order:

    {"families": {"cal": {"mode": "first-match"}},       mode: first-match (default) or highest-rank
     "defaults": {"cal": "view"},                        a type, null for "no license", absent while undecided
     "rules": [{
        "id": "0197...",                                 required, unique; `with_ids` fills in missing ones
        "name": "Sales",                                 default: the id
        "state": "active",                               draft, active (default), paused, needs-attention
        "condition": "groups.value eq \\"...\\"",          a SCIM filter; at most 4 KB, 10 levels, 50 terms
        "grants": ["pro"],                               required: per family one type, or "none:<family>"
        "fallback": ["std"],                             types of granted families, in order of preference
        "queue_priority": 100,                           0 to 1,000,000, lower is served first
        "valid_from": null, "valid_until": null,         RFC 3339 with offset; the end is exclusive
        "connector": null}]}                             a connector's id, null for any
"""

from rules.allocate import allocate, is_settled
from rules.changes import Change
from rules.compare import Preview, compare
from rules.decide import Decision, Entry, Facts, Kind, Source, Wish, decide
from rules.explain import Explanation, explain, sentences
from rules.findings import Finding, Flaw, Severity
from rules.lint import lint
from rules.policy import (
    Family,
    LicenseType,
    Mode,
    Policy,
    PolicyError,
    Problem,
    Rule,
    State,
    from_document,
    to_document,
    with_ids,
)
from rules.reasons import Event, Reason
from rules.remedies import Remedy, remedies
from rules.standing import Book, Person, Pool, Seat, SeatState, Standing, Ticket

__all__ = [
    "Book",
    "Change",
    "Decision",
    "Entry",
    "Event",
    "Explanation",
    "Facts",
    "Family",
    "Finding",
    "Flaw",
    "Kind",
    "LicenseType",
    "Mode",
    "Person",
    "Policy",
    "PolicyError",
    "Pool",
    "Preview",
    "Problem",
    "Reason",
    "Remedy",
    "Rule",
    "Seat",
    "SeatState",
    "Severity",
    "Source",
    "Standing",
    "State",
    "Ticket",
    "Wish",
    "allocate",
    "compare",
    "decide",
    "explain",
    "from_document",
    "is_settled",
    "lint",
    "remedies",
    "sentences",
    "to_document",
    "with_ids",
]
