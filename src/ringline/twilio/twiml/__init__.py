"""Voice documents: built within Twilio's limits, and checked against its grammar."""

from __future__ import annotations

from ringline.twilio.twiml.building import VoiceDocument
from ringline.twilio.twiml.checking import TwimlFault, check_twiml

__all__ = ["TwimlFault", "VoiceDocument", "check_twiml"]
