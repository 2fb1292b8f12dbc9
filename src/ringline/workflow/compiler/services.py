"""Last phase: a block instance for each step, built with the services it asks for by name."""

from __future__ import annotations

from ringline.errors import BlockInitParameterNotProvidedError
from ringline.workflow.block import Block
from ringline.workflow.compiler.draft import Draft, StepDraft
from ringline.workflow.compiler.findings import INITIALISATION


def check_services(draft: Draft) -> None:
    """Note every service that a step's block needs and nobody hands out."""
    if draft.services is None:
        return
    for step in draft.all_steps:
        if step.spec is None:
            continue
        missing = [name for name in step.spec.required_services if name not in draft.services]
        if missing:
            names = ", ".join(f"`{name}`" for name in missing)
            draft.findings.error(
                BlockInitParameterNotProvidedError,
                INITIALISATION,
                f"`{step.type}` needs {names}, which this way of running workflows does not have.",
                "Run it with Ringline, or hand the service in.",
                at=(*step.path, "type"),
                step=step.name,
                blocks=[step.at(None, f"not provided: {names}")],
            )


def build_blocks(draft: Draft) -> None:
    """Make one block for each step; called when nothing is wrong with the definition."""
    services = draft.services or {}
    for step in draft.order:
        assert step.spec is not None
        wanted = (*step.spec.required_services, *step.spec.optional_services)
        step.block = _build(step, {name: services[name] for name in wanted if name in services})


def _build(step: StepDraft, services: dict[str, object]) -> Block:
    assert step.spec is not None
    return step.spec.block(**services)
