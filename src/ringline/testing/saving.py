"""A scenario file written from what has happened on simulated phones, so that it can be played again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ringline.simulator import Call, Message

_SHORTEST_WAIT = 2.0
_A_MINUTE = 60.0
_VARIES = re.compile(r"https?://\S+|\d{4,}")
"""What may be another one the next time: addresses, codes."""
_FAILURES = {"undelivered": "undelivered", "failed": "failed"}
_LINES = {"decline": "declines", "busy": "busy", "machine": "machine", "fax": "fax", "fail": "fails"}


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who has a phone in the story."""

    number: str
    name: str
    language: str | None = None
    timezone: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Happened:
    """A run and what reached phones, or came from them, while it went on."""

    workflow: str
    definitions: Mapping[str, str]
    inputs: Mapping[str, Any]
    trigger: Mapping[str, Any] | None
    started_at: float
    zone: str
    people: Sequence[Somebody]
    messages: Sequence[Message]
    calls: Sequence[Call]
    status: str
    outputs: Mapping[str, Any]
    until: float
    """When it was saved."""


def scenario_text(happened: Happened, *, exact: bool = True) -> str:
    """The file. Without *exact* texts need only fit around what varies, such as links and codes."""
    return _Writer(happened, exact=exact).text()


class _Writer:
    """Puts one story into words."""

    def __init__(self, happened: Happened, *, exact: bool) -> None:
        self._of = happened
        self._exact = exact
        self._keys: dict[str, str] = {}
        for one in happened.people:
            self._keys[one.number] = self._key(one)
        self._is_begun = happened.trigger is None or happened.trigger.get("type") in (None, "api")

    def text(self) -> str:
        happened = self._of
        start = datetime.fromtimestamp(happened.started_at, UTC).astimezone(ZoneInfo(happened.zone))
        lines = [
            "# Saved from simulated phones. Play it: ringline test FILE",
            "# To test your own file in place of the definition held here, write `workflow: FILE` for `definitions`.",
            f"starts_at: {_q(start.strftime('%Y-%m-%d %H:%M:%S'))}",
            f"timezone: {happened.zone}",
            "people:",
        ]
        lines += [f"  {self._keys[one.number]}: {_flow(_person(one))}" for one in happened.people]
        lines += ["scenarios:", f"  - name: {_q(f'{happened.workflow}, as it went on {start:%B %d}')}", "    steps:"]
        lines += [f"      - {_flow(step)}" for step in self._steps()]
        lines.append("definitions:")
        for name, text in happened.definitions.items():
            lines.append(f"  {_q(name)}: |2")
            lines += [f"    {line}".rstrip() if not line.strip() else f"    {line}" for line in text.splitlines()]
        return "\n".join(lines) + "\n"

    # --- steps -------------------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[dict[str, Any]]:
        yield from self._arms()
        now = self._of.started_at
        if self._is_begun:
            yield {"start": self._of.workflow, "inputs": self._told(dict(self._of.inputs))}
        elif self._of.trigger is not None and self._of.trigger.get("type") == "webhook":
            yield {"webhook": str(self._of.trigger.get("path", "")), "body": self._of.trigger.get("body")}
        moments = sorted([*self._texts(), *self._calls()], key=lambda one: one[0])
        for at, is_act, step in moments:
            gap = at - now
            if is_act and gap >= _SHORTEST_WAIT:
                yield {"wait": f"{gap:.0f}s"}
            elif not is_act and "expect" in step and gap > _A_MINUTE:
                step = {**step, "within": f"{gap + _A_MINUTE:.0f}s"}
            elif not is_act and "expect_call" in step and gap > 10 * _A_MINUTE:
                step = {**step, "within": f"{gap + 15 * _A_MINUTE:.0f}s"}
            yield step
            now = max(now, at)
        yield from self._end()

    def _texts(self) -> Iterator[tuple[float, bool, dict[str, Any]]]:
        failing: set[str] = set()
        for message in self._of.messages:
            number = (message.to if message.outbound else message.from_ or "").removeprefix("whatsapp:")
            who = self._keys.get(number)
            if who is None:
                continue
            if not message.outbound:
                yield message.created, True, {"reply": message.body, "from": who, "to": message.to}
            elif message.reached_phone is not None:
                if number in failing:
                    failing.discard(number)
                    yield message.created - 0.02, False, {"carrier": "delivers", "to": who}
                yield message.reached_phone, False, self._expected(message, who)
            elif message.status in _FAILURES:
                error = {} if message.error_code is None else {"error": message.error_code}
                if number not in failing:
                    failing.add(number)
                    yield message.created - 0.02, False, {"carrier": _FAILURES[message.status], "to": who, **error}
                yield message.updated, False, {"wait": "10s"}
                yield message.updated, False, {"expect_sent": {"status": message.status, **error}, "to": who}

    def _expected(self, message: Message, who: str) -> dict[str, Any]:
        channel = {"channel": "whatsapp"} if message.is_whatsapp else {}
        media = {"media": len(message.media_urls)} if message.media_urls else {}
        if self._exact:
            return {"expect": {"is": message.body}, "to": who, **channel, **media}
        parts = [part for piece in _VARIES.split(message.body) if (part := piece.strip()) and "{{" not in part]
        return {"expect": {"contains": parts}, "to": who, **channel, **media}

    def _arms(self) -> Iterator[dict[str, Any]]:
        """What phones do with calls is said before anything calls."""
        for call in self._of.calls:
            who = self._keys.get(call.phone)
            if who is None or call.direction == "inbound":
                continue
            if call.reaction == "answer":
                rang = {} if call.answered is None or call.start is None else {"after": _seconds(call)}
                yield {"answer": who, "with": _script(call), **rang}
            else:
                yield {"line": _LINES.get(call.reaction or "", "rings"), "to": who}

    def _calls(self) -> Iterator[tuple[float, bool, dict[str, Any]]]:
        for call in self._of.calls:
            who = self._keys.get(call.phone)
            if who is None or (call.reaction is None and not call.is_final and call.direction != "inbound"):
                continue
            if call.direction == "inbound":
                yield call.created, True, {"call": call.to, "from": who, "with": _script(call)}
            spoken = [line.text for line in call.transcript if line.who == "us"]
            # What somebody broke into is cut off where they did, which is never the same place.
            heard = [self._loose(text) for text in spoken] if call.reaction != "machine" else []
            kept = [part for parts in heard for part in parts]
            # One that still goes on is only said to come to an end.
            ended = {"status": call.status} if call.is_final else {}
            state = {**ended, **({"heard": kept} if kept else {})}
            yield call.end or self._of.until, False, {"expect_call": state, "to": who}

    def _loose(self, text: str) -> list[str]:
        if self._exact:
            first = " ".join(text.split()[:6])
            return [first] if first and "{{" not in first else []
        return []

    def _end(self) -> Iterator[dict[str, Any]]:
        if self._of.status not in ("completed", "waiting", "failed"):
            return
        state: dict[str, Any] = {"workflow": self._of.workflow, "status": self._of.status}
        plain = {
            name: value
            for name, value in self._of.outputs.items()
            if self._exact and self._of.status == "completed" and isinstance(value, bool | int | str | None)
        }
        if plain:
            state["outputs"] = self._told(plain)
        yield {"expect_run": state}

    # --- words -------------------------------------------------------------------------------------------------------

    def _key(self, somebody: Somebody) -> str:
        plain = re.sub(r"[^a-z0-9]+", "_", somebody.name.lower()).strip("_") or "phone"
        plain = plain if plain[0].isalpha() else f"phone_{plain}"
        taken = set(self._keys.values())
        return plain if plain not in taken else f"{plain}_{somebody.number[-4:]}"

    def _told(self, value: Any) -> Any:
        """The value, with the people's numbers by their names."""
        if isinstance(value, str) and value in self._keys:
            return f"{{{{{self._keys[value]}.number}}}}"
        if isinstance(value, Mapping):
            return {name: self._told(inner) for name, inner in value.items()}
        return [self._told(inner) for inner in value] if isinstance(value, list) else value


def _script(call: Call) -> list[Any]:
    short = {"silent": "silent", "hang_up": "hang_up"}
    told = [
        next((word for word in short if isinstance(step, dict) and step.get(word) is True), step)
        for step in call.script
    ]
    while told and told[-1] == "silent":
        told.pop()
    return told


def _seconds(call: Call) -> str:
    """How long it rang before somebody took it, whole seconds of it."""
    assert call.answered is not None
    return f"{max(1.0, min(call.answered - (call.start or call.created), 25.0)):.0f}s"


def _person(one: Somebody) -> dict[str, Any]:
    more = {"language": one.language, "timezone": one.timezone, "fields": dict(one.fields) or None}
    return {"number": one.number, "name": one.name} | {key: value for key, value in more.items() if value}


def _q(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    """A value on one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_name(str(name))}: {_flow(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _name(name: str) -> str:
    return (
        name
        if re.fullmatch(r"[A-Za-z_]\w*", name) and name.lower() not in ("yes", "no", "on", "off", "y", "n")
        else _q(name)
    )
