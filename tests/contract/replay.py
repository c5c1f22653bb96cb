"""Replay of a recorded conversation: send its steps in order, compare the answers, remember what later steps need.

Variables are written `{{name}}`; a text that is nothing but a variable becomes its value, whatever its type. A request
body `{"$merge": [a, b]}` is a laid under b at the top level, which is how Okta sends back what it has just read.
What an expectation means is in `matching`; how a request travels is the caller's `send`.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from .matching import differences

_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_STEP_OF_PATH = re.compile(r"\.([\w$-]+)|\[(\d+)\]|\['([^']+)'\]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Send: TypeAlias = Callable[[str, str, dict[str, str], bytes | None], Answer]


def replay(conversation: Mapping[str, Any], send: Send, **variables: Any) -> list[str]:
    """Play every step; return what differed, each line beginning with its step's name.

    The variable `unique` (8 letters and digits) is always there. A step whose answer lacks what must be saved ends
    the replay, because later steps would make no sense. Raises LookupError for faults in the conversation itself.
    """
    memory: dict[str, Any] = {"unique": secrets.token_hex(4), **variables}
    found: list[str] = []
    for step in conversation["steps"]:
        request = fill(step["request"], memory)
        answer = _send(request, {**conversation.get("headers", {}), **request.get("headers", {})}, send)
        wrong, body = _compare(fill(step["expect"], memory), answer)
        label = f"{step['name']} ({request['method']} {request['path']})"
        found += [f"{label}: {line}" for line in wrong]
        try:
            memory |= {name: pick(body, path) for name, path in step.get("save", {}).items()}
        except (KeyError, IndexError, TypeError):
            return [*found, f"{label}: the answer has nothing to save at {list(step['save'].values())}"]
    return found


def fill(template: Any, variables: Mapping[str, Any]) -> Any:
    """Put the variables' values into every text of a JSON value, and carry out `$merge`."""
    if isinstance(template, list):
        return [fill(item, variables) for item in template]
    if isinstance(template, dict):
        if set(template) == {"$merge"}:
            under, over = fill(template["$merge"], variables)
            return {**under, **over}
        return {fill(key, variables): fill(value, variables) for key, value in template.items()}
    if not isinstance(template, str):
        return template
    whole = _VARIABLE.fullmatch(template)
    return variables[whole[1]] if whole else _VARIABLE.sub(lambda name: str(variables[name[1]]), template)


def pick(body: Any, path: str) -> Any:
    """Return the value at a path such as `$`, `$.id`, `$.Resources[0].id` or `$['urn:x'].department`."""
    if not path.startswith("$") or _STEP_OF_PATH.sub("", path[1:]):
        raise LookupError(f"{path!r} is not a path this replayer knows")
    for name, position, quoted in _STEP_OF_PATH.findall(path[1:]):
        body = body[int(position)] if position else body[name or quoted]
    return body


def _send(request: Mapping[str, Any], headers: dict[str, str], send: Send) -> Answer:
    content = json.dumps(request["body"]).encode() if "body" in request else None
    if content is None:
        headers = {name: value for name, value in headers.items() if name.lower() != "content-type"}
    return send(request["method"], request["path"], headers, content)


def _compare(expect: Mapping[str, Any], answer: Answer) -> tuple[list[str], Any]:
    """Compare an answer with an expectation; return what differed, and the parsed body (None if there is none)."""
    wrong = list(differences(expect["status"], answer.status, "status"))
    for name, wanted in expect.get("headers", {}).items():
        wrong += differences({name.lower(): wanted}, dict(answer.headers), "headers")
    body = None
    if answer.body:
        try:
            body = json.loads(answer.body)
        except ValueError:
            wrong.append(f"body: not JSON: {answer.body[:200]!r}")
    if "body" in expect:
        wrong += differences(expect["body"], body)
    if wrong:
        wrong.append(f"the answer was {answer.status} {answer.body[:400].decode(errors='replace')}")
    return wrong, body
