"""People as they are stored, put together from their rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ringline.clock import utc
from ringline.compliance.suppression import Suppression, suppressions_of
from ringline.contacts import store
from ringline.contacts.contact import Address, Contact, OptOut, Person
from ringline.database.json_lists import as_list
from ringline.errors import NotFoundError

if TYPE_CHECKING:
    from ringline.database import Row, Transaction


def find_in(tx: Transaction, id_or_number: str) -> Row | None:
    """The row of one person, by id or by any of their numbers."""
    if id_or_number.startswith("con_"):
        found = tx.all(store.GET_MANY, {"ids": as_list([id_or_number])})
    else:
        owners = tx.all(store.OWNERS, {"numbers": as_list([id_or_number])})
        found = tx.all(store.GET_MANY, {"ids": as_list({row["contact_id"] for row in owners})})
    return found[0] if found else None


def person_in(tx: Transaction, number: str) -> Person | None:
    """What is known of the one with this number: one look-up by index."""
    row = tx.one(store.PERSON, {"number": number})
    return None if row is None else Person(**row)


def owners_in(tx: Transaction, numbers: Collection[str]) -> dict[str, Person]:
    """Who has these numbers, by number."""
    found = owner_ids_in(tx, numbers)
    rows = {row["id"]: row for row in tx.all(store.GET_MANY, {"ids": as_list(set(found.values()))})}
    return {
        number: Person(owner, row["name"], row["language"], row["time_zone"], row["country"])
        for number, owner in found.items()
        if (row := rows.get(owner)) is not None
    }


def owner_ids_in(tx: Transaction, numbers: Collection[str]) -> dict[str, str]:
    """The ids of those who have these numbers, by number."""
    return {row["address"]: row["contact_id"] for row in tx.all(store.OWNERS, {"numbers": as_list(numbers)})}


def numbers_of(tx: Transaction, contact_id: str) -> list[str]:
    """Every number that somebody has, the first one first."""
    rows = tx.all(store.ADDRESSES_OF, {"ids": as_list([contact_id])})
    return [*dict.fromkeys(row["address"] for row in rows)]


def list_id_in(tx: Transaction, name: str) -> str:
    """The id of a list. Raises `NotFoundError`."""
    row = tx.one(store.FIND_LIST, {"name": name.strip()})
    if row is None:
        raise no_list(name)
    return str(row["id"])


def batch_in(tx: Transaction, on: str | None, after: str, count: int) -> Sequence[Contact]:
    """The people whose ids follow *after*, of everybody or of those *on* a list, at most *count*."""
    parameters: dict[str, Any] = {"after": after, "count": count}
    if on is None:
        return contacts_of(tx, tx.all(store.ALL, parameters))
    parameters["list_id"] = list_id_in(tx, on)
    return contacts_of(tx, tx.all(store.MEMBERS, parameters))


def contacts_of(tx: Transaction, rows: Sequence[Row]) -> list[Contact]:
    """The people of these rows, in the same order, with few queries for all."""
    ids = as_list(row["id"] for row in rows)
    addresses: dict[str, list[Address]] = {}
    for row in tx.all(store.ADDRESSES_OF, {"ids": ids}):
        addresses.setdefault(row["contact_id"], []).append(Address(row["address"], row["channel"]))
    lists: dict[str, list[str]] = {}
    for row in tx.all(store.LISTS_OF, {"ids": ids}):
        lists.setdefault(row["contact_id"], []).append(row["name"])
    suppressed = suppressions_of(tx, {one.address for found in addresses.values() for one in found})
    return [
        Contact(
            row["id"],
            tuple(addresses.get(row["id"], ())),
            row["name"],
            row["language"],
            row["time_zone"],
            row["country"],
            json.loads(row["fields"]),
            tuple(lists.get(row["id"], ())),
            tuple(
                opt_out_of(one)
                for number in dict.fromkeys(one.address for one in addresses.get(row["id"], ()))
                for one in suppressed.get(number, ())
            ),
            utc(row["created_at"]),
            utc(row["updated_at"]),
        )
        for row in rows
    ]


def opt_out_of(one: Suppression) -> OptOut:
    """What stands on the list of those who are not written to, as an opt-out of a person."""
    return OptOut(one.scope, utc(one.since), one.source, one.evidence, one.recipient, one.id, one.ref)


def no_contact(id_or_number: str) -> NotFoundError:
    """There is nobody of that id or number."""
    return NotFoundError(
        f"there is nobody with the number or id {id_or_number!r}", fix="list people with `ringline contacts list`"
    )


def no_list(name: str) -> NotFoundError:
    """There is no list of that name."""
    return NotFoundError(f"there is no list {name!r}", fix="see the lists with `ringline lists list`")
