"""Drafts, graphs and differences as the API gives them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ringline.web.api.workflows import FaultOut
from ringline.workflow.editing import Edit

if TYPE_CHECKING:
    from ringline.app.drafts import Draft, Drawing
    from ringline.workflow.editing.diffs import Diff
    from ringline.workflow.editing.graph import Graph


class PlaceOut(BaseModel):
    """Where a node stands on the canvas."""

    x: float
    y: float


class OutcomeOut(BaseModel):
    """A way a step can end."""

    name: str
    tone: Literal["good", "bad", "idle"]


class StepNodeOut(BaseModel):
    """A step as it is drawn. `id` is its name, or its place for one without a name of its own."""

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    id: str
    index: int
    type: str
    family: str
    title: str
    service: str
    from_: str | None = Field(alias="from")
    to: str | None
    summary: str
    fields: dict[str, Any] = Field(description="The step's keys as they are written.")
    outcomes: list[OutcomeOut]


class TriggerNodeOut(BaseModel):
    """What starts runs, as it is drawn."""

    id: str
    index: int
    type: str
    title: str
    summary: str
    fields: dict[str, Any]


class FlowEdgeOut(BaseModel):
    """A way from a node to another. `outcome` is null for `next_steps`, values and triggers."""

    id: str
    source: str
    target: str
    outcome: str | None
    kind: Literal["next", "outcome", "error", "data", "trigger"]


class InputOut(BaseModel):
    """An input of the workflow."""

    index: int
    type: str
    name: str
    kind: list[str]
    required: bool
    default: Any
    description: str | None


class OutputOut(BaseModel):
    """An output of the workflow."""

    name: str
    selector: str


class GraphOut(BaseModel):
    """A definition as it is drawn."""

    name: str | None
    description: str | None
    steps: list[StepNodeOut]
    triggers: list[TriggerNodeOut]
    edges: list[FlowEdgeOut]
    inputs: list[InputOut]
    outputs: list[OutputOut]
    variables: dict[str, Any]
    defaults: dict[str, Any]


class DraftOut(BaseModel):
    """A definition as it is being edited; the newest version where nothing was edited since."""

    name: str
    etag: str = Field(description="For `If-Match`: a write with an older one is refused, and told what changed.")
    base_version: int | None = Field(description="The version it was begun from.")
    published: int | None = Field(description="The version in force.")
    format: Literal["yaml", "json"]
    text: str
    graph: GraphOut = Field(description="Of the last text that could be read.")
    faults: list[FaultOut]
    positions: dict[str, PlaceOut]
    saved_at: datetime
    changed: bool = Field(description="Whether the text is another one than the published version's.")


class DrawingOut(BaseModel):
    """A version as it is drawn."""

    name: str
    version: int
    graph: GraphOut
    faults: list[FaultOut]
    positions: dict[str, PlaceOut]


class DiffLineOut(BaseModel):
    """One line, with its number in the old and in the new text."""

    kind: Literal["same", "added", "removed"]
    text: str
    old: int | None
    new: int | None


class DiffSentenceOut(BaseModel):
    """One thing that changed."""

    kind: Literal["added", "removed", "changed", "renamed"]
    step: str | None
    sentence: str


class DiffOut(BaseModel):
    """What differs between two texts: hunks of lines, and a sentence for each thing."""

    lines: list[list[DiffLineOut]]
    summary: list[DiffSentenceOut]


class EditsIn(BaseModel):
    """Edits, done in their order: all or none."""

    model_config = ConfigDict(extra="forbid")

    edits: list[Edit] = Field(min_length=1, max_length=2_000)


class DraftIn(BaseModel):
    """The whole text of a draft."""

    model_config = ConfigDict(extra="forbid")

    text: str


class DraftRunIn(BaseModel):
    """What a trial of the draft starts with."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, Any] = {}


def graph_out(graph: Graph) -> GraphOut:
    """A graph in the API's form."""
    return GraphOut.model_validate(asdict(graph))


def draft_out(draft: Draft) -> DraftOut:
    """A draft in the API's form."""
    return DraftOut(
        name=draft.name,
        etag=draft.etag,
        base_version=draft.base_version,
        published=draft.published,
        format="json" if draft.format == "json" else "yaml",
        text=draft.text,
        graph=graph_out(draft.graph),
        faults=[FaultOut(**asdict(fault)) for fault in draft.faults],
        positions={node: PlaceOut(**place) for node, place in draft.positions.items()},
        saved_at=draft.saved_at,
        changed=draft.changed,
    )


def drawing_out(drawing: Drawing) -> DrawingOut:
    """A drawing in the API's form."""
    return DrawingOut(
        name=drawing.name,
        version=drawing.version,
        graph=graph_out(drawing.graph),
        faults=[FaultOut(**asdict(fault)) for fault in drawing.faults],
        positions={node: PlaceOut(**place) for node, place in drawing.positions.items()},
    )


def diff_out(diff: Diff) -> DiffOut:
    """A difference in the API's form."""
    return DiffOut.model_validate(asdict(diff))
