"""What became of everybody on a list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from ringline.broadcasts import store

if TYPE_CHECKING:
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.groups import Groups

BATCH = 1_000
COLUMNS = ("line", "to", "status", "sid", "error_code", "error", "segments", "price", "price_unit", "id")
"""The columns of a result file."""


async def results_of(database: Database, groups: Groups, row: Row) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Every recipient of the broadcast in *row*, in the order of the list, in batches."""
    after = 0
    while batch := await page_of(database, groups, row, after=after, count=BATCH):
        yield batch
        after = batch[-1]["n"]


async def page_of(database: Database, groups: Groups, row: Row, *, after: int, count: int) -> list[dict[str, Any]]:
    """At most *count* recipients that follow number *after*."""

    def work(tx: Transaction) -> list[dict[str, Any]]:
        rows = tx.all(store.ROWS, {"number": row["number"], "after": after, "count": count})
        refs = [one["ref"] for one in rows if one["ref"]]
        messages = groups.outcomes_in(tx, refs) if row["kind"] == "message" else {}
        return [_result(row, one, messages.get(one["ref"])) for one in rows]

    return await database.read(work)


def _result(row: Row, recipient: Row, message: Row | None) -> dict[str, Any]:
    status = error = None
    if recipient["stage"] == "skipped":
        status, error = "skipped", recipient["reason"]
    elif message is not None:
        status = message["status"] if message["stage"] == "accepted" else message["stage"]
        error = message["error_message"] or message["refusal_sentence"]
    elif recipient["ref"]:
        status = "started" if row["kind"] == "flow" else "deleted"
    else:
        status = "canceled" if row["stage"] == "canceled" else "queued"
    return {
        "n": recipient["n"],
        "line": recipient["line"],
        "to": recipient["to"],
        "status": status,
        "sid": message["sid"] if message else None,
        "error_code": message["error_code"] if message else None,
        "error": error,
        "segments": message["segments"] if message else None,
        "price": message["price"] if message else None,
        "price_unit": message["price_unit"] if message else None,
        "id": recipient["ref"],
    }
