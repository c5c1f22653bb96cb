"""The same people for us and for scim2-models, an implementation of the same standards that nobody here wrote.

It compares strings through a function that may be chosen (RFC 7644 leaves that to the server), so it is given ours.
"""

from __future__ import annotations

import random
from typing import Any

from scim2_models import AttributeBinding, EnterpriseUser, Group, ScimPolicy, User

from scim_portal.protocol import folding, resource
from scim_portal.protocol.definitions import ENTERPRISE_URN, USER
from scim_portal.protocol.tolerance import GENERIC
from tests.properties.filter_texts import AT, IDS, WORDS

PERSON = User[EnterpriseUser]
GROUP = Group
MAILS = ("ann@x.example", "ANNA@X.example", "a.b@work.example")  # it refuses what is no mail address
COUNT = 30
INSTANT = "2020-01-05T00:00:00Z"
Person = dict[str, Any]


def _key(attribute: AttributeBinding, value: str) -> str:
    return folding.exact_text(value) if attribute.case_exact else folding.fold_text(value)


POLICY = ScimPolicy(comparison_key=_key)


def people() -> list[Person]:
    """Make canonical users, always the same."""
    chance = random.Random(7)
    return [_person(chance, number) for number in range(COUNT)]


def _person(chance: random.Random, number: int) -> Person:
    def word() -> str:
        return chance.choice(WORDS)

    def some(**parts: Any) -> list[Any]:
        return [
            {name: make() for name, make in parts.items() if chance.random() < 0.8} for _ in range(chance.randrange(4))
        ]

    def maybe(value: Any) -> Any:
        return value if chance.random() < 0.5 else {}

    mails = some(value=lambda: chance.choice(MAILS), display=word, type=word)
    sent = {
        "userName": f"{' '.join(word().split())}-{number}",
        "emails": [one | {"primary": place == 1} for place, one in enumerate(mails)],
        "roles": some(value=word, type=word),
        "addresses": some(locality=word, country=word, type=word),
        "phoneNumbers": some(value=word, type=word),
        "entitlements": some(value=word),
        "active": chance.random() < 0.7,
        **maybe({"name": {"givenName": word(), "familyName": word()}}),
        **maybe({"displayName": word(), "title": word()}),
        **maybe({"nickName": word(), "externalId": word()}),
        **maybe(
            {ENTERPRISE_URN: {"department": word(), "costCenter": word(), **maybe({"manager": {"value": word()}})}}
        ),
    }
    day, root = f"2020-01-{number + 1:02}T00:00:00Z", "https://x.example/Users"
    meta = {"resourceType": "User", "created": day, "lastModified": INSTANT, "location": f"{root}/id{number}"}
    return resource.load(USER, sent, tolerance=GENERIC) | {"id": f"id{number}", "meta": meta}


def filled(text: str) -> str:
    """Put ids and an instant where a drawn filter has stand-ins."""
    for number, mark in enumerate(IDS):
        text = text.replace(mark, f"id{number}")
    for mark in AT:
        text = text.replace(mark, INSTANT)
    return text
