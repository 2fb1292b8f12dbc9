"""People written down many at a time: who is known already is found by number, and changed rather than doubled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ringline.contacts import store
from ringline.contacts.contact import Address, Draft
from ringline.contacts.searching import write_words
from ringline.database.json_lists import as_list
from ringline.errors import RequestError
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

Outcome = Literal["imported", "updated", "unchanged", "conflict"]
MAX_LIST_NAME = 100


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one draft: whose it is, and for a conflict why it could not be written."""

    outcome: Outcome
    contact_id: str
    reason: str = ""


def write_alone(tx: Transaction) -> None:
    """Have nobody else change people until the transaction ends; to be called before anything is read or written.

    Who changes somebody whom another erases meanwhile would give their numbers to nobody. SQLite has one writer.
    """
    if tx.dialect == "postgresql":
        tx.one(store.LOCK)


def write_drafts(tx: Transaction, drafts: Sequence[Draft], *, now: float, dry_run: bool = False) -> list[Written]:
    """Write these people down, or change those who are known by one of their numbers; answers in the same order.

    With *dry_run* it only says what would happen.
    """
    if not dry_run:
        write_alone(tx)
    numbers = {address.address for draft in drafts for address in draft.addresses}
    owners: dict[str, str] = {}
    for row in tx.all(store.OWNERS, {"numbers": as_list(numbers)}):
        owners.setdefault(row["address"], row["contact_id"])
    known = {row["id"]: row for row in tx.all(store.GET_MANY, {"ids": as_list(set(owners.values()))})}
    batch = _Batch(now)
    for draft in drafts:
        batch.take(draft, owners, known)
    if not dry_run:
        batch.write(tx, drafts)
    return batch.written


class _Batch:
    """What is to be written, collected before the first statement runs."""

    def __init__(self, now: float) -> None:
        self.written: list[Written] = []
        self._now = now
        self._new: list[dict[str, Any]] = []
        self._changed: list[dict[str, Any]] = []
        self._renamed: list[tuple[str, str | None]] = []
        self._addresses: list[dict[str, Any]] = []

    def take(self, draft: Draft, owners: dict[str, str], known: dict[str, Row]) -> None:
        found = {owners[one.address] for one in draft.addresses if one.address in owners}
        if len(found) > 1:
            self.written.append(Written("conflict", "", _conflict(draft, owners, known)))
            return
        contact_id = next(iter(found), None)
        if contact_id is None:
            contact_id = new_id("con", at=self._now)
            self._new.append(known.setdefault(contact_id, self._record(contact_id, draft)))
            outcome: Outcome = "imported"
        else:
            changed = _merged(known[contact_id], draft)
            is_new_number = any(one.address not in owners for one in draft.addresses)
            outcome = "updated" if changed or is_new_number else "unchanged"
            if outcome == "updated":
                known[contact_id] |= changed | {"updated_at": self._now}
                record = known[contact_id]
                if "name" in changed:
                    self._renamed.append((contact_id, record["name"]))
                self._changed.append(
                    {"contact_id": contact_id} | {f"new_{name}": record[name] for name in store.WRITTEN}
                )
        for position, one in enumerate(draft.addresses):
            owners.setdefault(one.address, contact_id)
            self._addresses.append(address_record(one, contact_id, position))
        self.written.append(Written(outcome, contact_id))

    def write(self, tx: Transaction, drafts: Sequence[Draft]) -> None:
        tx.many(store.ADD, self._new)
        tx.many(store.CHANGE, self._changed)
        tx.many(store.ADD_ADDRESS, self._addresses)
        write_words(tx, ((one["id"], one["name"]) for one in self._new), known=False)
        write_words(tx, self._renamed, known=True)
        by_name = {name: list_id_of(tx, name, now=self._now) for name in {n for d in drafts for n in d.lists}}
        memberships = [
            {"list_id": by_name[name], "contact_id": written.contact_id, "since": self._now}
            for draft, written in zip(drafts, self.written, strict=True)
            if written.outcome != "conflict"
            for name in draft.lists
        ]
        tx.many(store.ADD_MEMBER, memberships)
        touch(
            tx, "contacts", *(one.contact_id for one in self.written if one.contact_id and one.outcome != "unchanged")
        )

    def _record(self, contact_id: str, draft: Draft) -> dict[str, Any]:
        return {
            "id": contact_id,
            "name": draft.name or None,
            "language": draft.language or None,
            "time_zone": draft.time_zone or None,
            "country": draft.country or None,
            "fields": json.dumps({name: value for name, value in draft.fields.items() if value}, ensure_ascii=False),
            "created_at": self._now,
            "updated_at": self._now,
        }


def address_record(one: Address, contact_id: str, position: int) -> dict[str, Any]:
    """The row of an address; the one with the lowest *position* is a person's first."""
    return {
        "address": one.address,
        "channel": one.channel,
        "contact_id": contact_id,
        "position": position,
        "reversed": one.address[::-1],
    }


def _conflict(draft: Draft, owners: Mapping[str, str], known: Mapping[str, Row]) -> str:
    whose = {one.address: owners[one.address] for one in draft.addresses if one.address in owners}
    said = (
        f"{number} is {(known[owner]['name'] if owner in known else None) or owner}'s"
        for number, owner in whose.items()
    )
    return f"its numbers belong to different people: {', '.join(said)}"


def list_id_of(tx: Transaction, name: str, *, now: float) -> str:
    """The list of that name, made if there is none."""
    name = checked_list_name(name)
    tx.run(store.ADD_LIST, {"id": new_id("lst", at=now), "name": name, "created_at": now})
    found = tx.one(store.FIND_LIST, {"name": name})
    assert found is not None
    return str(found["id"])


def checked_list_name(name: str) -> str:
    """A list's name without blanks around it."""
    trimmed = name.strip()
    if not trimmed or len(trimmed) > MAX_LIST_NAME or "/" in trimmed or "\n" in trimmed:
        raise RequestError(
            f"a list cannot be called {name[:40]!r}",
            field="list",
            fix=f"give it a name of 1 to {MAX_LIST_NAME} characters without a slash",
        )
    return trimmed


def _merged(record: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """The columns that the draft changes; what it leaves empty stays as it is."""
    given = {"name": draft.name, "language": draft.language, "time_zone": draft.time_zone, "country": draft.country}
    changes: dict[str, Any] = {name: value for name, value in given.items() if value and value != record[name]}
    fields = json.loads(record["fields"])
    merged = fields | {name: value for name, value in draft.fields.items() if value}
    if merged != fields:
        changes["fields"] = json.dumps(merged, ensure_ascii=False)
    return changes
