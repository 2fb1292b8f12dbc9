"""Fourth phase: whether every selector and every control target points at something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringline.errors import BlockError, DefinitionError, ExecutionGraphStructureError, InvalidReferenceTargetError
from ringline.workflow.block import Output
from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.compiler.draft import ControlEdge, Draft, OutputDraft, Reference, StepDraft
from ringline.workflow.compiler.findings import GRAPH, Path
from ringline.workflow.explanations import listed, show, suggestion
from ringline.workflow.selectors import FORMS, is_selector_text, parse_selector, parse_target

ANY_KINDS = ("*",)


def find_references(draft: Draft) -> None:
    """Collect the selectors of all steps and outputs, and the ways between steps, and check where each leads."""
    for step in draft.all_steps:
        if step.spec is None:
            continue
        for field in step.spec.fields:
            _field_references(draft, step, field)
        _option_edges(draft, step)
    for output in draft.outputs:
        _check_output(draft, output)


def _field_references(draft: Draft, step: StepDraft, field: FieldSpec) -> None:
    key, value = _written(step, field)
    if value is None:
        return
    path = (*step.path, key)
    if field.is_target:
        for label, place, text in _targets(value, field.key, path):
            _edge(draft, step, "select", label, place, text, field.key)
        return
    if field.is_reference:
        for _, place, text in _targets(value, field.key, path):
            name = _target_name(draft, step, text, place, field.key)
            if name is not None:
                step.after.append(name)
        return
    if not field.takes_selectors:
        return
    for reference in _selectors_in(field, path, value):
        _resolve(draft, step, reference)
        step.references.append(reference)


def _written(step: StepDraft, field: FieldSpec) -> tuple[str, Any]:
    key = field.key if field.key in step.data else field.name
    return key, step.data.get(key)


def _selectors_in(field: FieldSpec, path: Path, value: Any) -> Iterator[Reference]:
    """Selectors stand in a field itself, in a list, or among the values of a mapping; nowhere deeper."""
    if is_selector_text(value) and field.direct.kinds is not None:
        yield Reference(field, path, value, field.direct.kinds)
    if field.elements.kinds is None:
        return
    elements: Iterator[tuple[Any, Any]]
    if isinstance(value, Mapping):
        elements = iter(value.items())
    elif isinstance(value, list | tuple):
        elements = enumerate(value)
    else:
        return
    for key, element in elements:
        if is_selector_text(element):
            yield Reference(field, (*path, key), element, field.elements.kinds, element=key)


def _resolve(draft: Draft, step: StepDraft, reference: Reference) -> None:
    selector = parse_selector(reference.text)
    shown = f"`{reference.field_text}`"
    if selector is None:
        fix = f"A selector is {FORMS}."
        if step.spec is not None and not step.spec.is_roboflow and reference.field.takes_templates:
            fix += " For text that begins with `$`, write `{{'$'}}`."
        _bad(draft, step, reference, f"{shown} begins with `$`, and `{reference.text}` is no selector.", fix)
    elif selector.kind == "input":
        if selector.name in draft.inputs:
            reference.selector = selector
            reference.target_kinds = tuple(draft.inputs[selector.name].kind)
        elif selector.name not in draft.known_names:
            _bad(
                draft,
                step,
                reference,
                f"{shown} points at the input `{selector.name}`, which does not exist.",
                _did_you_mean(selector.name, draft.inputs, "inputs"),
            )
    elif selector.name not in draft.steps:
        _bad(
            draft,
            step,
            reference,
            f"{shown} points at the step `{selector.name}`, which does not exist.",
            _did_you_mean(selector.name, draft.steps, "steps"),
        )
    elif selector.kind == "step":
        _bad(
            draft,
            step,
            reference,
            f"{shown} takes a value, and `{reference.text}` is a step.",
            f"Name one of its outputs: {_outputs_of(draft, selector.name)}.",
            ExecutionGraphStructureError,
        )
    else:
        assert selector.output is not None
        output = _output(draft, selector.name, selector.output)
        if output is None:
            _bad(
                draft,
                step,
                reference,
                f"{shown} points at `{selector.output}`, which the step `{selector.name}` does not give.",
                _output_meant(draft, selector.name, selector.output),
                ExecutionGraphStructureError,
            )
        else:
            reference.selector = selector
            reference.target_kinds = output.kinds


def _output(draft: Draft, step: str, name: str) -> Output | None:
    """The output of that name; any name will do where the step is too wrong to know its outputs."""
    outputs = draft.steps[step].outputs
    return Output(name, ANY_KINDS) if outputs is None else outputs.get(name)


def _bad(
    draft: Draft,
    step: StepDraft,
    reference: Reference,
    message: str,
    fix: str,
    error: type[DefinitionError] = InvalidReferenceTargetError,
) -> None:
    draft.findings.error(
        error,
        GRAPH,
        message,
        fix,
        at=reference.path,
        step=step.name,
        field=reference.field_text,
        blocks=[step.at(reference.field.key, message)],
    )


def _check_output(draft: Draft, output: OutputDraft) -> None:
    selector = output.selector
    problem = None
    if selector is None:
        problem = f"{show(output.model.selector)}, which is no selector"
        fix = "Write `$inputs.NAME`, `$steps.STEP.OUTPUT` or `$steps.STEP.*`."
    elif selector.kind == "input":
        if selector.name not in draft.inputs and selector.name not in draft.known_names:
            problem = f"the input `{selector.name}`, which does not exist"
            fix = _did_you_mean(selector.name, draft.inputs, "inputs")
    elif selector.name not in draft.steps:
        problem = f"the step `{selector.name}`, which does not exist"
        fix = _did_you_mean(selector.name, draft.steps, "steps")
    elif selector.output != "*" and _output(draft, selector.name, str(selector.output)) is None:
        problem = f"`{selector.output}`, which the step `{selector.name}` does not give"
        fix = _output_meant(draft, selector.name, selector.output)
    if selector is not None and problem is None:
        output.is_valid = selector.name in (draft.inputs if selector.kind == "input" else draft.steps)
        return
    name = output.model.name
    draft.findings.error(
        InvalidReferenceTargetError,
        GRAPH,
        f"The output `{name}` points at {problem}.",
        fix,
        at=(*output.path, "selector"),
        field=f"outputs.{name}",
        blocks=[BlockError("$outputs", None, name, problem)],
    )


def _targets(value: Any, label: str, path: Path) -> Iterator[tuple[str, Path, Any]]:
    """Branch, place and text of each step named in a field; a list is one branch, a mapping one per key."""
    if isinstance(value, Mapping):
        for key, element in value.items():
            yield from _targets(element, f"{label}.{key}", (*path, key))
    elif isinstance(value, list | tuple):
        for index, element in enumerate(value):
            yield label, (*path, index), element
    else:
        yield label, path, value


def _option_edges(draft: Draft, step: StepDraft) -> None:
    options, path = step.options, step.path
    for _, place, text in _targets(options.next_steps or [], "next_steps", (*path, "next_steps")):
        _edge(draft, step, "next", "next_steps", place, text, "next_steps")
    for outcome, targets in options.outcomes.items():
        for _, place, text in _targets(targets, outcome, (*path, "outcomes", outcome)):
            _edge(draft, step, "outcome", outcome, place, text, f"outcomes.{outcome}")
    if isinstance(options.on_error, list):
        for _, place, text in _targets(options.on_error, "on_error", (*path, "on_error")):
            _edge(draft, step, "error", "on_error", place, text, "on_error")


def _edge(draft: Draft, step: StepDraft, kind: Any, label: str, path: Path, text: Any, field: str) -> None:
    name = _target_name(draft, step, text, path, field)
    if name is None:
        return
    edge = ControlEdge(step, draft.steps[name], kind, label, path)
    step.outgoing.append(edge)
    edge.target.incoming.append(edge)


def _target_name(draft: Draft, step: StepDraft, text: Any, path: Path, field: str) -> str | None:
    name = parse_target(text)
    if name is not None and name in draft.steps:
        return name
    if name is None:
        message = f"`{field}` names `{text}`, which is no step."
        meant = suggestion(text, draft.steps) if isinstance(text, str) else None
        fix = f"Write `$steps.{meant or 'NAME'}`."
    else:
        message = f"`{field}` leads to the step `{name}`, which does not exist."
        fix = _did_you_mean(name, draft.steps, "steps")
    draft.findings.error(
        InvalidReferenceTargetError,
        GRAPH,
        message,
        fix,
        at=path,
        step=step.name,
        field=field,
        blocks=[step.at(field.partition(".")[0], message)],
    )
    return None


def _did_you_mean(name: str, known: Mapping[str, Any], what: str) -> str:
    meant = suggestion(name, known)
    if meant is not None:
        return f"Did you mean `{meant}`?"
    return f"The {what} are {listed(known)}." if known else f"The definition has no {what}."


def _output_meant(draft: Draft, step: str, name: str | None) -> str:
    meant = suggestion(name or "", draft.steps[step].outputs or ())
    given = f"The step gives {_outputs_of(draft, step)}."
    return f"Did you mean `{meant}`? {given}" if meant is not None else given


def _outputs_of(draft: Draft, name: str) -> str:
    step = draft.steps.get(name)
    outputs = step.outputs if step is not None else None
    return listed(outputs) if outputs else "no outputs"
