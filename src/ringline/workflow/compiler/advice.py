"""What `check` remarks on although it runs: fields hardly meant so, values nobody sets, steps nobody reaches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.compiler.draft import ControlEdge, Draft, StepDraft
from ringline.workflow.compiler.findings import Path
from ringline.workflow.explanations import listed
from ringline.workflow.selectors import is_selector_text, looks_like_selector

# A Twilio auth token is 32 hexadecimal digits; an API key's secret is 32 letters and digits.
_TOKEN = re.compile(r"[0-9a-f]{32}")

Branch = tuple[str, str]
"""A step and the branch it must take."""


def give_advice(draft: Draft) -> None:
    """Look through a definition for what its author hardly meant."""
    for step in draft.all_steps:
        if step.spec is None:
            continue
        for field in step.spec.fields:
            key = field.key if field.key in step.data else field.name
            for path, value in _texts((*step.path, key), step.data.get(key)):
                _selector_in_plain_text(draft, step, field, path, value)
                _secret(draft, step, field, path, value)
    _unset_variables(draft)
    _unreachable_steps(draft)


def _texts(path: Path, value: Any) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, element in value.items():
            yield from _texts((*path, key), element)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from _texts((*path, index), element)


def _selector_in_plain_text(draft: Draft, step: StepDraft, field: FieldSpec, path: Path, text: str) -> None:
    depth = len(path) - len(step.path) - 1
    marks = field.elements if depth else field.direct
    # Selectors are looked for in a field and its elements, not below them.
    takes_selectors = marks.kinds is not None and depth <= 1
    if field.is_target or field.is_reference or takes_selectors or not looks_like_selector(text):
        return
    if draft.findings.has_warning(step.name, field.key):
        return
    name = text.removeprefix("$inputs.").removeprefix("$")
    place = f"What stands inside `{field.key}`" if depth and field.direct.kinds is not None else f"`{field.key}`"
    draft.findings.warning(
        "literal_selector",
        f"{place} takes no selector, so `{text}` is used as it stands.",
        f"Write `{{{{{name}}}}}`." if marks.template is not None else "Use a field that takes selectors.",
        at=path,
        step=step.name,
        field=field.key,
    )


def _secret(draft: Draft, step: StepDraft, field: FieldSpec, path: Path, text: str) -> None:
    if is_selector_text(text) or not text or draft.findings.has_warning(step.name, field.key):
        return
    if field.is_secret or _TOKEN.fullmatch(text):
        draft.findings.warning(
            "secret_in_definition",
            f"`{field.key}` holds a secret, which everybody who sees the workflow can read.",
            "Declare an input for it and write its selector here; Twilio's own belong to `ringline credentials add`.",
            at=path,
            step=step.name,
            field=field.key,
        )


def _unset_variables(draft: Draft) -> None:
    """A variable that begins empty, that templates read, and that no step sets."""
    written = {name for step in draft.steps.values() for name in (*step.writes, *step.sets)}
    readers: dict[str, str] = {}
    for step in draft.steps.values():
        for template in step.templates:
            for name, has_answer in template.reads.items():
                if not has_answer:
                    readers.setdefault(name, step.name)
    for name, value in draft.variables.items():
        if value is None and name not in written and name in readers:
            draft.findings.warning(
                "variable_never_set",
                f"`{name}` has no value and no step sets it, but the step `{readers[name]}` reads it.",
                "Give it a first value, or set it with `response_mapping`.",
                at=("variables", name),
                on_key=True,
                field=f"variables.{name}",
            )


def _unreachable_steps(draft: Draft) -> None:
    """A step that would need two branches of one decision at once."""
    needs: dict[str, set[Branch]] = {}
    dead: set[str] = set()
    for step in draft.order:
        needed = _needs(step, needs, dead)
        if needed is None:
            dead.add(step.name)
            continue
        needs[step.name] = needed
        clash = _clash(draft, needed)
        if clash is None:
            continue
        dead.add(step.name)
        decider, branches = clash
        draft.findings.warning(
            "unreachable_step",
            f"`{step.name}` never runs: it would need {listed(branches)} of `{decider}` at once, which ends in one.",
            "Let it follow one of them, or write `join: any`.",
            at=step.path,
            step=step.name,
        )


def _needs(step: StepDraft, needs: Mapping[str, set[Branch]], dead: set[str]) -> set[Branch] | None:
    """The branches without which the step does not run; None where it cannot run at all."""
    arriving = [edge for edge in step.incoming if not edge.is_jump]
    alive = [edge for edge in arriving if edge.source.name not in dead]
    if arriving and (not alive or (step.join == "all" and len(alive) < len(arriving))):
        return None
    ways = [_needs_of_edge(edge) | needs.get(edge.source.name, set()) for edge in alive]
    needed: set[Branch] = set()
    if ways:
        needed = set.union(*ways) if step.join == "all" else set.intersection(*ways)
    if step.spec is not None and not step.spec.block.accepts_none:
        for reference in step.references:
            selector = reference.selector
            if selector is None or selector.kind != "output":
                continue
            if step.is_ours and not reference.field.is_required:
                continue
            if selector.name in dead:
                return None
            needed |= needs.get(selector.name, set())
    return needed


def _needs_of_edge(edge: ControlEdge) -> set[Branch]:
    if edge.kind == "next":
        handled = edge.source.options.outcomes
        left = [outcome for outcome in edge.source.outcomes if outcome not in handled]
        # `next_steps` is a branch of its own only where one outcome is left to it.
        return {(edge.source.name, left[0])} if handled and len(left) == 1 else set()
    if edge.kind == "select" and edge.label == "next_steps":
        return set()
    return {(edge.source.name, edge.label)}


def _clash(draft: Draft, needed: set[Branch]) -> tuple[str, list[str]] | None:
    branches: dict[str, list[str]] = {}
    for decider, branch in sorted(needed):
        branches.setdefault(decider, []).append(branch)
    for decider, names in branches.items():
        if len(names) > 1 and _is_exclusive(draft.steps[decider]):
            return decider, names
    return None


def _is_exclusive(step: StepDraft) -> bool:
    """Whether the step takes one branch only: outcomes do, and Roboflow's cases."""
    kinds = {edge.kind for edge in step.outgoing}
    return "select" not in kinds or any(edge.label.partition(".")[1] for edge in step.outgoing)
