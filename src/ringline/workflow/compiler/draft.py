"""What the phases of the compiler work on: the definition taken apart, filled in phase by phase."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import BlockError
from ringline.workflow.block import Block, Manifest, Output
from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.compiler.findings import Findings, Path
from ringline.workflow.definition import Defaults, Input, JsonField, StepOptions
from ringline.workflow.document import Document
from ringline.workflow.execution.parts import Lineage
from ringline.workflow.registry import BlockRegistry, BlockSpec
from ringline.workflow.selectors import Selector
from ringline.workflow.triggers import Trigger

if TYPE_CHECKING:
    from ringline.templating import CompiledTemplate


@dataclass
class Reference:
    """A selector in a step's field. ``element`` is the key or index within a dict or list."""

    field: FieldSpec
    path: Path
    text: str
    kinds: tuple[str, ...]
    element: str | int | tuple[Any, ...] | None = None
    """Its key within the field, a tuple of keys where it lies deeper; None where it is the whole field."""
    selector: Selector | None = None
    target_kinds: tuple[str, ...] | None = None
    """Kinds of what it points at, once known; ``None`` where the reference leads nowhere."""

    @property
    def field_text(self) -> str:
        """The field as people name it, with the element inside it."""
        if self.element is None:
            return self.field.key
        if isinstance(self.element, int):
            return f"{self.field.key}[{self.element}]"
        return f"{self.field.key}.{self.element}"


@dataclass
class TemplateUse:
    """A template in a step's field."""

    field: FieldSpec
    path: Path
    text: str
    always_text: bool
    element: str | int | tuple[Any, ...] | None = None
    """Its key within the field, a tuple of keys where it lies deeper; None where it is the whole field."""
    compiled: CompiledTemplate | None = None
    reads: dict[str, bool] = dataclasses.field(default_factory=dict)
    """Variables, inputs and defaults by name; True where the template says what to take if there is no value."""
    steps: dict[tuple[str, str], bool] = dataclasses.field(default_factory=dict)
    """(step, output) it reads; True as above."""


@dataclass
class ControlEdge:
    """One way from a step to the next. ``label`` names the branch it belongs to."""

    source: StepDraft
    target: StepDraft
    kind: Literal["select", "next", "outcome", "error"]
    label: str
    path: Path
    is_jump: bool = False
    index: int = -1

    @property
    def is_ours(self) -> bool:
        return self.kind != "select"


@dataclass(eq=False)
class StepDraft:
    """A step while it is being compiled. ``spec`` and ``manifest`` are ``None`` while something is wrong with them."""

    index: int
    path: Path
    name: str
    type: str
    data: dict[str, Any]
    spec: BlockSpec | None = None
    manifest: Manifest | None = None
    options: StepOptions = dataclasses.field(default_factory=StepOptions)
    option_data: dict[str, Any] = dataclasses.field(default_factory=dict)
    outputs: dict[str, Output] | None = None
    references: list[Reference] = dataclasses.field(default_factory=list)
    templates: list[TemplateUse] = dataclasses.field(default_factory=list)
    after: list[str] = dataclasses.field(default_factory=list)
    outgoing: list[ControlEdge] = dataclasses.field(default_factory=list)
    incoming: list[ControlEdge] = dataclasses.field(default_factory=list)
    soft: set[str] = dataclasses.field(default_factory=set)
    """Names of steps that must be settled first, whatever became of them."""
    writes: dict[str, str] = dataclasses.field(default_factory=dict)
    """Variable → output that ``response_mapping`` takes it from."""
    sets: tuple[str, ...] = ()
    """Variables the block itself sets."""
    join: Literal["all", "any"] = "all"
    lineage: Lineage = ()
    output_lineage: Lineage = ()
    block: Block | None = None

    @property
    def is_ours(self) -> bool:
        """Whether our rules for keys, outcomes and errors hold rather than Roboflow's."""
        return self.spec is not None and not self.spec.is_roboflow

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The ways it can end; none while something is wrong with it."""
        if self.spec is None or self.manifest is None:
            return () if self.spec is None else self.spec.block.outcomes
        return self.spec.block.outcomes_of(self.manifest)

    @property
    def decision_lineage(self) -> Lineage:
        """The batch for whose elements the step decides what comes next."""
        return min(self.lineage, self.output_lineage, key=len)

    def at(self, field_name: str | None = None, details: str | None = None) -> BlockError:
        """This step in Roboflow's form of a place."""
        return BlockError(self.name, self.type, field_name, details)

    def data_sources(self) -> Iterator[str]:
        """Steps it takes values from by selectors."""
        for reference in self.references:
            if reference.selector is not None and reference.selector.kind == "output":
                yield reference.selector.name


@dataclass
class OutputDraft:
    """A workflow output while it is being compiled."""

    path: Path
    model: JsonField
    selector: Selector | None = None
    is_valid: bool = False


@dataclass
class Draft:
    """A definition while it is being compiled."""

    document: Document
    registry: BlockRegistry
    services: Mapping[str, Any] | None
    findings: Findings
    name: str | None = None
    description: str | None = None
    defaults: Defaults = dataclasses.field(default_factory=Defaults)
    triggers: list[Trigger] = dataclasses.field(default_factory=list)
    variables: dict[str, Any] = dataclasses.field(default_factory=dict)
    inputs: dict[str, Input] = dataclasses.field(default_factory=dict)
    input_order: list[tuple[Path, Input]] = dataclasses.field(default_factory=list)
    outputs: list[OutputDraft] = dataclasses.field(default_factory=list)
    all_steps: list[StepDraft] = dataclasses.field(default_factory=list)
    steps: dict[str, StepDraft] = dataclasses.field(default_factory=dict)
    """Steps by name; of two with one name, the first."""
    known_names: set[str] = dataclasses.field(default_factory=set)
    """Names of inputs that were written, also of those whose form is wrong."""
    order: list[StepDraft] = dataclasses.field(default_factory=list)
    """Steps in an order in which they can run; without those on a cycle."""
