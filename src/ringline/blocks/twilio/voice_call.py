"""`twilio/voice_call@v1`: one call that says something, may listen for a key, and ends when the call is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, cast

from pydantic import ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from ringline.errors import DurableRunRequired, RequestError
from ringline.messaging.languages import choose_variant
from ringline.voice.call import OUTCOMES, Announcement, CallRequest, CallRow
from ringline.voice.checking import check_announcement, read_menu
from ringline.voice.outputs import FIELDS, view
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
from ringline.workflow.durations import Duration, TemplatedDuration
from ringline.workflow.form_hints import CREDENTIAL, MENU, RECIPIENT, SENDER, shown_first

if TYPE_CHECKING:
    from ringline.voice.calls import Calls

_Fault = tuple[str, str, str, str]
_OTHER_NAMES: Mapping[str, str] = {
    "callTimeout": "max_duration",
    "call_timeout": "max_duration",
    "maxDuration": "max_duration",
    "ringTimeout": "ring_timeout",
    "recordCall": "record",
    "record_call": "record",
    "machineDetection": "machine_detection",
    "menuPrompt": "menu_prompt",
    "menuTimeout": "menu_timeout",
    "retryCall": "retry_call",
    "voicemailMessage": "voicemail",
}
_BARE_SECONDS = frozenset({"callTimeout", "call_timeout"})


class RetryCall(TypedDict, total=False):
    """Call again where nobody answered: after the first time of *after* the second call is placed, and so on."""

    on: list[Literal["busy", "no_answer", "voicemail", "failed"]]
    after: list[Duration]


class VoiceCallManifest(Manifest):
    """Calls one person, says a message, and may ask for a key."""

    model_config = ConfigDict(
        json_schema_extra=shown_first("from", "to", "message", "menu", "menu_prompt", "voice", "language")
    )

    type: Literal["twilio/voice_call@v1"]
    to: Annotated[str, Template(), SelectorOf("string")] = Field(
        json_schema_extra=RECIPIENT,
        description="Who is called: a number with plus and country code, such as +14155550123.",
    )
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=SENDER,
        default=None,
        alias="from",
        description="The number it comes from; left out, the credential has one.",
    )
    message: Annotated[str | dict[str, str] | None, Template(always_text=True)] = Field(
        default=None, description="What is said, or one text per language. It may be SSML."
    )
    voice: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="Who says it: alice, man, woman, or a voice by name such as Polly.Joanna."
    )
    language: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="Language of the call, such as en-US; that of the workflow's defaults, if left out."
    )
    repeat: Annotated[int, Field(ge=1, le=10), SelectorOf("integer")] = Field(
        default=1, description="How often the message is said."
    )
    play: Annotated[str | list[str] | None, Template(), SelectorOf("string", "list_of_values")] = Field(
        default=None, description="Public URLs of sounds to play after the message."
    )
    record: Annotated[bool, SelectorOf("boolean")] = Field(
        default=False, description="Record the call, from the end of the notice on."
    )
    notice: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="Said first; with `record`, that the call is recorded, if left out."
    )
    menu: dict[str, str | dict[str, str]] = Field(
        json_schema_extra=MENU,
        default_factory=dict,
        description='What keys mean: {"1": confirmed, "2": {label: cancel, say: …}}. Each label is an outcome.',
    )
    menu_prompt: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description='Said while a key is waited for, such as "Press 1 to confirm".'
    )
    menu_timeout: Annotated[TemplatedDuration, Template(), SelectorOf("duration")] = Field(
        default=5.0, description="How long a key is waited for, twice."
    )
    voicemail: Annotated[str | None, Template(always_text=True)] = Field(
        default=None, description="Left on an answering machine, after its beep; left out, a machine is hung up on."
    )
    machine_detection: Literal["off", "detect", "message_end"] | None = Field(
        default=None,
        description="Whether Twilio finds out who answers (it costs, and takes up to 30 s); off, if left out, and "
        "message_end with a `voicemail`.",
    )
    ring_timeout: Annotated[TemplatedDuration, Template(), SelectorOf("duration")] = Field(
        default=60.0, description="How long it may ring, at most 10m."
    )
    max_duration: Annotated[TemplatedDuration, Template(), SelectorOf("duration")] = Field(
        default=3600.0,
        description="How long the whole call may last, at most 4h; also written callTimeout, in seconds.",
    )
    retry_call: RetryCall | None = Field(
        default=None, description="Call again where nobody answered, such as after 5 and after 30 minutes."
    )
    credential: str | None = Field(
        json_schema_extra=CREDENTIAL,
        default=None,
        description="Name of the Twilio credential to call with; the default one, if left out.",
    )
    purpose: str | None = Field(
        default=None, description="Why, such as notification, reminder or marketing; rules depend on it."
    )

    @model_validator(mode="before")
    @classmethod
    def _other_names(cls, data: Any) -> Any:
        """Take keys in camelCase, and the bare seconds of `callTimeout`."""
        if isinstance(data, dict):
            # In place: the compiler looks for templates under the same keys.
            _respell(data)
        return data

    @field_validator("menu", mode="after")
    @classmethod
    def _is_menu(cls, menu: dict[str, Any]) -> dict[str, Any]:
        try:
            read_menu(menu)
        except RequestError as error:
            raise PydanticCustomError("menu", "{sentence}", {"sentence": f"{error.message} {error.fix}"}) from None
        return menu


def _respell(data: dict[str, Any]) -> None:
    for written in [key for key in data if key in _OTHER_NAMES]:
        name = _OTHER_NAMES[written]
        if name in data:
            raise PydanticCustomError(
                "two_spellings", "`{one}` and `{other}` are two spellings of one key", {"one": name, "other": written}
            )
        value = data.pop(written)
        is_bare = isinstance(value, int | float) and not isinstance(value, bool)
        if written in _BARE_SECONDS and (is_bare or (isinstance(value, str) and value.isdigit())):
            value = f"{value}s"
        data[name] = value


class VoiceCall(Block):
    """Ends when the call is over: with the label of the key that was pressed, or how far the call came."""

    manifest: ClassVar[type[Manifest]] = VoiceCallManifest
    title = "Twilio Voice"
    icon = "phone-call"
    outputs = tuple(Output(name, kinds) for name, kinds in FIELDS.items())
    outcomes = OUTCOMES
    failing_outcomes = frozenset({"busy", "no_answer", "canceled", "failed", "refused", "unknown"})
    can_wait = True
    needs_internet = True
    sends_to = "to"

    def __init__(self, *, calls: Calls | None = None) -> None:
        self._calls = calls

    async def run(self, *, step: StepContext, **fields: Any) -> Done | Wait:
        if not step.is_durable or self._calls is None:
            raise DurableRunRequired(
                f"The step `{step.step}` places a call, which has to be written down first, and this run has no "
                "database. Run the workflow with Ringline: `ringline run FILE`, or `Ringline(…).workflow(…).start(…)`.",
                "workflow_execution | step_execution",
            )
        return await self._place(fields, step, tries=0, send_at=None)

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        assert woken.key is not None
        assert self._calls is not None
        call = await self._calls.get(call_in(woken.key))
        if not call.is_over:
            return Wait((woken.key,), state=woken.state)
        tries = woken.state["tries"]
        retry = woken.fields.get("retry_call") or {}
        pauses = retry.get("after") or []
        if call.outcome in retry.get("on", ("busy", "no_answer")) and tries < len(pauses):
            # Counted from the end of the call, however late this run hears of it.
            send_at = (call.ended_at or woken.at).timestamp() + float(pauses[tries])
            return await self._place(woken.fields, step, tries=tries + 1, send_at=send_at)
        return done(call, tries + 1, self._calls.public_url)

    async def follow(self, *, woken: Woken, step: StepContext) -> Mapping[str, Any] | None:
        assert woken.key is not None
        assert self._calls is not None
        # How many calls there were is known since the step ended, and does not change.
        return {
            name: value
            for name, value in view(await self._calls.get(call_in(woken.key)), self._calls.public_url).items()
            if name in LATER
        }

    @classmethod
    def outcomes_of(cls, manifest: Manifest) -> tuple[str, ...]:
        assert isinstance(manifest, VoiceCallManifest)
        labels = [key.label for key in read_menu(manifest.menu).values()]
        return (*cls.outcomes, *dict.fromkeys(labels))

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        from ringline.blocks.twilio.voice_call_faults import faults_of_call

        return list(faults_of_call(cast("VoiceCallManifest", manifest)))

    async def _place(self, fields: Mapping[str, Any], step: StepContext, *, tries: int, send_at: float | None) -> Wait:
        assert self._calls is not None
        request = request_of(fields, step, tries=tries, send_at=send_at)
        prepared = await self._calls.prepare(request)
        return Wait(effects=(prepared.effect,), state={"tries": tries})


def call_in(key: str) -> str:
    """The id of the call that an event under this key is about."""
    return key.removeprefix("call/")


def request_of(
    fields: Mapping[str, Any], step: StepContext, *, tries: int = 0, send_at: float | None = None
) -> CallRequest:
    """The call that a step with these fields asks for; *tries* is how many it has placed before."""
    language = fields.get("language") or step.defaults.get("language") or "en"
    message = fields.get("message")
    if isinstance(message, Mapping):
        message = choose_variant(message, language, step.defaults.get("language"))
    play = fields.get("play")
    said = Announcement(
        message=message,
        voice=fields.get("voice"),
        language=language,
        repeat=fields.get("repeat") or 1,
        play=() if not play else (play,) if isinstance(play, str) else tuple(play),
        notice=fields.get("notice"),
        record=bool(fields.get("record")),
        menu=read_menu(fields.get("menu") or {}),
        menu_prompt=fields.get("menu_prompt"),
        menu_timeout=round(fields.get("menu_timeout") or 5),
        voicemail=fields.get("voicemail"),
    )
    check_announcement(said)
    detection = fields.get("machine_detection") or ("message_end" if said.voicemail is not None else "off")
    key = step.key or None
    return CallRequest(
        to=str(fields["to"]),
        from_=fields.get("from_", fields.get("from")),
        announcement=said,
        credential=fields.get("credential"),
        ring_timeout=round(fields.get("ring_timeout") or 60),
        max_duration=round(fields.get("max_duration") or 3600),
        machine_detection=cast("Any", detection),
        record=said.record,
        purpose=fields.get("purpose") or "notification",
        send_at=send_at,
        # Each new call is a try of its own; the same try, repeated after a crash, finds its call.
        key=key if key is None or not tries else f"{key}/call{tries + 1}",
        run_id=step.run_id or None,
        step=step.step,
    )


def done(call: CallRow, calls: int, public_url: str | None = None) -> Done:
    """How a step ends with this call.

    A definition that has no way on for `unknown` goes on as if it was answered; where nothing may be lost, as if it
    failed. No key was pressed: `answered`.
    """
    outcome = call.outcome or "unknown"
    otherwise = None
    if outcome == "unknown":
        from ringline.outbox.rows import policy_of  # the outbox brings a database, which bare workflows do without

        otherwise = "failed" if policy_of(call.purpose) == "urgent" else "answered"
    elif call.pressed is not None:
        otherwise = "answered"
    error = call.error
    said = None
    if error is not None:
        said = {"code": error.code, "message": error.message, "fix": error.fix, "retryable": error.retryable}
    return Done(
        {**view(call, public_url), "calls": calls, "error": said},
        outcome=outcome,
        otherwise=otherwise,
        follow=(f"call/{call.id}",),
    )


LATER = frozenset({"price", "currency", "recording_url", "recording_duration", "duration"})
"""Outputs that may be known only after the step has ended."""
