"""`roboflow_core/data_aggregator@v1`: sums, counts and extremes over a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected, Stopwatch, transformed
from ringline.query import OperationChain
from ringline.workflow.block import Block, Manifest, Output

if TYPE_CHECKING:
    from ringline.clock import Clock

Mode = Literal["sum", "avg", "max", "min", "count", "distinct", "count_distinct", "values_counts", "values_difference"]
_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600}
_NUMBER = ("float", "integer")
_KINDS: dict[str, tuple[str, ...]] = {"distinct": ("list_of_values",), "values_counts": ("dictionary",)}


class DataAggregatorManifest(RoboflowManifest):
    """Collects values over an interval and gives what they amount to at its end."""

    type: Literal["roboflow_core/data_aggregator@v1"]
    data: dict[str, Selected] = Field(description="Values to collect, by name.")
    data_operations: dict[str, OperationChain] = Field(
        default_factory=dict, description="Operations on a value, before it is collected."
    )
    aggregation_mode: dict[str, list[Mode]] = Field(description="What to work out of each value, by its name.")
    interval_unit: Literal["seconds", "minutes", "hours", "runs"] = Field(
        default="seconds", description="What the interval is counted in."
    )
    interval: Annotated[int, Field(gt=0)] = Field(description="After how many of them the results are given.")


class DataAggregator(Block):
    """All outputs are None until the interval is over; then they are given once, and collecting begins anew."""

    manifest: ClassVar[type[Manifest]] = DataAggregatorManifest
    title = "Data aggregator"
    icon = "sigma"

    def __init__(self, *, clock: Clock) -> None:
        self._running = Stopwatch(clock)
        self._runs = 0
        self._collected: dict[str, dict[str, Any]] = {}

    @classmethod
    def outputs_of(cls, manifest: Manifest) -> tuple[Output, ...]:
        assert isinstance(manifest, DataAggregatorManifest)
        return tuple(
            Output(f"{name}_{mode}", _KINDS.get(mode, _NUMBER))
            for name, modes in manifest.aggregation_mode.items()
            for mode in dict.fromkeys(modes)
        )

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[tuple[str, str, str, str]]:
        assert isinstance(manifest, DataAggregatorManifest)
        return [
            ("warning", "aggregation_mode", f"`{name}` is not among the values.", f"Add `{name}` to `data`.")
            for name in manifest.aggregation_mode
            if name not in manifest.data
        ]

    def run(
        self,
        *,
        data: Mapping[str, Any],
        data_operations: Mapping[str, OperationChain],
        aggregation_mode: Mapping[str, Sequence[Mode]],
        interval_unit: str,
        interval: int,
    ) -> Mapping[str, Any]:
        if self._running.seconds is None:
            self._running.start()
        values = transformed(data, data_operations)
        for name, modes in aggregation_mode.items():
            if name in values:
                collected = self._collected.setdefault(name, {})
                for mode in dict.fromkeys(modes):
                    collected[mode] = _collect(name, mode, collected.get(mode), values[name])
        self._runs += 1
        is_over = self._is_over(interval_unit, interval)
        results = {
            f"{name}_{mode}": _result(mode, self._collected.get(name, {}).get(mode)) if is_over else None
            for name, modes in aggregation_mode.items()
            for mode in modes
        }
        if is_over:
            self._collected, self._runs = {}, 0
            self._running.start()
        return results

    def _is_over(self, unit: str, interval: int) -> bool:
        if unit == "runs":
            return self._runs >= interval
        return (self._running.seconds or 0.0) >= interval * _SECONDS[unit]

    def dump_state(self) -> Any:
        return {"since": self._running.dump(), "runs": self._runs, "collected": self._collected}

    def load_state(self, state: Any) -> None:
        self._running.load(state["since"])
        self._runs = state["runs"]
        self._collected = state["collected"]


def _collect(name: str, mode: Mode, so_far: Any, value: Any) -> Any:
    """What is kept for a mode once *value* has come; None stands for nothing yet."""
    try:
        return _COLLECT[mode](so_far, value)
    except TypeError as error:
        raise ValueError(
            f"`{mode}` cannot be worked out of `{name}`, which is {type(value).__name__} in this run"
        ) from error


def _result(mode: Mode, kept: Any) -> Any:
    if kept is None:
        return None
    if mode == "avg":
        return kept[0] / kept[1]
    if mode == "count_distinct":
        return len(kept)
    if mode == "values_difference":
        lowest, highest, count = kept
        return highest - lowest if count > 1 else None  # one value differs from nothing
    if mode == "values_counts":
        return dict(kept)
    return kept


def _sum(kept: Any, value: Any) -> Any:
    return value + 0 if kept is None else kept + value


def _average(kept: Any, value: Any) -> Any:
    total, count = kept or (0, 0)
    return [total + value, count + 1]


def _range(kept: Any, value: Any) -> Any:
    if kept is None:
        return [value + 0, value + 0, 1]
    return [min(kept[0], value), max(kept[1], value), kept[2] + 1]


def _count(kept: Any, value: Any) -> int:
    return (kept or 0) + (len(value) if isinstance(value, Sized) else 1)


def _distinct(kept: Any, value: Any) -> list[Any]:
    found: list[Any] = kept or []
    for element in value if isinstance(value, list | set | tuple | frozenset) else [value]:
        if element not in found:
            found.append(element)
    return found


def _occurrences(kept: Any, value: Any) -> list[list[Any]]:
    # Pairs rather than a mapping: what is remembered must survive JSON, whose keys are text.
    found: list[list[Any]] = kept or []
    for element in value if isinstance(value, list) else [value]:
        for pair in found:
            if pair[0] == element:
                pair[1] += 1
                break
        else:
            found.append([element, 1])
    return found


_COLLECT: dict[str, Callable[[Any, Any], Any]] = {
    "sum": _sum,
    "avg": _average,
    "max": lambda kept, value: value if kept is None else max(kept, value),
    "min": lambda kept, value: value if kept is None else min(kept, value),
    "count": _count,
    "distinct": _distinct,
    "count_distinct": _distinct,
    "values_counts": _occurrences,
    "values_difference": _range,
}
