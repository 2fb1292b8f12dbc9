"""CSV as people have it: any usual delimiter and encoding, a header, and rows that know their line.

Rows are read one at a time, so a file of millions takes no more memory than one of three.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ringline.errors import RequestError

DELIMITERS = (",", ";", "\t", "|")
_CHUNK = 1 << 20
_SAMPLE_LINES = 20
_LONGEST_CELL = 131_072
_MOST_LINES = 100
_OPEN = 'a quotation mark opens a value here and nothing closes it; close it, or write "" where one is meant'
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FORMULA = ("=", "@", "+", "-", "\t", "\r", "\n", "＝", "＠", "＋", "－")
_NUMBER = re.compile(r"[+-][0-9]+(\.[0-9]+)?")  # a telephone number, a price: what a spreadsheet takes as it is


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row: the line on which it begins, its cells by column, or a sentence on why it cannot be read."""

    line: int
    cells: dict[str, str]
    fault: str = ""


class CsvFile:
    """A table with a header. *file* must be seekable; it is read twice, once to find out its encoding.

    Raises `RequestError` when it is empty or its header cannot be one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.encoding = encoding_of(file)
        file.seek(0)
        self._text = io.TextIOWrapper(file, self.encoding, errors="replace", newline="")
        self.delimiter = self._find_delimiter()
        self._text.seek(0)
        self._lines = _Lines(self._text)
        self._reader = csv.reader(self._lines, delimiter=self.delimiter)
        self.columns = self._header()

    def rows(self) -> Iterator[CsvRow]:
        """The rows below the header, empty ones left out; can be gone through once."""
        columns, width = self.columns, len(self.columns)
        while True:
            line = self._lines.begin_row()
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                fault = _OPEN if self._lines.give_back() else f"the line cannot be read as CSV: {error}"
                yield CsvRow(line, {}, fault)
                continue
            # A mark too many would make one row of everything up to the next mark: that is said of its line alone.
            lines = self._lines
            is_wrong = lines.is_open or len(cells) > width or lines.closes_wrongly(self.delimiter)
            if is_wrong and (lines.give_back() or lines.is_open):
                yield CsvRow(line, {}, _OPEN)
                continue
            while len(cells) > width and not cells[-1].strip():
                cells.pop()
            if len(cells) == width:
                row = dict(zip(columns, map(str.strip, cells), strict=True))
                if any(row.values()):
                    yield CsvRow(line, row)
            elif len(cells) > width:
                yield CsvRow(
                    line,
                    dict(zip(columns, map(str.strip, cells), strict=False)),
                    f"the line has {len(cells)} cells and the header {width}; "
                    f"a value that contains {_name_of(self.delimiter)} needs quotes around it",
                )
            elif any(cell.strip() for cell in cells):
                missing = [""] * (width - len(cells))
                yield CsvRow(line, dict(zip(columns, [*map(str.strip, cells), *missing], strict=True)))

    def detach(self) -> None:
        """Give the file back without closing it."""
        self._text.detach()

    def _header(self) -> tuple[str, ...]:
        try:
            names = [name.strip().strip("\ufeff") for name in next(self._reader, [])]
        except csv.Error as error:
            raise RequestError(f"the file cannot be read as CSV: {error}", field="file") from error
        if self._lines.is_open:
            raise RequestError(f"in the first line {_OPEN}", field="file")
        while names and not names[-1]:
            names.pop()
        if not names:
            raise RequestError(
                "the file is empty", field="file", fix="its first line names the columns, such as phone,name,language"
            )
        for number, name in enumerate(names, 1):
            if not name:
                names[number - 1] = f"column {number}"
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise RequestError(f"the column `{twice}` is there twice", field="file", fix="rename one of the two")
        return tuple(names)

    def _find_delimiter(self) -> str:
        """The one that cuts the first lines into the most columns of equal number."""
        sample = list(itertools.islice(self._text, _SAMPLE_LINES))
        best, most = DELIMITERS[0], 1
        for delimiter in DELIMITERS:
            try:
                widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
            except csv.Error:
                continue
            # The last line of the sample may be the beginning of a quoted text that goes on.
            head = widths[0] if widths else 1
            agreeing = sum(width == head for width in widths)
            if head > most and agreeing * 2 > len(widths):
                best, most = delimiter, head
        return best


class _Lines:
    """The lines of a file for the reader, who can be told that a row was only one of them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self._count = 0
        self.is_open = False
        """Whether the row wants more lines than there are, or than a row may have."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._row and len(self._row) >= _MOST_LINES:
            self.is_open = True
            raise StopIteration
        if self._again:
            line = self._again.popleft()
        else:
            found = next(self._lines, None)
            if found is None:
                self.is_open = bool(self._row)
                raise StopIteration
            line = found.replace("\x00", "")
        self._row.append(line)
        self._count += 1
        return line

    def begin_row(self) -> int:
        """The number of the line that comes next."""
        self._row, self.is_open = [], False
        return self._count + 1

    def closes_wrongly(self, delimiter: str) -> bool:
        """Whether the row has several lines, and the mark that ends one of its values does not stand at an end."""
        if len(self._row) < 2:
            return False
        try:
            next(csv.reader(self._row, delimiter=delimiter, strict=True))
        except csv.Error:
            return True
        return False

    def give_back(self) -> bool:
        """Let all lines of the row but the first come once more; whether there are any."""
        rest = self._row[1:]
        self._again.extendleft(reversed(rest))
        self._count -= len(rest)
        self._row = self._row[:1]
        return bool(rest)


def encoding_of(file: BinaryIO) -> str:
    """What a file is written in: its byte order mark says it, else UTF-8 if all of it is, else Windows-1252."""
    file.seek(0)
    start = file.read(4)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if b"\x00" in start[:2]:
        return "utf-16-be" if start[0] == 0 else "utf-16-le"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def csv_text(rows: Sequence[Sequence[object]]) -> str:
    """Rows as CSV. A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def plain_cell(text: str) -> str:
    """A cell without the apostrophe, or the ``="…"``, by which spreadsheets keep numbers as they are."""
    if text.startswith('="') and text.endswith('"'):
        return text[2:-1]
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in "+=@-＝＠＋－0123456789" else text


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None:
        return f"'{text}"
    return text


def _name_of(delimiter: str) -> str:
    return {",": "a comma", ";": "a semicolon", "\t": "a tab"}.get(delimiter, f"`{delimiter}`")


csv.field_size_limit(_LONGEST_CELL)
