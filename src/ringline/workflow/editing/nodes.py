"""What stands on a node of the canvas: its title, who sends to whom, one line about it, and how it can end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from ringline.workflow.editing.connections import DEFAULT
from ringline.workflow.triggers import read_trigger

if TYPE_CHECKING:
    from ringline.workflow.registry import BlockSpec

Tone = Literal["good", "bad", "idle"]

TRIGGER_TITLES: Mapping[str, str] = {
    "api": "Started by the API",
    "schedule": "Schedule",
    "inbound_message": "Message received",
    "inbound_call": "Call received",
    "message_status": "Message status",
    "webhook": "Webhook",
}

# The keys that tell most of a step, best first, and how each is said.
_SAYINGS: tuple[tuple[str, str], ...] = (
    ("message", "{}"),
    ("body", "{}"),
    ("content_sid", "Template {}"),
    ("greeting", "{}"),
    ("url", "{}"),
    ("until", "Until {}"),
    ("duration", "{}"),
    ("wait_for", "Up to {}"),
    ("workflow", "{}"),
    ("value", "{}"),
    ("event", "{}"),
    ("template", "{}"),
    ("data", "{}"),
)
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class OutcomeSpec:
    """A way a step can end, and whether that is good."""

    name: str
    tone: Tone


def title_of(name: str) -> str:
    """A step's name as words: `day_before` is `Day before`."""
    words = re.sub(r"[_-]+", " ", name).strip()
    return words[:1].upper() + words[1:]


def ends_of(spec: BlockSpec | None, manifest: Any, written: Mapping[str, Any]) -> list[OutcomeSpec]:
    """The ways out of a step that have a name."""
    if spec is None:
        outcomes = written.get("outcomes")
        return [OutcomeSpec(str(name), "idle") for name in outcomes] if isinstance(outcomes, dict) else []
    block = spec.block
    names = block.outcomes_of(manifest) if manifest is not None else block.outcomes
    found = [OutcomeSpec(name, tone_of(spec, name)) for name in names]
    # What the author wrote and the block does not have is drawn too, so that it can be seen and taken out.
    outcomes = written.get("outcomes")
    if isinstance(outcomes, dict) and not spec.is_roboflow:
        found += [OutcomeSpec(str(name), "idle") for name in outcomes if name not in names]
    targets = {field.key for field in spec.fields if field.is_target}
    if "cases" in targets:
        cases = written.get("cases")
        found += [OutcomeSpec(str(case), "idle") for case in (cases if isinstance(cases, dict) else ())]
    if "default_next_steps" in targets:
        found.append(OutcomeSpec(DEFAULT, "idle"))
    return found


def tone_of(spec: BlockSpec, outcome: str) -> Tone:
    """Whether an outcome is what was hoped for, a failure, or neither."""
    if outcome in spec.block.failing_outcomes:
        return "bad"
    return "good" if outcome in spec.block.outcomes[:1] else "idle"


def sender_of(spec: BlockSpec | None, written: Mapping[str, Any], defaults: Mapping[str, Any]) -> str | None:
    """Who a step sends or calls from, as written, else from the definition's defaults."""
    if spec is None:
        return _text(written.get("from"))
    for field in _tagged(spec, "from"):
        value = written.get(field, written.get("from_" if field == "from" else field))
        if value is not None:
            return _text(value)
        # A step that only waits for a reply names our number to be told apart, not to send from it.
        if field in defaults and (spec.block.sends_to or recipient_of(spec, written)):
            return _text(defaults[field])
    return None


def recipient_of(spec: BlockSpec | None, written: Mapping[str, Any]) -> str | None:
    """Whom a step sends to or calls, as written."""
    if spec is None:
        return _text(written.get("to"))
    for field in _tagged(spec, "to"):
        if written.get(field) is not None:
            return _text(written[field])
    contacts = written.get("contacts")
    if isinstance(contacts, list):
        people = [_text(one.get("name") or one.get("to")) for one in contacts if isinstance(one, dict)]
        return ", ".join(person for person in people if person) or None
    return None


def summary_of(spec: BlockSpec | None, written: Mapping[str, Any]) -> str:
    """The message, or what the step does, in one line."""
    questions = written.get("questions")
    if isinstance(questions, list) and questions and not written.get("message"):
        asked = [one["question"] for one in questions if isinstance(one, dict) and isinstance(one.get("question"), str)]
        count = f"{len(questions)} question{'' if len(questions) == 1 else 's'}"
        return _line(f"{count}: {asked[0]}" if asked else count)
    variables = written.get("set", written.get("variables"))
    if isinstance(variables, dict) and variables:
        return _line(", ".join(f"{name} = {_text(value)}" for name, value in variables.items()))
    expected = written.get("expect")
    if expected is not None and "wait_for" in written:
        kind = expected.get("type") if isinstance(expected, dict) else expected
        return _line(f"{str(kind).replace('_', ' ')}, up to {written['wait_for']}")
    for key, saying in _SAYINGS:
        value = written.get(key)
        if value in (None, "", {}, []):
            continue
        text = _text(next(iter(value.values()), "") if key == "message" and isinstance(value, dict) else value)
        if key == "workflow" and isinstance(value, dict):
            text = str(value.get("name") or "a workflow of its own")
        method = written.get("method", "GET") if key == "url" else ""
        return _line(f"{method} {saying.format(text)}".strip())
    return spec.description if spec is not None else ""


def trigger_summary(written: Mapping[str, Any]) -> str:
    """What starts a run, in a few words; empty where the trigger is not written as one yet."""
    try:
        what = read_trigger(written).what()
    except (ValidationError, KeyError, TypeError):
        return ""
    return "" if what == written.get("type") else what


def _tagged(spec: BlockSpec, tag: str) -> Iterator[str]:
    for name, info in spec.block.manifest.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra.get("x-tag") == tag:
            yield info.alias or name


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(str(_text(one)) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(inner)}" for key, inner in value.items())
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"
