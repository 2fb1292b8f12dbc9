"""One run while it goes on: its values in numbered slots, which ways were taken, and the batches it works on."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.background import background_loop
from ringline.ids import new_id
from ringline.workflow.execution.parts import Lineage

if TYPE_CHECKING:
    from ringline.workflow.execution.progress import Progress
    from ringline.workflow.plan import Plan


class Axis:
    """The elements of a batch in order: their indices, and where each one's parent stands in the batch above."""

    __slots__ = ("indices", "parent", "parents")

    def __init__(self, indices: list[tuple[int, ...]], parents: Sequence[int] = (), parent: Axis | None = None) -> None:
        self.indices = indices
        self.parents = parents
        self.parent = parent

    def __len__(self) -> int:
        return len(self.indices)

    def above(self, position: int, levels: int) -> int:
        """Where the ancestor of an element stands in the batch *levels* above."""
        axis: Axis = self
        for _ in range(levels):
            position = axis.parents[position]
            assert axis.parent is not None
            axis = axis.parent
        return position


@dataclass(frozen=True, slots=True)
class PerElement:
    """A variable that a step on a batch set: one value for each element."""

    lineage: Lineage
    values: list[Any]


@dataclass(frozen=True, slots=True)
class StepFailure:
    """A step that ended badly while the run went on: by an outcome nobody handles, or by an error that was handled."""

    step: str
    element: tuple[int, ...]
    outcome: str
    error: Mapping[str, Any] | None
    is_handled: bool


@dataclass(slots=True)
class RunState:
    """What a run has so far. ``values`` and ``edges`` are numbered as the plan says."""

    plan: Plan
    values: list[Any]
    edges: list[Any]
    is_async: bool
    given_id: str | None = None
    trigger: Mapping[str, Any] | None = None
    axes: dict[Lineage, Axis] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    failures: list[StepFailure] = field(default_factory=list)
    batch_size: int = 1
    progress: Progress | None = None
    """Of a durable run only."""

    @property
    def run_id(self) -> str:
        """The run's id; made when somebody first asks, since most blocks never do."""
        if self.given_id is None:
            self.given_id = new_id("run", at=self.plan.clock.time())
        return self.given_id

    async def settle(self, work: Awaitable[Any]) -> Any:
        """What *work* gives: awaited here in an asynchronous run, on the background loop in a synchronous one."""
        return await work if self.is_async else background_loop.wait_for(work)
