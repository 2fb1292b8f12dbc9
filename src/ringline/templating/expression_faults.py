"""What is wrong with an expression, in sentences."""

from __future__ import annotations

from keyword import iskeyword

from ringline.errors import TemplateError
from ringline.templating.tokens import Token

MAX_NESTING = 25
COMPARISONS = {"==": "==", "===": "==", "!=": "!=", "!==": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
"""Signs of comparison, and what they are called in the sandbox."""


def unexpected(text: str, token: Token) -> TemplateError:
    """The error for a *token* of *text* that nothing can be done with where it stands."""
    if token.kind == "end":
        return TemplateError("The expression ends too early.", position=token.start, fix="Finish or shorten it.")
    shown = text[token.start : token.end]
    if token.value == "=":
        return TemplateError(
            "A single `=` compares nothing and sets nothing.", position=token.start, fix="Write `==` to compare."
        )
    if token.value in COMPARISONS:
        return TemplateError(
            "Comparisons cannot be chained.", position=token.start, fix="Join two of them: `a < b && b < c`."
        )
    if token.value == "(":
        return TemplateError(
            "Only helpers can be called, by their name: methods and values cannot.",
            position=token.start,
            fix="Use a helper or a filter, as in {{upper(name)}} or {{name | upper}}.",
        )
    if token.kind in ("name", "number", "text"):
        return TemplateError(
            f"`{shown}` does not belong here; between two values there must be an operator, and the words of a "
            "name stand one blank apart.",
            position=token.start,
            fix="Join texts with `+`, or end this expression with `}}` and begin another.",
        )
    return TemplateError(f"`{shown}` does not belong here.", position=token.start, fix="Remove it.")


def too_deep(position: int) -> TemplateError:
    """The error for brackets, conditions or calls within each other without end."""
    return TemplateError(
        f"The expression is nested deeper than {MAX_NESTING} levels.",
        position=position,
        fix="Use {{#if}} or work part of it out in a step of its own.",
    )


def argument_name(token: Token, taken: set[str]) -> str:
    """The name of a named argument; it is added to *taken*. Raises where it cannot be one, or is there already."""
    if not token.value.isascii() or token.value.startswith(("_", "@")) or iskeyword(token.value):
        raise TemplateError(
            f"`{token.value}` cannot be the name of an argument.", position=token.start, fix="Use plain letters."
        )
    if token.value in taken:
        raise TemplateError(f"`{token.value}` is given twice.", position=token.start, fix="Remove one of them.")
    taken.add(token.value)
    return token.value
