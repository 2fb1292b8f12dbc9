"""The public names and their signatures, pinned: examples and users' code rely on them."""

from __future__ import annotations

import importlib
import inspect

import pytest

EXPORTS = {
    "ringline": ["DefinitionError", "Fault", "Ringline", "RinglineError", "Workflow"],
    "ringline.query": ["evaluate_condition", "run_operations"],
    "ringline.templating": ["render_notification"],
    "ringline.segments": ["count_segments"],
    "ringline.simulator": ["Simulator"],
    "ringline.testing": ["Failure", "Result", "find_scenarios", "run_scenarios", "scenario"],
    "ringline.understanding": ["Interpretation", "understand"],
    "ringline.blocks": ["Block", "Done", "Manifest", "Output", "Wait"],
}

PARTS = {
    "contacts.contacts:Contacts": [
        "add",
        "change",
        "count",
        "erase",
        "export",
        "get",
        "import_csv",
        "list",
        "people",
        "person",
        "remove",
    ],
    "broadcasts.broadcasts:Broadcasts": [
        *("cancel", "create", "forecast", "get", "list", "load", "pause", "recipients", "results", "resume", "start"),
        "test",
    ],
    "messaging.inbound:Inbound": ["get", "list"],
    "messaging.messages:Messages": ["cancel", "get", "list", "preview", "send", "wait"],
    "workflow.runs:Runs": ["cancel", "children", "get", "history", "list", "pause", "resume", "retry", "start", "wait"],
    "triggers:Triggers": ["events", "list"],
    "app.workflows:Workflows": ["check", "compile", "get", "list", "publish", "register", "start", "unpublish"],
}
"""What the parts of `Ringline` offer to whoever holds one; what they offer each other may change."""

SIGNATURES = {
    "ringline:Workflow.from_file": ["path", "clock", "twilio_base_url", "credentials"],
    "ringline:Workflow.from_dict": ["definition", "clock", "twilio_base_url", "credentials"],
    "ringline:Workflow.run": ["self", "inputs", "serialize"],
    "ringline:Workflow.arun": ["self", "inputs", "serialize"],
    "ringline:Workflow.check": ["self"],
    "ringline:Ringline": [
        "database",
        "credentials",
        "clock",
        "twilio_base_url",
        "public_url",
        "settings",
        "worker",
        "environment",
        "timing",
    ],
    "ringline:Ringline.workflow": ["self", "source", "name"],
    "ringline.query:run_operations": ["operations", "value", "global_parameters"],
    "ringline.query:evaluate_condition": ["definition", "values"],
    "ringline.templating:render_notification": ["message", "parameters", "operations", "length_limit", "version"],
    "ringline.segments:count_segments": ["text"],
    "ringline.app:StartedRun.result": ["self", "timeout"],
    "ringline.contacts.contacts:Contacts.add": [
        *("self", "phone", "whatsapp", "voice", "name", "language", "time_zone", "country", "fields", "lists"),
        "only_new",
    ],
    "ringline.testing:find_scenarios": ["places"],
    "ringline.testing:run_scenarios": ["path", "only", "speed", "on_result"],
    "ringline.workflow.runs:Runs.cancel": ["self", "run_id", "why"],
    "ringline.workflow.runs:Runs.history": ["self", "run_id"],
    "ringline.workflow.runs:Runs.list": ["self", "workflow", "status", "before", "limit"],
    "ringline.workflow.runs:Runs.retry": ["self", "run_id", "resend", "step"],
    "ringline.understanding:understand": [
        "type",
        "text",
        "language",
        "choices",
        "minimum",
        "maximum",
        "integer",
        "keys",
        "now",
        "country",
    ],
}


@pytest.mark.parametrize("module", EXPORTS)
def test_public_names_are_there(module: str) -> None:
    names = importlib.import_module(module)

    assert set(EXPORTS[module]) <= set(names.__all__)
    assert all(hasattr(names, name) for name in names.__all__)


def test_the_package_exports_exactly_its_public_names() -> None:
    import ringline

    assert ringline.__all__ == sorted(ringline.__all__) == EXPORTS["ringline"]


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_do_not_change_silently(name: str) -> None:
    module, _, path = name.partition(":")
    target = importlib.import_module(module)
    for part in path.split("."):
        target = getattr(target, part)

    assert [p for p in inspect.signature(target).parameters if p != "cls"] == SIGNATURES[name]


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_of_an_installation_keep_what_they_offer(part: str) -> None:
    module, _, name = part.partition(":")
    kind = getattr(importlib.import_module(f"ringline.{module}"), name)

    assert [name for name in PARTS[part] if not callable(getattr(kind, name, None))] == []
