"""What is counted of runs, told in the transaction in which it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ringline.database import Transaction


class Move(NamedTuple):
    """A run, by number, that *began*, has ended with *status*, was opened again after *was_status*, or has gone on.

    *entries* are what this adds to its history.
    """

    run: int
    definition: int
    created_at: float
    began: bool = False
    status: str | None = None
    was_status: str | None = None
    entries: Sequence[Mapping[str, Any]] = ()


OnMove = Callable[["Transaction", Sequence[Move]], None]
"""Called once for all runs that a transaction moves together."""


class Moves:
    """Tells whoever listens."""

    def __init__(self) -> None:
        self.listeners: list[OnMove] = []

    def tell(self, tx: Transaction, moves: Sequence[Move]) -> None:
        """Call everybody."""
        if moves:
            for listener in self.listeners:
                listener(tx, moves)
