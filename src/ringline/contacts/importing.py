"""A file of people, row by row: what is good is written, what is not is reported with its line and its reason."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from ringline.contacts.columns import Columns, read_columns
from ringline.contacts.contact import (
    Address,
    Draft,
    checked_country,
    checked_language,
    checked_time_zone,
)
from ringline.csv_files import CsvFile, plain_cell
from ringline.errors import RequestError
from ringline.phone_numbers import read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.csv_files import CsvRow

MAX_PROBLEMS = 1_000
"""Problems kept in a report; the others are counted."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a file: where, what, how to mend it; *kept* where the row was taken all the same."""

    line: int
    message: str
    fix: str = ""
    kept: bool = False


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with *dry_run* would do."""

    rows: int = 0
    imported: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    invalid: int = 0
    problems: list[Problem] = field(default_factory=list)
    problems_left_out: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    delimiter: str = ","
    dry_run: bool = False

    def note(self, problem: Problem) -> None:
        """Add a problem; beyond `MAX_PROBLEMS` it is only counted."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self.problems_left_out += 1


class SeenNumbers:
    """Numbers that a file has had already and the line of each, kept outside of memory however many there are."""

    def __init__(self) -> None:
        # An empty name is a file of SQLite's own that goes away when it is closed.
        self._connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA cache_size = -8000")
        self._connection.execute("CREATE TABLE seen (number INTEGER PRIMARY KEY, line INTEGER NOT NULL)")
        self._connection.execute("BEGIN")

    def first_line(self, number: str, line: int) -> int | None:
        """The line on which *number* came before; ``None`` if it is new, which it then no longer is."""
        key = int(number.lstrip("+"))
        if self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line)).rowcount:
            return None
        return int(self._connection.execute("SELECT line FROM seen WHERE number = ?", (key,)).fetchone()[0])

    def close(self) -> None:
        self._connection.close()


class DraftReader:
    """Reads drafts from a file in batches, filling in the report with what is wrong."""

    def __init__(
        self,
        file: BinaryIO,
        report: ImportReport,
        *,
        country: str | None = None,
        mapping: Mapping[str, str] | None = None,
        lists: Sequence[str] = (),
    ) -> None:
        self._csv = CsvFile(file)
        self._report = report
        self._columns = read_columns(self._csv.columns, mapping)
        self._country = None if country is None else checked_country(country)
        self._lists = tuple(lists)
        self._rows = self._csv.rows()
        self._seen = SeenNumbers()
        report.columns = dict(self._columns.meaning)
        report.encoding, report.delimiter = self._csv.encoding, self._csv.delimiter

    def batch(self, size: int) -> list[Draft]:
        """Up to *size* drafts; none at the end of the file."""
        drafts: list[Draft] = []
        for row in self._rows:
            self._report.rows += 1
            draft = self._draft(row)
            if draft is not None:
                drafts.append(draft)
                if len(drafts) >= size:
                    break
        return drafts

    def close(self) -> None:
        """Give the file back."""
        self._seen.close()
        self._csv.detach()

    def _draft(self, row: CsvRow) -> Draft | None:
        report, columns = self._report, self._columns
        if row.fault:
            report.invalid += 1
            report.note(Problem(row.line, row.fault))
            return None
        country = self._value(row, columns.country, checked_country)
        found, problems = self._addresses(row, country or self._country)
        for problem in problems:
            report.note(problem)
        if not found:
            report.invalid += 1
            return None
        before = {self._seen.first_line(number, row.line) for number in dict.fromkeys(one.address for one in found)}
        earlier = min((line for line in before if line is not None), default=None)
        if earlier is not None:
            report.duplicates += 1
            report.note(Problem(row.line, f"has the same number as line {earlier} ({found[0].address})"))
            return None
        listed = re.split(r"[;|,]", row.cells[columns.lists]) if columns.lists else []
        return Draft(
            found,
            name=_name(row, columns),
            language=self._value(row, columns.language, checked_language),
            time_zone=self._value(row, columns.time_zone, checked_time_zone),
            country=country,
            fields={target: plain_cell(row.cells[column]) for column, target in columns.fields.items()},
            lists=[*self._lists, *(name.strip() for name in listed if name.strip())],
            line=row.line,
        )

    def _addresses(self, row: CsvRow, country: str | None) -> tuple[list[Address], list[Problem]]:
        found: list[Address] = []
        faults: list[tuple[str, str]] = []
        for column, channel in self._columns.addresses:
            text = plain_cell(row.cells[column])
            if not text:
                continue
            try:
                found.append(Address(read_number(text, field=column, country=country), channel))
            except RequestError as error:
                faults.append((error.message, error.fix))
        if not found and not faults:
            named = " or ".join(f"`{column}`" for column, _ in self._columns.addresses)
            faults.append((f"{named} is empty", ""))
        return found, [Problem(row.line, message, fix, kept=bool(found)) for message, fix in faults]

    def _value(self, row: CsvRow, column: str | None, check: Callable[[str], str]) -> str | None:
        """The checked cell; one that is wrong is reported and left out, and the person stays."""
        text = row.cells[column] if column is not None else ""
        if not text:
            return None
        try:
            return check(text)
        except RequestError as error:
            self._report.note(Problem(row.line, f"{error.message.rstrip('.')}; left empty", error.fix, kept=True))
            return None


def _name(row: CsvRow, columns: Columns) -> str | None:
    if columns.name is not None and row.cells[columns.name]:
        return plain_cell(row.cells[columns.name])
    parts = [row.cells[column] for column in (columns.first_name, columns.last_name) if column is not None]
    return " ".join(part for part in parts if part) or None
