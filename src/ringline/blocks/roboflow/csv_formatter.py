"""`roboflow_core/csv_formatter@v1`: values as rows of a CSV text."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from ringline.blocks.roboflow.base import RoboflowManifest, SelectedOrLiteral, transformed
from ringline.query import OperationChain
from ringline.workflow.block import Batch, Block, Manifest, Output

if TYPE_CHECKING:
    from ringline.clock import Clock

TIMESTAMP = "timestamp"
# Up to here every whole number is a float of the same value.
_EXACT = 2**53
_READ_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _without_timestamp(columns: dict[str, Any]) -> dict[str, Any]:
    if TIMESTAMP in columns:
        raise ValueError("`timestamp` is the column that the block adds itself; name yours otherwise")
    return columns


class CsvFormatterManifest(RoboflowManifest):
    """Writes values as CSV, one row per element of a batch."""

    type: Literal["roboflow_core/csv_formatter@v1"]
    columns_data: Annotated[dict[str, SelectedOrLiteral], AfterValidator(_without_timestamp)] = Field(
        description="Values by the name of their column."
    )
    columns_operations: dict[str, OperationChain] = Field(
        default_factory=dict, description="Operations on the values of a column."
    )


class CsvFormatter(Block):
    """The whole batch is one text, delivered with its last element; a column `timestamp` (UTC) comes last."""

    manifest: ClassVar[type[Manifest]] = CsvFormatterManifest
    title = "CSV"
    icon = "table"
    outputs = (Output("csv_content", ("string",)),)
    whole_batch = True

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def run(
        self, *, columns_data: Mapping[str, Any], columns_operations: Mapping[str, OperationChain]
    ) -> list[Mapping[str, Any]]:
        sizes = {len(value) for value in columns_data.values() if isinstance(value, Batch)}
        size = max(sizes, default=1)
        stamp = self._clock.now().isoformat()
        rows = [[*transformed(_row(columns_data, index), columns_operations).values(), stamp] for index in range(size)]
        columns = [_column(column) for column in zip(*rows, strict=True)]
        text = _csv([*columns_data, TIMESTAMP], zip(*columns, strict=True))
        return [{"csv_content": text if index == size - 1 else None} for index in range(size)]


def _row(columns: Mapping[str, Any], index: int) -> dict[str, Any]:
    return {name: value[index] if isinstance(value, Batch) else value for name, value in columns.items()}


def _column(values: Sequence[Any]) -> list[Any]:
    """The cells of a column; numbers of which one is a fraction, or missing, are all written as fractions."""
    is_numeric = all(value is None or type(value) in (int, float) for value in values)
    if is_numeric and any(type(value) is not int for value in values):
        values = [float(value) if type(value) is int and abs(value) < _EXACT else value for value in values]
    return [_cell(value) for value in values]


def _csv(header: list[str], rows: Iterable[Sequence[Any]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return target.getvalue()


def _cell(value: Any) -> Any:
    """A value as spreadsheets take it: text that they would run as a formula is marked as text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str) and value.startswith(_READ_AS_FORMULA):
        return "'" + value
    return value
