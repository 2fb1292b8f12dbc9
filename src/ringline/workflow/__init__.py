"""Workflows: from a definition to a plan, and from a plan to runs. The engine knows no block and no service.

::

    registry = BlockRegistry(blocks)                             # every block a definition may use
    services = {"clock": clock, "messages": sender, …}           # what blocks are built with, by parameter name
    plan = compile_definition(source, registry, services)        # a Document, dict or Definition; or DefinitionError
    plan.run(inputs)                await plan.arun(inputs)      # -> [{output: value}], one dict or one per element
    plan.execute(inputs, run_id=…)  await plan.aexecute(…)       # -> RunResult: outputs, failures, variables
    plan.check()                                                 # warnings, as Faults
    check_definition(source, registry)                           # errors and warnings; raises nothing
    definition_schema(registry)                                  # JSON Schema of definitions, for editors
    plan.internet_steps, plan.durable_reasons, roboflow_obstacles(plan)

Services the engine itself looks at, all optional: ``clock`` (a `Clock`; the system's otherwise), ``links`` (its
``shorten`` becomes the helper ``shortenUrl``) and ``template_helpers``, a function from the definition's ``defaults``
to the helpers that templates may call, in place of `ringline.templating.standard_helpers`.

A run is synchronous until a step awaits: `Plan.run` drives it without an event loop, and only an awaitable that a
block gives is handed to one background loop, so it also works while a loop runs in the calling thread. `Plan.arun`
awaits on the caller's loop.

Which file holds what: ``definition`` the typed models and Python declaration, ``document`` texts with positions,
``block`` what blocks derive from, ``registry`` which there are, ``compiler/`` a file per phase, ``plan`` the result,
``execution/`` running it in memory, ``kinds`` reading and writing values. Runs that are kept: ``runs`` is the door,
``starting`` writes them down, ``advancing`` moves them on (``recording`` reckons, ``committing`` writes), ``reporting``
tells them what has happened, ``replies`` which of them an answer is for, ``sweeping`` finds what is due, ``operations``
pauses and tries again, ``ends`` tells who waits for one. ``triggers`` and ``schedules`` read what starts runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.workflow.compiler import check_definition, compile_definition
    from ringline.workflow.definition import (
        Definition,
        JsonField,
        Step,
        WorkflowBatchInput,
        WorkflowImage,
        WorkflowParameter,
        WorkflowVideoMetadata,
    )
    from ringline.workflow.document import Document, load_document, read_document
    from ringline.workflow.export import roboflow_obstacles
    from ringline.workflow.json_schema import definition_schema
    from ringline.workflow.plan import Plan, RunResult
    from ringline.workflow.registry import BlockRegistry

__all__ = [
    "BlockRegistry",
    "Definition",
    "Document",
    "JsonField",
    "Plan",
    "RunResult",
    "Step",
    "WorkflowBatchInput",
    "WorkflowImage",
    "WorkflowParameter",
    "WorkflowVideoMetadata",
    "check_definition",
    "compile_definition",
    "definition_schema",
    "load_document",
    "read_document",
    "roboflow_obstacles",
]

_HOMES = {
    "BlockRegistry": "registry",
    "Definition": "definition",
    "Document": "document",
    "JsonField": "definition",
    "Plan": "plan",
    "RunResult": "plan",
    "Step": "definition",
    "WorkflowBatchInput": "definition",
    "WorkflowImage": "definition",
    "WorkflowParameter": "definition",
    "WorkflowVideoMetadata": "definition",
    "check_definition": "compiler",
    "compile_definition": "compiler",
    "definition_schema": "json_schema",
    "load_document": "document",
    "read_document": "document",
    "roboflow_obstacles": "export",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ringline.workflow' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ringline.workflow.{home}"), name)
