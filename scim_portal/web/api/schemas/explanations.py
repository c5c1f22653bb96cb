"""Shapes of the explanation why a user has what they have."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from rules.steps import Move
from scim_portal.web.api.schemas.users import Seat, Source, Ticket


class Term(Schema):
    """One term of a condition, the values it saw, and whether it is true."""

    text = fields.String(required=True)
    seen = fields.List(fields.String(), required=True)
    holds = fields.Boolean(required=True)


class Terms(fields.List):
    """Terms that are plain data already: of 200 rules with forty each, looking at them again took longer than all else."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value


class RuleReading(Schema):
    """One rule as it was read for the user; `outcome` is `won` or says why it did not decide."""

    rule_id = fields.String(required=True)
    name = fields.String(required=True)
    chain = fields.List(fields.String(), required=True)
    matched = fields.Boolean(required=True)
    outcome = fields.String(required=True)
    terms = Terms(fields.Nested(Term), required=True)


class Step(Schema):
    """One change of the user; `path` is null for pins and exclusions, whose `value` is a license type.

    With `is_example`, any fitting value would do as well as `value`.
    """

    kind = fields.String(required=True, metadata={"enum": [str(one) for one in Move]})
    path = fields.String(required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)
    is_example = fields.Boolean(required=True)


class Remedy(Schema):
    """Steps that together give `license_type`, or end the claim to `ends`, after which `license_type` is due, or none."""

    license_type = fields.String(required=True, allow_none=True)
    ends = fields.String(required=True, allow_none=True)
    steps = fields.List(fields.Nested(Step), required=True)
    sentence = fields.String(required=True)


class FamilyReading(Schema):
    """One family: the rules in order, what decided, and what the user has of it.

    `chain` is what is wished for, best first; `would_change` says what would make another rule decide; `remedies` are the
    smallest changes that give a richer license or end the present one, each of them tried.
    """

    family = fields.String(required=True)
    rules = fields.List(fields.Nested(RuleReading), required=True)
    winner = fields.Nested(Source, required=True, allow_none=True)
    pinned = fields.String(required=True, allow_none=True)
    chain = fields.List(fields.String(), required=True)
    seats = fields.List(fields.Nested(Seat), required=True)
    tickets = fields.List(fields.Nested(Ticket), required=True)
    would_change = fields.List(fields.String(), required=True)
    remedies = fields.List(fields.Nested(Remedy), required=True)


class Explanation(Schema):
    """Why a user has what they have, in data and in sentences."""

    user_id = fields.String(required=True)
    active = fields.Boolean(required=True)
    families = fields.List(fields.Nested(FamilyReading), required=True)
    sentences = fields.List(fields.String(), required=True)
