"""The tables `inbound_messages`, `short_links` and `media_files`: every statement that touches them is here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
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
    from collections.abc import Mapping, Sequence

    from ringline.database import Row, Transaction

inbound_messages = Table(
    "inbound_messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_sid", Text, nullable=False),
    Column("sid", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("from", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("media", Text, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("messaging_service_sid", Text),
    Column("keyword", Text),
    Column("opt_out_type", Text),
    Column("profile_name", Text),
    Column("form", Text, nullable=False),
    Column("received_at", Seconds, nullable=False),
    Column("taken_by", Text),
    Column("taken_reason", Text),
    Column("run_id", Text),
    UniqueConstraint("account_sid", "sid", name="inbound_messages_account_sid_sid_key"),
)
Index("inbound_messages_from_id", inbound_messages.c["from"], inbound_messages.c.id)

short_links = Table(
    "short_links",
    metadata,
    Column("code", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("message_id", Text),
    Column("clicks", BigInteger, nullable=False, server_default="0"),
    Column("created_at", Seconds, nullable=False),
    Column("last_click_at", Seconds),
)
Index("short_links_message_id", short_links.c.message_id)
Index("short_links_created", short_links.c.created_at, short_links.c.code)

media_files = Table(
    "media_files",
    metadata,
    Column("id", Text, primary_key=True),
    Column("content_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("expires_at", Seconds, nullable=False),
)
Index("media_files_expires_at", media_files.c.expires_at)

_INBOUND_COLUMNS: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in inbound_messages.columns}
_ADD_INBOUND = {
    "sqlite": sqlite.insert(inbound_messages).values(_INBOUND_COLUMNS).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(inbound_messages).values(_INBOUND_COLUMNS).on_conflict_do_nothing(),
}
_INBOUND_BY_SID = select(inbound_messages).where(
    inbound_messages.c.account_sid == bindparam("account_sid"), inbound_messages.c.sid == bindparam("sid")
)
_INBOUND_BY_ID = select(inbound_messages).where(inbound_messages.c.id == bindparam("id"))
_INBOUND_PAGE = (
    select(inbound_messages)
    .where(inbound_messages.c.id < bindparam("before"))
    .order_by(inbound_messages.c.id.desc())
    .limit(bindparam("count"))
)
_INBOUND_PAGE_FROM = _INBOUND_PAGE.where(inbound_messages.c["from"] == bindparam("sender"))
_INBOUND_AFTER = (
    select(inbound_messages)
    .where(inbound_messages.c.id > bindparam("after"))
    .order_by(inbound_messages.c.id)
    .limit(bindparam("count"))
)
_KEYWORDS_FROM = (
    select(inbound_messages)
    .where(
        inbound_messages.c["from"] == bindparam("person"),
        inbound_messages.c.keyword.in_(["stop", "start"]),
        # "yes" is a keyword too, but not where it answered a question.
        or_(inbound_messages.c.taken_by.is_(None), inbound_messages.c.taken_by.in_(["opt_out", "opt_in"])),
    )
    .order_by(inbound_messages.c.id.desc())
    .limit(bindparam("count"))
)
_NOTE_TAKEN = (
    update(inbound_messages)
    .where(inbound_messages.c.id == bindparam("the_id"))
    .values(taken_by=bindparam("by"), taken_reason=bindparam("reason"), run_id=bindparam("run"))
)
_UNTAKEN = (
    select(inbound_messages)
    .where(
        inbound_messages.c["from"] == bindparam("person"),
        inbound_messages.c.channel == bindparam("channel"),
        inbound_messages.c.received_at >= bindparam("since"),
        inbound_messages.c.taken_by.is_(None),
    )
    .order_by(inbound_messages.c.id)
)
# One writer at a time is SQLite's rule anyway.
_ERASE_INBOUND = (
    update(inbound_messages)
    .where(inbound_messages.c.received_at < bindparam("before"), inbound_messages.c.form != text("'{}'"))
    .values(body="", media="[]", form="{}", profile_name=None)
)
_ERASE_INBOUND_OF = (
    update(inbound_messages)
    .where(is_among(inbound_messages.c["from"], "people"), inbound_messages.c.form != text("'{}'"))
    .values(body="", media="[]", form="{}", profile_name=None)
)
_HOLD_PERSON = text("SELECT pg_advisory_xact_lock(731, hashtext(:id))")

_ADD_LINK = insert(short_links).values(
    code=bindparam("code"), url=bindparam("url"), message_id=bindparam("message_id"), created_at=bindparam("now")
)
_CLICK = (
    update(short_links)
    .where(short_links.c.code == bindparam("the_code"))
    .values(clicks=short_links.c.clicks + 1, last_click_at=bindparam("now"))
    .returning(short_links.c.url)
)
_LINKS_OF_MESSAGE = (
    select(short_links).where(short_links.c.message_id == bindparam("message_id")).order_by(short_links.c.code)
)
_LINKS_PAGE = text(
    """SELECT * FROM short_links WHERE (created_at, code) < (:at, :code) ORDER BY created_at DESC, code DESC
    LIMIT :count"""
)
_LINKS_TO = text(
    """SELECT * FROM short_links WHERE (created_at, code) < (:at, :code)
    AND (lower(url) LIKE :like OR code = :exact) ORDER BY created_at DESC, code DESC LIMIT :count"""
)

_ADD_MEDIA = insert(media_files)
_GET_MEDIA = select(media_files).where(media_files.c.id == bindparam("id"))
_KEEP_MEDIA = (
    update(media_files)
    .where(media_files.c.id == bindparam("the_id"), media_files.c.expires_at < bindparam("until"))
    .values(expires_at=bindparam("until"))
)
_FORGET_MEDIA = delete(media_files).where(media_files.c.expires_at <= bindparam("now"))

_AFTER_EVERY_MOMENT = 9e15
_NOT_TAKEN: dict[str, Any] = {"v_taken_by": None, "v_taken_reason": None, "v_run_id": None}


def add_inbound(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Store a received message; False when this MessageSid is known already."""
    written = {**_NOT_TAKEN, **{f"v_{name}": value for name, value in values.items()}}
    written["v_media"] = json.dumps(values["media"])
    written["v_form"] = json.dumps(values["form"])
    return tx.run(_ADD_INBOUND[tx.dialect], written) > 0


