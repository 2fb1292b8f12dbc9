"""What is asked at this moment and what would answer it; what was said before, what that was taken for, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.interview.conditions import condition_text
from ringline.interview.routing import taken_exit
from ringline.interview.speaking import how_many_keys
from ringline.interview.state import Answer
from ringline.interview.witnesses import witnesses_of
from ringline.understanding import understand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ringline.database import Row
    from ringline.interview.agent import AgentSpec
    from ringline.interview.flow import Question
    from ringline.interview.state import SessionState

_MOST_ANSWERS = 12
_ODD = {
    "number": "a few, maybe",
    "yes_no": "it depends",
    "multiple_choice": "the other one",
    "date": "some time soon",
    "time": "after lunch",
    "duration": "not long",
    "phone": "my usual number",
    "email": "my work address",
    "digits": "I do not remember",
    "text": "hm, what do you mean?",
}


@dataclass(frozen=True, slots=True)
class Fitting:
    """Words that answer the open question, and keys that do the same."""

    text: str
    keys: str | None


@dataclass(frozen=True, slots=True)
class Open:
    """The question that is open: *answers* fit it, *odd* does not quite."""

    question: str
    text: str
    type: str
    answers: tuple[Fitting, ...]
    odd: str
    is_confirming: bool = False
    navigation: Mapping[str, str] = field(default_factory=dict)
    """Keys that do something other than answer: ``repeat``, ``skip``, ``operator`` and ``back``, by key."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was said or keyed in, and what became of it.

    *recognised* is how sure the recogniser was, *confidence* how sure we were of the meaning, *evidence* what it went
    by. *leads_to* is what came next, and *because* the condition that won.
    """

    question: str
    text: str
    how: str
    recognised: float | None
    status: str
    value: Any
    confidence: float
    evidence: tuple[str, ...]
    leads_to: str | None
    because: str


@dataclass(frozen=True, slots=True)
class Hearing:
    """A conversation as whoever holds the phone wants to see it."""

    session: str
    open: Open | None
    heard: tuple[Heard, ...]


def hearing_of(session_id: str, spec: AgentSpec, state: SessionState, events: Iterable[Row]) -> Hearing:
    """What the state and the log of a session tell."""
    heard: list[Heard] = []
    asked: Mapping[str, Any] | None = None
    for row in events:
        event, actions = json.loads(row["event"]), json.loads(row["actions"])
        before = asked
        for action in actions:
            if action["kind"] == "ask":
                asked = action
            elif action["kind"] in ("end", "transfer"):
                asked = None
        if before is not None and event["kind"] in ("user_said", "keys_pressed", "silence"):
            heard.append(_heard(spec, state, before, event, asked, actions))
    is_open = state.phase in ("asking", "confirming") and state.cursor is not None and state.cursor in spec.flow
    return Hearing(session_id, _open(spec, state) if is_open else None, tuple(heard))


def _open(spec: AgentSpec, state: SessionState) -> Open:
    assert state.cursor is not None
    question = spec.flow[state.cursor]
    if state.phase == "confirming":
        fitting = (Fitting("yes", "1"), Fitting("no", "2"))
        keys = {key: what for key, what in _navigation(spec, state, question).items() if what != "skip"}
        return Open(question.id, "Is that right?", "yes_no", fitting, _ODD["yes_no"], True, keys)
    found = [
        Fitting(one.text, one.keys if question.keypad else None)
        for one in witnesses_of(spec.flow, question, state.language)
        if not one.is_words
    ]
    navigation = _navigation(spec, state, question)
    return Open(question.id, question.question, question.type, _some(found), _odd(question), navigation=navigation)


def _navigation(spec: AgentSpec, state: SessionState, question: Question) -> dict[str, str]:
    """What keys do at this question beside answering it. A key that answers wins, and figures may be any answer."""
    if not question.keypad:
        return {}
    keys = spec.navigation
    is_one_key = how_many_keys(question) == 1
    meant = {
        keys.repeat: "repeat",
        keys.skip: "skip" if question.optional else "",
        keys.operator: "operator" if spec.transfer_to else "",
        keys.back: "back" if len(state.path) > 1 and not is_one_key else "",
    }
    takes_figures = question.type not in ("yes_no", "multiple_choice", "text")
    return {key: what for key, what in meant.items() if key and what and not (takes_figures and key.isdecimal())}


def _some(found: list[Fitting]) -> tuple[Fitting, ...]:
    """Not more than there is room for, from both ends."""
    if len(found) <= _MOST_ANSWERS:
        return tuple(found)
    return (*found[: _MOST_ANSWERS // 2], *found[-_MOST_ANSWERS // 2 :])


def _odd(question: Question) -> str:
    return _ODD.get(question.type, _ODD["text"])


def _heard(
    spec: AgentSpec,
    state: SessionState,
    asked: Mapping[str, Any],
    event: Mapping[str, Any],
    then: Mapping[str, Any] | None,
    actions: list[dict[str, Any]],
) -> Heard:
    question = str(asked["question"])
    leads_to = _leads_to(then, actions)
    if event["kind"] == "silence":
        return Heard(question, "", "silence", None, "silence", None, 0.0, ("nothing was said",), leads_to, "")
    by_keys = event["kind"] == "keys_pressed"
    text = event["digits"] + (event.get("finished_on") or "") if by_keys else event["text"]
    status: str
    kept = state.answers.get(question)
    went_on = leads_to != question
    if kept is not None and went_on and kept.raw in (text, event.get("digits")):
        status, value, confidence, evidence = kept.status, kept.value, kept.confidence, tuple(kept.evidence)
    else:
        expect = dict(asked.get("expect") or {"type": "text"})
        found = understand(expect.pop("type", "text"), event["digits"] if by_keys else text, keys=by_keys, **expect)
        sure = event.get("confidence")
        status, value, evidence = found.status, found.value, found.evidence
        confidence = found.confidence * (sure or 1.0)
    return Heard(
        question,
        text,
        "keypad" if by_keys else "speech",
        event.get("confidence"),
        status,
        value,
        round(confidence, 2),
        evidence,
        leads_to,
        _because(spec, state, question) if went_on and status == "ok" else "",
    )


def _leads_to(then: Mapping[str, Any] | None, actions: list[dict[str, Any]]) -> str | None:
    ended = next((action for action in actions if action["kind"] in ("end", "transfer")), None)
    if ended is not None:
        return str(ended.get("outcome") or ended["kind"])
    return None if then is None else str(then["question"])


def _because(spec: AgentSpec, state: SessionState, question: str) -> str:
    """The condition that sent the conversation on, where one did."""
    if question not in spec.flow or question not in state.answers:
        return ""
    answers: dict[str, Answer] = dict(state.answers)
    taken = taken_exit(spec.flow, answers, question, state.language)
    if taken.action is None:
        return ""
    return condition_text(spec.flow[question], taken.action.condition)
