"""A log fed through today's code: the same events, and whether they lead to the same actions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ringline.errors import CredentialError
from ringline.interview.actions import Ask
from ringline.interview.encoding import action_from_json, action_to_json, event_from_json
from ringline.interview.state import SessionState
from ringline.voice.sessions.session import Difference, Replayed
from ringline.voice.sessions.turning import hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ringline.database import Row
    from ringline.interview.agent import AgentSpec
    from ringline.voice.sessions.sealing import Sealing
    from ringline.voice.sessions.turning import Reduce


def replay(row: Row, spec: AgentSpec, events: Iterable[Row], *, reduce: Reduce, sealing: Sealing) -> Replayed:
    """Where today's code does otherwise than was done then; it stops where what was said has been erased."""
    state = SessionState()
    differences: list[Difference] = []
    count = 0
    for one in events:
        shown = json.loads(one["event"])
        event = event_from_json(shown)
        if one["sealed"] is not None:
            if not one["sealed"]:
                why = f"What was said at event {one['seq']} has been erased, and what follows depends on it."
                return Replayed(count, differences, stopped=why)
            try:
                event = sealing.unsealed(one["sealed"], session_id=row["id"])
            except CredentialError as error:
                return Replayed(count, differences, stopped=str(error))
        reduced = reduce(spec, state, event, one["at"])
        actions = [action_to_json(action) for action in reduced.actions]
        if hash_of(actions) != one["actions_hash"]:
            differences.append(Difference(one["seq"], shown, json.loads(one["actions"]), actions))
        state = reduced.state
        count += 1
    return Replayed(count, differences)


def asks_of(events: Iterable[Row]) -> Ask | None:
    """The question that was put last."""
    last: Ask | None = None
    for row in events:
        for data in json.loads(row["actions"]):
            action = action_from_json(data)
            if isinstance(action, Ask):
                last = action
    return last
