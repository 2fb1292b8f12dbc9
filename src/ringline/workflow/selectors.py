"""Selectors: the ``$inputs.x`` and ``$steps.s.o`` that point at a value, and ``$steps.s`` that points at a step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

_INPUT = re.compile(r"\$inputs\.([A-Za-z_0-9\-]+)")
_STEP_OUTPUT = re.compile(r"\$steps\.([A-Za-z_\-0-9]+)\.([A-Za-z_*0-9\-]+)")
_STEP = re.compile(r"\$steps\.([^.]+)")
# Outputs may name steps with any character in their name; the last dot ends the name.
_ANY_INPUT = re.compile(r"\$inputs\.(.+)", re.DOTALL)
_ANY_STEP_OUTPUT = re.compile(r"\$steps\.(.+)\.([^.]+)", re.DOTALL)

FORMS = "`$inputs.NAME` or `$steps.STEP.OUTPUT`"


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector, read. ``output`` is ``None`` for inputs and for references to a step, ``*`` for all outputs."""

    kind: Literal["input", "output", "step"]
    name: str
    output: str | None = None

    def __str__(self) -> str:
        if self.kind == "input":
            return f"$inputs.{self.name}"
        return f"$steps.{self.name}" if self.output is None else f"$steps.{self.name}.{self.output}"


def is_selector_text(value: Any) -> bool:
    """Whether a value in a field that accepts selectors is taken as one: any text that starts with ``$``."""
    return isinstance(value, str) and value.startswith("$")


def parse_selector(text: str) -> Selector | None:
    """The selector in a step's field; ``None`` where the text is not of that form."""
    if found := _INPUT.fullmatch(text):
        return Selector("input", found[1])
    if found := _STEP_OUTPUT.fullmatch(text):
        return Selector("output", found[1], found[2])
    if found := _STEP.fullmatch(text):
        return Selector("step", found[1])
    return None


def parse_output_selector(text: str) -> Selector | None:
    """The selector of a workflow output, where names may hold any character."""
    if found := _ANY_INPUT.fullmatch(text):
        return Selector("input", found[1])
    if found := _ANY_STEP_OUTPUT.fullmatch(text):
        return Selector("output", found[1], found[2])
    return None


def parse_target(text: Any) -> str | None:
    """The step's name in a control target ``$steps.NAME``; ``None`` for anything else."""
    if not isinstance(text, str) or not text.startswith("$steps."):
        return None
    return text[len("$steps.") :] or None


def looks_like_selector(text: str) -> bool:
    """Whether an author who wrote this text into a plain field probably meant a selector."""
    return text.startswith(("$inputs.", "$steps."))
