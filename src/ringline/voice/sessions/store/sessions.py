"""The tables `sessions`, `session_legs`, `session_timers` and `session_offers`: statements that touch them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, Table, Text, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ringline.database.schema import Seconds, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row, Transaction

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    # The hash of what is held: a row of `session_specs`.
    Column("spec", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Whoever writes names the one it has read; of two, one begins anew.
    Column("revision", Integer, nullable=False),
    # How many events there are.
    Column("seq", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("leg", Integer, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("sender", Text),
    Column("account_id", Text, nullable=False),
    Column("credential_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    # Fields of a call to the person, as JSON.
    Column("call", Text, nullable=False),
    Column("run_id", Text),
    Column("step", Text),
    Column("outcome", Text),
    Column("reason", Text),
    Column("created_at", Seconds, nullable=False),
    Column("deadline", Seconds, nullable=False),
    Column("ended_at", Seconds),
)
_is_open = sessions.c.ended_at.is_(None)
Index("sessions_ended_at", sessions.c.ended_at)
Index("sessions_run_id", sessions.c.run_id)
Index("sessions_person", sessions.c.person)

session_legs = Table(
    "session_legs",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("leg", Integer, primary_key=True),
    # voice, sms or whatsapp
    Column("channel", Text, nullable=False),
    Column("direction", Text, nullable=False),
    # The call, or the newest message of ours.
    Column("ref", Text),
    Column("sid", Text),
    Column("status", Text),
    Column("answered_by", Text),
    Column("started_at", Seconds),
    Column("ended_at", Seconds),
)
Index("session_legs_ref", session_legs.c.ref)

session_timers = Table(
    "session_timers",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("due", Seconds, nullable=False),
)
Index("session_timers_due", session_timers.c.due)

session_offers = Table(
    "session_offers",
    metadata,
    # A call to us that a run was started for, until a step takes it.
    Column("call_id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("taken_by", Text),
    Column("at", Seconds, nullable=False),
)
Index("session_offers_run_id", session_offers.c.run_id)

_ADD = insert(sessions).values({column.name: bindparam(f"v_{column.name}") for column in sessions.columns})
_GET = select(sessions).where(sessions.c.id == bindparam("id"))
_HOLD = _GET.with_for_update()
_SAVE = (
    update(sessions)
    .where(sessions.c.id == bindparam("the_id"), sessions.c.revision == bindparam("seen"))
    .values(
        state=bindparam("new_state"),
        revision=sessions.c.revision + 1,
        seq=bindparam("new_seq"),
        phase=bindparam("new_phase"),
        leg=bindparam("new_leg"),
        turn=bindparam("new_turn"),
        channel=bindparam("new_channel"),
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
        ended_at=bindparam("new_ended_at"),
    )
)
_PAGE = (
    select(sessions).where(sessions.c.id < bindparam("before")).order_by(sessions.c.id.desc()).limit(bindparam("count"))
)
_OPEN_OF_PERSON = select(sessions).where(sessions.c.person == bindparam("person"), _is_open).order_by(sessions.c.id)
_OF_PERSON = select(sessions).where(sessions.c.person == bindparam("person"))
_NEWEST_OF_PERSON = _PAGE.where(sessions.c.person == bindparam("person"))
_ERASE = (
    update(sessions)
    .where(sessions.c.id == bindparam("the_id"))
    .values(person=bindparam("new_person"), spec=bindparam("new_spec"), state=bindparam("new_state"))
)
_OPEN_OF_RUN = select(sessions.c.id).where(sessions.c.run_id == bindparam("run_id"), _is_open)
_OLD = select(sessions.c.id).where(sessions.c.ended_at <= bindparam("before")).limit(500)
_FORGET = delete(sessions).where(sessions.c.id == bindparam("the_id"))

_LEG_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in session_legs.columns}
_ADD_LEG = {
    "sqlite": sqlite.insert(session_legs).values(_LEG_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(session_legs).values(_LEG_VALUES).on_conflict_do_nothing(),
}
_is_leg = (session_legs.c.session_id == bindparam("the_id"), session_legs.c.leg == bindparam("the_leg"))
_LEG = select(session_legs).where(*_is_leg)
_LEGS = select(session_legs).where(session_legs.c.session_id == bindparam("the_id")).order_by(session_legs.c.leg)
_LEG_BY_REF = select(session_legs).where(session_legs.c.ref == bindparam("ref"))
_LEG_BEGINS = (
    update(session_legs)
    .where(*_is_leg)
    .values(
        ref=bindparam("new_ref"),
        sid=bindparam("new_sid"),
        answered_by=bindparam("who"),
        started_at=bindparam("at"),
    )
)
_LEG_ANSWERED = update(session_legs).where(*_is_leg).values(answered_by=bindparam("who"))
_LEG_REF = update(session_legs).where(*_is_leg).values(ref=bindparam("new_ref"))
_LEG_ENDS = (
    update(session_legs)
    .where(*_is_leg, session_legs.c.ended_at.is_(None))
    .values(status=bindparam("new_status"), ended_at=bindparam("at"))
)
_FORGET_LEGS = delete(session_legs).where(session_legs.c.session_id == bindparam("the_id"))

_TIMER_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in session_timers.columns}
_SET_TIMER: dict[str, Any] = {}
for _name, _dialect in (("sqlite", sqlite), ("postgresql", postgresql)):
    _insert = _dialect.insert(session_timers).values(_TIMER_VALUES)
    _SET_TIMER[_name] = _insert.on_conflict_do_update(
        index_elements=["session_id", "name"], set_={"n": _insert.excluded.n, "due": _insert.excluded.due}
    )
_is_timer = (session_timers.c.session_id == bindparam("the_id"), session_timers.c.name == bindparam("the_name"))
_TAKE_TIMER = delete(session_timers).where(
    *_is_timer, session_timers.c.n == bindparam("the_n"), session_timers.c.due == bindparam("the_due")
)
_CANCEL_TIMER = delete(session_timers).where(*_is_timer)
_PUT_OFF = (
    update(session_timers)
    .where(*_is_timer, session_timers.c.due == bindparam("the_due"))
    .values(due=bindparam("later"))
)
_COUNT_TIMER = (
    update(session_timers)
    .where(*_is_timer, session_timers.c.due == bindparam("the_due"))
    .values(n=session_timers.c.n + 1)
)
_CANCEL_TIMERS = delete(session_timers).where(session_timers.c.session_id == bindparam("the_id"))
# Those with an @ are about calls that may still go on.
_CANCEL_TIMERS_OF_TALK = _CANCEL_TIMERS.where(
    or_(func.substr(session_timers.c.name, 1, 1) != "@", session_timers.c.name == bindparam("deadline"))
)
_DUE = (
    select(session_timers)
    .where(session_timers.c.due <= bindparam("now"))
    .order_by(session_timers.c.due)
    .limit(bindparam("count"))
)
_NEXT_DUE = select(func.min(session_timers.c.due).label("due"))
_TIMERS = select(session_timers).where(session_timers.c.session_id == bindparam("the_id"))

_OFFER_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in session_offers.columns}
_OFFER = {
    "sqlite": sqlite.insert(session_offers).values(_OFFER_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(session_offers).values(_OFFER_VALUES).on_conflict_do_nothing(),
}
_OFFERED = select(session_offers).where(session_offers.c.call_id == bindparam("call_id"))
_OFFERED_TO = (
    select(session_offers)
    .where(session_offers.c.run_id == bindparam("run_id"), session_offers.c.taken_by.is_(None))
    .order_by(session_offers.c.at)
)
_TAKE_OFFER = (
    update(session_offers)
    .where(session_offers.c.call_id == bindparam("the_call"), session_offers.c.taken_by.is_(None))
    .values(taken_by=bindparam("by"))
)
_FORGET_OFFERS = delete(session_offers).where(session_offers.c.at <= bindparam("before"))


def add(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Write a session down."""
    tx.run(_ADD, {f"v_{name}": value for name, value in values.items()})


