"""Writes `docs/reference/` from the code: metrics, settings, commands, blocks, operations and Twilio's errors.

python tools/reference_docs.py           write the pages
python tools/reference_docs.py --check   exit with 1 and name the pages that are stale
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ringline.app import block_registry
from ringline.cli.application import build
from ringline.metrics import Metrics
from ringline.query import operation_classes
from ringline.settings import Settings
from ringline.testing.call_steps import CallState
from ringline.testing.scenario_file import Person, Scenario, ScenarioForm
from ringline.testing.scenario_steps import STEPS, RunState, Sent, Text
from ringline.twilio.error_catalogue import CATALOGUE
from ringline.workflow.registry import BlockSpec
from ringline.workflow.triggers import FIELDS, TRIGGER_TYPES

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN = "<!-- Written by `make docs` from the code; change it there. -->\n"

FAMILIES = {
    "twilio": "Messages",
    "flow": "Flow",
    "data": "Data",
    "people": "People",
    "roboflow_core": "Roboflow's blocks",
}


def settings_page() -> Iterator[str]:
    yield "# Settings\n"
    yield "Each is an environment variable; `ringline settings` shows the values in force and where they came from."
    yield "A variable that begins with `RINGLINE_` and is not listed is an error.\n"
    yield "| variable | default | |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        yield f"| `RINGLINE_{name.upper()}` | {default} | {field.description} |"


def commands_page() -> Iterator[str]:
    yield "# Commands\n"
    yield "Exit codes: 0 done, 1 tried and failed, 2 wrong use or a faulty definition, 3 a setting or credential is"
    yield "wrong, 4 Twilio or the database did not answer.\n"
    root = typer.main.get_command(build())
    yield from _commands(root, ("ringline",))


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[str]:
    children = getattr(command, "commands", None)
    if children is not None:
        for name, child in children.items():
            if not child.hidden:
                yield from _commands(child, (*path, name))
        if not (command.invoke_without_command and len(path) > 1):
            return
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join([*path, *(parameter.name.upper() for parameter in arguments)])
    yield f"## `{usage}`\n"
    yield f"{(command.help or '').strip()}\n"
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    if options or arguments:
        yield "| | |"
        yield "|---|---|"
        for parameter in arguments:
            yield f"| `{parameter.name.upper()}` | {_cell(getattr(parameter, 'help', None))} |"
        for parameter in options:
            names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
            yield f"| {names} | {_cell(parameter.help)} |"
        yield ""


def blocks_page() -> Iterator[str]:
    yield "# Blocks\n"
    yield "A step's `type` names its block. Fields marked → also take a selector such as `$inputs.phone`.\n"
    by_family: dict[str, list[BlockSpec]] = {}
    for spec in block_registry():
        by_family.setdefault(spec.family, []).append(spec)
    for family, title in FAMILIES.items():
        if family not in by_family:
            continue
        yield f"## {title}\n"
        for spec in sorted(by_family[family], key=lambda spec: spec.type):
            yield from _block(spec)


def _block(spec: BlockSpec) -> Iterator[str]:
    yield f"### `{spec.type}`\n"
    yield f"{spec.description}\n"
    if len(spec.types) > 1:
        yield "Also written as " + ", ".join(f"`{name}`" for name in spec.types[1:]) + ".\n"
    yield "| field | required, or default | |"
    yield "|---|---|---|"
    for name, field in spec.block.manifest.model_fields.items():
        if name in ("type", "name"):
            continue
        key = field.alias or name
        selector = " →" if any(f.name == name and f.takes_selectors for f in spec.fields) else ""
        default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
        yield f"| `{key}`{selector} | {default} | {_described(field)} |"
    yield ""
    if spec.block.outputs:
        names = [output.name for output in spec.block.outputs] + ([] if spec.is_roboflow else ["outcome", "error"])
        yield "Outputs: " + ", ".join(f"`{name}`" for name in names) + ".\n"
    if spec.block.outcomes:
        yield "Outcomes: " + ", ".join(f"`{outcome}`" for outcome in spec.block.outcomes) + ".\n"


def triggers_page() -> Iterator[str]:
    yield "# Triggers\n"
    yield "What a definition's `triggers` may hold; [the guide](../triggers.md) explains them. Every trigger also takes"
    yield "`name` (what runs and lists call it) and `inputs` (input → value, or template over `trigger.…`).\n"
    for name, model in TRIGGER_TYPES.items():
        yield f"## `{name}`\n"
        yield f"{(model.__doc__ or '').strip()}\n"
        own = {key: field for key, field in model.model_fields.items() if key not in ("type", "name", "inputs")}
        if own:
            yield "| key | required, or default | |"
            yield "|---|---|---|"
        for key, field in own.items():
            default = "required" if field.is_required() else _default(field.get_default(call_default_factory=True))
            yield f"| `{field.alias or key}` | {default} | {_described(field)} |"
        if own:
            yield ""
        yield "Templates read " + ", ".join(f"`trigger.{field}`" for field in FIELDS[name]) + ".\n"


def scenarios_page() -> Iterator[str]:
    yield "# Scenario files\n"
    yield "What `ringline test` and the pytest fixture `scenario` play; [the guide](../scenarios.md) shows how.\n"
    yield "## The file\n"
    yield from _fields(ScenarioForm)
    yield "\n## `people`\n"
    yield from _fields(Person)
    yield "\n## `scenarios`\n"
    yield from _fields(Scenario)
    for step in STEPS:
        yield f"\n## `{step.word}`\n"
        yield f"{(step.__doc__ or '').partition(chr(10))[0]}\n"
        yield from _fields(step)
    for word, form in (("expect", Text), ("expect_run", RunState), ("expect_sent", Sent), ("expect_call", CallState)):
        yield f"\n## Inside `{word}`\n"
        yield from _fields(form)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    yield "| key | needed | |"
    yield "|---|---|---|"
    for name, field in model.model_fields.items():
        yield f"| `{field.alias or name}` | {'yes' if field.is_required() else ''} | {_described(field)} |"


def operations_page() -> Iterator[str]:
    yield "# Operations of the query language\n"
    yield "A chain of operations is a list of objects, each with its `type` and parameters, applied left to right.\n"
    yield "| type | parameters | |"
    yield "|---|---|---|"
    for name, operation in sorted(operation_classes().items()):
        parameters = ", ".join(
            f"`{field.alias or key}`" for key, field in operation.model_fields.items() if key != "type"
        )
        yield f"| `{name}` | {parameters} | {_cell((operation.__doc__ or '').strip().partition(chr(10))[0])} |"


def errors_page() -> Iterator[str]:
    yield "# Twilio's errors in plain words\n"
    yield "What each code means, what to do, and whether Ringline tries again by itself.\n"
    yield "| code | meaning | what to do | again? |"
    yield "|---|---|---|---|"
    for code in sorted(CATALOGUE):
        entry = CATALOGUE[code]
        yield f"| {code} | {_cell(entry.sentence)} | {_cell(entry.fix)} | {entry.retry} |"


def _described(field: FieldInfo) -> str:
    """What a field is for, and the words it takes unless the description has them."""
    said = _cell(field.description)
    words = [word for word in _words(field.annotation) if not re.search(rf"\b{re.escape(word)}\b", said)]
    every = _words(field.annotation)
    return f"{said} One of {', '.join(f'`{word}`' for word in every)}." if words and 1 < len(every) < 20 else said


def _words(annotation: Any) -> list[str]:
    """The words that a field may hold, in the order of its type."""
    if get_origin(annotation) is Literal:
        return [word for word in get_args(annotation) if isinstance(word, str)]
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return [word for part in get_args(annotation) for word in _words(part)]
    return []


def _cell(text: str | None) -> str:
    return " ".join((text or "").replace("|", "\\|").split())


def _default(value: Any) -> str:
    return (
        ""
        if value is None or value in ({}, [], ())
        else f"`{str(value).lower() if isinstance(value, bool) else value}`"
    )


def metrics_page() -> Iterator[str]:
    yield "# Metrics\n"
    yield "`/metrics` of a server, and of a worker with `--metrics-port`, in Prometheus' text format. Gauges are read"
    yield "from the database at most every 15 seconds, by indexes that hold only what waits, and say the same in every"
    yield "process on it; counters and histograms are each process' own, so sum them.\n"
    yield "| metric | type | labels | |"
    yield "|---|---|---|---|"
    for name, kind, labels, meaning in Metrics().described():
        yield f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {_cell(meaning)} |"
    yield "\nBeside them stand `ringline_build_info` with the version, and `process_*` with memory, CPU and open files."


PAGES = {
    "metrics.md": metrics_page,
    "settings.md": settings_page,
    "commands.md": commands_page,
    "blocks.md": blocks_page,
    "triggers.md": triggers_page,
    "operations.md": operations_page,
    "scenarios.md": scenarios_page,
    "twilio-errors.md": errors_page,
}


def main() -> None:
    stale = []
    for name, page in PAGES.items():
        text = WRITTEN + "\n".join(page()).rstrip() + "\n"
        path = FOLDER / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                stale.append(name)
        else:
            path.write_text(text)
    if stale:
        sys.exit(f"stale: {', '.join(stale)}; write them anew with `make docs`")


if __name__ == "__main__":
    main()
