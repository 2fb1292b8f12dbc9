"""A three-step workflow, run in memory: what the engine itself costs."""

from __future__ import annotations

import asyncio

from benchmarks.timing import line, microseconds
from ringline import Workflow

REFERENCE = 393.0
"""Microseconds Roboflow's engine takes for a three-step workflow on a machine like this."""

THREE_STEPS = {
    "version": "1.0",
    "inputs": [{"type": "WorkflowParameter", "name": "city"}, {"type": "WorkflowParameter", "name": "count"}],
    "steps": [
        {
            "type": "roboflow_core/property_definition@v1",
            "name": "upper",
            "data": "$inputs.city",
            "operations": [{"type": "StringToUpperCase"}],
        },
        {
            "type": "roboflow_core/expression@v1",
            "name": "level",
            "data": {"count": "$inputs.count"},
            "switch": {
                "type": "CasesDefinition",
                "cases": [
                    {
                        "type": "CaseDefinition",
                        "condition": {
                            "type": "StatementGroup",
                            "statements": [
                                {
                                    "type": "BinaryStatement",
                                    "left_operand": {"type": "DynamicOperand", "operand_name": "count"},
                                    "comparator": {"type": "(Number) >"},
                                    "right_operand": {"type": "StaticOperand", "value": 3},
                                }
                            ],
                        },
                        "result": {"type": "StaticCaseResult", "value": "many"},
                    }
                ],
                "default": {"type": "StaticCaseResult", "value": "few"},
            },
        },
        {
            "type": "roboflow_core/first_non_empty_or_default@v1",
            "name": "text",
            "data": ["$steps.level.output", "$steps.upper.output"],
        },
    ],
    "outputs": [{"type": "JsonField", "name": "text", "selector": "$steps.text.output"}],
}


def main() -> None:
    workflow = Workflow.from_dict(THREE_STEPS)
    inputs = {"city": "Lisbon", "count": 5}
    assert workflow.run(inputs) == [{"text": "many"}]

    def by_hand() -> list[dict[str, str]]:
        upper = inputs["city"].upper()
        level = "many" if inputs["count"] > 3 else "few"
        return [{"text": level if level is not None else upper}]

    took = microseconds(lambda: workflow.run(inputs))
    line("three-step workflow, run()", f"{took:,.1f} us", f"recorded of the reference: {REFERENCE:,.0f} us")
    line("the same as plain Python", f"{microseconds(by_hand):,.2f} us")

    async def arun() -> None:
        await workflow.arun(inputs)

    with asyncio.Runner() as runner:
        line("three-step workflow, await arun()", f"{microseconds(lambda: runner.run(arun())):,.1f} us")
    batch = {**THREE_STEPS, "inputs": [{"type": "WorkflowBatchInput", "name": "city"}, THREE_STEPS["inputs"][1]]}
    many = Workflow.from_dict(batch)
    cities = {"city": ["Lisbon"] * 1000, "count": 5}
    took = microseconds(lambda: many.run(cities), at_least=0.2)
    line("the same on a batch of 1,000, per element", f"{took / 1000:,.2f} us")


if __name__ == "__main__":
    main()
