"""The grammar of filters and of PATCH paths (RFC 7644 §3.4.2.2 with its errata, §3.5.2), parsed by hand.

Names are taken as written; whether they exist is asked in `filter_binding`.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache

import orjson

from scim_portal.protocol.errors import InvalidFilter
from scim_portal.protocol.filter_nodes import OPERATORS, And, Compare, Literal, Node, Not, Or, Path, Present, ValuePath
from scim_portal.protocol.filter_tokens import MAX_TERMS, BrokenTextError, Kind, Token, tokenize
from scim_portal.protocol.sentences import say

_NAME = r"[A-Za-z$][\w$\-]*"
_PATH = re.compile(rf"(?:(?P<uri>urn:[\w.:\-]+):)?(?P<name>{_NAME})(?:\.(?P<sub>{_NAME}))?", re.ASCII | re.IGNORECASE)
_CONSTANTS: dict[str, Literal] = {"true": True, "false": False, "null": None}
MAX_DIGITS = 30


def parse(text: str, *, bare_words: bool = False) -> Node:
    """Parse a filter; `bare_words` accepts text without quotes, as in Microsoft's samples.

    Raises InvalidFilter with a sentence and a position. At most 4,096 characters, 20 levels and 50 terms.
    """
    try:
        return _parse(text, bare_words)
    except BrokenTextError as problem:
        raise InvalidFilter(say("The filter cannot be read: {problem}.", problem=problem.args[0]), value=text) from None


@lru_cache(maxsize=512)
def _parse(text: str, bare_words: bool) -> Node:
    reader = Reader(tokenize(text), bare_words)
    node = reader.disjunction()
    reader.take("end", say("'and', 'or' or the end"))
    return node


def read_path(word: str) -> Path | None:
    """Split a dotted or URN-qualified name; None if it is no attribute name."""
    found = _PATH.fullmatch(word)
    return Path(found["uri"], found["name"], found["sub"]) if found else None


class Reader:
    """Recursive descent over tokens; nesting was limited before, terms are counted here."""

    def __init__(self, tokens: list[Token], bare_words: bool = False) -> None:
        self.tokens = tokens
        self.bare_words = bare_words
        self.place = 0
        self.terms = 0

    @property
    def token(self) -> Token:
        """The token not yet taken."""
        return self.tokens[self.place]

    def take(self, kind: Kind, expected: str) -> Token:
        """Take one token of a kind, or refuse."""
        token = self.token
        if token.kind != kind:
            raise BrokenTextError(say("{expected} was expected, not {token}", expected=expected, token=token.told))
        self.place += 1
        return token

    def ahead(self, kind: Kind) -> bool:
        """Tell whether the next token is of a kind."""
        return self.token.kind == kind

    def disjunction(self) -> Node:
        """`and` binds tighter than `or`."""
        items = [self._conjunction()]
        while self._keyword("or"):
            items.append(self._conjunction())
        return items[0] if len(items) == 1 else Or(tuple(items))

    def _conjunction(self) -> Node:
        items = [self._term()]
        while self._keyword("and"):
            items.append(self._term())
        return items[0] if len(items) == 1 else And(tuple(items))

    def _keyword(self, word: str) -> bool:
        found = self.token.kind == "word" and self.token.text.lower() == word
        self.place += found
        return found

    def _term(self) -> Node:
        if self.token.kind == "(":
            return self._inner("(", ")")
        following = self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        if following.kind == "(" and self._keyword("not"):
            return Not(self._inner("(", ")"))
        return self._condition(self.path())

    def _inner(self, opening: Kind, closing: Kind) -> Node:
        self.take(opening, say("{mark!r}", mark=opening))
        node = self.disjunction()
        self.take(closing, say("{mark!r}", mark=closing))
        return node

    def path(self) -> Path:
        """Take an attribute name."""
        token = self.take("word", say("an attribute name"))
        path = read_path(token.text)
        if path is None:
            raise BrokenTextError(say("{token} is no attribute name", token=token.told))
        return path

    def selection(self) -> Node:
        """Take `[filter]`."""
        return self._inner("[", "]")

    def _condition(self, path: Path) -> Node:
        if self.token.kind == "[":
            return self._value_path(path)
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise BrokenTextError(say("it has more than {most} terms", most=MAX_TERMS))
        token = self.take("word", say("an operator after '{path}'", path=path))
        operator = token.text.lower()
        if operator == "pr":
            return Present(path)
        if operator not in OPERATORS:
            raise BrokenTextError(say("{token} is no operator", token=token.told))
        return Compare(path, operator, self._literal())

    def _value_path(self, path: Path) -> Node:
        item = self.selection()
        token = self.token
        if token.kind != "word" or not token.text.startswith("."):
            return ValuePath(path, item)
        # Entra asks emails[type eq "work"].value eq "x": the same element must meet both.
        self.place += 1
        sub = read_path(token.text[1:])
        if sub is None or sub.sub or sub.uri:
            raise BrokenTextError(say("{token} is no sub-attribute", token=token.told))
        last = self._condition(sub)
        items = item.items if isinstance(item, And) else (item,)
        return ValuePath(path, And((*items, last)))

    def _literal(self) -> Literal:
        token = self.token
        self.place += token.kind in ("string", "number", "word")
        match token.kind:
            case "string":
                return _string(token)
            case "number":
                return _number(token)
            case "word" if token.text.lower() in _CONSTANTS:
                return _CONSTANTS[token.text.lower()]
            case "word" if self.bare_words:
                return token.text
        raise BrokenTextError(
            say('a value such as "text", 12, true or null was expected, not {token}', token=token.told)
        )


def _string(token: Token) -> str:
    try:
        return str(orjson.loads(token.text))
    except orjson.JSONDecodeError:
        raise BrokenTextError(
            say("the text at position {position} is not valid Unicode", position=token.position)
        ) from None


def _number(token: Token) -> int | float:
    number: int | float = math.inf
    if len(token.text) <= MAX_DIGITS:
        number = float(token.text) if set(token.text) & set(".eE") else int(token.text)
    if not math.isfinite(number):
        raise BrokenTextError(say("the number at position {position} is too large", position=token.position))
    return number


def to_text(node: Node) -> str:
    """Write a filter in its one canonical form; `parse(to_text(node)) == node`."""
    match node:
        case Compare(path, op, value):
            return f"{path} {op} {_literal_text(value)}"
        case Present(path):
            return f"{path} pr"
        case Not(item):
            return f"not ({to_text(item)})"
        case ValuePath(path, item):
            return f"{path}[{to_text(item)}]"
        case And(items):
            return " and ".join(f"({to_text(one)})" if isinstance(one, And | Or) else to_text(one) for one in items)
    return " or ".join(f"({to_text(one)})" if isinstance(one, Or) else to_text(one) for one in node.items)


def _literal_text(value: Literal) -> str:
    return json.dumps(value, ensure_ascii=False)
