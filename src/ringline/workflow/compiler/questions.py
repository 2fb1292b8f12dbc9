"""Which message a step waits for the reply or delivery of (rule R8), and whose reply a template reads (rule R7)."""

from __future__ import annotations

from typing import Any

from ringline.errors import ExecutionGraphStructureError
from ringline.workflow.compiler.control_flow import Graph, reachable
from ringline.workflow.compiler.draft import Draft, StepDraft
from ringline.workflow.compiler.findings import GRAPH
from ringline.workflow.compiler.ordering import full_graph
from ringline.workflow.compiler.step_form import note_block_faults
from ringline.workflow.compiler.templates import REPLY


def find_questions(draft: Draft) -> None:
    """Name the nearest steps before that send, and let the block say what it thinks of them."""
    before: Graph | None = None
    for step in draft.steps.values():
        field = next((one for one in step.spec.fields if one.is_nearest_sender), None) if step.spec else None
        if field is None or step.spec is None or step.manifest is None:
            continue
        named = [name for name in step.after if name in draft.steps]
        if getattr(step.manifest, field.name) is None:
            before = before or _turned_round(full_graph(draft))
            named = _nearest_senders(draft, step, before)
            selectors = [f"$steps.{name}" for name in named]
            step.manifest = step.manifest.model_copy(update={field.name: selectors or None})
        senders = {name: spec.block for name in named if (spec := draft.steps[name].spec) is not None}
        note_block_faults(draft, step, step.spec, step.spec.block.faults_after(step.manifest, senders))


def check_replies(draft: Draft) -> None:
    """`{{SMS reply}}` wants a reply that can have come: by a wait before the step, or as what started the run."""
    takers = [step for step in draft.steps.values() if step.spec is not None and step.spec.block.takes_replies]
    if not takers or any(trigger.type == "inbound_message" for trigger in draft.triggers):
        return  # where nothing takes replies at all, `resolve_templates` has said so
    for step in draft.steps.values():
        uses = [use for use in step.templates if use.reads.get(REPLY) is False]
        if not uses or replies_before(draft, step):
            continue
        draft.findings.error(
            ExecutionGraphStructureError,
            GRAPH,
            f"`{uses[0].field.key}` reads `{{{{{REPLY}}}}}`, and no step before `{step.name}` waits for a reply.",
            f"Let it come after the step that waits, or say what to take instead: {{{{ {REPLY} | default('…') }}}}.",
            at=uses[0].path,
            step=step.name,
            field=uses[0].field.key,
            blocks=[step.at(uses[0].field.key, "no reply before")],
        )


def replies_before(draft: Draft, step: StepDraft) -> tuple[str, ...]:
    """The steps that take replies before this one, also by ways that lead back to it, if it reads `{{SMS reply}}`."""
    if not any(REPLY in use.reads for use in step.templates):
        return ()
    graph = full_graph(draft)
    for source in draft.steps.values():
        for edge in source.outgoing:
            graph[source.name].add(edge.target.name)
    return tuple(
        name
        for name, other in draft.steps.items()
        if other.spec is not None and other.spec.block.takes_replies and step.name in set(reachable(graph, name))
    )


def _turned_round(graph: Graph) -> Graph:
    before: Graph = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets:
            before[target].add(name)
    return before


def _nearest_senders(draft: Draft, step: StepDraft, before: Graph) -> list[str]:
    """On each way back the first step that sends a message, to the same person where the step names one."""
    person = _written_recipient(step)
    found: dict[str, None] = {}
    seen = {step.name}
    waiting = [step.name]
    while waiting:
        reached: list[str] = []
        for name in waiting:
            for source in sorted(before[name], key=lambda one: draft.steps[one].index):
                if source in seen:
                    continue
                seen.add(source)
                if _sends_to(draft.steps[source], person):
                    found[source] = None
                else:
                    reached.append(source)
        waiting = reached
    return list(found)


def _sends_to(step: StepDraft, person: Any) -> bool:
    if step.spec is None or step.spec.block.sends_to is None:
        return False
    return person is None or step.data.get(step.spec.block.sends_to) == person


def _written_recipient(step: StepDraft) -> Any:
    """Whom the step itself waits for, as it is written."""
    return step.data.get("to")
