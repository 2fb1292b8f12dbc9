"""`roboflow_core/twilio_sms_notification@v1`: a text message about what a pipeline sees."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, ConfigDict, Field

from ringline.blocks.roboflow import sms_notification as notification
from ringline.blocks.roboflow.base import RoboflowManifest
from ringline.errors import RequestError
from ringline.messaging.message import Cooldown, CredentialValue, MessageRequest
from ringline.query import OperationChain
from ringline.templating import render_notification
from ringline.workflow.block import Block, Manifest, SelectorOf, StepContext
from ringline.workflow.form_hints import PLACEHOLDERS, RECIPIENT, SECRET, SENDER, shown_first

if TYPE_CHECKING:
    from ringline.messaging.message import MessageSender

TYPE = "roboflow_core/twilio_sms_notification@v1"


def _in_range(seconds: int) -> int:
    if not 0 <= seconds <= 900:
        raise ValueError("`cooldown_seconds` must be in range [0, 900]")
    return seconds


def _positive(limit: int) -> int:
    if limit <= 0:
        raise ValueError("Length limit for SMS must be greater than 0")
    return limit


class TwilioSmsNotificationV1Manifest(RoboflowManifest):
    """Sends a text message through your own Twilio account, at most one per cooldown."""

    model_config = ConfigDict(json_schema_extra=shown_first("sender_number", "receiver_number", "message"))

    type: Literal["roboflow_core/twilio_sms_notification@v1"]
    twilio_account_sid: Annotated[str, SelectorOf("string", "secret")] = Field(
        title="Twilio account SID", description="Account SID (AC…) from the front page of Twilio's console."
    )
    twilio_auth_token: Annotated[str, SelectorOf("string", "secret")] = Field(
        title="Twilio auth token",
        json_schema_extra=SECRET,
        description="Auth token that belongs to the account SID; hand it in as an input, never in the definition.",
    )
    sender_number: Annotated[str, SelectorOf("string")] = Field(
        title="From", json_schema_extra=SENDER, description="Your Twilio number, with plus and country code."
    )
    receiver_number: Annotated[str, SelectorOf("string")] = Field(
        title="To", json_schema_extra=RECIPIENT, description="Number that gets the message, with plus and country code."
    )
    message: str = Field(
        json_schema_extra=PLACEHOLDERS, description="The text; {{ $parameters.name }} stands for a message parameter."
    )
    message_parameters: dict[str, Annotated[str | int | float | bool, SelectorOf("*")]] = Field(
        default_factory=dict, description="Values for the text by name: selectors, text, numbers or booleans."
    )
    message_parameters_operations: dict[str, OperationChain] = Field(
        default_factory=dict, description="Operations that turn a parameter into what the text shows."
    )
    fire_and_forget: Annotated[bool, SelectorOf("boolean")] = Field(
        default=True, description="Whether to go on at once and leave the sending to the queue, where there is one."
    )
    disable_sink: Annotated[bool, SelectorOf("boolean")] = Field(
        default=False, description="Whether to send nothing, and say so."
    )
    cooldown_seconds: Annotated[int, AfterValidator(_in_range), SelectorOf("integer")] = Field(
        default=5, description="Seconds until the next message may go, 0 to 900."
    )
    cooldown_session_key: str = Field(description="Steps of one account with the same key share one cooldown.")
    length_limit: Annotated[int, AfterValidator(_positive), SelectorOf("integer")] = Field(
        default=160, description="Characters after which the text is cut and ends in [...]."
    )


class TwilioSmsNotificationV1(Block):
    """Roboflow's first SMS sink: its outputs say whether it failed or was throttled, and why."""

    manifest: ClassVar[type[Manifest]] = TwilioSmsNotificationV1Manifest
    title = "Twilio SMS notification"
    icon = "message-square"
    outputs = notification.OUTPUTS
    needs_internet = True
    handles_timeout = True

    def __init__(self, *, messages: MessageSender, disable_sinks: bool = False) -> None:
        self._messages = messages
        self._disable_sinks = disable_sinks
        self._cooldown_key = ("", "", "", "")

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, TwilioSmsNotificationV1Manifest)
        return list(notification.faults(manifest))

    def run(
        self,
        *,
        twilio_account_sid: str,
        twilio_auth_token: str,
        sender_number: str,
        receiver_number: str,
        message: str,
        message_parameters: Mapping[str, Any],
        message_parameters_operations: Mapping[str, Any],
        fire_and_forget: bool,
        disable_sink: bool,
        cooldown_seconds: int,
        cooldown_session_key: str,
        length_limit: int,
        step: StepContext | None = None,
    ) -> Mapping[str, Any] | Awaitable[Mapping[str, Any]]:
        # Plain, and awaitable only where something is sent: most frames of a stream end here, in microseconds.
        if self._disable_sinks:
            return notification.disabled_by_policy()
        if disable_sink:
            return notification.disabled_by_parameter()
        key = self._key(twilio_account_sid, twilio_auth_token, cooldown_session_key)
        cooldown = Cooldown(key, cooldown_seconds)
        is_throttled = self._messages.is_cooling_down(cooldown)
        if is_throttled is True:
            return notification.throttled()

        async def write() -> MessageRequest:
            if not twilio_account_sid or not twilio_auth_token:
                raise RequestError("twilio_account_sid and twilio_auth_token must not be empty.")
            return MessageRequest(
                to=receiver_number,
                from_=sender_number,
                body=render_notification(message, message_parameters, message_parameters_operations, length_limit),
                credential=CredentialValue(twilio_account_sid, twilio_auth_token),
                cooldown=cooldown,
                check_numbers=False,
                **notification.origin_of(step),
            )

        wait = notification.seconds_to_wait(fire_and_forget, step)
        return notification.send(self._messages, write, is_throttled, wait=wait)

    def _key(self, account_sid: str, auth_token: str, session: str) -> str:
        """What counts as one source of alarms: account, token and session, with the token unreadable."""
        *last, key = self._cooldown_key
        if last != [account_sid, auth_token, session]:
            digests = [
                _digest(field, value)
                for field, value in (("twilio_account_sid", account_sid), ("twilio_auth_token", auth_token))
            ]
            key = ":".join((TYPE, *digests, session))
            self._cooldown_key = (account_sid, auth_token, session, key)
        return key


def _digest(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RequestError(
            f"`{field}` must be text, and this run gave {type(value).__name__}.",
            field=field,
            fix="Point the selector at an input or output that holds text.",
        )
    return hashlib.sha256(value.encode()).hexdigest()
