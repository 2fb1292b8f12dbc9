"""`twilio/sms@v1`: one text or picture message."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict

from ringline.blocks.twilio.message_step import MessageBlock, MessageManifest
from ringline.workflow.block import Manifest
from ringline.workflow.form_hints import shown_first


class SmsManifest(MessageManifest):
    """Sends one SMS, or an MMS where there are media."""

    model_config = ConfigDict(json_schema_extra=shown_first("from", "to", "message"))

    type: Literal["twilio/sms@v1"]


class Sms(MessageBlock):
    """Sends one SMS or MMS."""

    manifest: ClassVar[type[Manifest]] = SmsManifest
    title = "Twilio SMS"
    icon = "message-square"
    channel = "sms"
