"""How every benchmark takes its time: the median of several rounds, after a warm-up."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any


def microseconds(work: Callable[[], Any], *, rounds: int = 7, at_least: float = 0.05) -> float:
    """Microseconds one call of *work* takes: the median over *rounds* of at least that many seconds each."""
    work()
    calls = 1
    while True:
        started = time.perf_counter()
        for _ in range(calls):
            work()
        took = time.perf_counter() - started
        if took >= at_least:
            break
        calls = max(calls * 2, int(calls * at_least / max(took, 1e-9)))
    samples = []
    for _ in range(rounds):
        started = time.perf_counter()
        for _ in range(calls):
            work()
        samples.append((time.perf_counter() - started) / calls * 1e6)
    return statistics.median(samples)


def line(what: str, figure: str, beside: str = "") -> None:
    """One line of a report: what was done, how fast, and what to compare it with."""
    print(f"  {what:<58} {figure:>16}   {beside}".rstrip())
