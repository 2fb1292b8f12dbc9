"""`twilio/whatsapp@v1`: one WhatsApp message."""

from __future__ import annotations

from typing import ClassVar, Literal

from ringline.blocks.twilio.message_step import MessageBlock, MessageManifest
from ringline.workflow.block import Manifest


class WhatsappManifest(MessageManifest):
    """Sends one WhatsApp message: free text within 24 hours of the recipient's last one, else a content template."""

    type: Literal["twilio/whatsapp@v1"]


class Whatsapp(MessageBlock):
    """Sends one WhatsApp message."""

    manifest: ClassVar[type[Manifest]] = WhatsappManifest
    channel = "whatsapp"
