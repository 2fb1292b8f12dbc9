"""The rules of ARCHITECTURE.md and CONTRIBUTING.md, as tests."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ringline"
HEAVY = ["numpy", "supervision", "cv2", "twilio", "sqlalchemy", "fastapi", "pgqueuer", "aiohttp", "pydantic", "jinja2"]


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def test_imports_only_go_down() -> None:
    """The contracts of pyproject.toml hold: layers, and the simulator apart."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_import_ringline_loads_nothing_heavy() -> None:
    loaded = python("import sys, ringline; print(' '.join(m for m in sys.modules if '.' not in m))").split()

    assert sorted(set(HEAVY) & set(loaded)) == []


def test_a_bare_workflow_needs_no_numpy_database_or_server() -> None:
    code = (
        "import sys; from ringline import Workflow;"
        "w = Workflow.from_dict({'version': '1.0', 'inputs': [{'type': 'WorkflowParameter', 'name': 'a'}],"
        " 'steps': [], 'outputs': [{'type': 'JsonField', 'name': 'o', 'selector': '$inputs.a'}]});"
        "assert w.run({'a': 1}) == [{'o': 1}];"
        "print(' '.join(m for m in sys.modules if '.' not in m))"
    )

    assert (
        sorted({"numpy", "supervision", "cv2", "sqlalchemy", "fastapi", "pgqueuer"} & set(python(code).split())) == []
    )


def test_only_settings_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"os\.environ|os\.getenv|from os import .*environ", path.read_text())
    ]

    assert readers == ["settings.py"]


def test_time_comes_from_the_clock() -> None:
    """Nothing but the clock itself asks the machine for the date."""
    askers = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"datetime\.now\(|datetime\.utcnow\(|\btime\.time\(\)|date\.today\(\)", path.read_text())
    ]

    assert askers == ["clock.py", "database/database_clock.py"]


def test_sql_never_asks_the_database_for_the_time() -> None:
    askers = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path.name != "database_clock.py"
        and re.search(r"func\.now\(|\bNOW\(\)|CURRENT_TIMESTAMP|clock_timestamp", path.read_text())
    ]

    assert askers == []


@pytest.mark.parametrize("word", ["utils", "helpers", "manager", "common", "misc"])
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    named = [str(path.relative_to(ROOT)) for path in SOURCE.rglob("*.py") if word in path.stem.split("_")]

    assert named == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    """Files must mean the same on every machine."""
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb.debian" + ".org"]
    places = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {needle}" for needle in hosts + places if needle in text]

    assert found == []


def sleeps_outside_a_bounded_wait(tree: ast.AST) -> Iterator[int]:
    """Lines that sleep, but for pauses in a ``while`` loop under ``asyncio.timeout``, which wait for a condition."""

    def visit(node: ast.AST, in_timeout: bool, in_while: bool) -> Iterator[int]:
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            pauses = called == "asyncio.sleep" and ast.unparse(node.args[0]) != "0"
            if called == "time.sleep" or (pauses and not (in_timeout and in_while)):
                yield node.lineno
        in_timeout |= isinstance(node, ast.AsyncWith) and any(
            ast.unparse(item.context_expr).startswith("asyncio.timeout(") for item in node.items
        )
        for child in ast.iter_child_nodes(node):
            yield from visit(child, in_timeout, in_while or isinstance(node, ast.While))

    yield from visit(tree, False, False)


def test_tests_wait_for_conditions_within_a_bound_and_never_just_sleep() -> None:
    sleepers = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / "tests").rglob("*.py")
        # Chaos lets real time pass by chance: which work is struck in the middle is what it tries out.
        if "chaos" not in path.name
        for line in sleeps_outside_a_bounded_wait(ast.parse(path.read_text()))
    ]

    assert sleepers == []


def test_no_except_swallows_in_silence() -> None:
    silent = [
        f"{path.relative_to(ROOT)}"
        for path in SOURCE.rglob("*.py")
        if re.search(r"except( Exception| BaseException)?:\s*(#.*)?\n\s*pass\b", path.read_text())
    ]

    assert silent == []
