"""Reads a posted form into a record's fields."""

from __future__ import annotations

import re
from dataclasses import fields

from ringline.simulator.records import Record
from ringline.simulator.refusals import Refusal
from ringline.simulator.sending import Form

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def field_name(wire_name: str) -> str:
    """``SmsFallbackUrl`` as ``sms_fallback_url``."""
    return _WORD.sub("_", wire_name).lower()


def apply_form(record: Record, form: Form, wire_names: tuple[str, ...]) -> None:
    """Set the fields of *record* that the form names; other fields of the form are ignored, as Twilio does."""
    types = {each.name: each.type for each in fields(record)}  # type: ignore[arg-type]
    changes: dict[str, object] = {}
    for wire_name in wire_names:
        if wire_name not in form:
            continue
        text, name = form[wire_name][0], field_name(wire_name)
        changes[name] = _value(wire_name, text, str(types[name]))
    for name, value in changes.items():
        setattr(record, name, value)


def _value(wire_name: str, text: str, type_name: str) -> object:
    if type_name == "bool":
        if text.lower() not in ("true", "false"):
            raise Refusal(20422, detail=f"{wire_name} is true or false, not {text}")
        return text.lower() == "true"
    if type_name == "int":
        if not text.isdigit():
            raise Refusal(20422, detail=f"{wire_name} is a whole number, not {text}")
        return int(text)
    if wire_name.endswith("Method"):
        if text.upper() not in ("GET", "POST"):
            raise Refusal(20422, detail=f"{wire_name} is GET or POST, not {text}")
        return text.upper()
    if wire_name.endswith(("Url", "Callback")) and text and not re.match(r"https?://[^/?#]+", text):
        raise Refusal(20422, detail=f"{wire_name} is not a URL: {text}")
    if "None" in type_name and not text:
        return None
    return text
