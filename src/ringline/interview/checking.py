"""Whether a question flow is what its author meant: all of its faults at once, each with its place and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview.checks.answers import answer_faults
from ringline.interview.checks.questions import question_faults
from ringline.interview.checks.ways import way_faults
from ringline.interview.checks.wording import wording_faults
from ringline.interview.faults import FlowFault

if TYPE_CHECKING:
    from ringline.interview.flow import QuestionFlow

__all__ = ["FlowFault", "check_flow"]


def check_flow(flow: QuestionFlow, *, language: str = "en", has_goodbye: bool = True) -> list[FlowFault]:
    """Everything that is wrong, in the order of the questions; paths are in the names of `flow`.

    *language* is that of the interview, *has_goodbye* whether something is said at its end.
    """
    faults = [*question_faults(flow, language), *wording_faults(flow, has_goodbye=has_goodbye)]
    if len(set(flow.ids)) == len(flow.ids):
        # Where two have one name, nobody knows which of them a target or a condition means.
        faults += [*way_faults(flow), *answer_faults(flow, language)]
    return sorted(faults, key=lambda fault: _number_of_question(fault.path))


def _number_of_question(path: str) -> int:
    steps = path.split(".")
    return int(steps[1]) if len(steps) > 1 else -1
