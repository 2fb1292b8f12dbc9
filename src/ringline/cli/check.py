"""`ringline check`: everything that is wrong with a definition, at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import console, counted, print_json, say, say_error

if TYPE_CHECKING:
    from ringline.cli.question_flows import FoundFlow
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
    graph: bool = typer.Option(False, "--graph", help="Also draw the interviews in it, as Mermaid text."),
    calls: bool = typer.Option(False, "--calls", help="Also list test calls: one for each way through an interview."),
) -> None:
    """Check a definition and show every fault with its line, and how to mend it. Ends with 2 if it cannot run.

    With --graph and --calls the file may also hold an interview alone: `questions`, and what else belongs to them.
    """
    from ringline.app import block_registry
    from ringline.cli.question_flows import as_data, flows_in, say_calls, say_graph
    from ringline.errors import DefinitionError
    from ringline.workflow import check_definition, load_document

    flows, online = [], []
    try:
        document = load_document(file)
    except DefinitionError as error:  # not even YAML or JSON
        faults = error.faults
        if not faults:
            raise
    else:
        flows = flows_in(document) if graph or calls else []
        # An interview alone in its file is no workflow, and is not held against what one needs.
        is_interview = bool(flows) and "steps" not in document.data
        faults = [*document.warnings, *([] if is_interview else check_definition(document, block_registry()))]
        faults = _with_those_of_flows(faults, flows)
        online = steps_that_go_online(document)
    errors = [fault for fault in faults if fault.severity == "error"]
    if as_json:
        answer = {"file": file, "ok": not errors, "faults": faults}
        answer |= {"online_steps": online} if offline else {}
        print_json(answer | ({"flows": [as_data(flow, calls=calls) for flow in flows]} if graph or calls else {}))
    else:
        # What is drawn may be piped on, and stands alone on stdout.
        _say(file, faults, len(errors), stderr=graph or calls)
        if offline and not errors:
            say(f"Steps that need the internet: {', '.join(online) if online else 'none'}")
        for flow in flows:
            if graph:
                say_graph(flow)
            if calls:
                say_calls(flow)
        if (graph or calls) and not flows and not errors:
            say_error("There is no interview in it.", "An interview is a step with `questions`.")
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


def _with_those_of_flows(faults: list[Fault], flows: list[FoundFlow]) -> list[Fault]:
    """All faults, each once: the block that asks the questions may have told those of its flow already."""
    known = {(fault.step, fault.message) for fault in faults}
    return [*faults, *(one for flow in flows for one in flow.faults if (one.step, one.message) not in known)]


def _say(file: Path, faults: list[Fault], errors: int, *, stderr: bool = False) -> None:
    from rich.text import Text

    for fault in faults:
        colour = "red" if fault.severity == "error" else "yellow"
        console(stderr=stderr).print(Text.assemble((f"{fault.severity}  ", f"bold {colour}"), fault.as_text()))
    warnings = len(faults) - errors
    if not faults:
        console(stderr=stderr).print(f"{file} is in order.", style="green")
    else:
        console(stderr=stderr).print(f"{file}: {counted(errors, 'error')}, {counted(warnings, 'warning')}.")
