"""New values as text: YAML as an author would write it, or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ringline.workflow.yaml_text import scalar_type

WIDTH = 110
"""Columns up to which a list or mapping is kept on one line."""

_PLAIN = re.compile(r"[A-Za-z$(/_\u00a1-\ud7ff\ue000-\ufffd][^\x00-\x1f\x7f-\x9f\ufeff]*")
_WORDS = re.compile(r"y|n|yes|no|on|off|true|false|null|none", re.IGNORECASE)
_DURATION = re.compile(r"[0-9]{1,4}[smhd]")
_ESCAPES = re.compile("[\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LITERAL = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff\ufffe\uffff]*")


def yaml_scalar(value: Any, *, in_flow: bool, style: str | None = None) -> str:
    """A single value on one line; text in the quotes of *style* where it needs or had any."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    text = str(value)
    if style == "'" and _LITERAL.fullmatch(text) and "\n" not in text:
        return "'" + text.replace("'", "''") + "'"
    if style != '"' and is_plain(text, in_flow=in_flow):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPES.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def is_plain(text: str, *, in_flow: bool) -> bool:
    """Whether text may stand without quotes and nobody could take it for anything else."""
    if _DURATION.fullmatch(text):
        return True
    if _PLAIN.fullmatch(text) is None or text != text.strip() or _WORDS.fullmatch(text):
        return False
    if ": " in text or " #" in text or text.endswith(":") or "{{" in text:
        return False
    if in_flow and re.search(r"[,\[\]{}]|:(?=[\"'])", text):
        return False
    return scalar_type(text) == "str"


def yaml_key(name: str, *, in_flow: bool) -> str:
    """A key; one that is a number, as on a phone's keys, is put in quotes."""
    return yaml_scalar(name, in_flow=in_flow)


def yaml_flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        pairs = [f"{yaml_key(key, in_flow=True)}: {yaml_flow(inner)}" for key, inner in value.items()]
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(yaml_flow(inner) for inner in value) + "]"
    return yaml_scalar(value, in_flow=True)


def fits_on_a_line(value: Any, column: int) -> bool:
    """Whether an author would keep a list or mapping in brackets: short, shallow, and without longer text."""
    if not value:
        return True
    if any(isinstance(text, str) and "\n" in text for text in _leaves(value)):
        return False
    if isinstance(value, Mapping) and (len(value) > 3 or _depth(value) > 2):
        return False
    return _depth(value) <= 2 and column + len(yaml_flow(value)) <= WIDTH


def yaml_block(value: Any, indent: int, newline: str) -> str:
    """The lines of a list or mapping, the first without its indentation, which is *indent* blanks."""
    pad = newline + " " * indent
    if isinstance(value, Mapping):
        return pad.join(
            f"{yaml_key(key, in_flow=False)}:{yaml_after_colon(inner, indent, newline)}" for key, inner in value.items()
        )
    return pad.join(f"- {yaml_item(inner, indent + 2, newline)}" for inner in value)


def yaml_item(value: Any, indent: int, newline: str, *, on_a_line: bool = False) -> str:
    """What stands behind a dash."""
    if isinstance(value, Mapping | list | tuple):
        if on_a_line or fits_on_a_line(value, indent):
            return yaml_flow(value)
        return yaml_block(value, indent, newline)
    return yaml_text(value, indent, newline)


def yaml_after_colon(value: Any, indent: int, newline: str, *, on_a_line: bool = False) -> str:
    """What stands behind a key's colon, where the key is indented by *indent*; it begins with a blank or a new line."""
    if isinstance(value, Mapping | list | tuple):
        if on_a_line or fits_on_a_line(value, indent + 12):
            return " " + yaml_flow(value)
        return newline + " " * (indent + 2) + yaml_block(value, indent + 2, newline)
    return " " + yaml_text(value, indent + 2, newline)


def yaml_text(value: Any, indent: int, newline: str) -> str:
    """A single value; text of several lines as a literal block, so that it reads as it is sent."""
    if isinstance(value, str) and "\n" in value and is_literal(value):
        return yaml_literal(value, indent, newline)
    return yaml_scalar(value, in_flow=False)


def is_literal(text: str) -> bool:
    """Whether text can stand in a literal block and come out the same."""
    return (
        _LITERAL.fullmatch(text) is not None
        and text.strip() != ""
        and not text.startswith(("\n", " "))
        and not any(line != line.rstrip() for line in text.split("\n"))
    )


def yaml_literal(text: str, indent: int, newline: str) -> str:
    """A literal block: `|-` without a last line break, `|` with one, `|+` with more."""
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    sign = "|-" if ends == 0 else "|" if ends == 1 else "|+"
    lines = [" " * indent + line if line else "" for line in text.split("\n")]
    if ends:
        lines = lines[:-1]
    return newline.join([sign, *lines])


def json_text(value: Any, unit: str | None, indent: str, newline: str) -> str:
    """A value as JSON; with a *unit* of indentation what is long goes over lines, the first of them at *indent*."""
    line = json.dumps(value, ensure_ascii=False)
    if unit is None or not isinstance(value, Mapping | list) or not value:
        return line
    if not any(isinstance(inner, Mapping | list) for inner in _inner(value)) and len(indent) + len(line) <= 80:
        return line
    pad = newline + indent + unit
    if isinstance(value, Mapping):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {json_text(inner, unit, indent + unit, newline)}"
            for key, inner in value.items()
        ]
        return "{" + pad + ("," + pad).join(parts) + newline + indent + "}"
    parts = [json_text(inner, unit, indent + unit, newline) for inner in value]
    return "[" + pad + ("," + pad).join(parts) + newline + indent + "]"


def _inner(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, Mapping) else list(value)


def _leaves(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping | list | tuple):
        return [leaf for inner in _inner(value) for leaf in _leaves(inner)]
    return [value]


def _depth(value: Any) -> int:
    if isinstance(value, Mapping | list | tuple):
        return 1 + max((_depth(inner) for inner in _inner(value)), default=0)
    return 0
