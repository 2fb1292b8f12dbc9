"""What a plan is made of: steps, the sources of their fields, ways between them, and outputs, all numbered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.workflow.block import Block, Manifest
from ringline.workflow.definition import OnError, Retry
from ringline.workflow.registry import BlockSpec

if TYPE_CHECKING:
    from ringline.templating import CompiledTemplate

Lineage = tuple[str, ...]
"""Where a batch comes from, level by level; empty for a single value."""

INPUT_BATCH = "<inputs>"
"""The outermost level of everything that comes from batch inputs: they are all of one length."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a field's value comes from. *skips* says that None there skips the step; else *absent* stands in for it."""

    slot: int
    is_batch: bool
    skips: bool
    absent: Any = None


@dataclass(frozen=True, slots=True)
class Container:
    """A list or dict with selectors among its elements; *base* holds its literals."""

    name: str
    base: dict[Any, Any] | list[Any]
    sources: tuple[tuple[Any, Source], ...]


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A template to render before the step runs; *element* is its key or index within the field, or several of them."""

    name: str
    template: CompiledTemplate
    always_text: bool
    element: Any = None
    is_checked: bool = False
    """Whether the rendered value is held against the field's schema."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Which of the ways to a step must have been taken: (edge, lineage of the decision) each."""

    edges: tuple[tuple[int, Lineage], ...]
    needs_all: bool
    sources: tuple[int, ...] = ()
    """Which step decides on each of the edges, by its place in the plan."""


@dataclass(slots=True, eq=False)
class StepPlan:
    """A step, ready to run. ``index`` is its place in the definition, ``option_keys`` the flow keys it was given."""

    index: int
    name: str
    option_keys: tuple[str, ...]
    spec: BlockSpec
    manifest: Manifest
    block: Block
    run: Callable[..., Any]
    constants: dict[str, Any]
    direct: tuple[tuple[str, Source], ...]
    containers: tuple[Container, ...]
    templates: tuple[TemplateField, ...]
    checked: tuple[str, ...]
    """Fields whose values come from other steps and are held against the field's schema."""
    takes_step: bool
    accepts_none: bool
    lineage: Lineage
    output_lineage: Lineage
    outputs: tuple[tuple[str, int], ...]
    """The block's own outputs with their slots."""
    own_names: frozenset[str]
    outcome_slot: int | None
    error_slot: int | None
    gate: Gate | None
    selects: tuple[tuple[str, int], ...]
    """Targets of a decision, as ``$steps.NAME``, with their edges."""
    next_edges: tuple[int, ...]
    outcome_edges: Mapping[str, tuple[int, ...]]
    error_edges: tuple[int, ...]
    on_error: OnError
    retry: Retry | None
    timeout: float | None
    writes: tuple[tuple[str, str], ...]
    """Variables with the outputs they are mapped from."""
    replies: tuple[str, ...] = ()
    """The steps whose replies its templates read as ``{{SMS reply}}``."""
    position: int = 0
    """The step's place in the plan."""
    needs: tuple[int, ...] = ()
    """The steps that must be settled first: those whose values it reads, and those it is to come after."""
    named: tuple[int, ...] = ()
    """Steps that a field names; where none of them runs, this one does not either (language rule R4)."""
    edge_names: Mapping[str, int] = field(default_factory=dict)
    """Every way on, by a name that stays the same while the definition does."""
    jumps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Outcomes that lead back, and ``on_error`` where errors do, with the steps to begin again from."""
    max_visits: int = 10
    bounds_visits: bool = False
    """Whether the author bounds this step's visits; where a way leads back to, they are bounded in any case."""
    kept: frozenset[str] = frozenset()
    """The outputs that anybody reads; a run that waits keeps no others."""
    is_simple: bool = False
    """One value, no policies, no outcomes: the quick way through the executor."""

    @property
    def type(self) -> str:
        return self.manifest.type

    @property
    def own_timeout(self) -> float | None:
        """The time-out that the engine keeps; blocks may keep their own."""
        return None if self.spec.block.handles_timeout else self.timeout


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """An output of the workflow: one value, or for ``.*`` several under their names."""

    name: str
    slots: tuple[tuple[str | None, int, tuple[str, ...]], ...]
    lineage: Lineage
    is_wildcard: bool


@dataclass(frozen=True, slots=True)
class CheckedInput:
    """A parameter that is the whole value of a step's field, so it must be what the field takes."""

    source: int
    target: int
    step: StepPlan
    field: str
    input: str
