"""The one function all conversations go through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from ringline.interview import questions
from ringline.interview.agent import AgentSpec, QuestionsAgent

if TYPE_CHECKING:
    from ringline.interview.actions import Action
    from ringline.interview.events import Event
    from ringline.interview.state import SessionState


@dataclass(frozen=True, slots=True)
class Reduced:
    """The state after an event, and what it wants done."""

    state: SessionState
    actions: tuple[Action, ...] = ()


def reduce(spec: AgentSpec, state: SessionState, event: Event, now: float) -> Reduced:
    """Fold one event in. Pure and total: any event at any time gives a state, and the given one is not changed.

    *now* is seconds since the epoch and only dates what it says ("tomorrow"). An event of another leg than the active
    one, or of a turn that is over, changes nothing.
    """
    match spec:
        case QuestionsAgent():
            after, actions = questions.fold(spec, state, event, now)
        case _:
            assert_never(spec)
    return Reduced(after, actions)
