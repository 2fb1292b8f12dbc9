"""Counts how many answers in ``tests/cases/understanding`` are understood as their tables say, and prints the counts.

    python tools/understand_report.py [--markdown] [--rows] [LANGUAGE …]

Apart: of the tables the rules were written for, of those in ``held_out`` and ``held_out_everyday``, which were written
without looking at the rules, and of those beside them in ``…_later``, written when the rules had been corrected by
them. A wrong accept is an answer that was taken for another one than it is, surely enough that nobody asks again. A
type of which fewer than nine in ten are understood is named partial. With ``--rows`` the rows that are understood
otherwise are printed too.
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
HELD_OUT = TABLES / "held_out"
HELD_OUT_LATER = TABLES / "held_out_later"
EVERYDAY = TABLES / "held_out_everyday"
EVERYDAY_LATER = TABLES / "held_out_everyday_later"
ENOUGH = 0.9
SURE = 0.8
"""From here on an answer counts without being confirmed."""


@dataclass
class Report:
    """Counts by language and type."""

    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    accepted: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Taken for another answer than they are, and surely."""
    otherwise: list[str] = field(default_factory=list)
    """The rows that are understood otherwise, and as what."""


def rows_of(language: str, tables: Path = TABLES) -> Iterator[tuple[dict[str, Any], str, str, Any, list[Any]]]:
    """What was asked, what was said, and the status, value and alternatives it has by the table."""
    groups = YAML(typ="safe").load((tables / f"{language}.yaml").read_text(encoding="utf-8"))
    for group in groups:
        ask = arguments_of(group["ask"])
        for text, status, value, *more in group["rows"]:
            yield ask, text, status, value, more[0] if more else []


def arguments_of(ask: dict[str, Any]) -> dict[str, Any]:
    """A group's `ask` as arguments of `understand`."""
    return {**ask, "now": datetime.fromisoformat(ask["now"])} if "now" in ask else dict(ask)


def is_right(found: Interpretation, status: str, value: Any, alternatives: list[Any]) -> bool:
    """Whether an answer was understood as its row says; `unsure` is anything but a sure answer."""
    if status == "unsure":
        return found.status != "ok" or found.confidence < SURE
    same = (found.status, found.value) == (status, value) and type(found.value) is type(value)
    return same and set(found.alternatives) == set(alternatives)


def report_on(languages: list[str], tables: Path = TABLES) -> Report:
    """The counts of these languages."""
    report = Report()
    for language in languages:
        for ask, text, status, value, alternatives in rows_of(language, tables):
            key = language, ask["type"]
            found = understand(text=text, language=language, **ask)
            report.rows[key] += 1
            if is_right(found, status, value, alternatives):
                report.right[key] += 1
                continue
            wrong = found.status == "ok" and found.confidence >= SURE and (status, value) != ("ok", found.value)
            report.accepted[key] += wrong
            taken = f"{found.status} {found.value!r} {list(found.alternatives)} {found.confidence}"
            report.otherwise.append(
                f"{'!' if wrong else ' '} {language} {key[1]}: “{text}” {status} {value!r}: {taken}"
            )
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
    """Print the tables."""
    languages = [word for word in sys.argv[1:] if not word.startswith("-")] or list(LANGUAGES)
    reports = {
        "the tables": report_on(languages),
        "the held-out tables": report_on(languages, HELD_OUT),
        "the later held-out tables": report_on(languages, HELD_OUT_LATER),
        "the tables of everyday answers": report_on(languages, EVERYDAY),
        "the later tables of everyday answers": report_on(languages, EVERYDAY_LATER),
    }
    for title, report in reports.items():
        print(f"Right of all rows in {title}; “wrong” are surely taken for another answer than they are.\n")
        _print(table_of(report, languages))
    if "--rows" in sys.argv:
        print("\n".join(row for report in reports.values() for row in report.otherwise))


def _print(lines: list[list[str]]) -> None:
    if "--markdown" in sys.argv:
        lines[1:1] = [["---"] * len(lines[0])]
        print("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
        return
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print()


if __name__ == "__main__":
    main()
