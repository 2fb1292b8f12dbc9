"""Somebody's numbers, changed by hand: which there are from now on, and whose they must not be already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ringline.contacts import store
from ringline.contacts.contact import Address, checked_address
from ringline.contacts.writing import address_record
from ringline.database.json_lists import as_list
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.database import Transaction

MOST = 20
"""Addresses of one person."""


def checked_addresses(given: Sequence[tuple[str, str]], *, country: str | None = None) -> list[Address]:
    """Addresses of one person, given as channel and number. Raises `RequestError` naming the one that is wrong."""
    if not given:
        raise RequestError(
            "a person needs a number", field="addresses", fix="leave one, or remove the person from the contacts"
        )
    if len(given) > MOST:
        raise RequestError(f"{len(given)} numbers are too many", field="addresses", fix=f"a person has at most {MOST}")
    found: dict[Address, None] = {}
    for n, (channel, number) in enumerate(given):
        address = checked_address(number, channel, country=country, field=f"addresses.{n}")
        if address in found:
            raise RequestError(
                f"{address.address} is there twice for {address.channel}", field=f"addresses.{n}", fix="remove one"
            )
        found[address] = None
    return [*found]


def set_addresses_in(tx: Transaction, contact_id: str, addresses: Sequence[Address]) -> set[str]:
    """Have a person be reached at these and no others, after `write_alone`; returns every number that was or is theirs.

    Raises `RequestError` naming the person who has one of them.
    """
    refuse_taken_in(tx, [one.address for one in addresses], but=contact_id)
    before = {row["address"] for row in tx.all(store.ADDRESSES_OF, {"ids": as_list([contact_id])})}
    tx.run(store.REMOVE_ADDRESSES, {"id": contact_id})
    tx.many(store.ADD_ADDRESS, [address_record(one, contact_id, n) for n, one in enumerate(addresses)])
    return before | {one.address for one in addresses}


def refuse_taken_in(tx: Transaction, numbers: Collection[str], *, but: str | None = None) -> None:
    """Raise `RequestError` where one of these numbers is somebody's, other than the contact named in *but*."""
    taken = [row for row in tx.all(store.OWNERS, {"numbers": as_list(numbers)}) if row["contact_id"] != but]
    if not taken:
        return
    first = taken[0]
    (owner,) = tx.all(store.GET_MANY, {"ids": as_list([first["contact_id"]])})
    places = [n for n, number in enumerate(numbers) if number == first["address"]]
    raise RequestError(
        f"{first['address']} is already the number of {owner['name'] or 'a contact without a name'} ({owner['id']})",
        field="phone" if but is None else f"addresses.{places[0]}",
        fix="change that contact instead, or remove the number there first",
    )
