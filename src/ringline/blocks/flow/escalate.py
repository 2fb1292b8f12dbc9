"""`flow/escalate@v1`: alert people, level by level, until somebody acknowledges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from ringline.blocks.flow.escalate_advance import EscalationAdvance
from ringline.blocks.flow.escalate_calls import CALL_KEY
from ringline.blocks.flow.escalate_texts import PLACEHOLDERS, faults_of_escalation, text_of
from ringline.errors import RequestError
from ringline.escalation.policy import ACKNOWLEDGE_WORDS, RESOLVE_WORDS, Policy, Words, read_levels
from ringline.escalation.progress import Progress
from ringline.workflow.block import (
    Block,
    Done,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    Template,
    Wait,
    Woken,
)
from ringline.workflow.durations import TemplatedDuration, parse_duration
from ringline.workflow.form_hints import CREDENTIAL, LEVELS, SENDER, shown_first

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.escalation.acknowledgements import Acknowledgements
    from ringline.messaging.message import DurableMessages
    from ringline.messaging.replies import Replies
    from ringline.voice.calls import Calls

DEFAULT_PURPOSE = "security_alert"
"""Of the urgent ones: twice rather than lost, and not held back by quiet hours."""

_Fault = tuple[str, str, str, str]
_Text = Annotated[str | dict[str, str] | None, Template(always_text=True)]


class EscalateManifest(Manifest):
    """Alerts people level by level until somebody acknowledges: by a reply, a link, or a key on the phone."""

    model_config = ConfigDict(json_schema_extra=shown_first("from", "contacts", "message", "wait_for"))

    type: Literal["flow/escalate@v1"]
    contacts: Annotated[
        list[str | list[Any] | dict[str, Any]] | str, Template(nested=True), SelectorOf("list_of_values", "string")
    ] = Field(
        json_schema_extra=LEVELS,
        title="Contacts, level by level",
        description="The levels in order: a number, several, or {to, name, channels, message, wait_for, repeat}.",
    )
    message: _Text = Field(
        description="The alert, or one text per language; {{ack_link}} stands for the recipient's own link."
    )
    wait_for: Annotated[TemplatedDuration, Template(), SelectorOf("string", "duration")] = Field(
        default=300.0, description="How long a level has to acknowledge before the next one is alerted."
    )
    repeat: int = Field(default=0, ge=0, le=20, description="How often a level is alerted again before the next one.")
    rounds: int = Field(default=1, ge=1, le=20, description="How often all levels are gone through.")
    channels: list[str] = Field(
        default=["sms"], min_length=1, description="sms, whatsapp, voice (a call), or several at once."
    )
    acknowledge: dict[Literal["reply", "link"], Any] = Field(
        default_factory=dict,
        description="What counts: {reply: [words], any or false, link: true}. Left out, common words of a reply and "
        "a link where a text holds {{ack_link}}.",
    )
    resolve_within: Annotated[TemplatedDuration | None, Template(), SelectorOf("string", "duration")] = Field(
        default=None,
        description="Asks whoever acknowledged to say that it is done; not in this time, the next level is alerted.",
    )
    resolve: list[str] = Field(default=list(RESOLVE_WORDS), min_length=1, description="Replies that say it is done.")
    notice: _Text = Field(
        default=None,
        description="Told to the others who were alerted, once somebody has it: {{acknowledged_by}} is who.",
    )
    confirmation: _Text = Field(default=None, description="Told to whoever acknowledged by a reply or on the phone.")
    late_answer: _Text = Field(
        default=None, description="Told to those who acknowledge after the end; {{acknowledged_by}} is who has it."
    )
    language: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="Picks among several texts."
    )
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=SENDER,
        default=None,
        alias="from",
        description="The sender; left out, the messaging service or the credential has one.",
    )
    messaging_service: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="SID of a messaging service (MG…), which chooses the sender."
    )
    credential: str | None = Field(
        json_schema_extra=CREDENTIAL,
        default=None,
        description="Name of the Twilio credential to send with; the default one, if left out.",
    )
    purpose: str | None = Field(
        default=None,
        description="Why it is sent; security_alert, if left out, which sends twice rather than not at all.",
    )


class Escalate(Block):
    """Everybody who was alerted may acknowledge, whichever level is on; the first one does."""

    manifest: ClassVar[type[Manifest]] = EscalateManifest
    title = "Escalate"
    icon = "siren"
    outputs = (
        Output("acknowledged_by", ("string", "phone_number")),
        Output("name", ("string",)),
        Output("level", ("integer",)),
        Output("how", ("string",)),
        Output("answer", ("string",)),
        Output("acknowledged_at", ("timestamp",)),
        Output("resolved_at", ("timestamp",)),
        Output("alerts", ("list_of_values",)),
        Output("escalation_id", ("string",)),
    )
    outcomes = ("acknowledged", "exhausted", "failed")
    failing_outcomes = frozenset({"exhausted", "failed"})
    can_wait = True
    needs_internet = True
    placeholders = PLACEHOLDERS

    def __init__(
        self,
        *,
        messages: DurableMessages,
        clock: Clock,
        replies: Replies | None = None,
        acknowledgements: Acknowledgements | None = None,
        calls: Calls | None = None,
    ) -> None:
        self._calls = calls
        self._messages = messages
        self._clock = clock
        self._replies = replies
        self._acknowledgements = acknowledgements

    async def run(
        self,
        *,
        contacts: Any,
        message: str | Mapping[str, str],
        wait_for: float,
        repeat: int,
        rounds: int,
        channels: Sequence[str],
        acknowledge: Mapping[str, Any],
        resolve_within: float | None,
        resolve: Sequence[str],
        notice: str | Mapping[str, str] | None,
        confirmation: str | Mapping[str, str] | None,
        late_answer: str | Mapping[str, str] | None,
        language: str | None,
        from_: str | None,
        messaging_service: str | None,
        credential: str | None,
        purpose: str | None,
        step: StepContext,
    ) -> Done | Wait:
        policy = Policy(
            read_levels(contacts, channels=channels, wait_for=wait_for, repeat=repeat, read_duration=parse_duration),
            acknowledge=Words.of(acknowledge.get("reply", list(ACKNOWLEDGE_WORDS))),
            resolve=Words(tuple(resolve)),
            resolve_within=resolve_within,
            rounds=rounds,
        )
        texts = {
            "message": text_of(message, language, step),
            "notice": text_of(notice, language, step),
            "confirmation": text_of(confirmation, language, step),
            "late_answer": text_of(late_answer, language, step),
        }
        asked = {
            "from": from_,
            "service": messaging_service,
            "credential": credential,
            "purpose": purpose or DEFAULT_PURPOSE,
            "link": bool(acknowledge.get("link")),
            "language": language,
        }
        going = EscalationAdvance(
            self._board,
            self._messages,
            self._replies,
            self._board.new_id(),
            Progress(policy),
            texts,
            asked,
            step,
            self._calls,
        )
        going.open()
        await going.alert(self._clock.time())
        return going.result()

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        state = woken.state
        progress = Progress.of(state["progress"])
        going = EscalationAdvance(
            self._board,
            self._messages,
            self._replies,
            state["id"],
            progress,
            state["texts"],
            state["asked"],
            step,
            self._calls,
        )
        now = self._clock.time()
        if woken.key is None:
            await going.time_is_up(now)
        elif woken.key.startswith("message/"):
            await going.message_changed(woken.key.partition("/")[2], woken.data, now)
        elif woken.key.startswith(CALL_KEY):
            await going.call_changed(woken.key.removeprefix(CALL_KEY), now)
        elif woken.key.startswith("reply/"):
            await going.replied(woken.data, now)
        else:
            await going.pressed(woken.data, now)
        return going.result()

    @property
    def _board(self) -> Acknowledgements:
        if self._acknowledgements is None:
            raise RequestError(
                "An escalation waits for people, which takes a database.",
                fix="Run the workflow under Ringline: `ringline run FILE`.",
            )
        return self._acknowledgements

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        assert isinstance(manifest, EscalateManifest)
        return list(faults_of_escalation(manifest))
