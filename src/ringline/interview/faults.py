"""What is wrong with a question flow, in the words in which its author is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class FlowFault:
    """One thing that is wrong. *path* is where it stands in what was written, with dots: `questions.0.choices`."""

    severity: Literal["error", "warning"]
    path: str
    message: str
    fix: str

    def as_text(self) -> str:
        """Where, what, and how to mend it."""
        return f"`{self.path}`: {self.message}\n  fix: {self.fix}"


def listed(names: Iterable[object], *, join: str = "and") -> str:
    """`a`, `b` and `c`."""
    shown = [f"`{name}`" for name in names]
    return f" {join} ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
