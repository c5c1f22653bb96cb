"""The beginnings by which people find a user: words of names, and mail addresses from each of their parts on.

A list is searched by prefix, which an index answers on both databases; the middle of a word is not searched. Written with
the user, read by `user_lists`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from unicodedata import category, normalize

from sqlalchemy import bindparam

from scim_portal.context import Ctx
from scim_portal.db import db
from scim_portal.models import NameTerm
from scim_portal.protocol.folding import fold_text

LONGEST = 100
MOST = 30
_PARTS = re.compile(r"(?<=[._+\-'’])(?=\w)")
_T = NameTerm.__table__
_INSERT = _T.insert()
_MINE = (_T.c.portal_id == bindparam("portal")) & (_T.c.user_id == bindparam("user"))
_DELETE_ALL = _T.delete().where(_MINE)
_DELETE = _T.delete().where(_MINE & _T.c.term.in_(bindparam("terms", expanding=True)))


def of(content: Mapping[str, Any]) -> set[str]:
    """Give the terms of a user's resource; one that another term begins with is left out, since it finds nothing more."""
    name = content.get("name", {})
    spoken = (content.get("displayName"), content.get("nickName"), *name.values())
    addresses = (content.get("userName"), *(mail.get("value") for mail in content.get("emails", ())))
    found = {term for text in _texts(spoken) for word in text.split() for term in _beginnings(word)}
    found |= {term for text in _texts(addresses) for term in _of_address(text)} | set(
        _texts((content.get("externalId"),))
    )
    ordered = sorted({term[:LONGEST] for term in found})
    following = [*ordered[1:], ""]
    return set([one for one, after in zip(ordered, following, strict=True) if not after.startswith(one)][:MOST])


def words(typed: str) -> list[str]:
    """Split what was typed into a search box into words that terms may begin with."""
    return [word[:LONGEST] for word in folded(typed).split()]


def folded(text: str) -> str:
    """Fold a text for searching: without case, and without the marks on letters."""
    plain = fold_text(text)
    return plain if plain.isascii() else "".join(one for one in normalize("NFKD", plain) if category(one) != "Mn")


def rows(portal_id: str, user_id: str, content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the rows for a user."""
    return [{"portal_id": portal_id, "user_id": user_id, "term": term} for term in sorted(of(content))]


def add(ctx: Ctx, user_id: str, content: Mapping[str, Any]) -> None:
    """Index a new user."""
    if new := rows(ctx.portal.id, user_id, content):
        db.session.connection().execute(_INSERT, new)


def follow(ctx: Ctx, user_id: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Index a user's names anew where they changed; nothing is written where they did not."""
    old, new = of(before), of(after)
    if gone := sorted(old - new):
        db.session.execute(_DELETE, {"portal": ctx.portal.id, "user": user_id, "terms": gone})
    if fresh := sorted(new - old):
        mine = {"portal_id": ctx.portal.id, "user_id": user_id}
        db.session.connection().execute(_INSERT, [mine | {"term": term} for term in fresh])


def replace(ctx: Ctx, user_id: str, content: Mapping[str, Any]) -> None:
    """Forget what a user was found by, and index the present names."""
    db.session.execute(_DELETE_ALL, {"portal": ctx.portal.id, "user": user_id})
    add(ctx, user_id, content)


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and (text := folded(value)):
            yield text


def _beginnings(word: str) -> list[str]:
    """Cut a word at its inner marks: `muller-ludwig` is found by `ludwig` too."""
    return [word[place:] for place in (0, *(found.start() for found in _PARTS.finditer(word)))]


def _of_address(text: str) -> Iterator[str]:
    """Give an address from each part of its local part on, and its domain."""
    local, at, domain = text.rpartition("@")
    if not at:
        yield from (term for word in text.split() for term in _beginnings(word))
        return
    yield domain
    yield from (f"{one}@{domain}" for one in _beginnings(local))
