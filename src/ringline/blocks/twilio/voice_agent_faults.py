"""What `check` says about a voice agent: its fields, and its questions held against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ringline.blocks.twilio.message_faults import is_written_out
from ringline.blocks.twilio.voice_agent_manifest import prefix_of
from ringline.errors import PhoneNumberError, RequestError
from ringline.interview.reading import read_and_check
from ringline.messaging.channels import rules_of
from ringline.messaging.validation import checked_recipient, checked_sender

if TYPE_CHECKING:
    from ringline.blocks.twilio.voice_agent_manifest import VoiceAgentManifest

_Fault = tuple[str, str, str, str]

TAKEN = ("answers", "transcript", "session", "duration", "outcome", "error", "reason")
"""Outputs that every agent has."""
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NAME = re.compile(r"[^\W\d]\w*")


def faults_of_agent(step: VoiceAgentManifest) -> Iterator[_Fault]:
    """Everything that is known to be wrong before a run: ``(severity, field, message, fix)``."""
    if step.agent_type == "llm":
        yield (
            "error",
            "agent_type",
            "An agent that a language model leads comes with the next release; this one asks questions.",
            "Write `agent_type: questions` and a list of `questions`.",
        )
        return
    yield from _field_faults(step)
    listed: Any = step.questions
    if not isinstance(listed, list):
        return  # a selector
    yield from _id_faults(step)
    language = step.language if is_written_out(step.language) else None
    _, faults = read_and_check(
        {"questions": step.questions, "flow": step.flow},
        language=(language or "en").partition("-")[0].lower(),
        has_goodbye=step.goodbye is not None,
    )
    for fault in faults:
        yield fault.severity, fault.path, fault.message, fault.fix


def _field_faults(step: VoiceAgentManifest) -> Iterator[_Fault]:
    rules = rules_of("sms" if step.channel == "voice" else step.channel)
    for name, value, check in (
        ("to", step.to, checked_recipient),
        ("from", step.from_, checked_sender),
        ("transfer_to", step.transfer_to, checked_recipient),
    ):
        if is_written_out(value):
            try:
                check(str(value), rules)
            except (PhoneNumberError, RequestError) as error:
                yield "error", name, error.message, error.fix
    if step.channel != "voice":
        if step.to is None:
            yield "error", "to", "Nobody is named whom to write to.", "Write `to:` and the person's number."
        for name in ("record", "on_drop", "voicemail", "transfer_to"):
            if getattr(step, name):
                yield (
                    "warning",
                    name,
                    f"`{name}` is about calls, and this agent writes messages.",
                    "Remove it, or write `channel: voice`.",
                )
    elif step.voicemail and step.machine_detection == "off":
        yield (
            "warning",
            "voicemail",
            "Nothing tells an answering machine from a person, so `voicemail` is hardly ever said.",
            "Write `machine_detection: message_end`.",
        )
    if step.record and step.recording_notice is None:
        yield (
            "warning",
            "record",
            "The call is recorded, and what the person is told about it is a sentence of ours.",
            "Write `recording_notice:` as the law where they live wants it.",
        )


def _id_faults(step: VoiceAgentManifest) -> Iterator[_Fault]:
    prefix = prefix_of(step.variables)
    for index, question in enumerate(step.questions):
        named = question.get("id") if isinstance(question, dict) else None
        if not isinstance(named, str) or not named:
            continue  # the reader of the flow says so
        at = f"questions.{index}.id"
        if named in TAKEN:
            yield (
                "error",
                at,
                f"`{named}` is an output that every agent has, so no question can have that id.",
                f"Call it for example `{named}_question`.",
            )
    if prefix and not _NAME.fullmatch(prefix):
        yield (
            "error",
            "variables.prefix",
            f"No variable can begin with `{prefix}`.",
            "Use letters, digits and `_`, beginning with a letter: `{prefix: survey_}`.",
        )


def ids_of(questions: Any) -> list[str]:
    """The ids of questions that are written out, each once."""
    if not isinstance(questions, list):
        return []
    ids = [question.get("id") for question in questions if isinstance(question, dict)]
    return list(dict.fromkeys(one for one in ids if isinstance(one, str) and _ID.fullmatch(one) and one not in TAKEN))
