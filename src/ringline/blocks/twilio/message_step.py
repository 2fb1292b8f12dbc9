"""What the blocks that send a message share: from fields to a request, from a message to outputs and an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from ringline.blocks.twilio.message_faults import faults_of_step
from ringline.errors import RequestError
from ringline.messaging.channels import rules_of
from ringline.messaging.delivery import FIELDS, OTHER_NAMES, view
from ringline.messaging.languages import choose_variant
from ringline.messaging.message import Channel, Message, MessageRequest
from ringline.query.image_data import WorkflowImage
from ringline.workflow.block import Block, Done, Manifest, Output, SelectorOf, StepContext, Template, Wait, Woken
from ringline.workflow.durations import Duration
from ringline.workflow.form_hints import CREDENTIAL, RECIPIENT, SENDER

if TYPE_CHECKING:
    from ringline.contacts.contacts import Contacts
    from ringline.messaging.media import Media
    from ringline.messaging.message import DurableMessages, MessageSender

DECISION_SECONDS = 30.0
"""How long an ephemeral run waits for the send to be decided, if the step has no `step_timeout`."""

JPEG_QUALITY = 90

LATER = "later"
"""What a step keeps of a message that is to be sent at another time: it is done once that is written down."""


class MessageManifest(Manifest):
    """One message to one person."""

    to: Annotated[str, Template(), SelectorOf("string")] = Field(
        json_schema_extra=RECIPIENT,
        description="The recipient's number with plus and country code, such as +14155550123.",
    )
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        json_schema_extra=SENDER,
        default=None,
        alias="from",
        description="The sender; left out, the messaging service or the credential has one.",
    )
    message: Annotated[str | dict[str, str] | None, Template(always_text=True)] = Field(
        default=None, description="The text, or one text per language."
    )
    language: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None, description="Language that picks among several texts; the contact's own, if left out."
    )
    media: Annotated[str | list[str] | None, Template(), SelectorOf("string", "list_of_values", "image")] = Field(
        default=None, description="Pictures or files to send along: public URLs, or selectors to images."
    )
    messaging_service: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        title="Messaging service",
        default=None,
        description="SID of a messaging service (MG…), which chooses the sender.",
    )
    send_at: Annotated[str | datetime | None, Template(), SelectorOf("timestamp", "string")] = Field(
        title="Send at", default=None, description="When to send it, in ISO 8601; now, if left out."
    )
    validity: Annotated[Duration | None, SelectorOf("string")] = Field(
        default=None, description="How long Twilio may try to deliver it, at most 10h."
    )
    content_template: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        title="Content template",
        default=None,
        description="SID of an approved content template (HX…), in place of a text.",
    )
    content_variables: Annotated[dict[str, str | int | float | bool], Template(), SelectorOf("*")] = Field(
        title="Template variables",
        default_factory=dict,
        description="Values for the content template's variables, by their numbers or names.",
    )
    credential: str | None = Field(
        json_schema_extra=CREDENTIAL,
        default=None,
        description="Name of the Twilio credential to send with; the default one, if left out.",
    )
    purpose: str | None = Field(
        default=None, description="Why it is sent, such as notification, otp or marketing; rules depend on it."
    )


class MessageBlock(Block):
    """Sends one message on ``channel``. Ends `sent` once Twilio has it, or once it waits in the queue too long."""

    channel: ClassVar[Channel]
    outputs = tuple(Output(name, kinds) for name, kinds in FIELDS.items())
    outcomes = ("sent", "failed", "refused", "unknown")
    failing_outcomes = frozenset({"failed", "refused", "unknown"})
    response_fields = OTHER_NAMES
    needs_internet = True
    handles_timeout = True
    sends_to = "to"

    def __init__(
        self, *, messages: MessageSender, media: Media | None = None, contacts: Contacts | None = None
    ) -> None:
        self._messages = messages
        self._media = media
        self._contacts = contacts

    async def run(
        self,
        *,
        to: str,
        from_: str | None,
        message: str | Mapping[str, str] | None,
        language: str | None,
        media: Any,
        messaging_service: str | None,
        send_at: datetime | str | None,
        validity: float | None,
        content_template: str | None,
        content_variables: Mapping[str, Any],
        credential: str | None,
        purpose: str | None,
        step: StepContext,
    ) -> Done | Wait:
        moment = _moment(send_at, step)
        if language is None and isinstance(message, Mapping) and self._contacts is not None:
            person = await self._contacts.person(to)
            language = person.language if person is not None else None
        request = MessageRequest(
            to=to,
            from_=from_,
            body=_text(message, language, step),
            channel=self.channel,
            messaging_service_sid=messaging_service,
            media=tuple([await self._address(item) for item in _as_list(media)]),
            content_sid=content_template,
            content_variables=_variables(content_variables),
            credential=credential,
            purpose=purpose or "notification",
            send_at=moment,
            validity_seconds=None if validity is None else round(validity),
            key=step.key or None,
            run_id=step.run_id or None,
            step=step.step,
        )
        if step.is_durable and self._messages.is_durable:
            prepared = await cast("DurableMessages", self._messages).prepare(request)
            return Wait(effects=(prepared.effect,), state=None if moment is None else LATER)
        # A message for later is decided later; the step does not stand and wait for it.
        wait = None if moment is not None else step.timeout or DECISION_SECONDS
        return done(await self._messages.send(request, wait=wait))

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        assert woken.key is not None
        message = await cast("DurableMessages", self._messages).get(message_in(woken.key))
        if not message.is_settled and woken.state != LATER:
            return Wait((woken.key,), state=woken.state)
        return replace(done(message), follow=(woken.key,))

    async def follow(self, *, woken: Woken, step: StepContext) -> Mapping[str, Any] | None:
        assert woken.key is not None
        return view(await cast("DurableMessages", self._messages).get(message_in(woken.key)))

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, MessageManifest)
        return list(faults_of_step(manifest, rules_of(cls.channel)))

    async def _address(self, item: Any) -> str:
        if isinstance(item, str):
            return item
        if not isinstance(item, WorkflowImage):
            raise RequestError(
                f"`media` holds {type(item).__name__}, which is neither a URL nor an image.",
                field="media",
                fix="Give public URLs, or selectors to images.",
            )
        if self._media is None:
            raise RequestError(
                "`media` holds an image, and there is no public address from which Twilio could fetch it.",
                field="media",
                fix="Run the workflow under Ringline with RINGLINE_PUBLIC_URL set, or give the URL of a picture; "
                "images are never uploaded to anybody else.",
            )
        return await self._media.publish(item.as_jpeg(JPEG_QUALITY), "image/jpeg")


def message_in(key: str) -> str:
    """The id of the message that an event under this key is about."""
    return key.removeprefix("message/")


def done(message: Message) -> Done:
    """How a step ends with this message.

    A definition that has no way on for `unknown` goes on as if it was sent; where nothing may be lost, as if it failed.
    """
    outcome = _outcome(message)
    otherwise = None
    if outcome == "unknown":
        from ringline.outbox.rows import policy_of  # the outbox brings a database, which bare workflows do without

        otherwise = "failed" if policy_of(message.purpose) == "urgent" else "sent"
    return Done({**view(message), "error": _error(message)}, outcome=outcome, otherwise=otherwise)


def _outcome(message: Message) -> str:
    if message.stage in ("failed", "canceled"):
        return "failed"
    if message.stage == "refused":
        return "refused"
    if message.stage in ("unknown", "unresolved"):
        return "unknown"
    return "sent"


def _error(message: Message) -> dict[str, Any] | None:
    error = message.error
    if error is None:
        return None
    return {"code": error.code, "message": error.message, "fix": error.fix, "retryable": error.retryable}


def _text(message: str | Mapping[str, str] | None, language: str | None, step: StepContext) -> str | None:
    if isinstance(message, Mapping):
        return choose_variant(message, language, step.defaults.get("language"))
    return message


def _as_list(media: Any) -> Sequence[Any]:
    if media is None or media == "":
        return ()
    return media if isinstance(media, (list, tuple)) else (media,)


def _variables(values: Mapping[str, Any]) -> dict[str, str]:
    for name, value in values.items():
        if value is None:
            raise RequestError(
                f"Content variable `{name}` has no value.",
                field="content_variables",
                fix='Give it one, or a fallback: {{ value | default("…") }}.',
            )
    return {str(name): str(value) for name, value in values.items()}


def _moment(send_at: datetime | str | None, step: StepContext) -> datetime | None:
    if send_at is None or send_at == "":
        return None
    moment = send_at
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment.strip())
        except ValueError:
            raise RequestError(
                f"`send_at` is `{moment}`, which is not a moment in ISO 8601.",
                field="send_at",
                fix="Write it as 2026-05-01T09:00:00-04:00, or without the offset where `defaults.timezone` is set.",
            ) from None
    if not isinstance(moment, datetime):
        raise RequestError(
            f"`send_at` must be a moment, and this run gave {type(moment).__name__}.",
            field="send_at",
            fix="Write it as 2026-05-01T09:00:00-04:00.",
        )
    zone = step.defaults.get("timezone")
    if moment.tzinfo is None and zone:
        try:
            return moment.replace(tzinfo=ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            raise RequestError(
                f"`defaults.timezone` is `{zone}`, which is not a time zone.",
                field="timezone",
                fix="Use a name such as America/New_York.",
            ) from None
    return moment
