"""What reading a text gives, whatever its format: data, places, and every fault found on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ringline.errors import Fault

MAX_DEPTH = 100
MAX_VALUES = 200_000
"""Values after aliases are followed: a few lines of YAML can name billions."""

Place = tuple[int, int]
Path = tuple[str | int, ...]


@dataclass
class Reading:
    """The plain data of a text; ``values`` and ``keys`` give line and column, from 1, by path."""

    data: Any = None
    values: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    is_readable: bool = True
    """False where the text is not of this format at all; a repeated key alone leaves it readable."""

    def refuse(self, message: str, fix: str, place: Place | None) -> None:
        """Note a fault at *place*."""
        line, column = place if place is not None else (None, None)
        self.faults.append(Fault("error", message, fix, line=line, column=column, code="WorkflowSyntaxError"))

    def refuse_twice(self, key: str, place: Place, first: Place) -> None:
        """Note a key that stands twice in one mapping."""
        self.refuse(
            f"`{key}` is written twice here; the first one is in line {first[0]}.",
            f"Keep one `{key}`, or rename the other.",
            place,
        )


class UnreadableTextError(Exception):
    """Reading cannot go on; the fault is in the `Reading` already."""
