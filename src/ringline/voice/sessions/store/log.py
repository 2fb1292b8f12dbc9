"""The tables `session_specs`, `session_events` and `session_responses`: what was agreed, what happened, what we said.

Events are only ever added. A response is kept as the bytes that were sent, so that who asks again gets them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ringline.database.schema import Seconds, metadata
from ringline.voice.sessions.store.sessions import sessions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row, Transaction

session_specs = Table(
    "session_specs",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("spec", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
)

session_events = Table(
    "session_events",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("leg", Integer, nullable=False),
    Column("at", Seconds, nullable=False),
    # As it may be shown; what was said of something sensitive is encrypted in `sealed`.
    Column("event", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("actions", Text, nullable=False),
    Column("actions_hash", Text, nullable=False),
)

session_responses = Table(
    "session_responses",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("leg", Integer, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("part", Text, primary_key=True),
    # Twilio's name of the request, the same whenever it is repeated.
    Column("token", Text),
    Column("seq", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
Index("session_responses_token", session_responses.c.session_id, session_responses.c.token)

_SPEC_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in session_specs.columns}
_ADD_SPEC = {
    "sqlite": sqlite.insert(session_specs).values(_SPEC_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(session_specs).values(_SPEC_VALUES).on_conflict_do_nothing(),
}
_SPEC = select(session_specs.c.spec).where(session_specs.c.hash == bindparam("hash"))
_FORGET_SPECS = delete(session_specs).where(
    session_specs.c.created_at <= bindparam("before"),
    ~select(sessions.c.id).where(sessions.c.spec == session_specs.c.hash).exists(),
)
_ADD_EVENT = insert(session_events)
_EVENTS = (
    select(session_events)
    .where(session_events.c.session_id == bindparam("the_id"), session_events.c.seq > bindparam("after"))
    .order_by(session_events.c.seq)
)
_ERASE_EVENT = (
    update(session_events)
    .where(session_events.c.session_id == bindparam("the_id"), session_events.c.seq == bindparam("the_seq"))
    # Empty: there was something.
    .values(event=bindparam("left"), actions=bindparam("done"), sealed=bindparam("nothing"))
)
_FORGET_EVENTS = delete(session_events).where(session_events.c.session_id == bindparam("the_id"))

_RESPONSE_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in session_responses.columns}
_ADD_RESPONSE: dict[str, Any] = {}
for _name, _dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
    _insert = _dialect.insert(session_responses).values(_RESPONSE_VALUES)
    _ADD_RESPONSE[_name] = _insert.on_conflict_do_update(
        index_elements=["session_id", "leg", "turn", "part"],
        set_={"body": _insert.excluded.body, "seq": _insert.excluded.seq, "token": _insert.excluded.token},
    )
_is_session = session_responses.c.session_id == bindparam("the_id")
_RESPONSE = select(session_responses.c.body).where(
    _is_session,
    session_responses.c.leg == bindparam("leg"),
    session_responses.c.turn == bindparam("turn"),
    session_responses.c.part == bindparam("part"),
)
_RESPONSE_BY_TOKEN = select(session_responses.c.body).where(
    _is_session, session_responses.c.token == bindparam("token")
)
_LAST_RESPONSE = (
    select(session_responses.c.body)
    .where(_is_session, session_responses.c.leg == bindparam("leg"))
    .order_by(session_responses.c.seq.desc())
    .limit(1)
)
_FORGET_RESPONSES = delete(session_responses).where(_is_session)


def add_spec(tx: Transaction, hash: str, spec: str, *, now: float) -> None:
    """Keep what a session holds, unless it is known."""
    tx.run(_ADD_SPEC[tx.dialect], {"v_hash": hash, "v_spec": spec, "v_created_at": now})


def spec(tx: Transaction, hash: str) -> str:
    """What a session holds."""
    row = tx.one(_SPEC, {"hash": hash})
    assert row is not None, f"sessions name the spec {hash}, and it is gone"
    return str(row["spec"])


def add_event(tx: Transaction, values: Mapping[str, Any]) -> None:
    """The next event of a session."""
    tx.run(_ADD_EVENT, values)


def events(tx: Transaction, session_id: str, *, after: int = 0) -> list[Row]:
    """What happened, in order, from the one behind *after* on."""
    return tx.all(_EVENTS, {"the_id": session_id, "after": after})


def erase_event(tx: Transaction, session_id: str, seq: int, *, event: str, actions: str) -> None:
    """Leave of an event no more than that; what is encrypted of it is gone too."""
    tx.run(_ERASE_EVENT, {"the_id": session_id, "the_seq": seq, "left": event, "done": actions, "nothing": b""})


def forget_responses(tx: Transaction, session_id: str) -> None:
    """Delete what was answered."""
    tx.run(_FORGET_RESPONSES, {"the_id": session_id})


def add_response(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Keep what was answered."""
    tx.run(_ADD_RESPONSE[tx.dialect], {f"v_{column.name}": values.get(column.name) for column in _columns})


def response(tx: Transaction, session_id: str, *, leg: int, turn: int, part: str, token: str | None) -> bytes | None:
    """What was answered to this request before."""
    row = tx.one(_RESPONSE, {"the_id": session_id, "leg": leg, "turn": turn, "part": part})
    if row is None and token:
        row = tx.one(_RESPONSE_BY_TOKEN, {"the_id": session_id, "token": token})
    return None if row is None else bytes(row["body"])


def last_response(tx: Transaction, session_id: str, *, leg: int) -> bytes | None:
    """What was put to the person last."""
    row = tx.one(_LAST_RESPONSE, {"the_id": session_id, "leg": leg})
    return None if row is None else bytes(row["body"])


def forget(tx: Transaction, ids: list[str]) -> None:
    """Delete the logs of these sessions."""
    which = [{"the_id": one} for one in ids]
    tx.many(_FORGET_EVENTS, which)
    tx.many(_FORGET_RESPONSES, which)


def forget_specs(tx: Transaction, *, before: float) -> None:
    """Delete what no session holds any more."""
    tx.run(_FORGET_SPECS, {"before": before})


_columns = list(session_responses.columns)
