"""Schema errors in plain words: what was expected, what is there, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

_LONGEST_SHOWN = 60

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_attributes_type": "a mapping",
    "datetime_type": "a time",
    "datetime_from_date_parsing": "a time such as 2026-01-31T18:00:00Z",
    "datetime_parsing": "a time such as 2026-01-31T18:00:00Z",
    "is_instance_of": "another type of value",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """One thing a schema refused: the path within the value, the sentence and the fix."""

    path: tuple[str | int, ...]
    sentence: str
    fix: str = ""
    is_unknown_key: bool = False

    @property
    def field(self) -> str | None:
        """The field it is about."""
        return str(self.path[0]) if self.path else None


def explain(
    error: ValidationError, data: Any, *, known: Sequence[str] = (), secret: Iterable[str] = (), of: str = "the step"
) -> list[Explanation]:
    """What *error* says about *data*, one explanation a place, in the order of the fields.

    *known* are the names to suggest for unknown keys, *secret* the fields whose values are never shown, and *of* is
    what the fields belong to.
    """
    hidden = set(secret)
    by_place: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for detail in error.errors(include_url=False):
        by_place.setdefault(_place(detail["loc"], data), []).append(detail)
    explanations = []
    for place, details in by_place.items():
        # Alternatives of a union each report deeper places; what stands highest says it best.
        if any(len(other) < len(place) and place[: len(other)] == other and other for other in by_place):
            continue
        shown = "********" if place and str(place[0]) in hidden else None
        explanations.append(_explanation(place, details, known, of, shown))
    return explanations


def show(value: Any) -> str:
    """A value as it may stand in a sentence, cut to one line."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """The known word that *word* probably means."""
    names = list(known)
    by_folded = {name.lower().replace("-", "_"): name for name in names}
    folded = word.lower().replace("-", "_")
    if folded in by_folded:
        return by_folded[folded]
    begun = [name for name in by_folded if len(folded) >= 4 and name.startswith(f"{folded}_")]
    if len(begun) == 1:
        return by_folded[begun[0]]
    close = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.7)
    return by_folded[close[0]] if close else None


def listed(words: Iterable[str], *, limit: int = 12) -> str:
    """Words as code, with commas; the rest is counted."""
    names = list(words)
    text = ", ".join(f"`{name}`" for name in names[:limit])
    return f"{text} and {len(names) - limit} more" if len(names) > limit else text


def _place(location: Sequence[str | int], data: Any) -> tuple[str | int, ...]:
    """The part of pydantic's location that exists in the data; the rest names alternatives of a type."""
    place: list[str | int] = []
    value = data
    for position, part in enumerate(location):
        if isinstance(value, Mapping):
            if part in value:
                value = value[part]
            elif position == len(location) - 1 and isinstance(part, str):
                place.append(part)  # a missing key
                break
            else:
                continue
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        place.append(part)
    return tuple(place)


def _explanation(
    place: tuple[str | int, ...],
    details: Sequence[Mapping[str, Any]],
    known: Sequence[str],
    of: str,
    shown: str | None,
) -> Explanation:
    name = path_text(place)
    first = details[0]
    kind = first["type"]
    value = shown or show(first.get("input"))
    if kind == "missing":
        return Explanation(place, f"{of[0].upper()}{of[1:]} needs `{name}`, which is missing.", f"Add `{name}:`.")
    if kind == "extra_forbidden":
        meant = suggestion(str(place[-1]), known)
        if meant is not None:
            fix = f"Did you mean `{meant}`?"
        else:
            # *known* are the keys at the top; what a mapping within a field may hold they do not say.
            fix = f"Remove it, or use one of {listed(known)}." if known and len(place) == 1 else "Remove it."
        return Explanation(place, f"`{name}` is not a key of {of}.", fix, is_unknown_key=True)
    expected = list(dict.fromkeys(filter(None, (_expected(detail) for detail in details))))
    if expected and len(expected) >= len({detail["type"] for detail in details}) - 1 and kind != "value_error":
        wanted = " or ".join(expected)
        bound = "a value of " if wanted.startswith(("at ", "more ", "less ")) else ""
        fix = _quote_hint(details) or f"Write {bound}{wanted.removeprefix('one of ')}."
        return Explanation(place, f"`{name}` must be {wanted}, not {value}.", fix)
    if kind == "value_error":
        sentence = str(first["ctx"]["error"]) if "error" in first.get("ctx", {}) else str(first["msg"])
        sentence = sentence.removeprefix("Value error, ")
        if shown is not None:
            sentence = sentence.replace(str(first.get("input")), shown)
        said, _, advice = sentence.rstrip(".").partition("; write ")
        fix = f"Write {advice}." if advice else f"Correct `{name}`."
        return Explanation(place, f"{said}." if name in said else f"`{name}`: {said}.", fix)
    text = str(first["msg"])
    sentence = f"`{name}`: {text[0].lower()}{text[1:].rstrip('.')}; it is {value}."
    return Explanation(place, sentence, f"Correct `{name}`.")


def _expected(detail: Mapping[str, Any]) -> str | None:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    match kind:
        case "literal_error" | "enum":
            return f"one of {context['expected']}" if " or " in context["expected"] else str(context["expected"])
        case "greater_than":
            return f"more than {context['gt']}"
        case "greater_than_equal":
            return f"at least {context['ge']}"
        case "less_than":
            return f"less than {context['lt']}"
        case "less_than_equal":
            return f"at most {context['le']}"
        case "string_too_short":
            length = context["min_length"]
            return "text that is not empty" if length == 1 else f"text of at least {length} characters"
        case "string_too_long":
            return f"text of at most {context['max_length']} characters"
        case "too_short":
            return f"a list of at least {context['min_length']}"
        case "too_long":
            return f"a list of at most {context['max_length']}"
        case "none_required":
            return "empty"
    return None


def _quote_hint(details: Sequence[Mapping[str, Any]]) -> str:
    """YAML and JSON read an unquoted 5 as a number; where text is wanted, quotes are what is missing."""
    first = details[0]
    if first["type"] == "string_type" and isinstance(first.get("input"), int | float | bool):
        text = str(first["input"]).lower() if isinstance(first["input"], bool) else str(first["input"])
        return f'Write it in quotes: "{text}".'
    return ""


def path_text(place: Sequence[str | int]) -> str:
    """A place as people write it: ``outcomes.sent[0]``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else part)
    return text
