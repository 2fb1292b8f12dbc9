"""`twilio/whatsapp@v1`: one WhatsApp message."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import ConfigDict

from ringline.blocks.twilio.message_step import MessageBlock, MessageManifest
from ringline.workflow.block import Manifest
from ringline.workflow.form_hints import shown_first


class WhatsappManifest(MessageManifest):
    """Sends one WhatsApp message: free text within 24 hours of the recipient's last one, else a content template."""

    model_config = ConfigDict(
        json_schema_extra=shown_first("from", "to", "message", "content_template", "content_variables")
    )

    type: Literal["twilio/whatsapp@v1"]


class Whatsapp(MessageBlock):
    """Sends one WhatsApp message."""

    manifest: ClassVar[type[Manifest]] = WhatsappManifest
    title = "Twilio WhatsApp"
    icon = "message-circle"
    channel = "whatsapp"
