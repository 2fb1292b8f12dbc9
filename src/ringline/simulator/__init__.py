"""A Twilio in a box: run, test and try everything without an account and without a phone bill."""

from __future__ import annotations

from ringline.simulator.calls.records import Call, Line
from ringline.simulator.calls.steps import HangUp, Hold, Press, Say, Silent, Wait, step_from_line
from ringline.simulator.calls.wires import CallEvent
from ringline.simulator.carrier import Behaviour, Carrier
from ringline.simulator.clock import SteerableClock
from ringline.simulator.faults import Fault, Faults
from ringline.simulator.handset import Handset
from ringline.simulator.phonebook import FIRST_PHONES
from ringline.simulator.records import Message, ReceivedMessage
from ringline.simulator.simulator import Simulator
from ringline.simulator.webhooks import WebhookAttempt

__all__ = [
    "FIRST_PHONES",
    "Behaviour",
    "Call",
    "CallEvent",
    "Carrier",
    "Fault",
    "Faults",
    "Handset",
    "HangUp",
    "Hold",
    "Line",
    "Message",
    "Press",
    "ReceivedMessage",
    "Say",
    "Silent",
    "Simulator",
    "SteerableClock",
    "Wait",
    "WebhookAttempt",
    "step_from_line",
]
