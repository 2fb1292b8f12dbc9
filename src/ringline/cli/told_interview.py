"""How an interview went: what was answered, how sure that is and why, and the way it took."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.cli.terminal import console, say

if TYPE_CHECKING:
    from ringline.cli.lone_interview import LoneInterview
    from ringline.cli.talk import Talk
    from ringline.voice.sessions.session import Session

_TAKEN = frozenset({"ok", "defaulted"})
_WHO = {"us": ("agent", ""), "them": ("person", "bold"), "note": ("", "dim")}
_LOUD = {"completed": "green", "ended_by_rule": "green", "transferred": "green"}


@dataclass(frozen=True, slots=True)
class Passed:
    """A question on the way: its answer, what it led to, and why."""

    question: str
    answer: Mapping[str, Any] | None
    leads_to: str
    why: str


def passed(found: LoneInterview, session: Session) -> Iterator[Passed]:
    """The way an interview took, question by question."""
    for index, question in enumerate(session.path):
        is_last = index == len(session.path) - 1
        answer = session.answers.get(question)
        on = (session.outcome or session.phase) if is_last else session.path[index + 1]
        yield Passed(question, answer, on, _why(found, session, question, None if is_last else on))


def shown(found: LoneInterview, held: Talk) -> dict[str, Any]:
    """The interview for machines."""
    session = held.session
    return {
        "outcome": session.outcome,
        "reason": session.reason,
        "seconds": session.duration,
        "path": [
            {"question": one.question, "leads_to": one.leads_to, "why": one.why} for one in passed(found, session)
        ],
        "answers": {name: dict(answer) for name, answer in session.answers.items()},
        "transcript": [
            {"who": line.who, "text": line.text, "how": line.how, "confidence": line.confidence}
            for line in held.transcript
        ],
    }


def say_interview(found: LoneInterview, held: Talk, *, indent: str = "") -> None:
    """The interview for people: each question with its answer, its reasons, and what it led to."""
    from rich.text import Text

    session = held.session
    for one in passed(found, session):
        console().print(Text.assemble((f"{indent}{one.question}", "bold"), *_told(one.answer)))
        why = f"  ({one.why})" if one.why else ""
        say(f"{indent}  → {one.leads_to}{why}")
    lasted = f" after {session.duration:.0f} s" if session.duration is not None else ""
    reason = f": {session.reason}" if session.reason and session.outcome != "completed" else ""
    say(f"{indent}{session.outcome or session.phase}{lasted}{reason}", _LOUD.get(session.outcome or "", "yellow"))


def say_conversation(session: Mapping[str, Any], transcript: Sequence[Mapping[str, Any]]) -> None:
    """A conversation as the API gives it: what was said, and what was understood."""
    from rich.text import Text

    say()
    for line in transcript:
        sure = f"  ({line['confidence']:.0%})" if line["confidence"] is not None else ""
        name, style = _WHO[line["who"]]
        said = f"[keys {line['text']}]" if line["how"] == "keypad" else line["text"]
        console().print(Text.assemble((f"{name:<8}", "dim"), (said, style), (sure, "dim")))
    say()
    for question in session["path"]:
        console().print(Text.assemble((question, "bold"), *_told(session["answers"].get(question))))
    reason = f": {session['reason']}" if session["reason"] and session["outcome"] != "completed" else ""
    say(f"{session['outcome'] or session['phase']}{reason}", _LOUD.get(session["outcome"] or "", "yellow"))


def _told(answer: Mapping[str, Any] | None) -> list[str | tuple[str, str]]:
    if answer is None:
        return [("  no answer", "dim")]
    value = json.dumps(answer["value"], ensure_ascii=False) if answer["status"] in _TAKEN else answer["status"]
    sure = f"  {answer['confidence']:.0%} sure" if answer["status"] == "ok" else ""
    heard = f"keys {answer['raw']}" if answer["how"] == "keypad" else f"“{answer['raw']}”"
    reasons = "; ".join(reason for reason in answer["evidence"] if reason != heard)
    why = f"  {heard}" if answer["raw"] else ""
    return ["  ", (str(value), "cyan"), (f"{sure}{why}{f': {reasons}' if reasons else ''}", "dim")]


def _why(found: LoneInterview, session: Session, question: str, leads_to: str | None) -> str:
    """Why the answer led where it did, where today's routing says the same; a masked answer may say otherwise."""
    from ringline.interview.routing import next_question
    from ringline.interview.state import Answer

    if question not in session.answers or question not in found.flow:
        return ""
    answers = {name: Answer(**answer) for name, answer in session.answers.items()}
    route = next_question(found.flow, answers, question, found.language)
    return route.why if route.question == leads_to else ""
