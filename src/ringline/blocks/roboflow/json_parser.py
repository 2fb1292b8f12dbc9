"""`roboflow_core/json_parser@v1`: fields out of a JSON text, such as a language model's answer."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from ringline.blocks.roboflow.base import RoboflowManifest
from ringline.workflow.block import Block, Manifest, Output, SelectorOf

_FENCE = re.compile(r"```json", re.IGNORECASE)


def _without_status(fields: list[str]) -> list[str]:
    if "error_status" in fields:
        raise ValueError("`error_status` is an output of the block itself; it cannot be an expected field")
    return fields


class JsonParserManifest(RoboflowManifest):
    """Reads fields out of a JSON text."""

    type: Literal["roboflow_core/json_parser@v1"]
    raw_json: Annotated[str, SelectorOf("language_model_output")] = Field(
        description="The text; the first block fenced as json counts, else all of it."
    )
    expected_fields: Annotated[list[str], AfterValidator(_without_status)] = Field(
        description="Names of the fields, each of them an output of the step."
    )


class JsonParser(Block):
    """A field that is missing is None, and `error_status` says that something is missing or unreadable."""

    manifest: ClassVar[type[Manifest]] = JsonParserManifest
    title = "JSON parser"
    icon = "braces"
    outputs = (Output("error_status", ("boolean",)),)

    @classmethod
    def outputs_of(cls, manifest: Manifest) -> tuple[Output, ...]:
        assert isinstance(manifest, JsonParserManifest)
        return (*cls.outputs, *(Output(name) for name in dict.fromkeys(manifest.expected_fields)))

    def run(self, *, raw_json: str, expected_fields: Sequence[str]) -> Mapping[str, Any]:
        found = _object(_fenced(raw_json))
        result: dict[str, Any] = {name: found.get(name) for name in expected_fields} if found is not None else {}
        complete = found is not None and all(name in found for name in expected_fields)
        return {**dict.fromkeys(expected_fields), **result, "error_status": not complete}


def _fenced(text: str) -> str:
    """The inside of the first fenced block, all of the text where none is closed."""
    opening = _FENCE.search(text)
    closing = text.find("```", opening.end()) if opening else -1
    return text[opening.end() : closing] if opening and closing >= 0 else text


def _object(text: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
