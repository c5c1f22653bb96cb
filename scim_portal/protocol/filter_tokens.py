"""Cut a filter or a PATCH path into tokens, and refuse what is too long before anything else looks at it.

Not here: grammar. Every refusal is a `BrokenTextError`, which the caller turns into invalidFilter or invalidPath.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal as OneOf

from scim_portal.protocol.sentences import Sentence, say

MAX_LENGTH = 4096
MAX_DEPTH = 20
MAX_TERMS = 50

Kind = OneOf["word", "string", "number", "(", ")", "[", "]", "end"]

_TOKEN = re.compile(
    r"""[ \t]*(?:
        (?P<string>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")
      | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?=[ \t)\]]|$)
      | (?P<word>[A-Za-z$.@_0-9+\-][\w$.:@+\-/]*)
      | (?P<mark>[()\[\]])
      | (?P<end>$)
    )""",
    re.VERBOSE | re.ASCII,
)


class BrokenTextError(Exception):
    """The text does not follow the grammar; the message says where."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text with its position, counted from 1."""

    kind: Kind
    text: str
    position: int

    def __str__(self) -> str:
        return str(self.told)

    @property
    def told(self) -> Sentence:
        """Name it and its place inside a sentence."""
        if self.kind == "end":
            return say("the end")
        return say("{text!r} at position {position}", text=self.text, position=self.position)


def tokenize(text: str) -> list[Token]:
    """Cut the text into tokens, the last of kind "end"; checks length and nesting."""
    if len(text) > MAX_LENGTH:
        raise BrokenTextError(
            say("it is {length} characters long; at most {most} are accepted", length=len(text), most=MAX_LENGTH)
        )
    tokens: list[Token] = []
    place = 0
    while not tokens or tokens[-1].kind != "end":
        token, place = _next(text, place)
        tokens.append(token)
    _check_depth(tokens)
    return tokens


def _next(text: str, place: int) -> tuple[Token, int]:
    found = _TOKEN.match(text, place)
    if found is None:
        blank = len(text[place:]) - len(text[place:].lstrip(" \t"))
        raise BrokenTextError(
            say(
                "the character {character!r} at position {position} cannot stand there",
                character=text[place + blank],
                position=place + blank + 1,
            )
        )
    name = str(found.lastgroup)
    piece = found[name]
    kind: Kind = piece if name == "mark" else name  # type: ignore[assignment]
    return Token(kind, piece, found.start(name) + 1), found.end()


def _check_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.kind in "([") - (token.kind in ")]")
        if depth > MAX_DEPTH:
            raise BrokenTextError(
                say(
                    "it is nested deeper than {most} levels at position {position}",
                    most=MAX_DEPTH,
                    position=token.position,
                )
            )
