"""`roboflow_core/twilio_sms_notification@v2`: texts and pictures about what a pipeline sees."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from pydantic import ConfigDict, Field

from ringline.blocks.roboflow import sms_notification as notification
from ringline.blocks.roboflow.base import RoboflowManifest
from ringline.errors import RequestError
from ringline.messaging.message import Cooldown, CredentialValue, MessageRequest
from ringline.query import OperationChain
from ringline.query.image_data import WorkflowImage
from ringline.templating import render_notification
from ringline.workflow.block import Block, Manifest, SelectorOf, StepContext
from ringline.workflow.form_hints import PLACEHOLDERS, RECIPIENT, SECRET, SENDER, shown_first

if TYPE_CHECKING:
    from ringline.messaging.media import Media
    from ringline.messaging.message import MessageSender

TYPE = "roboflow_core/twilio_sms_notification@v2"
MANAGED: Final = "Roboflow Managed API Key"
JPEG_QUALITY = 95

_NOT_MANAGED = (
    "Failed to send SMS via proxy. Internal error details: Roboflow's own messaging service is reached only from "
    'Roboflow. Set `sms_provider` to "Custom Twilio" and give twilio_account_sid, twilio_auth_token and sender_number.'
)
_INCOMPLETE = "Custom Twilio requires twilio_account_sid, twilio_auth_token, and sender_number"

_instances = itertools.count(1)


class TwilioSmsNotificationV2Manifest(RoboflowManifest):
    """Sends a text message, with pictures if there are any, at most one per cooldown."""

    model_config = ConfigDict(json_schema_extra=shown_first("sender_number", "receiver_number", "message"))

    type: Literal["roboflow_core/twilio_sms_notification@v2"]
    sms_provider: Literal["Roboflow Managed API Key", "Custom Twilio"] = Field(
        default=MANAGED, description="Whose Twilio account sends; only your own (Custom Twilio) works here."
    )
    twilio_account_sid: Annotated[str | None, SelectorOf("string", "secret")] = Field(
        title="Twilio account SID",
        default=None,
        description="Account SID (AC…) from the front page of Twilio's console.",
    )
    twilio_auth_token: Annotated[str | None, SelectorOf("string", "secret")] = Field(
        title="Twilio auth token",
        json_schema_extra=SECRET,
        default=None,
        description="Auth token that belongs to the account SID; hand it in as an input.",
    )
    sender_number: Annotated[str | None, SelectorOf("string")] = Field(
        title="From",
        json_schema_extra=SENDER,
        default=None,
        description="Your Twilio number, with plus and country code.",
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
    media_url: Annotated[str, SelectorOf("string", "list_of_values", "image")] | list[str] | None = Field(
        default=None, description="Pictures to send along: public URLs, or images, which Ringline serves itself."
    )
    fire_and_forget: Annotated[bool, SelectorOf("boolean")] = Field(
        default=True, description="Whether to go on at once and leave the sending to the queue, where there is one."
    )
    disable_sink: Annotated[bool, SelectorOf("boolean")] = Field(
        default=False, description="Whether to send nothing, and say so."
    )
    cooldown_seconds: Annotated[int, SelectorOf("integer")] = Field(
        default=5, description="Seconds until this step's next message may go; zero or less for no limit."
    )


class TwilioSmsNotificationV2(Block):
    """Roboflow's second SMS sink, with media. Long texts go as several segments, never as a picture message."""

    manifest: ClassVar[type[Manifest]] = TwilioSmsNotificationV2Manifest
    title = "Twilio SMS/MMS notification"
    icon = "message-square"
    outputs = notification.OUTPUTS
    needs_internet = True
    handles_timeout = True

    def __init__(self, *, messages: MessageSender, disable_sinks: bool = False, media: Media | None = None) -> None:
        self._messages = messages
        self._disable_sinks = disable_sinks
        self._media = media
        self._own_cooldown = f"{TYPE}:{next(_instances)}"

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, TwilioSmsNotificationV2Manifest)
        if manifest.sms_provider == MANAGED:
            return [
                (
                    "warning",
                    "sms_provider",
                    "Messages through Roboflow's own service cannot be sent from here, so every one will fail.",
                    'Write `sms_provider: "Custom Twilio"` and give your account SID, auth token and sender number.',
                )
            ]
        return list(notification.faults(manifest))

    def run(
        self,
        *,
        sms_provider: str,
        twilio_account_sid: str | None,
        twilio_auth_token: str | None,
        sender_number: str | None,
        receiver_number: str,
        message: str,
        message_parameters: Mapping[str, Any],
        message_parameters_operations: Mapping[str, Any],
        media_url: Any,
        fire_and_forget: bool,
        disable_sink: bool,
        cooldown_seconds: int,
        step: StepContext | None = None,
    ) -> Mapping[str, Any] | Awaitable[Mapping[str, Any]]:
        # Plain, and awaitable only where something is sent: most frames of a stream end here, in microseconds.
        if self._disable_sinks:
            return notification.disabled_by_policy()
        if disable_sink:
            return notification.disabled_by_parameter()
        cooldown = Cooldown(self._cooldown_key(step), max(cooldown_seconds, 0))
        is_throttled = self._messages.is_cooling_down(cooldown)
        if is_throttled is True:
            return notification.throttled()
        refusal = None
        if sms_provider == MANAGED:
            refusal = _NOT_MANAGED
        elif not (twilio_account_sid and twilio_auth_token and sender_number):
            refusal = _INCOMPLETE

        async def write() -> MessageRequest:
            assert twilio_account_sid is not None
            assert twilio_auth_token is not None
            body, _ = render_notification(message, message_parameters, message_parameters_operations, None, version=2)
            return MessageRequest(
                to=receiver_number,
                from_=sender_number,
                body=body,
                media=await self._addresses(media_url),
                credential=CredentialValue(twilio_account_sid, twilio_auth_token),
                cooldown=cooldown,
                check_numbers=False,
                **notification.origin_of(step),
            )

        wait = notification.seconds_to_wait(fire_and_forget, step)
        return notification.send(self._messages, write, is_throttled, wait=wait, refusal=refusal)

    def _cooldown_key(self, step: StepContext | None) -> str:
        """This instance, or where messages outlive it, this step of this workflow."""
        if self._messages.is_durable and step is not None and step.workflow:
            return f"{TYPE}:{step.workflow}:{step.step}"
        return self._own_cooldown

    async def _addresses(self, media: Any) -> tuple[str, ...]:
        return tuple([await self._address(item) for item in notification.as_media_list(media)])

    async def _address(self, item: Any) -> str:
        if isinstance(item, str):
            return item
        if not isinstance(item, WorkflowImage):
            raise RequestError(
                f"media_url holds {type(item).__name__}, which is neither a URL nor an image.", field="media_url"
            )
        if self._media is None:
            raise RequestError(
                "media_url holds an image, and there is no public address from which Twilio could fetch it; "
                "images are never uploaded to anybody else. Run the workflow under Ringline with RINGLINE_PUBLIC_URL "
                "set, or give the URL of a picture.",
                field="media_url",
            )
        return await self._media.publish(item.as_jpeg(JPEG_QUALITY), "image/jpeg")
