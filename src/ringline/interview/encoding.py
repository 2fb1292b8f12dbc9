"""Events, actions, states and specifications as plain JSON values, and back: what the log and the snapshot hold."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from ringline.errors import RequestError
from ringline.interview.actions import ACTIONS, Action
from ringline.interview.agent import AgentSpec, Navigation, OnDrop, QuestionsAgent
from ringline.interview.events import EVENTS, Event
from ringline.interview.flow import Choice, Condition, ConditionalAction, Question, QuestionFlow
from ringline.interview.state import Answer, Pending, SessionState

Seal = Callable[[str], str]
"""Encrypts a text, or makes it readable again."""

_SPECS: tuple[type, ...] = (QuestionsAgent,)
_KINDS = {cls: re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower() for cls in (*EVENTS, *ACTIONS, *_SPECS)}
_OWN_KIND = "sort"
"""The key of a field that is called `kind` itself, of `Say` and `NewLeg`."""
_MISSING = object()


def event_to_json(event: Event) -> dict[str, Any]:
    """The event with its `kind`, such as ``user_said``."""
    return _tagged(event)


def event_from_json(data: Mapping[str, Any]) -> Event:
    """The event again; keys there are not any more are left out, new ones take their defaults."""
    return cast("Event", _untagged(data, EVENTS))


def action_to_json(action: Action) -> dict[str, Any]:
    """The action with its `kind`, such as ``start_timer``."""
    return _tagged(action)


def action_from_json(data: Mapping[str, Any]) -> Action:
    """The action again."""
    return cast("Action", _untagged(data, ACTIONS))


def state_to_json(state: SessionState, *, seal: Seal | None = None) -> dict[str, Any]:
    """The state. *seal* encrypts what `sealed` holds of sensitive answers; without it they stay as they are."""
    return cast("dict[str, Any]", _plain(_sealed(state, seal)))


def state_from_json(data: Mapping[str, Any], *, unseal: Seal | None = None) -> SessionState:
    """The state again."""
    return _sealed(cast("SessionState", _made(SessionState, data)), unseal)


def spec_to_json(spec: AgentSpec) -> dict[str, Any]:
    """The specification of an agent with its `kind`, such as ``questions_agent``."""
    return _tagged(spec)


def spec_from_json(data: Mapping[str, Any]) -> AgentSpec:
    """The specification again."""
    return cast("AgentSpec", _untagged(data, _SPECS))


def _sealed(state: SessionState, seal: Seal | None) -> SessionState:
    if seal is None:
        return state

    def of(answer: Answer) -> Answer:
        return answer if answer.sealed is None else dataclasses.replace(answer, sealed=seal(answer.sealed))

    pending = state.pending
    return dataclasses.replace(
        state,
        answers={id_: of(answer) for id_, answer in state.answers.items()},
        pending=None if pending is None else dataclasses.replace(pending, answer=of(pending.answer)),
    )


def _kind(cls: type) -> str:
    return _KINDS[cls]


def _tagged(value: Any) -> dict[str, Any]:
    data = _plain(value)
    if "kind" in data:
        data[_OWN_KIND] = data.pop("kind")
    return {"kind": _kind(type(value)), **data}


def _untagged(data: Mapping[str, Any], classes: tuple[type, ...]) -> Any:
    for cls in classes:
        if _kind(cls) == data.get("kind"):
            own = {"kind": data[_OWN_KIND]} if _OWN_KIND in data else {}
            return _made(cls, {**{key: value for key, value in data.items() if key != "kind"}, **own})
    known = ", ".join(map(_kind, classes))
    raise RequestError(
        f"There is nothing of the kind `{data.get('kind')}` here.", field="kind", fix=f"There are: {known}."
    )


_SCALARS = (str, int, float, bool, type(None))


def _plain(value: Any) -> Any:
    # Nearly all there is; the questions below cost more than their answers.
    if type(value) in _SCALARS:
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return value


_PARTS: dict[type, dict[str, Callable[[Any], Any]]] = {
    Pending: {"answer": lambda data: _made(Answer, data)},
    SessionState: {
        "pending": lambda data: _made(Pending, data),
        "answers": lambda data: {key: _made(Answer, one) for key, one in data.items()},
    },
    ConditionalAction: {"condition": lambda data: _made(Condition, data)},
    Question: {
        "choices": lambda data: tuple(_made(Choice, one) for one in data),
        "actions": lambda data: tuple(_made(ConditionalAction, one) for one in data),
        "translations": lambda data: tuple((one[0], one[1]) for one in data),
    },
    QuestionFlow: {"questions": lambda data: tuple(_made(Question, one) for one in data)},
    QuestionsAgent: {
        "flow": lambda data: _made(QuestionFlow, data),
        "navigation": lambda data: _made(Navigation, data),
        "on_drop": lambda data: tuple(_made(OnDrop, one) for one in data),
    },
}
"""The fields that hold something else than plain values."""


def _made(cls: type, data: Mapping[str, Any]) -> Any:
    parts = _PARTS.get(cls, {})
    given: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        value = data.get(field.name, _MISSING)
        if value is _MISSING:
            continue
        if field.name in parts and value is not None:
            value = parts[field.name](value)
        elif isinstance(value, list) and str(field.type).startswith("tuple"):
            value = tuple(value)
        given[field.name] = value
    return cls(**given)
