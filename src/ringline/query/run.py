"""The face of the query language: run a chain on a value, decide a condition on values."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from ringline.query.condition import StatementGroup
from ringline.query.failures import definition_error
from ringline.query.operation import Operation, OperationChain, Variables

Operations = OperationChain | Iterable[Operation | Mapping[str, Any]]
Condition = StatementGroup | Mapping[str, Any]

_KEPT = 512


def run_operations(operations: Operations, value: Any, global_parameters: Variables | None = None) -> Any:
    """What *operations*, applied left to right, make of *value*.

    Raises `WorkflowSyntaxError` where the definition is wrong (nothing has run then), and a
    `RoboflowQueryLanguageError` where the value does not fit it.
    """
    return compile_operations(operations)(value, global_parameters)


def evaluate_condition(definition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether the condition holds for the named *values*.

    Raises `WorkflowSyntaxError` where the definition is wrong, `UndeclaredSymbolError` for a name that *values* lacks,
    and `EvaluationEngineError` where values cannot be compared as asked.
    """
    return compile_condition(definition)(values)


def compile_operations(operations: Operations) -> OperationChain:
    """The chain, checked and ready: call it with a value and, if it needs them, the global parameters."""
    if isinstance(operations, OperationChain):
        return operations
    written = operations if isinstance(operations, list) else _listed(operations)
    key = _key(written)
    return _read_chain(written) if key is None else _cached_chain(key)


def compile_condition(definition: Condition) -> Callable[[Mapping[str, Any]], bool]:
    """The condition, checked and ready: call it with the named values."""
    if isinstance(definition, StatementGroup):
        return definition
    key = _key(definition)
    return _read_condition(definition) if key is None else _cached_condition(key)


def _listed(operations: Any) -> Any:
    """*operations* as a list where it is a sequence of them; anything else is left for validation to refuse."""
    return list(operations) if isinstance(operations, tuple) else operations


def _key(definition: Any) -> bytes | None:
    """What tells definitions apart, 1 from 1.0 and from True; None for those that hold more than plain values."""
    try:
        return marshal.dumps(definition, 2)
    except ValueError:
        return None


@lru_cache(maxsize=_KEPT)
def _cached_chain(key: bytes) -> OperationChain:
    return _read_chain(marshal.loads(key))  # noqa: S302 - our own bytes, made a moment ago


@lru_cache(maxsize=_KEPT)
def _cached_condition(key: bytes) -> StatementGroup:
    return _read_condition(marshal.loads(key))  # noqa: S302 - our own bytes, made a moment ago


def _read_chain(written: Any) -> OperationChain:
    try:
        return OperationChain.validate(written)
    except ValidationError as error:
        raise definition_error(error, "the operations") from error


def _read_condition(written: Any) -> StatementGroup:
    try:
        return StatementGroup.model_validate(written)
    except ValidationError as error:
        raise definition_error(error, "the condition") from error
