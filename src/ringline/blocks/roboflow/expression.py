"""`roboflow_core/expression@v1`: the first case whose condition holds gives the result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected, transformed
from ringline.query import OperationChain, StatementGroup
from ringline.workflow.block import Block, Manifest, Output


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", arbitrary_types_allowed=True)


class StaticCaseResult(_Part):
    """A result written in the definition."""

    type: Literal["StaticCaseResult"]
    value: Any

    def of(self, values: Mapping[str, Any]) -> Any:
        return self.value


class DynamicCaseResult(_Part):
    """A result made from one of the values."""

    type: Literal["DynamicCaseResult"]
    parameter_name: str
    operations: OperationChain | None = None

    def of(self, values: Mapping[str, Any]) -> Any:
        if self.parameter_name not in values:
            known = ", ".join(f"`{name}`" for name in values) or "none"
            raise ValueError(
                f"the result names `{self.parameter_name}`, and there is no such value; there are: {known}"
            )
        value = values[self.parameter_name]
        return value if self.operations is None else self.operations(value, values)


CaseResult = Annotated[StaticCaseResult | DynamicCaseResult, Field(discriminator="type")]


class CaseDefinition(_Part):
    """A condition and what comes out where it holds."""

    type: Literal["CaseDefinition"]
    condition: StatementGroup
    result: CaseResult


class CasesDefinition(_Part):
    """Cases in the order they are asked, and what comes out where none holds."""

    type: Literal["CasesDefinition"]
    cases: list[CaseDefinition]
    default: CaseResult


class ExpressionManifest(RoboflowManifest):
    """Picks a result by conditions on values."""

    type: Literal["roboflow_core/expression@v1", "Expression"]
    data: dict[str, Selected] = Field(description="Values that conditions and results name.")
    data_operations: dict[str, OperationChain] = Field(
        default_factory=dict, description="Operations on those values, before anything is decided."
    )
    switch: CasesDefinition = Field(description="The cases and the default.")


class Expression(Block):
    """The result of the first case that holds, else the default."""

    manifest: ClassVar[type[Manifest]] = ExpressionManifest
    title = "Expression"
    icon = "function-square"
    outputs = (Output("output"),)

    def run(
        self, *, data: Mapping[str, Any], data_operations: Mapping[str, OperationChain], switch: CasesDefinition
    ) -> Mapping[str, Any]:
        values = transformed(data, data_operations)
        for case in switch.cases:
            if case.condition(values):
                return {"output": case.result.of(values)}
        return {"output": switch.default.of(values)}
