"""Fifth phase: whether the kinds at both ends of every wire have one in common."""

from __future__ import annotations

from ringline.errors import ReferenceTypeError
from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import GRAPH
from ringline.workflow.explanations import listed
from ringline.workflow.kinds import kinds_meet


def check_kinds(draft: Draft) -> None:
    """`*` meets everything; otherwise source and field must share a kind."""
    for step in draft.all_steps:
        for reference in step.references:
            if reference.target_kinds is None or kinds_meet(reference.target_kinds, reference.kinds):
                continue
            draft.findings.error(
                ReferenceTypeError,
                GRAPH,
                f"`{reference.field_text}` takes {listed(reference.kinds)}, and `{reference.text}` is "
                f"{listed(reference.target_kinds)}.",
                f"Point it at a value of kind {listed(reference.kinds)}.",
                at=reference.path,
                step=step.name,
                field=reference.field_text,
            )
