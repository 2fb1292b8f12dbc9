"""The words and signs of an expression between ``{{`` and ``}}``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ringline.errors import TemplateError

MAX_EXPRESSION = 2_000
"""Characters of one expression."""

Kind = Literal["name", "number", "text", "sign", "end"]

OPERATOR_WORDS = frozenset(("and", "or", "not", "in", "if", "else"))
CONSTANTS = {
    "true": "true", "True": "true", "false": "false", "False": "false",
    "null": "none", "none": "none", "None": "none", "undefined": "none",
}  # fmt: skip

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<name>@?[^\W\d]\w*)
    | (?P<number>\d+(?:\.\d+)?)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<sign>===|!==|==|!=|<=|>=|\|\||&&|\*\*|//|[-+*/%<>!?:|.,()\[\]=])
    """,
    re.VERBOSE | re.DOTALL,
)
# The name of a step may hold hyphens, which are minus signs anywhere else.
_STEP = re.compile(r"\s*\.\s*([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign; *start* and *end* are offsets in the expression, *value* is a text without its quotes."""

    kind: Kind
    value: str
    start: int
    end: int


def tokens_of(expression: str) -> list[Token]:
    """The tokens, ending in one of kind ``end``. Positions of errors are offsets in *expression*."""
    if len(expression) > MAX_EXPRESSION:
        raise TemplateError(
            f"An expression has {len(expression):,} characters; the limit is {MAX_EXPRESSION:,}.",
            position=0,
            fix="Work part of it out in a step of its own.",
        )
    tokens: list[Token] = []
    index = 0
    while index < len(expression):
        found = _TOKEN.match(expression, index)
        if found is None:
            raise _unknown(expression, index)
        kind = found.lastgroup
        if kind == "name":
            tokens.append(Token("name", found[0], index, found.end()))
            step = _STEP.match(expression, found.end()) if found[0] == "steps" else None
            if step is not None:
                dot = expression.index(".", found.end())
                tokens.append(Token("sign", ".", dot, dot + 1))
                tokens.append(Token("name", step[1], step.start(1), step.end(1)))
                index = step.end()
                continue
        elif kind == "number":
            tokens.append(Token("number", found[0], index, found.end()))
        elif kind == "text":
            tokens.append(Token("text", _unescape(found[0][1:-1]), index, found.end()))
        elif kind == "sign":
            tokens.append(Token("sign", found[0], index, found.end()))
        index = found.end()
    tokens.append(Token("end", "", len(expression), len(expression)))
    return tokens


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), text)


def _unknown(expression: str, index: int) -> TemplateError:
    character = expression[index]
    if character in "\"'":
        return TemplateError("A text in quotes is not closed.", position=index, fix=f"Add the closing {character}.")
    if character == "$":
        return TemplateError(
            "A name in `{{ }}` is written without `$`; `{{ $parameters.x }}` is for Roboflow's blocks.",
            position=index,
            fix="Write {{name}} for an input or variable, {{steps.STEP.OUTPUT}} for a step's output.",
        )
    if character == "&":
        return TemplateError("A single `&` means nothing here.", position=index, fix="Write `&&` for and.")
    if character in "{}":
        return TemplateError(
            f"`{character}` cannot stand inside `{{{{ }}}}`.", position=index, fix="Remove it, or put it in quotes."
        )
    return TemplateError(
        f"`{character}` means nothing inside `{{{{ }}}}`.", position=index, fix="Remove it, or put it in quotes."
    )
