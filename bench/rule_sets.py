"""Policy documents of a given size: rules of mixed shapes that match none of the harness's users, and one that matches all."""

from __future__ import annotations

from typing import Any

DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"
NAMES = ("Sales", "Design", "Support", "Research", "Finance")
_SHAPES = (
    DEPARTMENT + ' eq "Unit {n}"',
    'title sw "Chief {n}" and active eq true',
    'userType eq "Kind {n}" or emails.value ew "@unit{n}.example"',
    'locale eq "x-{n}" and not (displayName co "Family{n}0000")',
)


def document(rules: int, *, default: str | None, granting: bool = False) -> dict[str, Any]:
    """Make a policy of so many rules; with `granting` the last of them matches everybody, otherwise nobody is matched."""
    made = [_rule(number, _SHAPES[number % len(_SHAPES)].format(n=number)) for number in range(rules)]
    if granting:
        made[-1] = _rule(rules - 1, "userName pr")
    return {"families": {}, "defaults": {"cal": default}, "rules": made}


def ordinary() -> dict[str, Any]:
    """Make the policy of the ordinary run: five rules by department, and a default."""
    rules = [_rule(number, f'{DEPARTMENT} eq "{name}"') for number, name in enumerate(NAMES)]
    return {"families": {}, "defaults": {"cal": "view"}, "rules": rules}


def _rule(number: int, condition: str) -> dict[str, Any]:
    return {"id": f"rule-{number}", "name": f"Rule {number}", "condition": condition, "grants": ["pro"]}
