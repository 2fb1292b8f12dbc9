from __future__ import annotations

from ringline.database import Database
from ringline.web.store import forget_refusals, list_refusals, record_refusal


async def refuse(database: Database, now: float, *, path: str = "/twilio/sms", detail: str = "first") -> None:
    await database.write(
        lambda tx: record_refusal(
            tx, path=path, account_sid="AC1", reason="no_match", detail=detail, fix="do this", now=now
        )
    )


async def test_same_refusal_is_one_row_with_a_count(database: Database) -> None:
    await refuse(database, 1.0)
    await refuse(database, 2.0, detail="second")

    [row] = await database.read(list_refusals)

    assert (row["times"], row["first_at"], row["last_at"], row["detail"]) == (2, 1.0, 2.0, "second")


async def test_latest_comes_first_and_old_ones_can_be_forgotten(database: Database) -> None:
    await refuse(database, 1.0)
    await refuse(database, 2.0, path="/twilio/status")

    assert [row["last_at"] for row in await database.read(list_refusals)] == [2.0, 1.0]
    assert await database.write(lambda tx: forget_refusals(tx, before=2.0)) == 1
    assert [row["path"] for row in await database.read(list_refusals)] == ["/twilio/status"]