def get(tx: Transaction, session_id: str) -> Row | None:
    """One session, or ``None``."""
    return tx.one(_GET, {"id": session_id})


def hold(tx: Transaction, session_id: str) -> Row | None:
    """The same, with whoever else wants to change it made to wait."""
    return tx.one(_HOLD, {"id": session_id})


def save(tx: Transaction, session_id: str, *, revision: int, changes: Mapping[str, Any]) -> bool:
    """How it stands now; False when somebody was faster."""
    values = {"the_id": session_id, "seen": revision, **{f"new_{name}": value for name, value in changes.items()}}
    return tx.run(_SAVE, values) > 0


def page(tx: Transaction, *, before: str | None, count: int) -> list[Row]:
    """Sessions, newest first."""
    return tx.all(_PAGE, {"before": before or AFTER_EVERY_ID, "count": count})


def open_of_person(tx: Transaction, person: str) -> list[Row]:
    """A person's open sessions, oldest first."""
    return tx.all(_OPEN_OF_PERSON, {"person": person})


def of_person(tx: Transaction, person: str) -> list[Row]:
    """All sessions with a person."""
    return tx.all(_OF_PERSON, {"person": person})


def newest_of_person(tx: Transaction, person: str, *, before: str | None, count: int) -> list[Row]:
    """A person's sessions, newest first."""
    return tx.all(_NEWEST_OF_PERSON, {"person": person, "before": before or AFTER_EVERY_ID, "count": count})


