"""A step's or an input's new name in everything that names it: selectors, targets, templates."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ringline.errors import TemplateError
from ringline.templating.tokens import Token, tokens_of

_TAG = re.compile(r"\{\{(?P<hash>#(?:if|each|unless)\s+|else\s+if\s+)?(?P<inner>.*?)\}\}", re.DOTALL)


def rename_step_in(value: Any, old: str, new: str) -> Any:
    """The value with every mention of the step under its new name; containers are changed in place."""
    return _walked(value, lambda text: _in_templates(_in_selector(text, "steps", old, new), _step_tokens(old, new)))


def rename_input_in(value: Any, old: str, new: str) -> Any:
    """The value with every mention of the input under its new name; containers are changed in place."""
    return _walked(value, lambda text: _in_templates(_in_selector(text, "inputs", old, new), _input_tokens(old, new)))


def _walked(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        if _is_definition(value):
            return value  # an inner workflow has steps and inputs of its own
        for key, inner in value.items():
            value[key] = _walked(inner, change)
    elif isinstance(value, list):
        value[:] = [_walked(inner, change) for inner in value]
    return value


def _is_definition(value: dict[str, Any]) -> bool:
    return isinstance(value.get("steps"), list) and "outputs" in value


def _in_selector(text: str, root: str, old: str, new: str) -> str:
    start = f"${root}.{old}"
    if text == start or text.startswith(start + "."):
        return f"${root}.{new}" + text[len(start) :]
    return text


Marker = Callable[[str, list[Token]], list[tuple[int, int, str]]]


def _in_templates(text: str, marks: Marker) -> str:
    if "{{" not in text:
        return text

    def changed(tag: re.Match[str]) -> str:
        inner = tag["inner"]
        try:
            tokens = tokens_of(inner)
        except TemplateError:
            return tag[0]
        for start, end, name in reversed(marks(inner, tokens)):
            inner = inner[:start] + name + inner[end:]
        return "{{" + (tag["hash"] or "") + inner + "}}"

    return _TAG.sub(changed, text)


def _step_tokens(old: str, new: str) -> Marker:
    """The names of steps in an expression: ``steps.NAME`` and ``steps["NAME"]``."""

    def marks(expression: str, tokens: list[Token]) -> list[tuple[int, int, str]]:
        found = []
        for index, token in enumerate(tokens[:-2]):
            behind = tokens[index - 1].value if index else ""
            if token.kind != "name" or token.value != "steps" or behind == ".":
                continue
            sign, name = tokens[index + 1], tokens[index + 2]
            if name.value != old:
                continue
            if sign.value == "." and name.kind == "name":
                found.append((name.start, name.end, new))
            elif sign.value == "[" and name.kind == "text":
                quote = expression[name.start]
                found.append((name.start, name.end, quote + new + quote))
        return found

    return marks


def _input_tokens(old: str, new: str) -> Marker:
    """A plain name in an expression, which may be several words: not a field of something, not a function's."""
    words = old.split(" ")

    def marks(_expression: str, tokens: list[Token]) -> list[tuple[int, int, str]]:
        found = []
        names = [token.value if token.kind == "name" else None for token in tokens]
        for index in range(len(tokens) - len(words)):
            if names[index : index + len(words)] != words:
                continue
            behind = tokens[index - 1] if index else None
            after = tokens[index + len(words)]
            is_longer = after.kind == "name" and after.value not in ("if", "else", "and", "or", "in", "not", "is")
            if (behind is not None and behind.value in (".", "|")) or after.value == "(" or is_longer:
                continue
            found.append((tokens[index].start, tokens[index + len(words) - 1].end, new))
        return found

    return marks
