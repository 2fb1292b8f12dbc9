"""Counts how many answers in ``tests/cases/understanding`` are understood as their tables say, and prints the counts.

    python tools/understand_report.py [--markdown] [LANGUAGE …]

A wrong accept is an answer that was taken for another one than it is. A type of which fewer than nine in ten are
understood is named partial.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ringline.understanding import LANGUAGES, TYPES, Interpretation, understand

TABLES = Path(__file__).parents[1] / "tests" / "cases" / "understanding"
ENOUGH = 0.9


@dataclass
class Report:
    """Counts by language and type."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Taken for another answer than they are."""


def rows_of(language: str) -> Iterator[tuple[dict[str, Any], str, str, Any, list[Any]]]:
    """What was asked, what was said, and the status, value and alternatives it has by the table."""
    groups = YAML(typ="safe").load((TABLES / f"{language}.yaml").read_text(encoding="utf-8"))
    for group in groups:
        ask = arguments_of(group["ask"])
        for text, status, value, *more in group["rows"]:
            yield ask, text, status, value, more[0] if more else []


def arguments_of(ask: dict[str, Any]) -> dict[str, Any]:
    """A group's `ask` as arguments of `understand`."""
    return {**ask, "now": datetime.fromisoformat(ask["now"])} if "now" in ask else dict(ask)


def is_right(found: Interpretation, status: str, value: Any, alternatives: list[Any]) -> bool:
    """Whether an answer was understood as its row says."""
    same = (found.status, found.value) == (status, value) and type(found.value) is type(value)
    return same and set(found.alternatives) == set(alternatives)


def report_on(languages: list[str]) -> Report:
    """The counts of these languages."""
    report = Report()
    for language in languages:
        for ask, text, status, value, alternatives in rows_of(language):
            key = language, ask["type"]
            found = understand(text=text, language=language, **ask)
            report.rows[key] += 1
            report.right[key] += is_right(found, status, value, alternatives)
            report.accepted[key] += found.status == "ok" and (status, value) != ("ok", found.value)
    return report


def table_of(report: Report, languages: list[str]) -> list[list[str]]:
    """A line for each type: right of all, and wrong accepts where there are any."""
    lines = [["type", *languages, "all", ""]]
    for kind in (kind for kind in TYPES if any(report.rows[language, kind] for language in languages)):
        keys = [(language, kind) for language in languages]
        cells = [_cell(report, [key]) for key in keys]
        partial = [language for language, key in zip(languages, keys, strict=True) if _share(report, key) < ENOUGH]
        lines.append([kind, *cells, _cell(report, keys), f"partial: {', '.join(partial)}" if partial else ""])
    every = [(language, kind) for language in languages for kind in TYPES]
    totals = [_cell(report, [key for key in every if key[0] == language]) for language in languages]
    return [*lines, ["all", *totals, _cell(report, every), ""]]


def _share(report: Report, key: tuple[str, str]) -> float:
    return report.right[key] / report.rows[key] if report.rows[key] else 1.0


def _cell(report: Report, keys: list[tuple[str, str]]) -> str:
    rows, right, accepted = (
        sum(counts[key] for key in keys) for counts in (report.rows, report.right, report.accepted)
    )
    if not rows:
        return "–"
    return f"{right}/{rows}" + (f" ({accepted} wrong)" if accepted else "")


def main() -> None:
    """Print the table."""
    languages = [word for word in sys.argv[1:] if not word.startswith("-")] or list(LANGUAGES)
    lines = table_of(report_on(languages), languages)
    if "--markdown" in sys.argv:
        lines[1:1] = [["---"] * len(lines[0])]
        print("\n".join(f"| {' | '.join(line)} |" for line in lines))
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print("\nRight of all rows in tests/cases/understanding; “wrong” are taken for another answer than they are.")


if __name__ == "__main__":
    main()
