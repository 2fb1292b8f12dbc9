"""What happened in a run, by step: the messages, the answers, the calls, what is waited for, and what went wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from ringline.web.api.calls import CallOut, call_out
from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.run_sentences import RunStepErrorOut, error_of, sentence_of
from ringline.web.api.sessions import SessionOut, session_out

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.workflow.runs import Run, RunEvent

Tone = Literal["good", "bad", "wait", "busy", "idle"]

MOST_MESSAGES = 200
MOST_SESSIONS = 20
_LABEL = re.compile(r"(.*)\[(\d+)\]")
_BAD = frozenset({"failed", "refused", "unknown", "error", "opted_out", "lost"})
_IDLE = frozenset({"timeout", "no_match", "no_answer", "busy", "voicemail", "canceled", "partial"})


class RunStepStateOut(BaseModel):
    """How a step stands: a word, and a tone that says the same in colour."""

    tone: Tone
    word: str


class RunReplyOut(BaseModel):
    """What somebody answered, and what was understood."""

    id: str | None
    at: datetime
    text: str
    from_: str = Field(serialization_alias="from")
    to: str
    channel: str
    media: list[Any]
    understood: list[str]
    confidence: float | None


class RunEntryOut(BaseModel):
    """One thing that happened, in a sentence."""

    at: datetime
    kind: str
    text: str
    element: int | None = Field(description="Which element of a batch it concerns, counted from 0.")


class RunStepWaitOut(BaseModel):
    """What a step waits for now."""

    since: datetime
    until: datetime | None
    text: str
    keys: list[str]


class RunStepOut(BaseModel):
    """One step of a run and all that belongs to it."""

    step: str
    state: RunStepStateOut
    outcome: str | None
    began_at: datetime
    ended_at: datetime | None
    wait: RunStepWaitOut | None
    error: RunStepErrorOut | None
    outputs: dict[str, Any] | None
    entries: list[RunEntryOut]
    messages: list[MessageOut]
    replies: list[RunReplyOut]
    calls: list[CallOut]
    sessions: list[SessionOut]
    runs: list[str] = Field(description="Runs that the step started.")


class RunTimelineOut(BaseModel):
    """A run by step, in the order in which they began, and what happened to the run as a whole."""

    steps: list[RunStepOut]
    entries: list[RunEntryOut]


async def timeline_of(ringline: Ringline, run: Run) -> RunTimelineOut:
    """The timeline of a run, read from the rooms that know of it."""
    events = await ringline.runs.history(run.id)
    sent = await ringline.messages.list(limit=MOST_MESSAGES, run_id=run.id)
    calls = await ringline.calls.list(limit=MOST_MESSAGES, run_id=run.id)
    keys = [key for event in events for key in _keys(event)]
    talks = [key.removeprefix("session/") for key in keys if key.startswith("session/")]
    talks += [call.ref for call in calls if call.ref is not None and call.ref.startswith("ses_")]
    sessions = [await ringline.sessions.get(one) for one in list(dict.fromkeys(talks))[:MOST_SESSIONS]]
    steps = grouped(events, run.status)
    for message in reversed(sent):
        _step(steps, message.step, message.created_at or run.created_at).messages.append(message_out(message))
    for call in reversed(calls):
        _step(steps, call.step, call.created_at).calls.append(call_out(call))
    for session in sessions:
        _step(steps, session.step, session.created_at).sessions.append(session_out(session))
    for event in events:
        if event.step is not None:
            begun = steps[_named(event.step)[0]].runs
            started = [key.removeprefix("run/") for key in _keys(event) if key.startswith("run/")]
            begun += [one for one in dict.fromkeys(started) if one not in begun]
    return RunTimelineOut(
        steps=[step for name, step in steps.items() if name],
        entries=[_entry(event) for event in events if event.step is None],
    )


def grouped(events: Sequence[RunEvent], status: str) -> dict[str, RunStepOut]:
    """Steps by name, in the order in which they are first heard of."""
    steps: dict[str, RunStepOut] = {}
    open_elements: dict[str, set[int | None]] = {}
    for event in events:
        if event.step is None:
            continue
        name, element = _named(event.step)
        step = _step(steps, name, event.at)
        waiting = open_elements.setdefault(name, set())
        details = event.details
        if event.kind != "waiting":
            step.entries.append(_entry(event))
        match event.kind:
            case "waiting":
                waiting.add(element)
                step.wait = _wait(event)
            case "wait_ended":
                _take_reply(step, details)
            case "step_done" | "step_failed":
                waiting.discard(element)
                _end(step, event)
            case "step_retried":
                step.error = RunStepErrorOut(message=str(details.get("error") or ""), fix="")
                step.state = RunStepStateOut(tone="wait", word="Tries again")
            case "step_renewed":
                step.outputs = {**(step.outputs or {}), **(details.get("outputs") or {})}
            case "jumped_back":
                step.state = RunStepStateOut(tone="idle", word="Went back")
    for name, step in steps.items():
        if open_elements.get(name) and step.wait is not None:
            step.state, step.ended_at = RunStepStateOut(tone="wait", word="Waiting"), None
        elif step.ended_at is None and step.state.word == "Running":
            step.state = _unfinished(status)
    return steps


def _end(step: RunStepOut, event: RunEvent) -> None:
    details = event.details
    understood = (details.get("outputs") or {}).get("understood")
    if step.replies and isinstance(understood, Mapping):
        step.replies[-1].understood = [str(one) for one in understood.get("evidence") or ()]
        step.replies[-1].confidence = understood.get("confidence")
    step.ended_at, step.wait = event.at, None
    step.outcome = details.get("outcome")
    step.outputs = details.get("outputs")
    step.error = error_of(details.get("error"))
    if event.kind == "step_failed":
        step.state = RunStepStateOut(tone="bad", word="Failed")
    else:
        step.state = _state_of(step.outcome)


def _state_of(outcome: str | None) -> RunStepStateOut:
    if outcome is None:
        return RunStepStateOut(tone="good", word="Done")
    word = outcome.replace("_", " ").capitalize()
    return RunStepStateOut(tone="bad" if outcome in _BAD else "idle" if outcome in _IDLE else "good", word=word)


def _unfinished(status: str) -> RunStepStateOut:
    if status == "canceled":
        return RunStepStateOut(tone="idle", word="Canceled")
    if status == "failed":
        return RunStepStateOut(tone="idle", word="Not finished")
    return RunStepStateOut(tone="busy", word="Running")


def _step(steps: dict[str, RunStepOut], name: str | None, at: datetime) -> RunStepOut:
    known = steps.get(_named(name)[0]) if name else steps.get("")
    if known is None:
        known = RunStepOut(
            step=_named(name)[0] if name else "",
            state=RunStepStateOut(tone="busy", word="Running"),
            outcome=None,
            began_at=at,
            ended_at=None,
            wait=None,
            error=None,
            outputs=None,
            entries=[],
            messages=[],
            replies=[],
            calls=[],
            sessions=[],
            runs=[],
        )
        steps[known.step] = known
    known.began_at = min(known.began_at, at)
    return known


def _named(label: str) -> tuple[str, int | None]:
    """A step and the element of a batch, from `remind[2]`."""
    found = _LABEL.fullmatch(label)
    return (found[1], int(found[2])) if found is not None else (label, None)


def _keys(event: RunEvent) -> Iterable[str]:
    yield from event.details.get("for") or ()
    yield str(event.details.get("by") or "")


def _take_reply(step: RunStepOut, details: Mapping[str, Any]) -> None:
    data = details.get("data")
    if not str(details.get("by")).startswith("reply/") or not isinstance(data, Mapping):
        return
    texts = data.get("texts")
    media = data.get("media")
    step.replies.append(
        RunReplyOut(
            id=data.get("id"),
            at=data["received_at"],
            text=str(texts[0] if isinstance(texts, list) and texts else "" if isinstance(texts, list) else texts or ""),
            from_=str(data.get("from") or ""),
            to=str(data.get("to") or ""),
            channel=str(data.get("channel") or "sms"),
            media=media if isinstance(media, list) else [],
            understood=[],
            confidence=None,
        )
    )


def _wait(event: RunEvent) -> RunStepWaitOut:
    keys = [str(key) for key in event.details.get("for") or ()]
    told = list(dict.fromkeys(_AWAITED.get(key.partition("/")[0], "something to happen") for key in keys))
    text = f"Waits for {' or '.join(told)}." if told else "Waits until the time has come."
    return RunStepWaitOut(since=event.at, until=event.details.get("until"), text=text, keys=keys)


_AWAITED = {
    "reply": "a reply",
    "message": "Twilio's word on a message",
    "delivery": "the delivery of a message",
    "call": "a call to end",
    "session": "a conversation to end",
    "run": "a run it started",
    "webhook_delivery": "another system to take an event",
    "ack": "somebody to take it on",
}


def _entry(event: RunEvent) -> RunEntryOut:
    element = _named(event.step)[1] if event.step else None
    return RunEntryOut(at=event.at, kind=event.kind, text=sentence_of(event), element=element)
