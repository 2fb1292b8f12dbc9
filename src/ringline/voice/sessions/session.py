"""Sessions as others see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ringline.clock import utc

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.interview.actions import Ask
    from ringline.interview.state import Answer, SessionState


@dataclass(frozen=True, slots=True)
class Leg:
    """One way a session was carried: a call, or a conversation by text. *ref* is the call, or our newest message."""

    leg: int
    channel: str
    direction: str
    ref: str | None
    sid: str | None
    status: str | None
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation as it stands. *path* are the questions in the order in which they were come to.

    *duration* is how long its calls lasted, in seconds.
    """

    id: str
    channel: str
    person: str
    sender: str | None
    phase: str
    leg: int
    turn: int
    run_id: str | None
    step: str | None
    outcome: str | None
    reason: str
    answers: Mapping[str, Mapping[str, Any]]
    path: tuple[str, ...]
    legs: tuple[Leg, ...]
    created_at: datetime
    deadline: datetime
    ended_at: datetime | None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """A session that has just ended; of a sensitive answer *answers* have what may be shown."""

    id: str
    run_id: str | None
    step: str | None
    outcome: str
    reason: str
    answers: Mapping[str, Mapping[str, Any]]
    at: float


OnChange = Callable[["Transaction", str], None]
"""Called in the transaction in which a session begins or goes on, with its id."""

OnEnd = Callable[["Transaction", SessionEnd], None]
"""Told in the transaction that ends a session."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a text event: the question that is open now, or how the session ended."""

    ask: Ask | None = None
    end: SessionEnd | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A credential by its id, its account, and the number it has of ours."""

    id: str
    account_sid: str
    default_from: str | None = None


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What every call to the person is placed with."""

    ring_timeout: int = 60
    max_duration: int = 1800
    machine_detection: str = "off"
    record: bool = False

    def as_text(self) -> str:
        """As the row keeps it."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript. *who* is ``us``, ``them`` or ``note``; *how* is by voice, by keys or by text."""

    who: str
    text: str
    at: datetime
    leg: int
    how: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """An event at which today's code does something else than was done then."""

    seq: int
    event: Mapping[str, Any]
    was: Sequence[Mapping[str, Any]]
    now: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A log fed through today's code. *stopped* says why it was not read to its end."""

    events: int
    differences: list[Difference] = field(default_factory=list)
    stopped: str | None = None


def key_of(session_id: str) -> str:
    """The key under which news of a session is reported to its run."""
    return f"session/{session_id}"


def answer_data(answer: Answer) -> dict[str, Any]:
    """An answer as it may be shown."""
    return {
        "status": answer.status,
        "value": answer.value,
        "text": answer.text,
        "raw": answer.raw,
        "confidence": answer.confidence,
        "how": answer.how,
        "evidence": list(answer.evidence),
        "confirmed": answer.confirmed,
        "asked": answer.asked,
    }


def leg_of_row(row: Row) -> Leg:
    """A leg from its record."""
    return Leg(
        row["leg"],
        row["channel"],
        row["direction"],
        row["ref"],
        row["sid"],
        row["status"],
        utc(row["started_at"]),
        utc(row["ended_at"]),
    )


def session_of(row: Row, state: SessionState, legs: list[Row]) -> Session:
    """A session from its records."""
    spoken = [leg for leg in legs if leg["channel"] == "voice" and leg["started_at"] is not None]
    # Between the last word and the report that the call is over pass seconds; until then the last word counts.
    ends = [row["ended_at"] if leg["ended_at"] is None else leg["ended_at"] for leg in spoken]
    spans = [end - leg["started_at"] for leg, end in zip(spoken, ends, strict=True) if end is not None]
    created, deadline = utc(row["created_at"]), utc(row["deadline"])
    assert created is not None
    assert deadline is not None
    return Session(
        id=row["id"],
        channel=row["channel"],
        person=row["person"],
        sender=row["sender"],
        phase=row["phase"],
        leg=row["leg"],
        turn=row["turn"],
        run_id=row["run_id"],
        step=row["step"],
        outcome=row["outcome"],
        reason=row["reason"] or "",
        answers={name: answer_data(answer) for name, answer in state.answers.items()},
        path=tuple(state.path),
        legs=tuple(leg_of_row(leg) for leg in legs),
        created_at=created,
        deadline=deadline,
        ended_at=utc(row["ended_at"]),
        duration=sum(spans) if spans else None,
    )
