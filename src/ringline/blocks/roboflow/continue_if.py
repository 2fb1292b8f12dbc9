"""`roboflow_core/continue_if@v1`: go on only while a condition holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import NextSteps, RoboflowManifest, Selected, Stopwatch
from ringline.query import StatementGroup
from ringline.workflow.block import Block, Manifest, Select, SelectorOf

if TYPE_CHECKING:
    from ringline.clock import Clock


class ContinueIfManifest(RoboflowManifest):
    """Runs the next steps where a condition on values holds, and ends the branch where it does not."""

    type: Literal["roboflow_core/continue_if@v1", "ContinueIf"]
    condition_statement: StatementGroup = Field(description="The condition on the evaluation parameters.")
    evaluation_parameters: dict[str, Selected] = Field(
        default_factory=dict, description="Values that the condition names."
    )
    next_steps: NextSteps = Field(description="Steps that run where the condition holds.")
    stop_delay: Annotated[float, Field(gt=0), SelectorOf("float", "integer")] = Field(
        default=0.0, description="Seconds to go on for after the condition last held."
    )


class ContinueIf(Block):
    """Remembers, with a stop delay, when the condition last held."""

    manifest: ClassVar[type[Manifest]] = ContinueIfManifest
    title = "Continue if"
    icon = "split"
    is_control_flow = True

    def __init__(self, *, clock: Clock) -> None:
        self._last_held = Stopwatch(clock)

    def run(
        self,
        *,
        condition_statement: StatementGroup,
        evaluation_parameters: Mapping[str, Any],
        next_steps: Sequence[str],
        stop_delay: float,
    ) -> Select:
        if condition_statement(evaluation_parameters):
            if stop_delay > 0:
                self._last_held.start()
            return Select(next_steps)
        elapsed = self._last_held.seconds
        return Select(next_steps if stop_delay > 0 and elapsed is not None and elapsed <= stop_delay else ())

    def dump_state(self) -> Any:
        return {"last_held": self._last_held.dump()}

    def load_state(self, state: Any) -> None:
        self._last_held.load(state["last_held"])
