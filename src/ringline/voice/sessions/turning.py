"""One event: from the row through the reducer to the row, the log and what follows, in one transaction."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ringline.errors import StoreError
from ringline.interview.actions import Ask, End, EndLeg, Play, Say, Transfer
from ringline.interview.encoding import action_to_json, spec_from_json
from ringline.interview.events import LegEnded
from ringline.voice.sessions.session import SessionEnd, answer_data
from ringline.voice.sessions.store import log as store_log
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.interview.actions import Action, Outcome
    from ringline.interview.agent import AgentSpec
    from ringline.interview.events import Event
    from ringline.interview.reducing import Reduced
    from ringline.interview.state import SessionState
    from ringline.voice.sessions.carrying import Carrier
    from ringline.voice.sessions.sealing import Sealing

    Reduce = Callable[[AgentSpec, SessionState, Event, float], Reduced]

HEARD = (Say, Play, Ask, Transfer, EndLeg, End)
"""Actions that a call must be told of."""


@dataclass(slots=True)
class Held:
    """A session in hand: its row, what it holds and how far it is; *actions* gathers what one turn wants done."""

    row: Row
    spec: AgentSpec
    state: SessionState
    actions: list[Action] = field(default_factory=list)
    end: SessionEnd | None = None

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.row["ended_at"] is not None

    @property
    def ask(self) -> Ask | None:
        """The question that is open after the turn."""
        return next((action for action in reversed(self.actions) if isinstance(action, Ask)), None)


class Turning:
    """Folds events into sessions."""

    def __init__(self, clock: Clock, sealing: Sealing, carrier: Carrier, reduce: Reduce) -> None:
        self._clock = clock
        self._sealing = sealing
        self._carrier = carrier
        self._reduce = reduce

    def hold(self, tx: Transaction, session_id: str) -> Held | None:
        """Take a session in hand until the transaction ends; ``None`` where there is none."""
        row = store.hold(tx, session_id)
        if row is None:
            return None
        return self.held(tx, row)

    def held(self, tx: Transaction, row: Row) -> Held:
        """A session from its row."""
        spec = self.spec(tx, row["spec"])
        return Held(dict(row), spec, self._sealing.state(row["state"], session_id=row["id"]))

    def spec(self, tx: Transaction, hash: str) -> AgentSpec:
        """What sessions with this hash hold."""
        known = _SPECS.get(hash)
        if known is None:
            known = spec_from_json(json.loads(store_log.spec(tx, hash)))
            if len(_SPECS) >= _MOST_SPECS:
                _SPECS.clear()
            _SPECS[hash] = known
        return known

    def fold(self, tx: Transaction, held: Held, event: Event) -> Sequence[Action]:
        """Fold one event in, write down what changed and do what follows; gives the actions of this event.

        An event that changes nothing and wants nothing leaves no trace.
        """
        if held.is_over:
            return ()
        now = self._clock.time()
        reduced = self._reduce(held.spec, held.state, event, now)
        if not reduced.actions and reduced.state == held.state:
            return ()
        shown, sealed = self._sealing.event(held.spec, held.state, event, session_id=held.id)
        actions = [action_to_json(action) for action in reduced.actions]
        seq = held.row["seq"] + 1
        store_log.add_event(
            tx,
            {
                "session_id": held.id,
                "seq": seq,
                "leg": getattr(event, "leg", held.state.leg),
                "at": now,
                "event": json.dumps(shown, ensure_ascii=False),
                "sealed": sealed,
                "actions": json.dumps(actions, ensure_ascii=False),
                "actions_hash": hash_of(actions),
            },
        )
        end = next((action for action in reduced.actions if isinstance(action, End)), None)
        self._save(tx, held, reduced.state, seq=seq, end=end, now=now)
        held.actions.extend(reduced.actions)
        if end is not None:
            held.end = end_of(held, at=now)
        self._carrier.carry(tx, held, reduced.actions)
        return reduced.actions

    def _save(self, tx: Transaction, held: Held, state: SessionState, *, seq: int, end: End | None, now: float) -> None:
        row = held.row
        changes: dict[str, Any] = {
            "state": self._sealing.state_text(state, session_id=held.id),
            "seq": seq,
            "phase": state.phase,
            "leg": state.leg,
            "turn": state.turn,
            "channel": state.channel,
            "outcome": None if end is None else end.outcome,
            "reason": None if end is None else end.reason,
            "ended_at": None if end is None else now,
        }
        if not store.save(tx, held.id, revision=row["revision"], changes=changes):
            raise SessionChangedError(held.id)
        self._carrier.tell_changed(tx, held.id)
        row.update(changes, revision=row["revision"] + 1)
        held.state = state


def told_why(reduce: Reduce) -> Reduce:
    """*reduce*, with the ends of what was never sent or is not known told from other failures."""

    def reduced(spec: AgentSpec, state: SessionState, event: Event, now: float) -> Reduced:
        found = reduce(spec, state, event, now)
        outcome = _NOT_SENT.get(event.status) if isinstance(event, LegEnded) else None
        if outcome is None or found.state.outcome is None:
            return found
        actions = tuple(
            replace(action, outcome=outcome) if isinstance(action, End) else action for action in found.actions
        )
        return replace(found, state=replace(found.state, outcome=outcome), actions=actions)

    return reduced


_NOT_SENT: dict[str, Outcome] = {"refused": "refused", "unresolved": "unknown"}


class SessionChangedError(StoreError):
    """Somebody else has changed the session meanwhile: whoever gets this begins anew."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"The session {session_id} was changed by somebody else at the same moment.")


def end_of(held: Held, *, at: float) -> SessionEnd:
    """How a session ended."""
    return SessionEnd(
        id=held.id,
        run_id=held.row["run_id"],
        step=held.row["step"],
        outcome=held.row["outcome"],
        reason=held.row["reason"] or "",
        answers={name: answer_data(answer) for name, answer in held.state.answers.items()},
        at=at,
    )


def hash_of(actions: Sequence[Any]) -> str:
    """What tells two lists of actions apart."""
    return hashlib.sha256(json.dumps(actions, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


_MOST_SPECS = 500
_SPECS: dict[str, AgentSpec] = {}
