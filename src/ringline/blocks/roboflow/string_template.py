"""`roboflow_core/string_template@v1`: a text with `{name}` in it, formatted the way Python does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import Formatter
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, SelectedOrLiteral, transformed
from ringline.query import OperationChain
from ringline.workflow.block import Block, Manifest, Output, SelectorOf

MAX_WIDTH = 1_000
"""Largest width or precision: ``{x:999999999}`` would fill the memory."""
MAX_LENGTH = 100_000

_CONVERSIONS: dict[str, Callable[[object], str]] = {"s": str, "r": repr, "a": ascii}


class StringTemplateManifest(RoboflowManifest):
    """Puts values into a text."""

    type: Literal["roboflow_core/string_template@v1"]
    template: Annotated[str, SelectorOf("string")] = Field(
        description="The text; {name} stands for a value, {name:.2f} formats it, {{ and }} are braces."
    )
    data: dict[str, SelectedOrLiteral] = Field(default_factory=dict, description="Values by name.")
    data_operations: dict[str, OperationChain] = Field(
        default_factory=dict, description="Operations on those values, before they are put in."
    )


class StringTemplate(Block):
    """The text with its values; attributes, indexes and positions are refused."""

    manifest: ClassVar[type[Manifest]] = StringTemplateManifest
    title = "String template"
    icon = "text-cursor-input"
    outputs = (Output("output", ("string",)),)

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, StringTemplateManifest)
        if manifest.template.startswith("$"):
            return ()
        try:
            names = [name for _, name, _, _ in _parts(manifest.template) if name is not None]
        except ValueError as error:
            return [("warning", "template", f"The run will fail: {error}.", "Correct the template.")]
        return [
            ("warning", "template", f"The run will fail: `{name}` is not among the values.", f"Add `{name}` to `data`.")
            for name in dict.fromkeys(names)
            if name not in manifest.data
        ]

    def run(
        self, *, template: str, data: Mapping[str, Any], data_operations: Mapping[str, OperationChain]
    ) -> Mapping[str, Any]:
        return {"output": fill(template, transformed(data, data_operations))}


def fill(template: str, values: Mapping[str, Any]) -> str:
    """*template* with its names replaced by formatted values; raises `ValueError` in plain words."""
    written: list[str] = []
    length = 0
    for literal, name, specification, conversion in _parts(template):
        written.append(literal)
        if name is not None:
            written.append(_formatted(name, values, specification, conversion))
        length += sum(map(len, written[-2:]))
        if length > MAX_LENGTH:
            raise ValueError(f"the text grows beyond {MAX_LENGTH:,} characters")
    return "".join(written)


def _parts(template: str) -> Iterator[tuple[str, str | None, str, str | None]]:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError("the braces of the template do not pair; write {{ or }} for one as it is") from error
    for literal, name, specification, conversion in parts:
        if name is None:
            yield literal, None, "", None
            continue
        if not name or name.isdigit():
            raise ValueError("a value is named by its position; write its name, as in {count}")
        if "." in name or "[" in name:
            raise ValueError(f"`{{{name}}}` reaches into a value; only plain names are allowed")
        _check_numbers(name, specification or "")
        yield literal, name, specification or "", conversion


def _check_numbers(name: str, specification: str) -> None:
    if any(int(number) > MAX_WIDTH for number in re.findall(r"\d{1,9}", specification)):
        raise ValueError(f"the format of `{{{name}}}` has a number above {MAX_WIDTH:,}")


def _formatted(name: str, values: Mapping[str, Any], specification: str, conversion: str | None) -> str:
    if name not in values:
        known = ", ".join(f"`{other}`" for other in values) or "none"
        raise ValueError(f"the template names `{name}`, and there is no such value; there are: {known}")
    value = values[name]
    if conversion is not None:
        convert = _CONVERSIONS.get(conversion)
        if convert is None:
            raise ValueError(f"`!{conversion}` after `{name}` means nothing; there are !s, !r and !a")
        value = convert(value)
    if "{" in specification:
        specification = _specification(name, specification, values)
    try:
        return format(value, specification)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`{name}` is {type(value).__name__}, which cannot be formatted with `{specification}`"
        ) from error


def _specification(name: str, written: str, values: Mapping[str, Any]) -> str:
    """A format that takes its width or precision from other values, as in ``{x:>{width}}``."""
    if any("{" in (part[2] or "") for part in Formatter().parse(written)):
        raise ValueError(f"the format of `{{{name}}}` is nested too deeply; Python allows one level")
    specification = fill(written, values)
    _check_numbers(name, specification)
    return specification
