"""Every setting, command, block, operation and error code is in the docs, as it is in the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ringline.app import block_registry
from ringline.cli.application import _PANELS
from ringline.settings import Settings
from ringline.testing.scenario_steps import STEPS
from ringline.workflow.triggers import TRIGGER_TYPES

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
NAMED = {
    "blocks": [f"`{spec.type}`" for spec in block_registry()],
    "commands": [f"`ringline {command}" for panel in _PANELS.values() for command in panel],
    "scenarios": [f"## `{step.word}`" for step in STEPS],
    "settings": [f"`RINGLINE_{name.upper()}`" for name in Settings.model_fields],
    "triggers": [f"## `{name}`" for name in TRIGGER_TYPES],
}
GUIDED = {
    "docs/scenarios.md": [step.word for step in STEPS],
    "docs/triggers.md": list(TRIGGER_TYPES),
}


def test_the_reference_is_what_the_code_says() -> None:
    """`make docs` would change nothing."""
    done = subprocess.run(
        [sys.executable, "tools/reference_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", NAMED)
def test_nothing_is_left_out_of_the_reference(page: str) -> None:
    text = (REFERENCE / f"{page}.md").read_text()

    assert [name for name in NAMED[page] if name not in text] == []


@pytest.mark.parametrize("page", GUIDED)
def test_every_word_of_a_language_is_in_its_guide(page: str) -> None:
    text = (ROOT / page).read_text()

    assert [
        word for word in GUIDED[page] if not re.search(rf"`[^`]*\b{word}\b[^`]*`|^\W*{word}:", text, re.MULTILINE)
    ] == []


def test_every_page_can_be_found() -> None:
    """From the README or from another page."""
    pages = list((ROOT / "docs").rglob("*.md"))
    linked = {
        (page.parent / target).resolve()
        for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *pages]
        for target in re.findall(r"\]\(([^)#]+)", page.read_text())
    }

    assert [str(page.relative_to(ROOT)) for page in pages if page not in linked] == []


def test_no_file_of_ours_is_named_that_is_not_there() -> None:
    lost = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(r"`((?:src|docs|tests|examples|tools|deploy|benchmarks)/[\w./-]+)`", page.read_text()):
            if not (ROOT / name).exists():
                lost.append(f"{page.relative_to(ROOT)}: {name}")

    assert lost == []


def test_every_link_of_the_docs_leads_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")

    assert broken == []
