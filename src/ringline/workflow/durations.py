"""Spans of time as fields of a definition, and spans that may reach back."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema, WrapValidator

from ringline.durations import parse_duration

__all__ = ["Duration", "Offset", "TemplatedDuration", "parse_duration", "parse_offset"]


def parse_offset(value: Any) -> float:
    """Seconds of a duration that may begin with a minus sign; else as `parse_duration`."""
    if isinstance(value, str) and value.strip().startswith(("-", "+")):
        text = value.strip()
        return parse_duration(text[1:]) * (-1 if text[0] == "-" else 1)
    return parse_duration(value)


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "x-widget": "duration", "examples": ["30s", "5m", "24h", "3d", "PT10S"]}),
]
"""A field that takes a written duration and holds its seconds."""


def _or_template(value: Any, otherwise: Any) -> Any:
    # What the template gives is held against the field again when it has been rendered.
    return value if isinstance(value, str) and "{{" in value else otherwise(value)


TemplatedDuration = Annotated[Duration, WrapValidator(_or_template)]
"""As `Duration`, and takes a template that gives one; mark the field with `Template` too."""

Offset = Annotated[
    float,
    BeforeValidator(parse_offset),
    WrapValidator(_or_template),
    WithJsonSchema({"type": "string", "x-widget": "duration", "examples": ["-24h", "30m", "-3d"]}),
]
"""A field that takes a written duration, also one into the past or a template, and holds its seconds."""
