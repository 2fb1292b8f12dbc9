"""Test calls played in virtual time: whether an interview that is held by the agent goes the way its graph says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ringline.interview.actions import Action, Ask, End, Play, Say, Transfer
from ringline.interview.events import (
    Event,
    KeysPressed,
    LegStarted,
    PlaybackDone,
    RecordingPaused,
    Silence,
    Transferred,
    UserSaid,
)
from ringline.interview.reducing import reduce
from ringline.interview.state import SessionState
from ringline.interview.witnesses import yes_in

if TYPE_CHECKING:
    from ringline.interview.agent import QuestionsAgent
    from ringline.interview.paths import Path

WORDS_A_SECOND = 2.5
PLAYED_SECONDS = 5.0
_SOMEBODY = "+14155550100"
_MOST_EVENTS = 400
_MOST_SILENCES = 12
_OUTCOMES = {"end": "completed", "end_call": "ended_by_rule", "transfer": "transferred"}


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A test call that was played: the questions that were *asked*, each once in a row, and how long it took."""

    asked: tuple[str, ...]
    outcome: str
    seconds: float
    as_planned: bool
    told: tuple[str, ...]
    """Everything the person heard."""


def rehearse(agent: QuestionsAgent, path: Path, *, keyed: bool = False, now: float = 0.0) -> Rehearsal:
    """Give the answers of *path* to *agent*, by keys where *keyed* and there are such, and see where it leads."""
    call = _Call(agent if agent.transfer_to else replace(agent, transfer_to=_SOMEBODY), now)
    call.event(LegStarted(1, channel=agent.channel))
    for question, say, keys in path.answers:
        if call.ended is not None or call.asked[-1:] != [question]:
            break
        if not say:
            call.stay_silent()
        elif keyed and keys is not None:
            call.event(KeysPressed(call.state.leg, call.state.turn, keys, "#"), len(keys) / 2)
        else:
            call.event(UserSaid(call.state.leg, call.state.turn, say, 0.95), _spoken(say))
        call.confirm(yes_in(agent.language))
    if call.state.phase == "transferring" and call.ended is None:
        call.event(Transferred(call.state.leg, "completed"))
    outcome = call.ended or "open"
    is_planned = tuple(call.asked) == path.questions and outcome == _OUTCOMES.get(path.end, outcome)
    return Rehearsal(tuple(call.asked), outcome, round(call.now - now, 1), is_planned, tuple(call.told))


class _Call:
    """One call, event by event; time passes with what is said."""

    def __init__(self, agent: QuestionsAgent, now: float) -> None:
        self.agent = agent
        self.state = SessionState()
        self.now = now
        self.asked: list[str] = []
        self.told: list[str] = []
        self.ended: str | None = None
        self._timeout = 5.0
        self._events = 0

    def event(self, event: Event, seconds: float = 0.0) -> None:
        self._events += 1
        if self._events > _MOST_EVENTS:
            return
        self.now += seconds
        visits = dict(self.state.visits)
        reduced = reduce(self.agent, self.state, event, self.now)
        self.state = reduced.state
        listens = False
        for action in reduced.actions:
            listens = self._carry_out(action, visits) or listens
        if self.ended is None and not listens and self.state.phase == "saying":
            if self.state.then == "ask":
                self.event(RecordingPaused(self.state.leg, True))
            else:
                self.event(PlaybackDone(self.state.leg, self.state.turn))

    def _carry_out(self, action: Action, visits: dict[str, int]) -> bool:
        if isinstance(action, Say):
            self.told.append(action.text)
            self.now += _spoken(action.text)
        elif isinstance(action, Play):
            self.now += PLAYED_SECONDS
        elif isinstance(action, End):
            self.ended = action.outcome
        elif isinstance(action, Ask):
            self._timeout = action.timeout
            is_new = self.state.visits.get(action.question, 0) > visits.get(action.question, 0)
            if is_new or self.asked[-1:] != [action.question]:
                self.asked.append(action.question)
        return isinstance(action, Ask | End | Transfer)

    def stay_silent(self) -> None:
        asked = list(self.asked)
        for _ in range(_MOST_SILENCES):
            self.event(Silence(self.state.leg, self.state.turn), self._timeout)
            if self.ended is not None or self.asked != asked or self.state.phase == "transferring":
                return

    def confirm(self, yes: str) -> None:
        """Say yes to whatever is read back."""
        for _ in range(3):
            if self.state.phase != "confirming" or self.ended is not None:
                return
            self.event(UserSaid(self.state.leg, self.state.turn, yes, 0.95), _spoken(yes))


def _spoken(text: str) -> float:
    return max(1, len(text.split())) / WORDS_A_SECOND
