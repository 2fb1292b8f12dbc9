"""Twilio's error codes in plain words: what happened, what to do, and whether sending again can help.

Decisions are made on the code alone; Twilio changes the wording of its messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ringline.twilio.error_catalogue import calls, delivery, requests, sending
from ringline.twilio.error_catalogue.entry import Entry, Mode, Retry
from ringline.twilio.error_catalogue.problems import COMMON_PROBLEMS, CommonProblem

__all__ = ["CATALOGUE", "COMMON_PROBLEMS", "CommonProblem", "Entry", "Mode", "Retry", "common_problem", "find"]

CATALOGUE: Mapping[int, Entry] = MappingProxyType(
    {
        entry.code: entry
        for entry in sorted(
            (*requests.ENTRIES, *sending.ENTRIES, *delivery.ENTRIES, *calls.ENTRIES), key=lambda entry: entry.code
        )
    }
)
"""Every code we have words for."""

_PROBLEM_BY_CODE = {code: problem for problem in COMMON_PROBLEMS for code in problem.codes}


def find(code: int) -> Entry:
    """The entry of *code*; for a code we have no words for, one that says so and where to read about it."""
    known = CATALOGUE.get(code)
    if known is not None:
        return known
    return Entry(
        code,
        f"Error {code}",
        f"Twilio reports error {code}, which Ringline has no words for.",
        f"Read about it at https://www.twilio.com/docs/errors/{code}.",
        retry="never",
        mode="both",
    )


def common_problem(code: int) -> CommonProblem | None:
    """The everyday problem *code* belongs to, with everything worth checking, if it belongs to one."""
    return _PROBLEM_BY_CODE.get(code)
