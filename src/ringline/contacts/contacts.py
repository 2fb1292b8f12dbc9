"""`ringline.contacts`: the people of this installation, and the lists they are on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ringline.contacts import store
from ringline.contacts.addresses import checked_addresses, refuse_taken_in, set_addresses_in
from ringline.contacts.contact import (
    Contact,
    Draft,
    Person,
    checked_address,
    checked_country,
    checked_fields,
    checked_language,
    checked_time_zone,
)
from ringline.contacts.exporting import COLUMNS, cells_of
from ringline.contacts.importing import DraftReader, ImportReport, Problem
from ringline.contacts.lists import Lists
from ringline.contacts.reading import (
    batch_in,
    contacts_of,
    find_in,
    list_id_in,
    no_contact,
    numbers_of,
    owner_ids_in,
    owners_in,
    person_in,
)
from ringline.contacts.searching import find_people_in, write_words
from ringline.contacts.writing import Written, checked_list_name, write_alone, write_drafts
from ringline.csv_files import csv_text
from ringline.errors import RequestError
from ringline.ids import AFTER_EVERY_ID
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

BATCH = 1_000
"""Rows of a file that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whom to forget: their id here, and every number they had."""

    contact_id: str
    numbers: tuple[str, ...]


class Contacts:
    """People by number. Who is known already is changed rather than doubled, wherever they come from.

    ``on_erase`` are called in the transaction that erases a person; each forgets what its room holds of them and
    returns how many rows that were, by name. ``on_numbers`` are called in the transaction in which numbers come to
    somebody or leave them, or in which their owner gets another name. ``lists`` are the lists.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.lists = Lists(database, clock)
        self.on_erase: list[Callable[[Transaction, Erasure], Mapping[str, int]]] = []
        self.on_numbers: list[Callable[[Transaction, Collection[str]], None]] = []

    async def add(
        self,
        phone: str | None = None,
        *,
        whatsapp: str | None = None,
        voice: str | None = None,
        name: str | None = None,
        language: str | None = None,
        time_zone: str | None = None,
        country: str | None = None,
        fields: Mapping[str, object] | None = None,
        lists: Sequence[str] = (),
        only_new: bool = False,
    ) -> Contact:
        """Write a person down; one who is known by one of these numbers is changed, and what is left out stays.

        With *only_new* a number that is somebody's already is refused, naming them. Numbers are E.164; with *country*
        its own notation passes too. Raises `RequestError`.
        """
        country = checked_country(country) if country else None
        given = (("phone", phone, "sms"), ("whatsapp", whatsapp, "whatsapp"), ("voice", voice, "voice"))
        draft = Draft(
            [checked_address(text, channel, country=country, field=field) for field, text, channel in given if text],
            name=name,
            language=checked_language(language) if language else None,
            time_zone=checked_time_zone(time_zone) if time_zone else None,
            country=country,
            fields=checked_fields(fields or {}),
            lists=[checked_list_name(one) for one in lists],
        )
        if not draft.addresses:
            raise RequestError("a person needs a number", field="phone", fix="give a number such as +14155550123")
        now = self._clock.time()

        def work(tx: Transaction) -> Written:
            if only_new:
                write_alone(tx)
                refuse_taken_in(tx, [one.address for one in draft.addresses])
            return self._write_in(tx, [draft], now)[0]

        written = await self._database.write(work)
        if written.outcome == "conflict":
            raise RequestError(written.reason, field="phone", fix="remove one of the two, or one number")
        return await self.get(written.contact_id)

    async def get(self, id_or_number: str) -> Contact:
        """One person, by id or by any of their numbers. Raises `NotFoundError`."""

        def work(tx: Transaction) -> Contact | None:
            found = find_in(tx, id_or_number)
            return None if found is None else contacts_of(tx, [found])[0]

        contact = await self._database.read(work)
        if contact is None:
            raise no_contact(id_or_number)
        return contact

    async def list(
        self, *, limit: int = 50, before: str | None = None, on: str | None = None, search: str | None = None
    ) -> list[Contact]:
        """People, newest first; *on* a list; *before* is an id.

        *search* is words that words of the name begin with, or the beginning or the last digits of a number; it brings
        1,000 people at most.
        """

        def work(tx: Transaction) -> list[Contact]:
            list_id = None if on is None else list_id_in(tx, on)
            start = before or AFTER_EVERY_ID
            if search and search.strip():
                rows = find_people_in(tx, search, list_id=list_id, before=start, count=limit)
            elif list_id is not None:
                rows = tx.all(store.NEWEST_MEMBERS, {"list_id": list_id, "before": start, "count": limit})
            else:
                rows = tx.all(store.NEWEST, {"before": start, "count": limit})
            return contacts_of(tx, rows)

        return await self._database.read(work)

    async def count(self) -> int:
        """How many people there are."""
        row = await self._database.read(lambda tx: tx.one(store.COUNT))
        return int(row["count"]) if row else 0

    async def change(
        self, id_or_number: str, *, addresses: Sequence[tuple[str, str]] | None = None, **changes: Any
    ) -> Contact:
        """Change a person's ``name``, ``language``, ``time_zone``, ``country`` or ``fields``; ``None`` empties.

        Of ``fields`` only those named are changed; one set to ``None`` goes. *addresses*, as channel and number, are
        all that the person has from then on. Raises `RequestError` where a number is somebody else's, naming them.
        """
        new = None if addresses is None else checked_addresses(addresses)
        checks: dict[str, Callable[[str], str]] = {
            "name": str, "language": checked_language, "time_zone": checked_time_zone, "country": checked_country,
        }  # fmt: skip
        fields = changes.pop("fields", None) or {}
        values = {name: checks[name](value) if value else None for name, value in changes.items()}
        now = self._clock.time()

        def work(tx: Transaction) -> Contact | None:
            write_alone(tx)
            row = find_in(tx, id_or_number)
            if row is None:
                return None
            kept = json.loads(row["fields"]) | checked_fields(fields)
            kept = {name: value for name, value in kept.items() if fields.get(name, value) is not None}
            row = row | values | {"fields": json.dumps(kept, ensure_ascii=False), "updated_at": now}
            tx.run(store.CHANGE, {"contact_id": row["id"]} | {f"new_{name}": row[name] for name in store.WRITTEN})
            if "name" in values:
                write_words(tx, [(row["id"], row["name"])], known=True)
            numbers = numbers_of(tx, row["id"]) if new is None else set_addresses_in(tx, row["id"], new)
            if new is not None or "name" in values:
                self._tell_in(tx, numbers)
            touch(tx, "contacts", row["id"])
            return contacts_of(tx, [row])[0]

        contact = await self._database.write(work)
        if contact is None:
            raise no_contact(id_or_number)
        return contact

    async def remove(self, id_or_number: str) -> None:
        """Take a person out of the address book. What was sent to them stays; see `erase`. Raises `NotFoundError`."""

        def work(tx: Transaction) -> bool:
            write_alone(tx)
            row = find_in(tx, id_or_number)
            if row is not None:
                numbers = numbers_of(tx, row["id"])
                _delete(tx, row["id"])
                self._tell_in(tx, numbers)
            return row is not None

        if not await self._database.write(work):
            raise no_contact(id_or_number)

    async def erase(self, id_or_number: str) -> dict[str, int]:
        """Forget a person wherever they appear; returns how many rows each place forgot.

        Their opt-outs stay: without them they would be written to again. Raises `NotFoundError` where nobody knows
        them.
        """

        def work(tx: Transaction) -> dict[str, int]:
            write_alone(tx)
            row = find_in(tx, id_or_number)
            numbers = [id_or_number]
            if row is not None:
                numbers = numbers_of(tx, row["id"])
                _delete(tx, row["id"])
            erasure = Erasure(row["id"] if row else "", tuple(dict.fromkeys(numbers)))
            forgotten = {"contacts": int(row is not None)}
            for forget in self.on_erase:
                forgotten |= forget(tx, erasure)
            return forgotten

        forgotten = await self._database.write(work)
        if not any(forgotten.values()):
            raise no_contact(id_or_number)
        return forgotten

    async def person(self, number: str) -> Person | None:
        """What is known of the one with this number: one look-up by index."""
        return await self._database.read(lambda tx: person_in(tx, number))

    async def owners(self, numbers: Collection[str]) -> Mapping[str, Person]:
        """Who has these numbers, by number; nobody for those that are unknown."""
        return await self._database.read(lambda tx: owners_in(tx, numbers))

    def owner_ids_in(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, str]:
        """The ids of those who have these numbers, by number."""
        return owner_ids_in(tx, numbers)

    def _write_in(self, tx: Transaction, drafts: Sequence[Draft], now: float) -> Sequence[Written]:
        written = write_drafts(tx, drafts, now=now)
        numbers = {
            address.address
            for draft, one in zip(drafts, written, strict=True)
            if one.outcome in ("imported", "updated")
            for address in draft.addresses
        }
        self._tell_in(tx, numbers)
        return written

    def _tell_in(self, tx: Transaction, numbers: Collection[str]) -> None:
        for tell in self.on_numbers if numbers else ():
            tell(tx, numbers)

    # --- files ---------------------------------------------------------------------------------------------------

    async def import_csv(
        self,
        source: str | Path | BinaryIO,
        *,
        list: str | None = None,
        country: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Callable[[ImportReport], None] | None = None,
    ) -> ImportReport:
        """Take in a CSV file, putting everybody on *list* if one is named.

        Columns are known by their names; *mapping* says what the others are. *country* (two letters) reads numbers
        without a country code. Rows that cannot be used are reported with their line, and the others are taken in;
        with *dry_run* nothing is. *progress* is called with the report after each batch. Raises `RequestError` for a
        file that is no table of people.
        """
        if isinstance(source, str | Path):
            file = await asyncio.to_thread(Path(source).open, "rb")
            with file:
                return await self.import_csv(
                    file, list=list, country=country, mapping=mapping, dry_run=dry_run, progress=progress
                )
        report = ImportReport(dry_run=dry_run)
        lists = [checked_list_name(list)] if list else []
        reader = await asyncio.to_thread(DraftReader, source, report, country=country, mapping=mapping, lists=lists)
        try:
            while drafts := await asyncio.to_thread(reader.batch, BATCH):
                await self._take_in(drafts, report)
                if progress is not None:
                    progress(report)
        finally:
            reader.close()
        report.problems.sort(key=lambda problem: problem.line)
        return report

    async def _take_in(self, drafts: Sequence[Draft], report: ImportReport) -> None:
        now, dry_run = self._clock.time(), report.dry_run
        written: Sequence[Written]
        if dry_run:
            written = await self._database.read(lambda tx: write_drafts(tx, drafts, now=now, dry_run=True))
        else:
            written = await self._database.write(lambda tx: self._write_in(tx, drafts, now))
        for draft, one in zip(drafts, written, strict=True):
            if one.outcome == "conflict":
                report.invalid += 1
                report.note(Problem(draft.line, one.reason, "Remove one of the two people, or one number."))
            else:
                setattr(report, one.outcome, getattr(report, one.outcome) + 1)

    async def export(self, *, on: str | None = None) -> AsyncIterator[str]:
        """Everybody, or those *on* a list, as CSV that `import_csv` reads; in pieces."""
        names = await self._field_names(on)
        yield csv_text([[*COLUMNS, *names]])
        async for batch in self.people(on=on):
            yield csv_text([cells_of(contact, names) for contact in batch])

    async def people(self, *, on: str | None = None, size: int = BATCH) -> AsyncIterator[Sequence[Contact]]:
        """Everybody, or those *on* a list, oldest first, in batches."""
        after = ""
        while True:
            batch = await self._database.read(lambda tx, start=after: batch_in(tx, on, start, size))  # type: ignore[misc]
            if not batch:
                return
            yield batch
            after = batch[-1].id

    async def _field_names(self, on: str | None) -> Sequence[str]:
        names: dict[str, None] = {}
        async for batch in self.people(on=on):
            for contact in batch:
                names |= dict.fromkeys(contact.fields)
        return [*names]


def _delete(tx: Transaction, contact_id: str) -> None:
    for statement in (store.REMOVE_MEMBERSHIPS, store.REMOVE_ADDRESSES, store.REMOVE_WORDS, store.REMOVE):
        tx.run(statement, {"id": contact_id})
    touch(tx, "contacts", contact_id)
