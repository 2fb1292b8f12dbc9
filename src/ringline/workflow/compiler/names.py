"""Third phase: whether every name is there once."""

from __future__ import annotations

from collections.abc import Iterable

from ringline.errors import DuplicatedNameError
from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import SPECIFICATION, Path


def check_names(draft: Draft) -> None:
    """Inputs, steps and outputs each have names of their own; no variable is called like an input."""
    _check(draft, "inputs", [(path, value.name) for path, value in draft.input_order])
    _check(draft, "steps", [(step.path, step.name) for step in draft.all_steps])
    _check(draft, "outputs", [(output.path, output.model.name) for output in draft.outputs])
    for name in draft.variables:
        if name in draft.inputs:
            draft.findings.error(
                DuplicatedNameError,
                SPECIFICATION,
                f"`{name}` is both an input and a variable.",
                "Give the variable another name.",
                at=("variables", name),
                on_key=True,
                field=f"variables.{name}",
            )
    for step in draft.all_steps:
        for name in {*step.writes, *step.sets} & draft.inputs.keys():
            draft.findings.error(
                DuplicatedNameError,
                SPECIFICATION,
                f"`{name}` is both an input and a variable that `{step.name}` sets.",
                "Give the variable another name.",
                at=(*step.path, "response_mapping") if name in step.writes else step.path,
                step=step.name,
                field="response_mapping" if name in step.writes else None,
            )


def _check(draft: Draft, part: str, names: Iterable[tuple[Path, str]]) -> None:
    first: dict[str, Path] = {}
    for path, name in names:
        if name not in first:
            first[name] = path
            continue
        place = draft.document.position((*first[name], "name"))
        there = f", the first in line {place[0]}" if place is not None else ""
        draft.findings.error(
            DuplicatedNameError,
            SPECIFICATION,
            f"Two {part} are called `{name}`{there}.",
            "Give one of them another name.",
            at=(*path, "name"),
            step=name if part == "steps" else None,
            field="name",
        )
