"""A Twilio in a box: run, test and try everything without an account and without a phone bill."""

from __future__ import annotations

from ringline.simulator.carrier import Behaviour, Carrier
from ringline.simulator.clock import SteerableClock
from ringline.simulator.faults import Fault, Faults
from ringline.simulator.handset import Handset
from ringline.simulator.records import Message, ReceivedMessage
from ringline.simulator.simulator import Simulator
from ringline.simulator.webhooks import WebhookAttempt

__all__ = [
    "Behaviour",
    "Carrier",
    "Fault",
    "Faults",
    "Handset",
    "Message",
    "ReceivedMessage",
    "Simulator",
    "SteerableClock",
    "WebhookAttempt",
]
