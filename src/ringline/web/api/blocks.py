"""`/api/v1/blocks`: the kinds of steps a workflow may have, with what a form and a palette need to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from ringline.app.registry import block_registry
from ringline.web.api.draft_shapes import OutcomeOut
from ringline.workflow.editing.nodes import tone_of

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.workflow.registry import BlockSpec

_FAMILIES = ("twilio", "flow", "data", "people")
_FIRST = ("twilio/sms", "twilio/whatsapp", "twilio/voice_call", "twilio/voice_agent")


class BlockOutputOut(BaseModel):
    """A value a step of this kind gives."""

    name: str
    kinds: list[str]


class BlockOut(BaseModel):
    """A kind of step."""

    type: str
    types: list[str] = Field(description="The identifier and its aliases.")
    family: str
    title: str
    description: str
    icon: str = Field(description="Name of a lucide icon; empty where the block names none.")
    schema_: dict[str, Any] = Field(
        serialization_alias="schema", description="JSON Schema of its fields, with hints for forms (`x-widget`, …)."
    )
    outcomes: list[OutcomeOut]
    own_outcomes: bool = Field(description="Whether a step's own fields add ways to end.")
    outputs: list[BlockOutputOut]
    sends: bool = Field(description="Whether it reaches people.")
    waits: bool


def build(ringline: Ringline) -> APIRouter:  # noqa: ARG001 - every resource is built alike
    """Routes over the installed blocks."""
    router = APIRouter(prefix="/api/v1/blocks", tags=["blocks"])

    @router.get("", operation_id="list_blocks")
    async def list_blocks() -> list[BlockOut]:
        """Every kind of step, those that reach people first."""
        return [_block(spec) for spec in sorted(block_registry(), key=_rank)]

    return router


def _block(spec: BlockSpec) -> BlockOut:
    block = spec.block
    outputs = [BlockOutputOut(name=output.name, kinds=list(output.kinds)) for output in block.outputs]
    if not spec.is_roboflow and not block.is_control_flow:
        known = {output.name for output in block.outputs}
        outputs += [
            BlockOutputOut(name=name, kinds=[kind])
            for name, kind in (("outcome", "string"), ("error", "dictionary"))
            if name not in known
        ]
    schema = block.manifest.model_json_schema(by_alias=True, mode="validation")
    properties = schema.get("properties", {})
    return BlockOut(
        type=spec.type,
        types=list(spec.types),
        family=spec.family,
        title=spec.title,
        description=spec.description,
        icon=block.icon,
        schema_=schema,
        outcomes=[OutcomeOut(name=name, tone=tone_of(spec, name)) for name in block.outcomes],
        own_outcomes=spec.has_own_outcomes,
        outputs=outputs,
        sends=block.sends_to is not None or any(field.get("x-tag") == "to" for field in properties.values()),
        waits=block.can_wait,
    )


def _rank(spec: BlockSpec) -> tuple[int, int, str]:
    family = _FAMILIES.index(spec.family) if spec.family in _FAMILIES else len(_FAMILIES) + spec.is_roboflow
    name = spec.type.partition("@")[0]
    return family, _FIRST.index(name) if name in _FIRST else len(_FIRST), spec.title
