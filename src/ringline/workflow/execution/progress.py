"""How far a durable run has come: what became of each step, who waits for what, how often each loop has turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ringline.workflow.execution.answers import Answer
    from ringline.workflow.execution.parts import StepPlan

TODO, WAITING, DONE, SKIPPED = 0, 1, 2, 3
"""What became of a step; the last two are settled."""

Place = tuple[int, int | None]
"""A step by its place in the plan, and the element it works on where it works on a batch."""


@dataclass(slots=True)
class Frame:
    """One step, or one element of it, that waits: for an event, or for its next try.

    A ``follow`` waits for nothing: its step is done, and later news renew its outputs.
    """

    kind: Literal["wait", "pause", "follow"]
    since: float
    deadline: float | None = None
    keys: tuple[str, ...] = ()
    state: Any = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    has_rows: bool = False
    """Whether rows of `waits` may belong to it."""
    is_new: bool = False
    """Whether it began in this advance, so that its effects and rows are yet to be written."""


@dataclass(slots=True)
class Progress:
    """The part of a run's state that only durable runs have. Steps go by their place in the plan."""

    status: list[int]
    """`TODO`, `WAITING`, `DONE` or `SKIPPED`."""
    turns: list[int]
    """How often each step was begun again by a jump."""
    idle: dict[int, int] = field(default_factory=dict)
    """How many of its turns ended without the step having run, by its place."""
    frames: dict[Place, Frame] = field(default_factory=dict)
    tries: dict[Place, int] = field(default_factory=dict)
    """Failed attempts of the author's ``retry`` so far."""
    trials: dict[Place, int] = field(default_factory=dict)
    """The ordinal that makes an operator's retry a new effect, where it is not the first."""
    answers: dict[int, dict[int, Answer]] = field(default_factory=dict)
    """What elements gave whose step still waits for others."""
    forced: set[int] = field(default_factory=set)
    """Steps that a jump begins, whatever their gates say."""
    errors: dict[Place, Exception] = field(default_factory=dict)
    """What the database made of effects: at the repetition the step ends with it."""
    began: float = 0.0
    """When the run was started; moments are written down from there, to the millisecond."""

    def visits(self, position: int) -> int:
        """How often the step was run before its present turn."""
        return self.turns[position] - self.idle.get(position, 0)

    def was_skipped(self, position: int) -> bool:
        """Whether the step does not run."""
        return self.status[position] == SKIPPED

    def moment(self, at: float) -> float:
        """*at* as it comes back from the row, so that a run in memory and one from its row agree on what is due.

        Rows hold milliseconds from the run's start. It is never earlier: nine o'clock must not come before nine.
        """
        after = round(at - self.began, 3)
        return self.began + (after if self.began + after >= at else round(after + 0.001, 3))

    def is_settled(self, position: int) -> bool:
        return self.status[position] >= DONE

    def open_frames(self) -> dict[Place, Frame]:
        """Those that the run waits for."""
        return {place: frame for place, frame in self.frames.items() if frame.kind != "follow"}


def label_of(step: StepPlan, element: int | None) -> str:
    """How a place is written in rows and read by people: ``remind``, ``remind[2]``."""
    return step.name if element is None else f"{step.name}[{element}]"
