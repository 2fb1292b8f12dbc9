"""Eighth phase: on which batch each step works, and whether what it takes together belongs together."""

from __future__ import annotations

from ringline.errors import (
    ControlFlowDefinitionError,
    StepInputDimensionalityError,
    StepInputLineageError,
)
from ringline.workflow.compiler.draft import Draft, Reference, StepDraft
from ringline.workflow.compiler.findings import DECISION_LINEAGE, INPUT_DEPTHS, INPUT_LINEAGE, Path
from ringline.workflow.definition import Input
from ringline.workflow.execution.parts import INPUT_BATCH, Lineage
from ringline.workflow.explanations import listed


def trace_lineage(draft: Draft) -> None:
    """Give every step the lineage it works on and the one it leaves behind."""
    for step in draft.order:
        step.lineage = _step_lineage(draft, step)
        offset = step.spec.block.dimensionality_offset if step.spec is not None else 0
        if offset < 0 and len(step.lineage) < -offset:
            draft.findings.error(
                StepInputDimensionalityError,
                INPUT_DEPTHS,
                f"`{step.name}` gathers a batch into a list, and what it is given is no batch.",
                "Give it a batch input, or an output that comes from one.",
                at=step.path,
                step=step.name,
                blocks=[step.at(None, "no batch to gather")],
            )
            step.output_lineage = ()
        elif offset < 0:
            step.output_lineage = step.lineage[:offset]
        else:
            step.output_lineage = (*step.lineage, *[f"{step.name}.{level}" for level in range(offset)])
        if step.lineage:
            _check_waits_and_jumps(draft, step)


def _check_waits_and_jumps(draft: Draft, step: StepDraft) -> None:
    """A run waits, and leads back, as a whole: neither can be done for one element of a batch (R8, R9)."""
    fix = "Let `flow/for_each` run these steps as a workflow of their own for each element."
    if step.spec is not None and step.spec.block.can_wait:
        message = f"`{step.name}` works on a batch, and a step that waits takes single values."
        draft.findings.error(
            StepInputDimensionalityError, INPUT_DEPTHS, message, fix,
            at=step.path, step=step.name, blocks=[step.at(None, message)],
        )  # fmt: skip
    for edge in step.outgoing:
        if edge.is_jump:
            message = (
                f"`{step.name}` works on a batch, so `{edge.label}` cannot lead back to `{edge.target.name}`: some "
                "elements may be further on."
            )
            draft.findings.error(
                ControlFlowDefinitionError, DECISION_LINEAGE, message, fix,
                at=edge.path, step=step.name, field=edge.label, blocks=[step.at(edge.label, message)],
            )  # fmt: skip


def lineage_of_input(value: Input) -> Lineage:
    """All batch inputs share their outermost level; what lies deeper belongs to one input."""
    depth = value.batch_dimensions
    return () if depth == 0 else (INPUT_BATCH, *[f"{value.name}.{level}" for level in range(1, depth)])


def lineage_of_reference(draft: Draft, reference: Reference) -> Lineage:
    """Where the value that a selector points at comes from."""
    selector = reference.selector
    if selector is None:
        return ()
    if selector.kind == "input":
        return lineage_of_input(draft.inputs[selector.name])
    return draft.steps[selector.name].output_lineage


def _step_lineage(draft: Draft, step: StepDraft) -> Lineage:
    found: list[tuple[Lineage, str, Path]] = []
    for reference in step.references:
        lineage = lineage_of_reference(draft, reference)
        if lineage:
            found.append((lineage, reference.field_text, reference.path))
    for template in step.templates:
        for name in template.reads:
            if name in draft.inputs and (lineage := lineage_of_input(draft.inputs[name])):
                found.append((lineage, template.field.key, template.path))
        for source, _ in template.steps:
            if source in draft.steps and (lineage := draft.steps[source].output_lineage):
                found.append((lineage, template.field.key, template.path))
    data = _common(draft, step, found)
    return _with_control_flow(draft, step, data)


def _common(draft: Draft, step: StepDraft, found: list[tuple[Lineage, str, Path]]) -> Lineage:
    """The lineage all data share; faults where they do not."""
    if not found:
        return ()
    first, first_field, _ = found[0]
    for lineage, field, path in found[1:]:
        if lineage == first:
            continue
        if len(lineage) != len(first):
            depths = f"`{field}` is nested {len(lineage)} deep and `{first_field}` {len(first)} deep"
            message = f"{depths}; a step takes one depth."
            fix = "Gather the deeper one with `roboflow_core/dimension_collapse@v1`, or use values of one depth."
            error: type[StepInputDimensionalityError | StepInputLineageError] = StepInputDimensionalityError
            context = INPUT_DEPTHS
        else:
            message = (
                f"`{field}` and `{first_field}` come from different batches; their elements do not belong together."
            )
            fix = "Take both from the same input or step."
            error, context = StepInputLineageError, INPUT_LINEAGE
        draft.findings.error(
            error, context, message, fix, at=path, step=step.name, field=field, blocks=[step.at(field, message)]
        )
    return first


def _with_control_flow(draft: Draft, step: StepDraft, data: Lineage) -> Lineage:
    """A step with a batch follows decisions on it or above it; a step without one takes over theirs."""
    lineage = data
    for edge in step.incoming:
        if edge.is_jump:
            continue
        decided = edge.source.decision_lineage
        if not decided or decided == lineage[: len(decided)]:
            continue
        if not data and lineage == decided[: len(lineage)]:
            lineage = decided
            continue
        what = f"works on {_batch(data)}" if data else f"follows decisions on {_batch(lineage)}"
        message = f"`{edge.source.name}` decides for each element of {_batch(decided)}, but `{step.name}` {what}."
        draft.findings.error(
            ControlFlowDefinitionError,
            DECISION_LINEAGE,
            message,
            f"Let `{step.name}` take values that come from what `{edge.source.name}` looks at.",
            at=edge.path,
            step=edge.source.name,
            field=edge.label,
            blocks=[edge.source.at(edge.label, message)],
        )
    return lineage


def _batch(lineage: Lineage) -> str:
    names = [level.rpartition(".")[0] for level in lineage if level != INPUT_BATCH]
    return f"the batch of {listed(dict.fromkeys(names))}" if names else "the batch inputs"
