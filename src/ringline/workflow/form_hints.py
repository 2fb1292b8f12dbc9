"""What a manifest says to the form that the web application makes of it. It changes nothing but the form.

Most of it comes from the annotations themselves (`Template`, `SelectorOf`, `Duration`); these are for fields whose
type does not tell what they are: ``Field(json_schema_extra=RECIPIENT)``.
"""

from __future__ import annotations

from typing import Any

RECIPIENT: dict[str, Any] = {"x-widget": "phone", "x-tag": "to"}
"""Who gets the message or the call."""

SENDER: dict[str, Any] = {"x-widget": "sender", "x-tag": "from"}
"""Our number, or whatever else stands for us."""

PERSON: dict[str, Any] = {"x-widget": "phone"}
"""Somebody's number who is not the recipient."""

CREDENTIAL: dict[str, Any] = {"x-widget": "credential"}

SECRET: dict[str, Any] = {"x-widget": "secret"}
"""Never written into a definition, but named by a selector."""

QUESTIONS: dict[str, Any] = {"x-widget": "question_flow"}

LEVELS: dict[str, Any] = {"x-widget": "levels"}
"""Who is alerted, level by level."""

MENU: dict[str, Any] = {"x-widget": "menu"}
"""What keys of the telephone mean."""

JSON: dict[str, Any] = {"x-widget": "json"}
"""Any value at all, written as JSON."""


PLACEHOLDERS: dict[str, Any] = {"x-widget": "template", "x-placeholders": "message_parameters"}
"""Roboflow's texts, whose gaps ``{{ $parameters.name }}`` are filled in from the field *x-placeholders*."""


def shown_first(*keys: str) -> dict[str, Any]:
    """For a manifest's ``model_config``: the fields that are always shown, in this order, whether required or not."""
    return {"x-order": list(keys)}


def shown_when(**values: list[str]) -> dict[str, Any]:
    """A field that means something only where the field beside it has one of these values."""
    return {"x-when": values}
