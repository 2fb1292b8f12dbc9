"""The templates and variables of a definition: read with the steps, resolved with the selectors (language rule R7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ringline.clock import SystemClock
from ringline.errors import (
    ExecutionGraphStructureError,
    InvalidReferenceTargetError,
    TemplateError,
    WorkflowSyntaxError,
)
from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.compiler.control_flow import reaches
from ringline.workflow.compiler.draft import Draft, StepDraft, TemplateUse
from ringline.workflow.compiler.findings import GRAPH, PARSING, Path
from ringline.workflow.compiler.ordering import full_graph
from ringline.workflow.compiler.triggers import misread
from ringline.workflow.explanations import listed, show, suggestion
from ringline.workflow.selectors import is_selector_text
from ringline.workflow.template_functions import names_for
from ringline.workflow.triggers import Trigger, WebhookTrigger

if TYPE_CHECKING:
    from ringline.templating import CompiledTemplate

REPLY = "SMS reply"
"""The latest reply taken by a wait upstream, else the message that triggered the run."""

EXPLICIT_ROOTS = ("steps", "trigger", "run")
_NAME = re.compile(r"[^\W\d]\w*(?: \w+)*")


def read_templates(draft: Draft) -> None:
    """Parse every template and collect which variables the steps write."""
    for step in draft.all_steps:
        if step.spec is None:
            continue
        for field in step.spec.fields:
            if field.takes_templates:
                step.templates.extend(_templates_in(draft, step, field))
        _read_response_mapping(draft, step)
        if step.manifest is not None:
            step.sets = tuple(step.spec.block.variables_of(step.manifest))
    _read_trigger_inputs(draft)


def resolve_templates(draft: Draft) -> None:
    """Check that every name a template reads has somebody who gives it a value."""
    writers = _writers(draft)
    known = {*draft.inputs, *draft.known_names, *draft.variables, *draft.defaults.given(), *writers}
    if any(trigger.type == "inbound_message" for trigger in draft.triggers) or any(
        step.spec is not None and step.spec.block.takes_replies for step in draft.all_steps
    ):
        known.add(REPLY)
    for step in draft.all_steps:
        for template in step.templates:
            for name, has_answer in template.reads.items():
                is_own = step.spec is not None and name in step.spec.block.placeholders
                if name in known or is_own:
                    continue
                if has_answer:
                    _never_set(draft, step, template, name, known)
                else:
                    _unknown_name(draft, step, template, name, known)
            for (source, output), _ in template.steps.items():
                _check_step_read(draft, step, template, source, output)


def add_soft_edges(draft: Draft) -> None:
    """Let each step with templates wait for the steps whose values they read, as far as those come earlier."""
    if not any(step.templates for step in draft.steps.values()):
        return
    writers = _writers(draft)
    settled = {*draft.inputs, *draft.known_names, *draft.variables, *draft.defaults.given(), REPLY}
    graph = full_graph(draft)
    for step in draft.steps.values():
        for template in step.templates:
            for name, has_answer in template.reads.items():
                sources = [source for source in writers.get(name, ()) if source != step.name]
                earlier = [source for source in sources if not reaches(graph, step.name, source)]
                for source in earlier:
                    graph[source].add(step.name)
                    step.soft.add(source)
                if not earlier and name in writers and name not in settled and not has_answer:
                    _only_later(draft, step, template, f"`{name}` is set only by {listed(writers[name])}")
            for (source, _), has_answer in template.steps.items():
                if source not in graph:
                    continue
                if source != step.name and not reaches(graph, step.name, source):
                    graph[source].add(step.name)
                    step.soft.add(source)
                elif not has_answer:
                    _only_later(draft, step, template, f"it reads the step `{source}`")


def _templates_in(draft: Draft, step: StepDraft, field: FieldSpec) -> Iterator[TemplateUse]:
    key = field.key if field.key in step.data else field.name
    value = step.data.get(key)
    path: Path = (*step.path, key)
    mark = field.direct.template if isinstance(value, str) else field.elements.template
    if mark is None:
        return
    for element, text in _places(value, is_nested=mark.nested):
        if not isinstance(text, str) or "{{" not in text:
            continue
        if is_selector_text(text) and (field.direct if element is None else field.elements).kinds is not None:
            continue
        place = path if element is None else (*path, *(element if isinstance(element, tuple) else (element,)))
        use = TemplateUse(field, place, text, mark.always_text, element)
        _compile(draft, use, step)
        yield use


def _places(value: Any, *, is_nested: bool) -> Iterator[tuple[Any, Any]]:
    """The texts in a field with their keys: None for the field itself, a tuple of keys for what lies deeper."""
    if isinstance(value, str):
        yield None, value
        return
    for key, element in _children(value):
        yield key, element
        if is_nested:
            yield from _deeper((key,), element)


def _deeper(keys: tuple[Any, ...], value: Any) -> Iterator[tuple[Any, Any]]:
    for key, element in _children(value):
        yield (*keys, key), element
        yield from _deeper((*keys, key), element)


def _children(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def _compile(draft: Draft, use: TemplateUse, step: StepDraft | None) -> None:
    from ringline.templating import compile_template  # Jinja comes with it, and only templates need that

    try:
        use.compiled = compile_template(use.text)
    except TemplateError as error:
        inner = use.element if isinstance(use.element, tuple) else (use.element,)
        field = use.field.key if use.element is None else ".".join(map(str, (use.field.key, *inner)))
        draft.findings.error(
            WorkflowSyntaxError,
            PARSING,
            f"The template in `{field}` cannot be read: {error.message}",
            error.fix,
            at=use.path,
            step=step.name if step is not None else None,
            field=field,
            blocks=[step.at(use.field.key, error.message)] if step is not None else [],
        )
        return
    _check_functions(draft, use, use.compiled, step)
    for path in sorted(use.compiled.names):
        has_answer = path not in use.compiled.required_names
        root, _, rest = path.partition(".")
        if root == "steps":
            source, _, output = rest.partition(".")
            output = output.partition(".")[0]
            if source:
                use.steps[source, output] = use.steps.get((source, output), True) and has_answer
        elif root not in EXPLICIT_ROOTS:
            use.reads[root] = use.reads.get(root, True) and has_answer


def _check_functions(draft: Draft, use: TemplateUse, compiled: CompiledTemplate, step: StepDraft | None) -> None:
    if not compiled.helpers:
        return
    services = draft.services or {}
    known = names_for(services, draft.defaults.given(), services.get("clock") or SystemClock())
    for name in sorted(compiled.helpers.keys() - known):
        meant = suggestion(name, known)
        draft.findings.error(
            WorkflowSyntaxError,
            PARSING,
            f"`{use.field.key}` calls `{name}`, which templates do not have.",
            f"Did you mean `{meant}`?" if meant else f"They have {listed(sorted(known), limit=40)}.",
            at=use.path,
            step=step.name if step is not None else None,
            field=use.field.key,
            blocks=[step.at(use.field.key, f"no function {name}")] if step is not None else [],
        )


def _read_response_mapping(draft: Draft, step: StepDraft) -> None:
    if not step.options.response_mapping or step.spec is None:
        return
    aliases = step.spec.block.response_fields
    for source, variable in step.options.response_mapping.items():
        output = aliases.get(source, source)
        place: Path = (*step.path, "response_mapping", source)
        if step.outputs is not None and output not in step.outputs:
            known = [*step.outputs, *aliases]
            meant = suggestion(source, known)
            _syntax(
                draft,
                step,
                f"`response_mapping` takes `{source}`, which the step does not give.",
                f"Did you mean `{meant}`?" if meant else f"It gives {listed(known)}.",
                place,
                f"response_mapping.{source}",
            )
        elif not _NAME.fullmatch(variable):
            _syntax(
                draft,
                step,
                f"{show(variable)} cannot be the name of a variable.",
                "Use letters, digits, `_` and single blanks, beginning with a letter.",
                place,
                f"response_mapping.{source}",
            )
        elif variable in EXPLICIT_ROOTS:
            _syntax(
                draft,
                step,
                f"`{variable}` always means something else in templates, so no variable can be called so.",
                "Give the variable another name.",
                place,
                f"response_mapping.{source}",
            )
        else:
            step.writes[variable] = output


def _syntax(draft: Draft, step: StepDraft, message: str, fix: str, path: Path, field: str) -> None:
    draft.findings.error(
        WorkflowSyntaxError,
        PARSING,
        message,
        fix,
        at=path,
        step=step.name,
        field=field,
        blocks=[step.at(field.partition(".")[0], message)],
    )


def _read_trigger_inputs(draft: Draft) -> None:
    for trigger in draft.triggers:
        index = trigger.place
        for name in trigger.inputs:
            if name not in draft.known_names:
                draft.findings.error(
                    InvalidReferenceTargetError,
                    GRAPH,
                    f"The trigger fills the input `{name}`, which does not exist.",
                    _meant(name, draft.inputs, "inputs"),
                    at=("triggers", index, "inputs", name),
                    on_key=True,
                    field=f"triggers[{index}].inputs.{name}",
                )
        for use in _templates_of_trigger(trigger):
            _compile(draft, use, None)
            shown = ".".join(map(str, use.path[3:]))
            what = f"input `{shown}`" if use.path[2] == "inputs" else "answer"
            for said, fix in misread(trigger, use.compiled):
                draft.findings.error(
                    InvalidReferenceTargetError,
                    GRAPH,
                    f"The trigger's {what} reads {said}",
                    fix,
                    at=use.path,
                    field=f"{use.field.key}.{shown}",
                )


def _templates_of_trigger(trigger: Trigger) -> Iterator[TemplateUse]:
    """The templates of a trigger's inputs, however deep, and of the answer of a webhook."""
    from ringline.workflow.block import Template
    from ringline.workflow.block_fields import Marks

    texts: dict[str, Any] = {"inputs": trigger.inputs}
    if isinstance(trigger, WebhookTrigger) and trigger.respond is not None:
        texts["respond"] = {"body": trigger.respond.body}
    for key, value in texts.items():
        name = f"triggers[{trigger.place}].{key}"
        field = FieldSpec(name, name, False, Marks(template=Template()), Marks())
        for element, text in _places(value, is_nested=True):
            if isinstance(text, str) and "{{" in text:
                inner = element if isinstance(element, tuple) else (element,)
                yield TemplateUse(field, ("triggers", trigger.place, key, *inner), text, False, element)


