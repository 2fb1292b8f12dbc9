"""What an answer was taken to mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

Status = Literal["ok", "ambiguous", "no_match", "out_of_range", "refused", "dont_know", "meta", "silence"]
AnswerType = Literal[
    "text",
    "yes_no",
    "multiple_choice",
    "number",
    "keyword",
    "date",
    "time",
    "duration",
    "phone",
    "email",
    "digits",
]

EXACT = 1.0
PHRASE = 0.95
TOKEN = 0.9
STEM = 0.8
WEAK = 0.7
HEDGED = 0.5
CORRECTED = 0.15
"""How sure each kind of rule is; what a correction takes off."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How an answer was understood.

    *value* depends on what was asked: a number, true or false, the choice as it was given (its id if it has one), a
    date or time as ISO text, seconds, a phone number in E.164, an address, digits, the text; for ``meta`` the name of
    what the person wants instead (`repeat`, `help`, `operator`, …); for ``out_of_range`` the value all the same.
    *confidence* is that of the rule that decided, *evidence* what it went by.
    """

    status: Status
    value: Any = None
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    alternatives: tuple[Any, ...] = ()

    def corrected(self, text: str) -> Interpretation:
        """The same, said after something else was taken back."""
        confidence = round(max(self.confidence - CORRECTED, 0.0), 2)
        return replace(self, confidence=confidence, evidence=(f"corrected to “{text.strip()}”", *self.evidence))


def ok(value: Any, confidence: float, *evidence: str) -> Interpretation:
    """An answer."""
    return Interpretation("ok", value, confidence, evidence)


def no_match(*evidence: str) -> Interpretation:
    """Words, but no answer."""
    return Interpretation("no_match", evidence=evidence)
