"""The tables `calls`, `recordings` and `blobs`: every statement that touches them is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ringline.database.json_lists import as_list, is_among
from ringline.database.schema import Seconds, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ringline.database import Row, Transaction

PIECE = 256 * 1024
"""Bytes of a file in one row of `blobs`."""


def _where(predicate: str) -> dict[str, Any]:
    return {"sqlite_where": text(predicate), "postgresql_where": text(predicate)}


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("direction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text),
    Column("leg", Integer, nullable=False, server_default="1"),
    Column("to", Text, nullable=False),
    Column("from", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("credential_id", Text),
    Column("sid", Text),
    # The call that was told what to say. Whichever comes with another sid is a copy, and is hung up.
    Column("talking_sid", Text),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_rank", Integer, nullable=False, server_default="0"),
    Column("answered_by", Text),
    Column("pressed", Text),
    Column("announcement", Text),
    Column("purpose", Text, nullable=False),
    Column("started_at", Seconds),
    Column("ended_at", Seconds),
    Column("duration", Integer),
    Column("price", Text),
    Column("price_unit", Text),
    Column("error_code", Integer),
    Column("error_message", Text),
    Column("refusal_reason", Text),
    Column("refusal_sentence", Text),
    Column("run_id", Text),
    Column("step", Text),
    Column("created_at", Seconds, nullable=False),
    Column("updated_at", Seconds, nullable=False),
)
Index("calls_sid", calls.c.account_id, calls.c.sid, **_where("sid IS NOT NULL"))
Index("calls_talking_sid", calls.c.account_id, calls.c.talking_sid, unique=True, **_where("talking_sid IS NOT NULL"))
Index("calls_to", calls.c.to, calls.c.id)
Index("calls_from", calls.c["from"], calls.c.id)
Index("calls_run", calls.c.run_id, **_where("run_id IS NOT NULL"))

recordings = Table(
    "recordings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("credential_id", Text),
    Column("sid", Text, nullable=False),
    # waiting (to be fetched), kept, failed (given up), absent (Twilio has none)
    Column("status", Text, nullable=False),
    Column("duration", Integer),
    Column("channels", Integer, nullable=False, server_default="1"),
    Column("content_type", Text),
    Column("size", Integer),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("fetch_at", Seconds),
    Column("problem", Text),
    Column("created_at", Seconds, nullable=False),
)
Index("recordings_sid", recordings.c.account_id, recordings.c.sid, unique=True)
Index("recordings_call", recordings.c.call_id)
Index("recordings_fetch_at", recordings.c.fetch_at, **_where("fetch_at IS NOT NULL"))

blobs = Table(
    "blobs",
    metadata,
    Column("id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("id", "n", name="blobs_pkey"),
)

_ALL_OF_CALL: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in calls.columns}
_ADD_CALL = {
    "sqlite": sqlite.insert(calls).values(_ALL_OF_CALL).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(calls).values(_ALL_OF_CALL).on_conflict_do_nothing(),
}
_BLANK: dict[str, Any] = {column.name: None for column in calls.columns} | {"status_rank": 0, "leg": 1}
_BY_ID = select(calls).where(calls.c.id == bindparam("id"))
_HELD = _BY_ID.with_for_update()
_BY_TALKING = select(calls).where(
    calls.c.account_id == bindparam("account_id"), calls.c.talking_sid == bindparam("sid")
)
_BY_SID = select(calls).where(calls.c.account_id == bindparam("account_id"), calls.c.sid == bindparam("sid"))
_PAGE = select(calls).where(calls.c.id < bindparam("before")).order_by(calls.c.id.desc()).limit(bindparam("count"))
FILTERS = ("status", "to", "from", "direction", "run_id", "kind", "ref")
# Further conditions of a page: ids from and up to, calls of these runs, calls with these ids, to or from these people.
CONDITIONS: dict[str, Any] = {
    "since": calls.c.id >= bindparam("wanted_since"),
    "until": calls.c.id < bindparam("wanted_until"),
    "runs": is_among(calls.c.run_id, "wanted_runs"),
    "people": or_(
        is_among(calls.c.id, "wanted_ids"),
        is_among(calls.c.to, "wanted_people"),
        is_among(calls.c["from"], "wanted_people"),
    ),
}
_AFTER = select(calls).where(calls.c.id > bindparam("after")).order_by(calls.c.id).limit(bindparam("count"))
_WITH = {
    name: _PAGE.where(calls.c[name] == bindparam("number"), calls.c.direction == bindparam("direction"))
    for name in ("to", "from")
}
_OPEN_OF_RUN = select(calls.c.id).where(
    calls.c.run_id == bindparam("run_id"), calls.c.kind == "announcement", calls.c.ended_at.is_(None)
)
_CLAIM = (
    update(calls)
    .where(calls.c.id == bindparam("key"), calls.c.talking_sid.is_(None))
    .values(talking_sid=bindparam("the_sid"))
)
_RECORDING_OF = select(recordings).where(recordings.c.call_id == bindparam("id")).order_by(recordings.c.id)
_FORGET_TEXTS = (
    update(calls)
    .where(calls.c.created_at < bindparam("before"), calls.c.announcement.is_not(None), calls.c.ended_at.is_not(None))
    .values(announcement=None)
)

_OF_PERSON = select(calls.c.id).where((calls.c.to == bindparam("number")) | (calls.c["from"] == bindparam("number")))
_FORGET_TEXT = update(calls).where(calls.c.id == bindparam("key")).values(announcement=None, pressed=None)

_ALL_OF_RECORDING: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in recordings.columns}
_ADD_RECORDING = {
    "sqlite": sqlite.insert(recordings).values(_ALL_OF_RECORDING).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(recordings).values(_ALL_OF_RECORDING).on_conflict_do_nothing(),
}
_RECORDING = select(recordings).where(recordings.c.id == bindparam("id"))
_DUE = select(recordings.c.id).where(recordings.c.fetch_at <= bindparam("now")).order_by(recordings.c.fetch_at)
_NEXT = select(func.min(recordings.c.fetch_at).label("due"))
_TAKE = (
    update(recordings)
    .where(recordings.c.id == bindparam("key"), recordings.c.fetch_at <= bindparam("now"))
    .values(fetch_at=bindparam("until"), tries=recordings.c.tries + 1)
)
_OLD = select(recordings.c.id).where(recordings.c.created_at < bindparam("before"), recordings.c.fetch_at.is_(None))
_ADD_PIECE = insert(blobs)
_PIECES = (
    select(blobs.c.n, blobs.c.content)
    .where(blobs.c.id == bindparam("id"), blobs.c.n >= bindparam("first"), blobs.c.n <= bindparam("last"))
    .order_by(blobs.c.n)
)
_DROP_PIECES = delete(blobs).where(blobs.c.id == bindparam("key"))
_DROP_RECORDING = delete(recordings).where(recordings.c.id == bindparam("key"))
_updates: dict[tuple[str, tuple[str, ...]], Any] = {}


def add_call(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Write a call down; False where its id, or the sid that talks, is there already."""
    row = {f"v_{name}": value for name, value in {**_BLANK, **values}.items()}
    return tx.run(_ADD_CALL[tx.dialect], row) == 1


