"""`roboflow_core/switch_case@v1`: one branch per value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import NextSteps, RoboflowManifest, Target
from ringline.workflow.block import Block, Manifest, Select, SelectorOf, StepTargets


class SwitchCaseManifest(RoboflowManifest):
    """Runs the step that stands beside a value, and the default steps for any other value."""

    type: Literal["roboflow_core/switch_case@v1", "SwitchCase"]
    value: Annotated[str | int | float | bool, SelectorOf("*")] = Field(description="The value to look at.")
    cases: Annotated[dict[str, Target], StepTargets()] = Field(
        default_factory=dict, description="Steps by the value they run for, compared as text."
    )
    case_insensitive: bool = Field(default=False, description="Whether capital and small letters are the same.")
    default_next_steps: NextSteps = Field(default_factory=list, description="Steps that run for any other value.")


class SwitchCase(Block):
    """Compares as text: true is `True`, one is `1`."""

    manifest: ClassVar[type[Manifest]] = SwitchCaseManifest
    title = "Switch"
    icon = "git-fork"
    is_control_flow = True

    def run(
        self, *, value: Any, cases: Mapping[str, str], case_insensitive: bool, default_next_steps: Sequence[str]
    ) -> Select:
        text = str(value)
        if not case_insensitive:
            target = cases.get(text)
        else:
            folded = text.lower()
            target = next((target for key, target in cases.items() if key.lower() == folded), None)
        return Select(default_next_steps if target is None else (target,))
