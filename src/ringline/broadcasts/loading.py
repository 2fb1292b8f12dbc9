"""A list becomes recipients: in batches, so that a million takes no more memory than a thousand."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from ringline.broadcasts import store
from ringline.broadcasts.broadcast import Content, Entry
from ringline.broadcasts.report import Report
from ringline.compliance.caps import Asked, reached
from ringline.compliance.gate import Passage, check_many
from ringline.csv_files import CsvFile, plain_cell
from ringline.database.json_lists import as_list
from ringline.errors import RequestError, TemplateError
from ringline.phone_numbers import read_number

if TYPE_CHECKING:
    from ringline.broadcasts.rendering import Renderer
    from ringline.clock import Clock
    from ringline.compliance.caps import Cap
    from ringline.database import Database, Row, Transaction

BATCH = 2_000
_WHEN_THEN = {
    "running": "wait until it is over; the same command then sends to whoever is new",
    "paused": "resume it first, and load the list when it is over; whoever is new then gets it",
    "canceled": "send it as a new broadcast, with another key",
}
_FILL_IN = "fill in the cell, or say in the text what stands in its place, such as {{first_name | default('there')}}"
_Problem = tuple[str, str, str]
_NUMBER_COLUMNS = (
    *("phone", "to", "number", "mobile", "phone_number", "mobile_number", "cell", "recipient", "telephone", "tel"),
    *("msisdn", "handy", "telefon", "movil", "móvil", "celular", "telefono", "teléfono", "téléphone", "sms"),
)


class CsvEntries:
    """The rows of a CSV file as recipients. *column* holds the numbers; found by its name if it is left out."""

    def __init__(self, file: BinaryIO, *, column: str | None = None) -> None:
        self._csv = CsvFile(file)
        self.columns = self._csv.columns
        by_name = {name.replace(" ", "_").casefold(): name for name in self.columns}
        found = column if column in self.columns else None
        if column is None:
            found = next((by_name[name] for name in _NUMBER_COLUMNS if name in by_name), None)
        if found is None:
            raise RequestError(
                f"no column `{column}`" if column else "no column holds phone numbers",
                field="column",
                fix=f"the file has {', '.join(self.columns[:12])}; name one of them `phone`, or say --column NAME",
            )
        self._number = found
        self._language = by_name.get("language") or by_name.get("lang")
        self._zone = by_name.get("time_zone") or by_name.get("timezone")
        self._country = by_name.get("country")
        self._rows = self._csv.rows()

    def batch(self, size: int) -> list[Entry]:
        """The next rows; none at the end."""
        return [self._entry(row.line, row.cells, row.fault) for row in itertools.islice(self._rows, size)]

    def detach(self) -> None:
        """Give the file back."""
        self._csv.detach()

    def _entry(self, line: int, cells: Mapping[str, str], fault: str) -> Entry:
        fields = {name: plain_cell(text) for name, text in cells.items() if text and name != self._number}
        return Entry(
            line,
            plain_cell(cells.get(self._number, "")),
            fields,
            cells.get(self._language) if self._language else None,
            cells.get(self._zone) if self._zone else None,
            cells.get(self._country) if self._country else None,
            fault,
        )


async def csv_batches(file: BinaryIO, renderer: Renderer, *, column: str | None) -> AsyncIterator[Sequence[Entry]]:
    """The rows of a file in batches. Raises `RequestError` for a text that needs a column it does not have."""
    entries = await asyncio.to_thread(CsvEntries, file, column=column)
    try:
        renderer.check_columns(entries.columns)
        while batch := await asyncio.to_thread(entries.batch, BATCH):
            yield batch
    finally:
        entries.detach()


async def slices(entries: Sequence[Entry]) -> AsyncIterator[Sequence[Entry]]:
    """Entries that are all there, in batches."""
    for start in range(0, len(entries), BATCH):
        yield entries[start : start + BATCH]


async def begin_load(database: Database, row: Row, *, now: float) -> int:
    """Clear away what was loaded and never confirmed; gives the number of this load.

    Raises `RequestError` for a broadcast that takes no list now.
    """
    number, confirmed = row["number"], row["confirmed"]
    begun = await database.write(lambda tx: tx.one(store.BEGIN_LOAD, {"id": row["id"], "now": now}))
    if begun is None:
        raise RequestError(
            f"a broadcast that is {row['stage']} takes no list",
            fix=_WHEN_THEN.get(row["stage"], _WHEN_THEN["running"]),
            code="wrong_stage",
        )
    last = await database.read(lambda tx: tx.one(store.ANY_UNCONFIRMED, {"number": number, "confirmed": confirmed}))
    for start in range(confirmed, (last or {}).get("last") or 0, BATCH):
        chunk = {"number": number, "confirmed": start, "count": BATCH}
        await database.write(lambda tx, chunk=chunk: tx.run(store.FORGET_UNCONFIRMED, chunk))  # type: ignore[misc]
    return int(begun["loads"])


def number_of(entry: Entry, country: str | None) -> str:
    """Its number in E.164; raises `RequestError`."""
    return read_number(entry.to, field="to", country=entry.country if _is_country(entry.country) else country)


class Loading:
    """Loads one list into one broadcast."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        row: Row,
        renderer: Renderer,
        report: Report,
        *,
        loads: int,
        caps: Sequence[Cap] = (),
    ) -> None:
        self._database = database
        self._clock = clock
        self._row = row
        self._content = Content.of(row["content"])
        self._renderer = renderer
        self._report = report
        self._loads = loads
        self._caps = caps
        self._over: dict[str, Cap] = {}
        self._next = int(row["confirmed"])

    async def take(self, batch: Sequence[Entry]) -> None:
        """Write these down, those who get nothing with the reason. Raises `RequestError` if another load took over."""
        read = await asyncio.to_thread(lambda: [self._read(entry) for entry in batch])
        self._report.rows += len(batch)
        found, refusals = await self._database.read(lambda tx: self._look(tx, [to for to, _ in read if to]))
        records = await asyncio.to_thread(lambda: list(self._records(batch, read, found, refusals)))
        self._next += len(records)
        total, now = self._next, self._clock.time()

        def write(tx: Transaction) -> None:
            if not tx.run(store.LOADED, {"id": self._row["id"], "loads": self._loads, "total": total, "now": now}):
                raise RequestError(
                    "the list of this broadcast is being loaded by somebody else", fix="wait for that to end"
                )
            tx.many(store.ADD_RECIPIENT, records)

        await self._database.write(write)

    def _read(self, entry: Entry) -> tuple[str, _Problem | None]:
        """Its number, or what is wrong with it."""
        if entry.fault:
            return "", ("unreadable", entry.fault, "")
        try:
            return number_of(entry, self._content.country), None
        except RequestError as error:
            return "", ("invalid_number", error.message, error.fix)

    def _look(self, tx: Transaction, numbers: Sequence[str]) -> tuple[dict[str, Row], dict[str, tuple[str, str]]]:
        """Who is on the broadcast already, and who may not be written to."""
        have = tx.all(store.HAVE, {"number": self._row["number"], "numbers": as_list(numbers)})
        content = self._content
        unique = list(dict.fromkeys(numbers))
        refusals: dict[str, tuple[str, str]] = {}
        if content.kind == "message":
            passages = [
                Passage(
                    self._row["account_id"],
                    content.channel,
                    to,
                    content.sender,
                    content.service,
                    content.purpose or "notification",
                    "template" if content.content_sid is not None else "free_text",
                )
                for to in unique
            ]
            for to, refusal in zip(unique, check_many(tx, passages, now=self._clock.time()), strict=True):
                if refusal is not None:
                    refusals[to] = (refusal.reason, refusal.sentence)
        if self._caps and content.kind == "message":
            now, purpose = self._clock.time(), content.purpose or "notification"
            asked = [Asked(to, self._row["credential_id"], purpose, now) for to in unique]
            over = zip(unique, reached(tx, self._caps, asked), strict=True)
            self._over = {to: cap for to, cap in over if cap is not None}
        return {row["to"]: row for row in have}, refusals

    def _records(
        self,
        batch: Sequence[Entry],
        read: Sequence[tuple[str, _Problem | None]],
        found: dict[str, Row],
        refusals: Mapping[str, str | tuple[str, str]],
    ) -> Iterator[dict[str, Any]]:
        n, confirmed = self._next, int(self._row["confirmed"])
        for entry, (to, fault) in zip(batch, read, strict=True):
            if to in found and found[to]["n"] <= confirmed:
                self._report.already += 1
                continue
            problem = fault or self._problem_of(entry, to, found, refusals)
            n += 1
            if problem is None:
                found[to] = {"n": n, "line": entry.line, "to": to}
            else:
                self._report.skip(entry.line, *problem)
            yield {
                "broadcast": self._row["number"],
                "n": n,
                "line": entry.line,
                "to": (to or entry.to).replace("\x00", "")[:100],
                "fields": "{}" if problem else json.dumps(dict(entry.fields), ensure_ascii=False),
                "language": entry.language or None,
                "time_zone": entry.time_zone or None,
                "stage": "skipped" if problem else "pending",
                "problem": problem[0] if problem else None,
                "reason": problem[1] if problem else None,
            }

    def _problem_of(
        self, entry: Entry, to: str, found: Mapping[str, Row], refusals: Mapping[str, Any]
    ) -> _Problem | None:
        """Why this recipient gets nothing; who gets something is counted."""
        if to in found:
            return "duplicate", f"the same number as line {found[to]['line']} ({to})", ""
        if to in refusals:
            reason, sentence = refusals[to]
            return reason, f"{sentence.rstrip('.')} ({to})", ""
        try:
            rendered = self._renderer.render(to, entry.fields, entry.language, entry.time_zone)
        except TemplateError as error:
            return "missing_value", error.message, _FILL_IN
        self._report.take(entry.line, to, rendered)
        if to in self._over:
            self._report.warn(
                "over_cap",
                f"people who have had as many as the cap {self._over[to]} allows",
                "what is over it when it is sent is refused, or held where the cap says so",
                line=entry.line,
            )
        return None


def _is_country(text: str | None) -> bool:
    return bool(text) and len(text or "") == 2 and (text or "").isalpha()