def get_call(tx: Transaction, id: str, *, hold: bool = False) -> Row | None:
    """One call; with *hold*, nobody else changes it until the transaction ends."""
    return tx.one(_HELD if hold and tx.dialect == "postgresql" else _BY_ID, {"id": id})


def call_by_sid(tx: Transaction, account_id: str, sid: str) -> Row | None:
    """The call that Twilio knows under this sid."""
    wanted = {"account_id": account_id, "sid": sid}
    return tx.one(_BY_TALKING, wanted) or tx.one(_BY_SID, wanted)


def page(tx: Transaction, filters: Mapping[str, Any], *, before: str | None, count: int) -> list[Row]:
    """Calls, newest first."""
    names = tuple(name for name in (*FILTERS, *CONDITIONS) if filters.get(name) is not None)
    statement = _updates.get(("page", names))
    if statement is None:
        statement = _PAGE
        for name in names:
            is_equal = name in FILTERS
            statement = statement.where(calls.c[name] == bindparam(f"wanted_{name}") if is_equal else CONDITIONS[name])
        _updates["page", names] = statement
    lists = ("runs", "people")
    parameters = {f"wanted_{name}": as_list(filters[name]) if name in lists else filters[name] for name in names}
    if "people" in names:
        parameters["wanted_ids"] = as_list(filters.get("ids") or ())
    return tx.all(statement, {"before": before or AFTER_EVERY_ID, "count": count, **parameters})


def calls_after(tx: Transaction, after: str, count: int) -> list[Row]:
    """Calls whose ids follow that one, in the order of ids."""
    return tx.all(_AFTER, {"after": after, "count": count})


def with_person(tx: Transaction, number: str, *, before: str | None, count: int) -> list[Row]:
    """Calls to a person and calls of theirs, the newest first."""
    asked = {"number": number, "before": before or AFTER_EVERY_ID, "count": count}
    found = [
        *tx.all(_WITH["to"], {**asked, "direction": "outbound"}),
        *tx.all(_WITH["from"], {**asked, "direction": "inbound"}),
    ]
    return sorted(found, key=lambda row: str(row["id"]), reverse=True)[:count]