def note_taken(tx: Transaction, message_id: str, *, by: str | None, reason: str | None, run_id: str | None) -> None:
    """Keep who took a received message, and why."""
    tx.run(_NOTE_TAKEN, {"the_id": message_id, "by": by, "reason": reason, "run": run_id})


def untaken(tx: Transaction, *, channel: str, person: str, since: float) -> list[Row]:
    """What a person wrote from *since* on and nobody took, the oldest first."""
    rows = tx.all(_UNTAKEN, {"channel": channel, "person": person, "since": since})
    return [row for row in map(_read_inbound, rows) if row is not None]


def erase_inbound(tx: Transaction, before: float) -> int:
    """Erase what messages received before that moment say; that they came, and what took them, stays."""
    return tx.run(_ERASE_INBOUND, {"before": before})


def erase_inbound_of(tx: Transaction, people: Sequence[str]) -> int:
    """Erase what these numbers wrote to us; returns how many messages said something."""
    spellings = [spelling for number in people for spelling in (number, f"whatsapp:{number}")]
    return tx.run(_ERASE_INBOUND_OF, {"people": as_list(spellings)})


def hold_person(tx: Transaction, channel: str, person: str) -> None:
    """Let nobody else decide about this person's replies until the transaction ends."""
    if tx.dialect == "postgresql":
        tx.one(_HOLD_PERSON, {"id": f"{channel}/{person}"})


def inbound_by_sid(tx: Transaction, account_sid: str, sid: str) -> Row | None:
    """The received message of that SID."""
    return _read_inbound(tx.one(_INBOUND_BY_SID, {"account_sid": account_sid, "sid": sid}))


def inbound_by_id(tx: Transaction, message_id: str) -> Row | None:
    """The received message of that id of ours."""
    return _read_inbound(tx.one(_INBOUND_BY_ID, {"id": message_id}))


def inbound_page(tx: Transaction, *, sender: str | None, before: str | None, count: int) -> list[Row]:
    """Received messages, newest first, older than the id *before*; of one *sender* if given."""
    parameters: dict[str, Any] = {"before": before or AFTER_EVERY_ID, "count": count}
    if sender is None:
        rows = tx.all(_INBOUND_PAGE, parameters)
    else:
        rows = tx.all(_INBOUND_PAGE_FROM, {**parameters, "sender": sender})
    return [row for row in map(_read_inbound, rows) if row is not None]


def inbound_after(tx: Transaction, after: str, count: int) -> list[Row]:
    """Received messages whose ids follow that one, in the order of ids."""
    return [row for row in map(_read_inbound, tx.all(_INBOUND_AFTER, {"after": after, "count": count})) if row]


def keywords_from(tx: Transaction, person: str, count: int) -> list[Row]:
    """The newest messages by which somebody stopped or started."""
    return tx.all(_KEYWORDS_FROM, {"person": person, "count": count})


def _read_inbound(row: Row | None) -> Row | None:
    if row is None:
        return None
    return {**row, "media": json.loads(row["media"]), "form": json.loads(row["form"])}


def add_link(tx: Transaction, *, code: str, url: str, message_id: str | None, now: float) -> None:
    """Store a short link."""
    tx.run(_ADD_LINK, {"code": code, "url": url, "message_id": message_id, "now": now})


def click(tx: Transaction, code: str, now: float) -> str | None:
    """Count a click and return where the link leads, or ``None`` when there is no such link."""
    row = tx.one(_CLICK, {"the_code": code, "now": now})
    return None if row is None else str(row["url"])


def links_of_message(tx: Transaction, message_id: str) -> list[Row]:
    """The short links that a message carries."""
    return tx.all(_LINKS_OF_MESSAGE, {"message_id": message_id})


def links_page(
    tx: Transaction, *, before: tuple[float, str] | None, count: int, search: str | None = None
) -> list[Row]:
    """Short links, the newest first; those that lead to an address that holds *search*, or have it for a code."""
    at, code = before or (_AFTER_EVERY_MOMENT, AFTER_EVERY_ID)
    asked: dict[str, Any] = {"at": at, "code": code, "count": count}
    if search is None:
        return tx.all(_LINKS_PAGE, asked)
    return tx.all(_LINKS_TO, {**asked, "like": f"%{search.lower()}%", "exact": search})


def add_media(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Store the bytes of one file."""
    tx.run(_ADD_MEDIA, values)


def get_media(tx: Transaction, media_id: str) -> Row | None:
    """One file with its bytes."""
    return tx.one(_GET_MEDIA, {"id": media_id})


def keep_media(tx: Transaction, media_id: str, until: float) -> None:
    """Keep one file at least *until*."""
    tx.run(_KEEP_MEDIA, {"the_id": media_id, "until": until})


def forget_media(tx: Transaction, now: float) -> int:
    """Delete every file whose time is up, and return how many there were."""
    return tx.run(_FORGET_MEDIA, {"now": now})