def erase(tx: Transaction, session_id: str, *, person: str, spec: str, state: str) -> None:
    """Write these in place of what tells of the person, without anything having happened."""
    tx.run(_ERASE, {"the_id": session_id, "new_person": person, "new_spec": spec, "new_state": state})


def open_of_run(tx: Transaction, run_id: str) -> list[str]:
    """Ids of a run's open sessions."""
    return [row["id"] for row in tx.all(_OPEN_OF_RUN, {"run_id": run_id})]


def old(tx: Transaction, *, before: float) -> list[str]:
    """Ids of some that ended until then."""
    return [row["id"] for row in tx.all(_OLD, {"before": before})]


def forget(tx: Transaction, ids: list[str]) -> None:
    """Delete sessions with their legs and timers."""
    which = [{"the_id": one} for one in ids]
    for one in ids:
        tx.run(_CANCEL_TIMERS, {"the_id": one})
    tx.many(_FORGET_LEGS, which)
    tx.many(_FORGET, which)


def add_leg(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Write a leg down, unless it is there."""
    tx.run(_ADD_LEG[tx.dialect], {f"v_{column.name}": values.get(column.name) for column in session_legs.columns})


def leg(tx: Transaction, session_id: str, number: int) -> Row | None:
    """One leg, or ``None``."""
    return tx.one(_LEG, {"the_id": session_id, "the_leg": number})


def legs(tx: Transaction, session_id: str) -> list[Row]:
    """All legs in their order."""
    return tx.all(_LEGS, {"the_id": session_id})


def leg_of_ref(tx: Transaction, ref: str) -> Row | None:
    """The leg whose call or newest message this is."""
    return tx.one(_LEG_BY_REF, {"ref": ref})


def begin_leg(
    tx: Transaction,
    session_id: str,
    number: int,
    *,
    at: float,
    ref: str | None = None,
    sid: str | None = None,
    answered_by: str | None = None,
) -> None:
    """The person is there, or what picked up."""
    values = {"new_ref": ref, "new_sid": sid, "who": answered_by, "at": at}
    tx.run(_LEG_BEGINS, {"the_id": session_id, "the_leg": number, **values})


def note_answered_by(tx: Transaction, session_id: str, number: int, who: str) -> None:
    """Twilio's verdict on who picked up."""
    tx.run(_LEG_ANSWERED, {"the_id": session_id, "the_leg": number, "who": who})


def note_ref(tx: Transaction, session_id: str, number: int, ref: str) -> None:
    """The call of a leg, or its newest message."""
    tx.run(_LEG_REF, {"the_id": session_id, "the_leg": number, "new_ref": ref})


def end_leg(tx: Transaction, session_id: str, number: int, *, status: str, at: float) -> None:
    """A leg is over; what stands there already stays."""
    tx.run(_LEG_ENDS, {"the_id": session_id, "the_leg": number, "new_status": status, "at": at})


def set_timer(tx: Transaction, session_id: str, name: str, *, n: int, due: float) -> None:
    """Start a timer, in place of the one of that name."""
    values = {"session_id": session_id, "name": name, "n": n, "due": due}
    tx.run(_SET_TIMER[tx.dialect], {f"v_{key}": value for key, value in values.items()})


def take_timer(tx: Transaction, timer: Row) -> bool:
    """Remove a timer that is due; False when another did, or it was set anew."""
    values = {"the_id": timer["session_id"], "the_name": timer["name"], "the_n": timer["n"], "the_due": timer["due"]}
    return tx.run(_TAKE_TIMER, values) > 0


def put_off_timer(tx: Transaction, timer: Row, *, later: float) -> bool:
    """Have it fall due again later; False when another did something about it."""
    values = {"the_id": timer["session_id"], "the_name": timer["name"], "the_due": timer["due"], "later": later}
    return tx.run(_PUT_OFF, values) > 0


def cancel_timer(tx: Transaction, session_id: str, name: str) -> None:
    """Remove one."""
    tx.run(_CANCEL_TIMER, {"the_id": session_id, "the_name": name})


def cancel_timers_of_talk(tx: Transaction, session_id: str, *, deadline: str) -> None:
    """Remove those of the conversation itself and its *deadline*; what concerns calls alone stays."""
    tx.run(_CANCEL_TIMERS_OF_TALK, {"the_id": session_id, "deadline": deadline})


def count_timer(tx: Transaction, timer: Row) -> None:
    """Count its number up."""
    tx.run(_COUNT_TIMER, {"the_id": timer["session_id"], "the_name": timer["name"], "the_due": timer["due"]})


def timers(tx: Transaction, session_id: str) -> list[Row]:
    """What a session waits for."""
    return tx.all(_TIMERS, {"the_id": session_id})


def due(tx: Transaction, *, now: float, count: int) -> list[Row]:
    """Timers that are due, the oldest first."""
    return tx.all(_DUE, {"now": now, "count": count})


def next_due(tx: Transaction) -> float | None:
    """When the next one falls due."""
    row = tx.one(_NEXT_DUE)
    return None if row is None else row["due"]


def offer(tx: Transaction, values: Mapping[str, Any]) -> None:
    """A call waits for a step of a run."""
    tx.run(_OFFER[tx.dialect], {f"v_{column.name}": values.get(column.name) for column in session_offers.columns})


def offered(tx: Transaction, call_id: str) -> Row | None:
    """What became of the offer of a call."""
    return tx.one(_OFFERED, {"call_id": call_id})


def offered_to(tx: Transaction, run_id: str) -> Row | None:
    """The call that waits for this run."""
    return tx.one(_OFFERED_TO, {"run_id": run_id})


def take_offer(tx: Transaction, call_id: str, by: str) -> bool:
    """Take it; False when somebody has it."""
    return tx.run(_TAKE_OFFER, {"the_call": call_id, "by": by}) > 0


def forget_offers(tx: Transaction, *, before: float) -> None:
    """Delete what is over."""
    tx.run(_FORGET_OFFERS, {"before": before})