def open_of_run(tx: Transaction, run_id: str) -> list[str]:
    """The announcements of a run that are not over."""
    return [row["id"] for row in tx.all(_OPEN_OF_RUN, {"run_id": run_id})]


def claim(tx: Transaction, id: str, sid: str) -> bool:
    """Have the call *sid* be the one that talks; False where another one is already."""
    if tx.run(_CLAIM, {"key": id, "the_sid": sid}):
        return True
    row = tx.one(_BY_ID, {"id": id})
    return row is not None and row["talking_sid"] == sid


def change_call(tx: Transaction, id: str, values: Mapping[str, Any]) -> None:
    """Set these columns of a call."""
    tx.run(_update(calls, tuple(values)), {"key": id, **{f"new_{name}": value for name, value in values.items()}})


def forget_texts(tx: Transaction, before: float) -> int:
    """Erase what calls said that are over and older than that; how many there were."""
    return tx.run(_FORGET_TEXTS, {"before": before})


def of_person(tx: Transaction, number: str) -> list[str]:
    """The calls to and from a number."""
    return [row["id"] for row in tx.all(_OF_PERSON, {"number": number})]


def forget_text(tx: Transaction, id: str) -> None:
    """Erase what a call said, and what was pressed in it."""
    tx.run(_FORGET_TEXT, {"key": id})


def add_recording(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Write a recording down; False where its sid is there already."""
    blank: dict[str, Any] = {column.name: None for column in recordings.columns} | {"tries": 0, "channels": 1}
    row = {f"v_{name}": value for name, value in {**blank, **values}.items()}
    return tx.run(_ADD_RECORDING[tx.dialect], row) == 1


def get_recording(tx: Transaction, id: str) -> Row | None:
    """One recording."""
    return tx.one(_RECORDING, {"id": id})


def recordings_of(tx: Transaction, call_id: str) -> list[Row]:
    """The recordings of a call, the oldest first."""
    return tx.all(_RECORDING_OF, {"id": call_id})


def recordings_due(tx: Transaction, now: float) -> list[str]:
    """Those that are to be fetched."""
    return [row["id"] for row in tx.all(_DUE, {"now": now})]


def next_fetch(tx: Transaction) -> float | None:
    """When one is to be fetched next."""
    row = tx.one(_NEXT)
    return None if row is None else row["due"]


def take_recording(tx: Transaction, id: str, *, now: float, until: float) -> bool:
    """Take one to be fetched; it is nobody else's until then."""
    return tx.run(_TAKE, {"key": id, "now": now, "until": until}) == 1


def change_recording(tx: Transaction, id: str, values: Mapping[str, Any]) -> None:
    """Set these columns of a recording."""
    statement = _update(recordings, tuple(values))
    tx.run(statement, {"key": id, **{f"new_{name}": value for name, value in values.items()}})


def keep_blob(tx: Transaction, id: str, content: bytes) -> None:
    """Keep a file, in pieces; another one under this id is replaced."""
    tx.run(_DROP_PIECES, {"key": id})
    pieces = [content[start : start + PIECE] for start in range(0, len(content), PIECE)]
    tx.many(_ADD_PIECE, [{"id": id, "n": n, "content": piece} for n, piece in enumerate(pieces)])


def read_blob(tx: Transaction, id: str, start: int, end: int) -> bytes:
    """The bytes of a file from *start* up to, and without, *end*."""
    if end <= start:
        return b""
    first, last = start // PIECE, (end - 1) // PIECE
    rows = tx.all(_PIECES, {"id": id, "first": first, "last": last})
    found = b"".join(bytes(row["content"]) for row in rows)
    return found[start - first * PIECE : end - first * PIECE]


def old_recordings(tx: Transaction, before: float) -> list[str]:
    """Those older than that, with which nothing is under way."""
    return [row["id"] for row in tx.all(_OLD, {"before": before})]


def drop_recordings(tx: Transaction, ids: Iterable[str]) -> None:
    """Delete recordings and their sound."""
    for key in ids:
        tx.run(_DROP_PIECES, {"key": key})
        tx.run(_DROP_RECORDING, {"key": key})


def _update(table: Table, names: tuple[str, ...]) -> Any:
    statement = _updates.get((table.name, names))
    if statement is None:
        new: dict[str, Any] = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        statement = update(table).where(table.c.id == bindparam("key")).values(new)
        _updates[table.name, names] = statement
    return statement