def _unknown_name(draft: Draft, step: StepDraft, template: TemplateUse, name: str, known: set[str]) -> None:
    if name == REPLY:
        fix = "Wait for a reply before this step, or start the workflow by an `inbound_message` trigger."
    else:
        fix = _meant_name(draft, name, known) or "Declare it as an input or variable, or add a `default`."
    draft.findings.error(
        InvalidReferenceTargetError,
        GRAPH,
        f"`{template.field.key}` reads `{{{{{name}}}}}`, and nothing in the workflow sets `{name}`.",
        fix,
        at=template.path,
        step=step.name,
        field=template.field.key,
        blocks=[step.at(template.field.key, f"unset variable {name}")],
    )


def _never_set(draft: Draft, step: StepDraft, template: TemplateUse, name: str, known: set[str]) -> None:
    """In a condition or under a `default` a name may be unset; one that never can be is a slip all the same."""
    if name == REPLY:
        return
    draft.findings.warning(
        "name_never_set",
        f"`{template.field.key}` asks for `{{{{{name}}}}}`, which nothing in the workflow ever sets.",
        _meant_name(draft, name, known) or "Declare it as an input or variable, or leave it out.",
        at=template.path,
        step=step.name,
        field=template.field.key,
    )


def _meant_name(draft: Draft, name: str, known: set[str]) -> str:
    """What to write in place of a name that nothing sets, if that can be told."""
    if name.startswith(("$inputs", "inputs")):
        return "In templates an input is called by its name alone, as in {{name}}."
    if name in draft.steps:
        outputs = draft.steps[name].outputs
        return (
            f"`{name}` is a step; what it gives is read as {{{{steps.{name}.{next(iter(outputs or ()), 'output')}}}}}."
        )
    meant = suggestion(name, known)
    return f"Did you mean `{meant}`?" if meant else ""


