"""Definitions and plans with little writing, for the tests of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ringline.errors import DefinitionError, Fault
from ringline.workflow import Plan, check_definition, compile_definition, load_document
from workflow.sample_blocks import registry


def definition(
    steps: Sequence[Mapping[str, Any]] = (),
    *,
    inputs: Sequence[str | Mapping[str, Any]] = (),
    batches: Sequence[str] = (),
    outputs: Mapping[str, str] | None = None,
    **keys: Any,
) -> dict[str, Any]:
    """A definition: *inputs* are parameters by name, *batches* batch inputs, *outputs* selectors by name."""
    parameters = [
        {"type": "WorkflowParameter", "name": part} if isinstance(part, str) else dict(part) for part in inputs
    ]
    return {
        "version": "1.0",
        "inputs": [*parameters, *({"type": "WorkflowBatchInput", "name": name} for name in batches)],
        "steps": [dict(step) for step in steps],
        "outputs": [
            {"type": "JsonField", "name": name, "selector": selector} for name, selector in (outputs or {}).items()
        ],
        **keys,
    }


def step(type: str, name: str, **fields: Any) -> dict[str, Any]:
    """A step; a short type is one of the sample blocks that follow Roboflow's rules."""
    return {"type": type if "/" in type else f"roboflow_core/{type}@v1", "name": name, **fields}


def notify(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/notify@v1", name, **{"to": "+1", **fields})


def compiled(source: Any, **services: Any) -> Plan:
    return compile_definition(source, registry(), {"sent": [], **services})


def refused(source: Any, **services: Any) -> DefinitionError:
    """The error a definition is refused with."""
    try:
        compiled(source, **services)
    except DefinitionError as error:
        return error
    raise AssertionError("the definition compiles")


def faults(text: str) -> list[Fault]:
    """What is wrong or odd about a definition written as YAML."""
    return check_definition(load_document(text), registry())
