"""People changed by two at once, as two servers do on one Postgres: nobody is half there afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import pytest
from sqlalchemy import text
from sqlalchemy.util import await_only

from ringline.clock import VirtualClock
from ringline.contacts.contacts import Contacts, Erasure
from ringline.conversations.conversation import News
from ringline.conversations.conversations import Conversations
from ringline.database import Database, Transaction
from ringline.errors import NotFoundError, RequestError

ANA, WORK = "+14155550123", "+14155550124"
_WAITING = text("SELECT count(*) AS count FROM pg_locks WHERE NOT granted AND database IS NOT NULL")


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def contacts(database: Database, clock: VirtualClock) -> Contacts:
    return Contacts(database, clock)


async def somebody_waits(database: Database) -> None:
    """Return once a transaction waits for another."""
    async with asyncio.timeout(10):
        while True:
            row = await database.read(lambda tx: tx.one(_WAITING))
            if row is not None and row["count"]:
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("how", ["erase", "remove"])
async def test_whom_one_forgets_while_another_changes_them_leaves_no_number_to_nobody(
    database: Database, contacts: Contacts, how: str
) -> None:
    await contacts.add(ANA, name="Ana")
    began = asyncio.Event()

    def hold(tx: Transaction, _: object) -> dict[str, int]:
        began.set()
        await_only(somebody_waits(database))
        return {}

    contacts.on_erase.append(hold)
    contacts.on_numbers.append(hold)
    forgetting = asyncio.create_task(getattr(contacts, how)(ANA))
    await began.wait()
    contacts.on_numbers.clear()
    changed = contacts.change(ANA, name="Anna", addresses=[("sms", ANA), ("sms", WORK)])
    added = contacts.add(ANA, name="Anna")
    outcomes = await asyncio.gather(changed, added, return_exceptions=True)
    await forgetting

    found = await database.read(lambda tx: contacts.owner_ids_in(tx, [ANA, WORK]))
    for owner in found.values():
        assert (await contacts.get(owner)).id == owner, outcomes
    assert (await contacts.add(ANA, name="Ana")).phone == ANA
    assert all(not isinstance(one, Exception) or isinstance(one, NotFoundError) for one in outcomes), outcomes


async def test_of_two_who_add_a_new_number_at_once_one_is_told_whose_it_is(
    database: Database, contacts: Contacts
) -> None:
    def hold(tx: Transaction, _: Collection[str]) -> None:
        contacts.on_numbers.clear()
        await_only(somebody_waits(database))

    contacts.on_numbers.append(hold)
    both = (contacts.add(ANA, name=name, only_new=True) for name in ("Ana", "Anna"))
    first, second = sorted(
        await asyncio.gather(*both, return_exceptions=True), key=lambda one: isinstance(one, Exception)
    )
    assert isinstance(second, RequestError)
    assert not isinstance(first, BaseException)
    assert (await contacts.get(ANA)).name == first.name


async def test_what_is_gathered_while_somebody_is_erased_does_not_come_back(
    database: Database, contacts: Contacts, clock: VirtualClock
) -> None:
    said = [News("msg_1", "message", ANA, None, "AC1", "sms", "A secret", clock.time(), "A secret")]
    conversations = Conversations(
        database,
        clock,
        contacts.owner_ids_in,
        {"msg": lambda tx, after, count: [one for one in said if one.id > after]},
    )
    await contacts.add(ANA, name="Ana")
    began = asyncio.Event()

    def erase(tx: Transaction, who: Erasure) -> dict[str, int]:
        count = conversations.erase_in(tx, who.numbers)
        began.set()
        await_only(somebody_waits(database))
        said[0] = said[0]._replace(person="", words="", text=None)
        return {"inbox": count}

    contacts.on_erase.append(erase)
    erasing = asyncio.create_task(contacts.erase(ANA))
    await began.wait()
    with pytest.raises(NotFoundError):
        await conversations.get(ANA)
    await erasing

    assert await conversations.by_words("secret") == []
    assert await conversations.list() == []
