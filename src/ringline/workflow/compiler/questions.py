"""Which message a step speaks of that waits for its reply or delivery, where its author leaves that to us (rule R8)."""

from __future__ import annotations

from typing import Any

from ringline.workflow.compiler.control_flow import Graph
from ringline.workflow.compiler.draft import Draft, StepDraft
from ringline.workflow.compiler.ordering import full_graph
from ringline.workflow.compiler.step_form import note_block_faults


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
