"""The transcript of a session: its log, read as what was said and heard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ringline.clock import utc
from ringline.voice.sessions.session import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ringline.database import Row

_SILENCE = "(nothing)"


def transcript_of(events: Iterable[Row]) -> list[Line]:
    """Every line in order: for each event what was heard, then what we said."""
    return [line for row in events for line in _lines(row)]


def as_text(lines: Iterable[Line]) -> str:
    """The transcript as one text, a line each."""
    names = {"us": "Agent", "them": "Person", "note": "-"}
    return "\n".join(f"{names[line.who]}: {line.text}" for line in lines)


def _lines(row: Row) -> Iterator[Line]:
    at = utc(row["at"])
    heard = _heard(json.loads(row["event"]))
    if heard is not None:
        who, text, how, confidence = heard
        yield Line(who, text, at, row["leg"], how, confidence)
    for action in json.loads(row["actions"]):
        if action["kind"] == "say" and action["text"]:
            yield Line("us", action["text"], at, row["leg"])
        elif action["kind"] == "play":
            yield Line("us", f"[{action['url']}]", at, row["leg"])
        elif action["kind"] == "end":
            yield Line("note", f"ended: {action['outcome']}", at, row["leg"])


def _heard(event: Mapping[str, Any]) -> tuple[str, str, str, float | None] | None:
    match event["kind"]:
        case "user_said":
            return "them", event["text"], "speech", event.get("confidence")
        case "keys_pressed":
            return "them", event["digits"] + (event.get("finished_on") or ""), "keypad", None
        case "silence":
            return "them", _SILENCE, "silence", None
        case "leg_started":
            return "note", f"{event['channel']} conversation begins ({event['direction']})", "", None
        case "leg_ended":
            return "note", f"the {'call' if event['leg'] else 'conversation'} is over: {event['status']}", "", None
        case "transferred":
            return "note", f"handed over: {event['status']}", "", None
        case "detected":
            return "note", f"answered by: {event['answered_by']}", "", None
    return None
