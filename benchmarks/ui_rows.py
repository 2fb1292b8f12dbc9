"""A database with as many messages and runs as an installation has after a good while."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Any

import ringline.app.system  # noqa: F401 - so that every table is known
from ringline.clock import SystemClock
from ringline.database import Database, open_database
from ringline.database.schema import metadata
from ringline.ids import name_of_number, new_id, new_number

PEOPLE = 100_000
FLOWS = 20
DAYS = 90
BATCH = 20_000
OURS = "+15550001111"
STAGES = (
    (("accepted", "delivered"), 900),
    (("accepted", "sent"), 20),
    (("accepted", "undelivered"), 30),
    (("failed", "failed"), 20),
    (("refused", "refused"), 25),
    (("canceled", "canceled"), 5),
)
STATUSES = (("completed", 950), ("failed", 10), ("waiting", 30), ("canceled", 10))
WORDS = ("order", "parcel", "appointment", "tomorrow", "reminder", "invoice", "welcome", "code", "table", "ready")
RARE = "zebra"


def person(n: int) -> str:
    """A number of somebody."""
    return f"+1415{5_000_000 + n:07d}"


async def fill(url: str, rows: int) -> dict[str, str]:
    """Write them down; gives ids and numbers to ask for."""
    database = await open_database(url, clock=SystemClock())
    try:
        return await _fill(database, rows)
    finally:
        await database.close()


async def _fill(database: Database, rows: int) -> dict[str, str]:
    now = database.clock.time()
    began = now - DAYS * 86_400
    chance = random.Random(7)
    definitions = [
        {"name": f"flow_{n}", "version": 1, "definition": "{}", "digest": str(n), "parent": None, "created_at": began}
        for n in range(FLOWS)
    ]
    await _insert(database, "workflows", definitions)
    ids = {
        row["name"]: row["id"]
        for row in await database.read(lambda tx: tx.all(_text("SELECT id, name FROM workflows")))
    }
    runs = [new_number(at=began + n * DAYS * 86_400 / rows) for n in range(rows)]
    await _insert(database, "runs", _runs(runs, list(ids.values()), chance))
    kept: dict[str, str] = {"run": name_of_number("run", runs[rows // 2])}
    await _insert(database, "messages", _messages(rows, runs, began, chance, kept))
    await _insert(database, "search_texts", _texts(kept.pop("texts")))  # type: ignore[arg-type]
    await _insert(database, "conversations", _conversations(now))
    if database.dialect == "postgresql":
        await database.write(lambda tx: tx.run(_text("ANALYZE")))
    else:
        await database.write(lambda tx: tx.run(_text("ANALYZE messages")))
    return kept


def _runs(numbers: list[int], definitions: list[int], chance: random.Random) -> Iterator[dict[str, Any]]:
    statuses, weights = zip(*STATUSES, strict=True)
    chosen = chance.choices(statuses, weights, k=len(numbers))
    for number, status in zip(numbers, chosen, strict=True):
        created_at = 1_577_836_800 + (number >> 22) / 1000
        yield {
            "id": number,
            "definition": definitions[number % len(definitions)],
            "status": status,
            "revision": 2,
            "created_at": created_at,
            "finished_at": None if status == "waiting" else created_at + 60,
            "due_at": created_at + 1e8 if status == "waiting" else None,
            "woken_at": None,
            "has_failures": int(status == "failed"),
            "inputs": '{"phone":"+14155550123"}',
            "state": "{}" if status == "waiting" else None,
            "outputs": "[]" if status == "completed" else None,
            "error": '{"type":"StepExecutionError","message":"no"}' if status == "failed" else None,
            "trigger": '{"type":"schedule"}' if number % 7 == 0 else None,
            "parent": None,
            "parent_key": None,
        }


def _messages(
    rows: int, runs: list[int], began: float, chance: random.Random, kept: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    stages, weights = zip(*STAGES, strict=True)
    chosen = chance.choices(stages, weights, k=rows)
    texts = kept["texts"] = []
    for n in range(rows):
        at = began + n * DAYS * 86_400 / rows
        stage, status = chosen[n]
        if n % (rows // 20) == 17:
            stage = status = "unresolved"
        elif n > rows - 50:
            stage, status = "held", "pending"
        message_id, to = new_id("msg", at=at), person(chance.randrange(PEOPLE))
        words = " ".join(chance.choices(WORDS, k=6)) + (f" {RARE}" if n % 50_000 == 7 else "")
        body = f"{words} number {n}"
        texts.append((message_id, to, body))
        if n == rows // 2:
            kept |= {"id": message_id, "to": to}
        yield {
            "id": message_id,
            "account_id": "AC" + "0" * 32,
            "credential_id": "cred_1",
            "channel": "sms" if n % 20 else "whatsapp",
            "to": to,
            "sender": OURS,
            "sender_id": f"AC/sms/{OURS}",
            "body": body,
            "purpose": "notification",
            "policy": "once",
            "priority": 50,
            "segments": 1,
            "encoding": "GSM-7",
            "stage": stage,
            "status": status,
            "status_rank": 40,
            "attempt_no": 1,
            "sid": f"SM{n:032x}" if stage == "accepted" else None,
            "twin": str(n),
            "send_at": at if stage != "held" else at + 1e8,
            "expires_at": at + 1e9,
            "run_id": name_of_number("run", runs[n]) if n % 5 < 3 else None,
            "step": "hello" if n % 5 < 3 else None,
            "price": "-0.00830" if stage == "accepted" else None,
            "price_unit": "USD" if stage == "accepted" else None,
            "created_at": at,
            "sent_at": at if stage == "accepted" else None,
            "updated_at": at,
        }


def _texts(texts: Iterable[tuple[str, str, str]]) -> Iterator[dict[str, Any]]:
    for ref, to, body in texts:
        yield {"ref": ref, "person": to, "body": body}


def _conversations(now: float) -> Iterator[dict[str, Any]]:
    for n in range(PEOPLE):
        to = person(n)
        yield {
            "id": f"cnv_{n:026d}",
            "person": to,
            "reversed": to[::-1],
            "ours": OURS,
            "account_id": "AC" + "0" * 32,
            "last_at": now - n,
            "last_kind": "message",
            "last_id": f"msg_{n:026d}",
            "last_channel": "sms",
            "last_words": "Hello",
            "unread": 0,
        }


async def _insert(database: Database, table: str, rows: Iterable[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            await _write(database, table, batch)
            batch = []
    if batch:
        await _write(database, table, batch)


async def _write(database: Database, table: str, batch: list[dict[str, Any]]) -> None:
    names = list(batch[0])
    if database.dialect == "postgresql":
        # A row at a time takes Postgres twenty times as long.
        pool = await database.connect_pool(1)  # type: ignore[attr-defined]
        async with pool.acquire() as connection:
            await connection.copy_records_to_table(table, columns=names, records=[tuple(row.values()) for row in batch])
        await pool.close()
        return
    columns = ", ".join(f'"{name}"' for name in names)
    types = [_bound(name, metadata.tables[table].c[name].type) for name in names]
    statement = _text(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{name}' for name in names)})").bindparams(
        *types
    )
    await database.write(lambda tx: tx.many(statement, batch))


def _text(statement: str) -> Any:
    from sqlalchemy import text

    return text(statement)


def _bound(name: str, type_: Any) -> Any:
    from sqlalchemy import bindparam

    return bindparam(name, type_=type_)
