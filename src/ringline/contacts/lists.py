"""`ringline.contacts.lists`: groups of people by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringline.clock import utc
from ringline.contacts import store
from ringline.contacts.contact import Contact, ContactList
from ringline.contacts.reading import contacts_of, find_in, list_id_in, no_contact, no_list
from ringline.contacts.writing import list_id_of
from ringline.live import ALL, touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction


class Lists:
    """Lists by name. To put somebody on a list that does not exist makes it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list(self) -> Sequence[ContactList]:
        """Every list with how many are on it, by name."""
        rows = await self._database.read(lambda tx: tx.all(store.LISTS))
        return [ContactList(row["name"], int(row["count"]), utc(row["created_at"])) for row in rows]

    async def add(self, name: str) -> ContactList:
        """A list of that name, empty if it is new."""
        now = self._clock.time()
        await self._database.write(lambda tx: (list_id_of(tx, name, now=now), touch(tx, "contacts", ALL)))
        return await self.get(name)

    async def get(self, name: str) -> ContactList:
        """Raises `NotFoundError`."""
        found = next((one for one in await self.list() if one.name == name.strip()), None)
        if found is None:
            raise no_list(name)
        return found

    async def remove(self, name: str) -> None:
        """Drop a list; the people stay. Raises `NotFoundError`."""

        def work(tx: Transaction) -> None:
            list_id = list_id_in(tx, name)
            tx.run(store.REMOVE_MEMBERS, {"id": list_id})
            tx.run(store.REMOVE_LIST, {"id": list_id})
            touch(tx, "contacts", ALL)

        await self._database.write(work)

    async def put_on(self, name: str, id_or_number: str) -> Contact:
        """Put a person on a list. Raises `NotFoundError` for a person who is not known."""
        return await self._membership(name, id_or_number, is_on=True)

    async def take_off(self, name: str, id_or_number: str) -> Contact:
        """Take a person off a list. Raises `NotFoundError`."""
        return await self._membership(name, id_or_number, is_on=False)

    async def _membership(self, name: str, id_or_number: str, *, is_on: bool) -> Contact:
        now = self._clock.time()

        def work(tx: Transaction) -> Contact | None:
            row = find_in(tx, id_or_number)
            if row is None:
                return None
            if is_on:
                member = {"list_id": list_id_of(tx, name, now=now), "contact_id": row["id"]}
                tx.run(store.ADD_MEMBER, member | {"since": now})
            else:
                tx.run(store.REMOVE_MEMBER, {"list_id": list_id_in(tx, name), "contact_id": row["id"]})
            touch(tx, "contacts", row["id"])
            return contacts_of(tx, [row])[0]

        contact = await self._database.write(work)
        if contact is None:
            raise no_contact(id_or_number)
        return contact
