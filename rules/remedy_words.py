"""Remedies in words for an admin. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any, Final

from rules.remedies import Remedy
from rules.steps import Move, Step
from scim_portal.protocol.sentences import Sentence, say, template

Names = Mapping[str, str]
_OF_TYPE: Final = {
    Move.PIN: template("pin {type}"),
    Move.DROP_PIN: template("take back the pin of {type}"),
    Move.EXCLUDE: template("exclude the user from {type}"),
    Move.DROP_EXCLUSION: template("take back the exclusion from {type}"),
}


def sentence(remedy: Remedy, types: Names, groups: Names) -> str:
    """Say what to do and what for; `types` are the names of license types by key, `groups` those of groups by id."""
    told = (said(step, types, groups) for step in remedy.steps)
    steps = reduce(lambda first, rest: say("{first}, and {rest}", first=first, rest=rest), told)
    given = types.get(remedy.license_type or "", remedy.license_type) or say("no license")
    if remedy.ends is None:
        return say("To get {type}: {steps}.", type=given, steps=steps)
    ended = types.get(remedy.ends, remedy.ends)
    return say("To end {ended}: {steps}; then {type} is due.", ended=ended, steps=steps, type=given)


def said(step: Step, types: Names, groups: Names) -> str:
    """Say one step."""
    if step.kind in _OF_TYPE:
        return Sentence(_OF_TYPE[step.kind], {"type": types.get(step.value, step.value)})
    path = (step.path or "").rpartition(":")[2]
    match step.kind:
        case Move.JOIN_GROUP | Move.LEAVE_GROUP:
            group = _group(path, step, groups)
            if step.kind is Move.JOIN_GROUP:
                return say("add the user to {group}", group=group)
            return say("remove the user from {group}", group=group)
        case Move.CLEAR:
            return say("clear {path}", path=path)
        case Move.SET:
            return say("set {path} to {value}", path=path, value=_value(step))
        case Move.ADD:
            return say("add {value} to {path}", value=_value(step), path=path)
    return say("remove {value} from {path}", value=_value(step), path=path)


def _group(path: str, step: Step, groups: Names) -> str:
    if path == "groups.display":
        return say("a group named “{group}”", group=step.spelled or step.value)
    if step.kind is Move.JOIN_GROUP and step.spelled is None:
        return say("any other group")
    return say("the group {group}", group=groups.get(step.value, step.value))


def _value(step: Step) -> str:
    text = ", ".join(_parts(step.value if step.spelled is None else step.spelled))
    return say("a fitting value, such as {text}", text=text) if step.is_example else text


def _parts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{name} {_plain(one)}" for name, one in value.items())
    else:
        yield _plain(value)


def _plain(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value).lower()
