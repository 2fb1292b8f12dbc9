"""The query language: chains of operations on a value, and conditions over named values.

`OperationChain` and `StatementGroup` are also field types for manifests: they validate the JSON form when the
definition is read, run as closures, and dump as they were written.
"""

from __future__ import annotations

from ringline.query.condition import StatementGroup
from ringline.query.failures import definition_error
from ringline.query.operation import Operation, OperationChain, operation_classes
from ringline.query.run import compile_condition, compile_operations, evaluate_condition, run_operations

__all__ = [
    "Operation",
    "OperationChain",
    "StatementGroup",
    "compile_condition",
    "compile_operations",
    "definition_error",
    "evaluate_condition",
    "operation_classes",
    "run_operations",
]
