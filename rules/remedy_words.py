"""Remedies in words for an admin. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rules.remedies import Remedy
from rules.steps import Move, Step

Names = Mapping[str, str]
_GIVING: Final = "To get {0}: {1}."
_ENDING: Final = "To end {0}: {1}; then {2} is due."
_OF_TYPE: Final = {
    Move.PIN: "pin {}",
    Move.DROP_PIN: "take back the pin of {}",
    Move.EXCLUDE: "exclude the user from {}",
    Move.DROP_EXCLUSION: "take back the exclusion from {}",
}


def sentence(remedy: Remedy, types: Names, groups: Names) -> str:
    """Say what to do and what for; `types` are the names of license types by key, `groups` those of groups by id."""
    steps = ", and ".join(said(step, types, groups) for step in remedy.steps)
    given = types.get(remedy.license_type or "", remedy.license_type) or "no license"
    if remedy.ends is None:
        return _GIVING.format(given, steps)
    return _ENDING.format(types.get(remedy.ends, remedy.ends), steps, given)


def said(step: Step, types: Names, groups: Names) -> str:
    """Say one step."""
    if step.kind in _OF_TYPE:
        return _OF_TYPE[step.kind].format(types.get(step.value, step.value))
    path = (step.path or "").rpartition(":")[2]
    match step.kind:
        case Move.JOIN_GROUP | Move.LEAVE_GROUP:
            how = "add the user to" if step.kind is Move.JOIN_GROUP else "remove the user from"
            return f"{how} {_group(path, step, groups)}"
        case Move.CLEAR:
            return f"clear {path}"
        case Move.SET:
            return f"set {path} to {_value(step)}"
        case Move.ADD:
            return f"add {_value(step)} to {path}"
    return f"remove {_value(step)} from {path}"


def _group(path: str, step: Step, groups: Names) -> str:
    if path == "groups.display":
        return f"a group named “{step.spelled or step.value}”"
    if step.kind is Move.JOIN_GROUP and step.spelled is None:
        return "any other group"
    return f"the group {groups.get(step.value, step.value)}"


def _value(step: Step) -> str:
    text = ", ".join(_parts(step.value if step.spelled is None else step.spelled))
    return f"a fitting value, such as {text}" if step.is_example else text


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{name} {_plain(one)}" for name, one in value.items())
    else:
        yield _plain(value)


def _plain(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
