"""What pydantic finds wrong with a request, in plain words."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
    bytes: "raw bytes",
    type(None): "null",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field that does not fit: which, why, and what would."""

    field: str | None
    detail: str
    fix: str = ""
    code: str = "invalid_field"


def describe(faults: Sequence[Mapping[str, Any]], *, known: Sequence[str] = ()) -> list[FieldError]:
    """Each of pydantic's *faults* as a sentence; *known* are the body's field names, for suggestions."""
    return [_describe(fault, known) for fault in faults]


def _describe(fault: Mapping[str, Any], known: Sequence[str]) -> FieldError:
    location = [part for part in fault["loc"] if part not in ("body", "query", "path", "header")]
    field = _path(location)
    if fault["type"] == "json_invalid":
        position = location[0] if location else 0
        return FieldError(
            None,
            f"The body is not valid JSON: it cannot be read from character {position} on.",
            "Check quotes, commas and brackets.",
            "invalid_json",
        )
    if not location:
        return _whole_body(fault)
    if fault["type"] == "missing":
        fix = "Add this header." if fault["loc"][0] == "header" else "Add it to the JSON body."
        return FieldError(field, f"`{field}` is missing.", fix, "missing_field")
    if fault["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(location[-1]), known, n=1)
        fix = (
            f"Did you mean `{close[0]}`?"
            if close
            else f"The fields are {_listed(known)}."
            if known
            else "Leave it out."
        )
        return FieldError(field, f"There is no field `{field}`.", fix, "unknown_field")
    return FieldError(field, f"`{field}` {_expectation(fault)}.", _fix(fault))


def _whole_body(fault: Mapping[str, Any]) -> FieldError:
    if fault["type"] == "missing":
        return FieldError(None, "The body is missing.", "Send a JSON object.", "missing_body")
    if isinstance(fault.get("input"), bytes | str):
        return FieldError(
            None,
            "The body was not read as JSON.",
            "Send a JSON object with the header `Content-Type: application/json`.",
            "not_json",
        )
    return FieldError(None, f"The body must be a JSON object, not {_name(fault.get('input'))}.", "", "not_an_object")


def _expectation(fault: Mapping[str, Any]) -> str:
    """What follows the field's name in the sentence."""
    kind, context, given = str(fault["type"]), fault.get("ctx", {}), fault.get("input")
    if kind in _EXPECTED:
        return f"must be {_EXPECTED[kind]}, not {_name(given)}"
    match kind:
        case "literal_error" | "enum":
            return f"must be {context['expected']}, not {given!r}"
        case "greater_than_equal":
            return f"must be {context['ge']} or more"
        case "less_than_equal":
            return f"must be {context['le']} or less"
        case "greater_than":
            return f"must be more than {context['gt']}"
        case "string_too_short":
            return (
                "must not be empty"
                if context["min_length"] == 1
                else f"must have at least {context['min_length']} characters"
            )
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case "too_long":
            return f"takes at most {context['max_length']} entries, not {context['actual_length']}"
        case "int_parsing":
            return f"must be a whole number, not {given!r}"
        case "timezone_aware":
            return "must say its time zone"
        case _ if kind.startswith("datetime"):
            return f"must be a date and time, not {given!r}"
        case _:
            message = str(fault["msg"])
            return f"cannot be used: {message[:1].lower()}{message[1:]}"


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}


def _fix(fault: Mapping[str, Any]) -> str:
    kind = str(fault["type"])
    if kind == "timezone_aware" or kind.startswith("datetime"):
        return "Write it as in `2026-11-21T15:00:00Z` or `2026-11-21T10:00:00-05:00`."
    if kind == "string_type" and isinstance(fault.get("input"), int):
        return "Put it in quotes."
    return ""


def _name(value: Any) -> str:
    return _NAMES.get(type(value), "that")


def _path(location: Sequence[Any]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
