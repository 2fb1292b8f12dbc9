"""The JSON Schema of definitions: every block's step with its fields and the flow keys, for editors to complete."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from ringline.workflow.block import Block
from ringline.workflow.definition import (
    LANGUAGE_VERSION,
    Defaults,
    JsonField,
    StepOptions,
    WorkflowBatchInput,
    WorkflowImage,
    WorkflowParameter,
    WorkflowVideoMetadata,
)
from ringline.workflow.registry import BlockRegistry, BlockSpec
from ringline.workflow.triggers import TRIGGER_TYPES, Trigger

_TARGETS = {
    "anyOf": [
        {"const": "end"},
        {"type": "string", "pattern": r"^\$steps\."},
        {"type": "array", "items": {"type": "string", "pattern": r"^\$steps\."}},
    ]
}


def definition_schema(registry: BlockRegistry) -> dict[str, Any]:
    """A schema of draft 2020-12 that an editor can hold a definition against."""
    definitions: dict[str, Any] = {"targets": _TARGETS}
    inputs = [
        _part(model, definitions)
        for model in (WorkflowParameter, WorkflowImage, WorkflowBatchInput, WorkflowVideoMetadata)
    ]
    options = _options(definitions)
    steps = [_step(spec, options, definitions) for spec in sorted(registry, key=lambda spec: spec.type)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ringline workflow",
        "type": "object",
        "required": ["version", "inputs", "steps", "outputs"],
        "properties": {
            "version": {
                "type": ["string", "number"],
                "description": f"Version of the language, up to {LANGUAGE_VERSION}.",
            },
            "name": {"type": "string"},
            "description": {"type": "string"},
            "inputs": {"type": "array", "items": {"oneOf": inputs}},
            "steps": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["type", "name"],
                    "properties": {"type": {"enum": [name for spec in registry for name in spec.types]}},
                    "allOf": steps,
                },
            },
            "outputs": {"type": "array", "items": _part(JsonField, definitions)},
            "defaults": _part(Defaults, definitions),
            "triggers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["type"],
                    "properties": {"type": {"enum": list(TRIGGER_TYPES)}},
                    "allOf": [_trigger(kind, model, definitions) for kind, model in TRIGGER_TYPES.items()],
                },
            },
            "variables": {"type": "object"},
        },
        "$defs": definitions,
    }


def _step(spec: BlockSpec, options: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Fields of one block, asked of the steps that name it: an editor then complains about the right ones."""
    schema = _part(spec.block.manifest, definitions)
    properties = schema.get("properties", {})
    properties["type"] = {"enum": list(spec.types), "description": spec.description}
    for key, option in options.items():
        if key not in properties and (key != "outcomes" or spec.block.outcomes):
            properties[key] = option
    if spec.block.outcomes:
        properties["outcomes"] = {
            "type": "object",
            "properties": {outcome: {"$ref": "#/$defs/targets"} for outcome in spec.block.outcomes},
            # Where a step's own fields add outcomes, only they say which.
            "additionalProperties": {"$ref": "#/$defs/targets"} if _has_own_outcomes(spec) else False,
        }
    return {
        "if": {"properties": {"type": {"enum": list(spec.types)}}},
        "then": schema,
    }


def _has_own_outcomes(spec: BlockSpec) -> bool:
    return spec.block.outcomes_of.__func__ is not Block.outcomes_of.__func__  # type: ignore[attr-defined]


def _trigger(kind: str, model: type[Trigger], definitions: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"type": {"const": kind}}}, "then": _part(model, definitions)}


def _options(definitions: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = _part(StepOptions, definitions)["properties"]
    target = {"$ref": "#/$defs/targets"}
    properties["next_steps"] = target
    properties["outcomes"] = {"type": "object", "additionalProperties": target}
    properties["on_error"] = {"anyOf": [{"enum": ["fail", "continue"]}, target], "default": "fail"}
    return properties


def _part(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(
        by_alias=True, ref_template="#/$defs/{model}", schema_generator=GenerateJsonSchema, mode="validation"
    )
    definitions.update(schema.pop("$defs", {}))
    return schema
