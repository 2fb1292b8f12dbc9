"""The log: written in the transaction that acts, read a page at a time by who, what and when."""

from __future__ import annotations

import pytest

from ringline.access import Access, Principal, record
from ringline.access.audit import KEEP
from ringline.clock import VirtualClock
from ringline.database import Database, Transaction

ANN = Principal("ann", "admin", "user")
ORDERS = Principal("orders", "operator", "key")


async def test_entries_are_found_by_who_what_and_when(access: Access, clock: VirtualClock) -> None:
    await access.audit.record(ANN, "add_user", "bob", {"role": "viewer"})
    clock.step(60)
    await access.audit.record(ORDERS, "send_message", "msg_1")
    await access.audit.record("housekeeping", "tidy")

    async def found(**asked: object) -> list[str]:
        return [entry.action for entry in await access.audit.list(limit=10, **asked)]  # type: ignore[arg-type]

    assert await found() == ["tidy", "send_message", "add_user"]
    assert await found(who="ann") == ["add_user"]
    assert await found(action="send_message", subject="msg_1") == ["send_message"]
    assert await found(since=clock.time()) == ["tidy", "send_message"]
    assert await found(until=clock.time()) == ["add_user"]
    first = (await access.audit.list(limit=1, who="ann"))[0]
    assert (first.kind, first.details) == ("user", {"role": "viewer"})


async def test_pages_follow_one_another(access: Access) -> None:
    for number in range(5):
        await access.audit.record(ANN, "send_message", f"msg_{number}")

    first = await access.audit.list(limit=3)
    second = await access.audit.list(limit=3, before=first[-1].id)

    assert [entry.subject for entry in (*first, *second)] == [f"msg_{number}" for number in (4, 3, 2, 1, 0)]


async def test_what_was_not_done_is_not_in_the_log(access: Access, database: Database, clock: VirtualClock) -> None:
    def fails(tx: Transaction) -> None:
        record(tx, ANN, "send_message", at=clock.time())
        raise RuntimeError("it did not come to that")

    with pytest.raises(RuntimeError):
        await database.write(fails)

    assert await access.audit.list(limit=10) == []


async def test_old_entries_go(access: Access, clock: VirtualClock) -> None:
    await access.audit.record(ANN, "send_message")
    clock.step(KEEP + 1)
    await access.audit.record(ANN, "add_user")

    await access.tidy()

    assert [entry.action for entry in await access.audit.list(limit=10)] == ["add_user"]
