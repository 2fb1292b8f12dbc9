"""How operations and conditions fail: the errors they raise, and the place in the definition those name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ringline.errors import (
    Fault,
    InvalidInputTypeError,
    OperationError,
    RoboflowQueryLanguageError,
    RuntimeInputError,
    WorkflowSyntaxError,
)

ROOT = "<root>"
EVALUATION = "step_execution | roboflow_query_language_evaluation"

# What Python raises when a value is not what the code thought: the reference lets these escape.
UNEXPECTED: tuple[type[Exception], ...] = (
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
)


def wrong_type(operation: str, expected: str, value: Any, cause: BaseException | None = None) -> InvalidInputTypeError:
    """The error for a value of a type *operation* does not take. Names the type, never the value: it may be secret."""
    return InvalidInputTypeError(f"{operation} takes {expected}, and was given {kind_of(value)}", inner_error=cause)


def kind_of(value: Any) -> str:
    """What *value* is, in words."""
    if value is None:
        return "no value (None)"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeio' else 'a'} `{name}`"


def undecidable(error: RoboflowQueryLanguageError) -> RoboflowQueryLanguageError:
    """*error*, marked as standing for a value that lacks what it should have.

    In a condition such a value makes the statement undecidable (`EvaluationEngineError`), where other errors of
    operations pass unchanged.
    """
    error.undecidable = True  # type: ignore[attr-defined]
    return error


def is_undecidable(error: RoboflowQueryLanguageError) -> bool:
    """Whether *error* was marked by `undecidable`."""
    return getattr(error, "undecidable", False)


def at_place(error: RoboflowQueryLanguageError, place: str) -> None:
    """Note where *error* arose, unless something deeper did already."""
    if not error.context:
        error.context = f"{EVALUATION} | {place}"


def unexpected(error: Exception, value: Any, place: str) -> RoboflowQueryLanguageError:
    """The error for a plain Python exception out of an operation."""
    kind = InvalidInputTypeError if isinstance(error, TypeError | ValueError) else OperationError
    return undecidable(
        kind(
            f"the operation could not work on {kind_of(value)}: {type(error).__name__}",
            context=f"{EVALUATION} | {place}",
            inner_error=error,
        )
    )


def refused_input(sentence: str, cause: BaseException | None = None) -> RuntimeInputError:
    """The error for a value handed to a run that cannot be read; *sentence* says why, without its full stop."""
    return RuntimeInputError(f"{sentence}.", context="workflow_execution | runtime_input_validation", inner_error=cause)


def definition_error(error: ValidationError, subject: str) -> WorkflowSyntaxError:
    """Everything that is wrong with the JSON form of *subject* ("the operations"), as one `WorkflowSyntaxError`."""
    faults = [
        Fault(
            severity="error",
            message=_sentence(details),
            fix=_fix(details),
            field=field_path(details["loc"]) or None,
            code="WorkflowSyntaxError",
        )
        for details in error.errors(include_url=False)
    ]
    first = faults[0]
    where = f"`{first.field}` of {subject}" if first.field else subject
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return WorkflowSyntaxError(
        f"{where}: {first.message}{more}",
        context="workflow_compilation | workflow_definition_parsing",
        inner_error=error,
        faults=faults,
    )


def field_path(location: Sequence[str | int]) -> str:
    """The place of a fault as an author writes it: ``[0].operations[1].regex``.

    What pydantic adds to name the member of a union (an operation's name, ``list[…]``) is left out.
    """
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.islower() and part.isidentifier() and part not in ("str", "int", "float", "bool"):
            path += f".{part}" if path else part
    return path


def _sentence(details: Mapping[str, Any]) -> str:
    message = str(details["msg"])
    if details["type"] == "missing":
        return "this key is missing"
    if details["type"] == "too_short":
        return "this list must not be empty"
    return message.replace("Input should", "this should", 1)


def _fix(details: Mapping[str, Any]) -> str:
    if details["type"] == "missing":
        return f"Add `{details['loc'][-1]}`; it has no default."
    if details["type"] == "too_short":
        return "Write at least one statement."
    return ""
