"""A definition taken elsewhere: as it is written, in the other format, or as Roboflow's engine takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ringline.app.registry import block_registry
from ringline.errors import DefinitionError
from ringline.workflow import compile_definition, read_document
from ringline.workflow.editing.writing import yaml_block
from ringline.workflow.export import roboflow_obstacles

if TYPE_CHECKING:
    from ringline.workflow import Document

Form = Literal["as_written", "yaml", "json", "roboflow"]

_FOREIGN = ("name", "description")


@dataclass(frozen=True, slots=True)
class Export:
    """A text to keep in a file, and what keeps it from running where it is meant for."""

    filename: str
    text: str
    obstacles: list[str]


def exported(name: str, text: str, form: Form, services: Mapping[str, Any]) -> Export:
    """*text* in the form asked for. Raises `DefinitionError` where it would have to be read and cannot be."""
    if form == "as_written":
        return Export(f"{name}.{'json' if text.lstrip().startswith('{') else 'yaml'}", text, [])
    document = read_document(text)
    if form == document.format:
        return Export(f"{name}.{form}", text, [])
    if form == "yaml":
        return Export(f"{name}.yaml", yaml_block(document.data, 0, "\n") + "\n", [])
    if form == "json":
        return Export(f"{name}.json", _json(document.data), [])
    plain = {key: value for key, value in document.data.items() if key not in _FOREIGN}
    return Export(f"{name}.roboflow.json", _json(plain), _obstacles(document, services))


def _obstacles(document: Document, services: Mapping[str, Any]) -> list[str]:
    try:
        plan = compile_definition(document, block_registry(), services)
    except DefinitionError as error:
        return [fault.message for fault in error.faults if fault.severity == "error"]
    return roboflow_obstacles(plan)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
