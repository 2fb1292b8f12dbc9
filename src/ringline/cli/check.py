"""`ringline check`: everything that is wrong with a definition, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, counted, print_json, say

if TYPE_CHECKING:
    from ringline.errors import Fault
    from ringline.workflow import Document
    from ringline.workflow.block import Block


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    file: Path = typer.Argument(help="Definition, YAML or JSON."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    offline: bool = typer.Option(False, "--offline", help="Also name the steps that need the internet."),
) -> None:
    """Check a definition and show every fault with its line, and how to mend it. Ends with 2 if it cannot run."""
    from ringline.app import block_registry
    from ringline.errors import DefinitionError
    from ringline.workflow import check_definition, load_document

    try:
        document = load_document(file)
    except DefinitionError as error:  # not even YAML or JSON
        faults, online = error.faults, []
        if not faults:
            raise
    else:
        faults = [*document.warnings, *check_definition(document, block_registry())]
        online = steps_that_go_online(document)
    errors = [fault for fault in faults if fault.severity == "error"]
    if as_json:
        answer = {"file": file, "ok": not errors, "faults": faults}
        print_json(answer | ({"online_steps": online} if offline else {}))
    else:
        _say(file, faults, len(errors))
        if offline and not errors:
            say(f"Steps that need the internet: {', '.join(online) if online else 'none'}")
    if errors:
        raise typer.Exit(ExitCode.USAGE)


def refuse_faulty(document: Document) -> None:
    """Raise `DefinitionError` with every fault of a definition that cannot run."""
    from ringline.app import block_registry
    from ringline.errors import DefinitionError
    from ringline.workflow import check_definition

    faults = [fault for fault in check_definition(document, block_registry()) if fault.severity == "error"]
    if faults:
        raise DefinitionError(faults[0].message, faults=faults)


def steps_that_go_online(document: Document) -> list[str]:
    """Names of the steps whose block reaches beyond this machine, in the order they are written."""
    return [name for name, block in _blocks(document) if block.needs_internet]


def steps_that_wait(document: Document) -> list[str]:
    """Names of the steps whose block suspends the run, in the order they are written."""
    return [name for name, block in _blocks(document) if block.can_wait]


def _blocks(document: Document) -> Iterator[tuple[str, type[Block]]]:
    from ringline.app import block_registry

    registry = block_registry()
    steps = document.data.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict) and (block := registry.find(str(step.get("type")))) is not None:
            yield str(step.get("name")), block


def _say(file: Path, faults: list[Fault], errors: int) -> None:
    from rich.text import Text

    for fault in faults:
        colour = "red" if fault.severity == "error" else "yellow"
        console().print(Text.assemble((f"{fault.severity}  ", f"bold {colour}"), fault.as_text()))
    warnings = len(faults) - errors
    if not faults:
        say(f"{file} is in order.", style="green")
    else:
        say(f"{file}: {counted(errors, 'error')}, {counted(warnings, 'warning')}.")
