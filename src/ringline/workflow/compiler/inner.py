"""Definitions that stand in a step of another: checked with it, each fault with its place in the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import Findings
from ringline.workflow.document import Document


def check_inner_workflows(draft: Draft, check: Callable[[Document], Findings]) -> None:
    """Add what *check* finds in inline definitions; their steps are told as `outer/inner`."""
    for step in draft.all_steps:
        if step.spec is None:
            continue
        for field in step.spec.fields:
            key = field.key if field.key in step.data else field.name
            if not field.is_workflow or not isinstance(step.data.get(key), Mapping):
                continue
            found = check(draft.document.part((*step.path, key)))
            for finding in found.errors:
                fault = finding.fault
                inner = step.name if fault.step is None else f"{step.name}/{fault.step}"
                inside = key if fault.field is None else f"{key}.{fault.field}" if fault.step is None else fault.field
                draft.findings.errors.append(
                    replace(
                        finding, fault=replace(fault, step=inner, field=inside), blocks=(step.at(key, fault.message),)
                    )
                )
            for warning in found.warnings:
                inner = step.name if warning.step is None else f"{step.name}/{warning.step}"
                draft.findings.warnings.append(replace(warning, step=inner))
