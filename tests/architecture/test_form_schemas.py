"""The pages' tests make a form of every block's schema, from a file that must be what the blocks say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ringline.app.registry import block_registry

ROOT = Path(__file__).parents[2]
WIDGETS = {
    "phone",
    "template",
    "secret",
    "expression",
    "credential",
    "sender",
    "duration",
    "question_flow",
    "selector",
    "step",
    "levels",
    "menu",
    "json",
}


def test_the_schemas_that_the_pages_are_tested_with_are_fresh() -> None:
    checked = subprocess.run(
        [sys.executable, "tools/block_schemas.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert checked.returncode == 0, checked.stderr


def test_hints_of_forms_are_words_that_the_pages_know() -> None:
    found: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, dict):
            found.update([part["x-widget"]] if isinstance(part.get("x-widget"), str) else [])
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    for spec in block_registry():
        schema = spec.block.manifest.model_json_schema(by_alias=True)
        walk(schema)
        assert set(schema.get("x-order", [])) <= set(schema["properties"]), spec.type

    assert {"phone", "template", "sender", "duration", "question_flow"} <= found <= WIDGETS
