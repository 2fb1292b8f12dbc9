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
    "ringline.understanding": ["Interpretation", "understand"],
    "ringline.blocks": ["Block", "Done", "Manifest", "Output", "Wait"],
}

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
