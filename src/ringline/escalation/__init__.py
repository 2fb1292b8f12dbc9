"""Escalations: people are alerted level by level until somebody acknowledges, by a reply or by a link.

`progress` decides, as plain values without a clock or a database; `acknowledgements` keeps what links and late answers
need. Who sends and who waits is not known here.
"""

from __future__ import annotations

from ringline.escalation.acknowledgements import Acknowledgements, Click, LateReply
from ringline.escalation.policy import Level, Policy, Words
from ringline.escalation.progress import Acknowledgement, Alert, Progress

__all__ = [
    "Acknowledgement",
    "Acknowledgements",
    "Alert",
    "Click",
    "LateReply",
    "Level",
    "Policy",
    "Progress",
    "Words",
]
