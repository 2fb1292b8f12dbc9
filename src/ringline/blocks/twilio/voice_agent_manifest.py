"""The fields of a voice agent, in our spelling and in that of interviews people have already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from ringline.workflow.block import Manifest, SelectorOf, Template
from ringline.workflow.durations import TemplatedDuration
from ringline.workflow.form_hints import CREDENTIAL, PERSON, QUESTIONS, RECIPIENT, SENDER, shown_first

SECONDS = ("callTimeout", "call_timeout")
MINUTES = ("conversationTimeout", "conversation_timeout")
_OTHER_NAMES = {"call_timeout": "max_duration", "conversation_timeout": "max_duration", "record_call": "record"}
_CAMEL = re.compile(r"(?<=[a-z])([A-Z])")


class NavigationKeys(TypedDict, total=False):
    """Keys that mean the same at every question; an empty one is off."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    repeat: str
    skip: str
    operator: str
    back: str


class Prefix(TypedDict):
    """How the variables of the answers begin."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    prefix: str


class CallAgain(TypedDict):
    """Call again after this time."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    call: TemplatedDuration


class TextAfter(TypedDict):
    """Go on by text after this time."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    text: TemplatedDuration


class VoiceAgentManifest(Manifest):
    """Asks a person a list of questions, by phone or by text, and gives what they answered."""

    model_config = ConfigDict(
        json_schema_extra=shown_first(
            "from", "to", "channel", "agent_type", "greeting", "questions", "flow", "goodbye", "language"
        )
    )

    type: Literal["twilio/voice_agent@v1"]
    questions: Annotated[list[dict[str, Any]], Template(nested=True), SelectorOf("list_of_values")] = Field(
        json_schema_extra=QUESTIONS,
        default_factory=list,
        description="What is asked: a list of `{id, question, type, …}`, each with its conditions in `actions`.",
    )
    agent_type: Literal["questions", "llm"] = Field(
        json_schema_extra={"x-enum-labels": {"questions": "Questions", "llm": "Language model (next release)"}},
        title="Agent",
        default="questions",
        description="Who holds the conversation: `questions` asks the list of questions.",
    )
    flow: Literal["branching", "linear"] = Field(
        title="Order of the questions",
        default="branching",
        description="What follows where no condition says: `branching` goes on behind the branches, `linear` takes the "
        "next question in the list.",
    )
    to: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=RECIPIENT,
        default=None,
        description="Whom to ask; left out, whoever called and so started the run.",
    )
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=SENDER,
        default=None,
        alias="from",
        description="Our number; left out, the credential has one.",
    )
    channel: Literal["voice", "sms", "whatsapp"] = Field(
        json_schema_extra={"x-enum-labels": {"voice": "By phone", "sms": "By SMS", "whatsapp": "By WhatsApp"}},
        default="voice",
        description="How it is asked: by phone, or by messages, one question at a time.",
    )
    greeting: Annotated[str | None, Template(always_text=True)] = Field(default=None, description="What is said first.")
    goodbye: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="What is said at the end; a short thanks, if left out."
    )
    language: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="Language of the interview, such as `en` or `es-MX`; English, if left out."
    )
    voice: str | None = Field(default=None, description="The voice, such as `Polly.Joanna-Neural`, `alice` or `man`.")
    record: bool = Field(default=False, description="Whether the call is recorded, after `recording_notice` was said.")
    recording_notice: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="What is said before recording starts; a sentence of ours, if left out."
    )
    ring_timeout: TemplatedDuration = Field(default=60.0, description="How long it may ring.")
    max_duration: TemplatedDuration = Field(default=1800.0, description="How long a call may last.")
    transfer_to: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=PERSON,
        default=None,
        description="Number of the person who takes over when asked for, or where a rule says so.",
    )
    transfer_message: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="What is said before a person takes over."
    )
    on_drop: list[CallAgain | TextAfter] = Field(
        default_factory=list,
        description="How to go on at the open question when a call breaks off: `[{call: 2m}, {text: 5m}]`.",
    )
    reply_within: TemplatedDuration = Field(
        default=86_400.0, description="How long a question asked by text stays open."
    )
    reminders: int = Field(default=1, ge=0, le=5, description="How often somebody who does not reply is reminded.")
    navigation: NavigationKeys = Field(
        default_factory=lambda: NavigationKeys(),
        description="Keys: `repeat` (*), `skip` (#, optional questions), `operator` (0), `back` (9*); '' for none.",
    )
    machine_detection: Literal["off", "detect", "message_end"] = Field(
        default="off",
        description="Whether answering machines are told from people; `message_end` waits for the beep.",
    )
    voicemail: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="What an answering machine is told."
    )
    variables: bool | Prefix = Field(
        default=True, description="Whether answers become variables named as their questions, or `{prefix: survey_}`."
    )
    credential: str | None = Field(
        json_schema_extra=CREDENTIAL,
        default=None,
        description="Name of the Twilio credential; the default one, if left out.",
    )
    purpose: str | None = Field(
        default=None, description="Why the person is contacted, such as notification or survey; rules depend on it."
    )

    @model_validator(mode="before")
    @classmethod
    def _our_spelling(cls, data: Any) -> Any:
        """Take keys in camelCase, bare seconds of `callTimeout` and minutes of `conversationTimeout`."""
        if isinstance(data, dict):
            # In place: the compiler looks for templates under the same keys.
            _respell(data)
        return data


def _respell(data: dict[str, Any]) -> None:
    for written in [key for key in data if isinstance(key, str)]:
        snake = _CAMEL.sub(r"_\1", written).lower()
        name = _OTHER_NAMES.get(snake, snake)
        if name == written or name not in VoiceAgentManifest.model_fields:
            continue
        if name in data:
            raise PydanticCustomError(
                "two_spellings", "`{one}` and `{other}` are two spellings of one key", {"one": name, "other": written}
            )
        value = data.pop(written)
        if isinstance(value, int | float) and not isinstance(value, bool):
            unit = "s" if written in SECONDS else "m" if written in MINUTES else ""
            value = f"{value}{unit}" if unit else value
        data[name] = value
    kind = data.get("agent_type")
    if isinstance(kind, str) and kind not in ("questions", "llm"):
        known = kind.strip().lower().replace(" ", "_").removesuffix("_agent")
        data["agent_type"] = {"json_questions": "questions", "json": "questions"}.get(known, known)


def prefix_of(variables: bool | Prefix | Mapping[str, str]) -> str | None:
    """What the names of variables begin with; None where there are none."""
    if isinstance(variables, Mapping):
        return variables["prefix"]
    return "" if variables else None
