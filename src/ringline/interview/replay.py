"""A log of events fed through today's code: the same state, and where other things would be done than were."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ringline.interview.actions import Action
from ringline.interview.agent import AgentSpec
from ringline.interview.encoding import action_to_json
from ringline.interview.events import Event
from ringline.interview.reducing import reduce
from ringline.interview.state import SessionState


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it happened: *event* is ``None`` where what was said has been erased. *hash* is `hash_of` what
    was done about it, ``None`` where that was not written down.
    """

    event: Event | None
    at: float
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """Something else would be done today about the event at *index*."""

    index: int
    event: Event
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """What a log leads to; *stopped_at* is the event that cannot be read any more, where there is one."""

    state: SessionState
    differences: tuple[Difference, ...] = ()
    stopped_at: int | None = None


def replay(spec: AgentSpec, log: Iterable[Logged]) -> SessionState:
    """The state that the log leads to."""
    return compare(spec, log).state


def compare(spec: AgentSpec, log: Iterable[Logged]) -> Replay:
    """The state that the log leads to, and what would be done otherwise; stops where an event has been erased."""
    state = SessionState()
    differences: list[Difference] = []
    for index, one in enumerate(log):
        if one.event is None:
            return Replay(state, tuple(differences), index)
        reduced = reduce(spec, state, one.event, one.at)
        state = reduced.state
        if one.hash is not None and one.hash != hash_of(reduced.actions):
            differences.append(Difference(index, one.event, reduced.actions))
    return Replay(state, tuple(differences))


def hash_of(actions: Sequence[Action]) -> str:
    """What tells these actions from others."""
    text = json.dumps([action_to_json(action) for action in actions], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