def _check_step_read(draft: Draft, step: StepDraft, template: TemplateUse, source: str, output: str) -> None:
    field = template.field.key
    if source not in draft.steps:
        draft.findings.error(
            InvalidReferenceTargetError,
            GRAPH,
            f"`{field}` reads the step `{source}`, which does not exist.",
            _meant(source, draft.steps, "steps"),
            at=template.path,
            step=step.name,
            field=field,
            blocks=[step.at(field, f"no step {source}")],
        )
        return
    outputs = draft.steps[source].outputs
    if outputs is not None and output and output not in outputs:
        draft.findings.error(
            ExecutionGraphStructureError,
            GRAPH,
            f"`{field}` reads `{output}`, which the step `{source}` does not give.",
            f"It gives {listed(outputs) or 'no outputs'}.",
            at=template.path,
            step=step.name,
            field=field,
            blocks=[step.at(field, f"no output {output}")],
        )


def _only_later(draft: Draft, step: StepDraft, template: TemplateUse, what: str) -> None:
    draft.findings.error(
        ExecutionGraphStructureError,
        GRAPH,
        f"`{template.field.key}` cannot be filled in: {what}, which comes only after this step.",
        "Move the step behind it with `next_steps`, or say what to take instead: {{ name | default('…') }}.",
        at=template.path,
        step=step.name,
        field=template.field.key,
        blocks=[step.at(template.field.key, what)],
    )


def _writers(draft: Draft) -> dict[str, list[str]]:
    """Variables with the steps that set them."""
    writers: dict[str, list[str]] = {}
    for step in draft.steps.values():
        for variable in (*step.writes, *step.sets):
            writers.setdefault(variable, []).append(step.name)
    return writers


def _meant(name: str, known: Mapping[str, Any], what: str) -> str:
    meant = suggestion(name, known)
    if meant is not None:
        return f"Did you mean `{meant}`?"
    return f"The {what} are {listed(known)}." if known else f"The definition has no {what}."
