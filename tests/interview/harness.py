"""A conversation in plain Python: what the person says goes in, what they hear comes out. Time is a number."""

from __future__ import annotations

import json
from typing import Any

from ringline.interview.actions import Action, Ask, End, NewLeg, PauseRecording, Say, StartTimer, Transfer
from ringline.interview.agent import QuestionsAgent
from ringline.interview.encoding import (
    action_from_json,
    action_to_json,
    event_from_json,
    event_to_json,
    state_from_json,
    state_to_json,
)
from ringline.interview.events import (
    Detected,
    Event,
    KeysPressed,
    LegEnded,
    LegStarted,
    RecordingPaused,
    Silence,
    TimerFired,
    Transferred,
    UserSaid,
)
from ringline.interview.flow import Choice, Condition, ConditionalAction, Question, QuestionFlow
from ringline.interview.reducing import reduce
from ringline.interview.replay import Logged, compare, hash_of
from ringline.interview.state import Answer, SessionState


def agent(*questions: Question, linear: bool = False, **more: Any) -> QuestionsAgent:
    return QuestionsAgent(QuestionFlow(tuple(questions), linear), **more)


def when(operator: Any, value: Any = None, *, field: str | None = None, **more: Any) -> ConditionalAction:
    return ConditionalAction(Condition(operator, field, value), **more)


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(label) for label in labels)


class Talk:
    """One session. *actions* are those of the last event; everything is checked to survive JSON and replay."""

    def __init__(self, spec: QuestionsAgent, *, start: bool = True, **leg: Any) -> None:
        self.spec = spec
        self.state = SessionState()
        self.now = 1_790_000_000.0
        self.log: list[Logged] = []
        self.heard: list[str] = []
        self.actions: tuple[Action, ...] = ()
        self.all_actions: list[Action] = []
        self.due: dict[str, tuple[float, int]] = {}
        self.can_pause = True
        if start:
            self.event(LegStarted(1, channel=spec.channel, **leg))

    def event(self, event: Event) -> Talk:
        before = state_to_json(self.state)
        reduced = reduce(self.spec, self.state, event, self.now)
        assert state_to_json(self.state) == before, "the given state was changed"
        self.log.append(Logged(event, self.now, hash_of(reduced.actions)))
        assert event_from_json(json.loads(json.dumps(event_to_json(event)))) == event
        for action in reduced.actions:
            assert action_from_json(json.loads(json.dumps(action_to_json(action)))) == action
        self.state = state_from_json(json.loads(json.dumps(state_to_json(reduced.state))))
        assert self.state == reduced.state
        self.actions = reduced.actions
        self.all_actions += reduced.actions
        self.heard += [action.text for action in reduced.actions if isinstance(action, Say)]
        for action in reduced.actions:
            if isinstance(action, StartTimer):
                self.due[action.name] = (self.now + action.seconds, action.n)
        if any(isinstance(action, PauseRecording) for action in reduced.actions):
            said = reduced.actions
            self.event(RecordingPaused(self.state.leg, self.can_pause))
            self.actions = said + self.actions
        return self

    def say(self, text: str, confidence: float | None = 0.95) -> Talk:
        return self.event(UserSaid(self.state.leg, self.state.turn, text, confidence))

    def press(self, digits: str, finished_on: str | None = None) -> Talk:
        return self.event(KeysPressed(self.state.leg, self.state.turn, digits, finished_on))

    def silent(self) -> Talk:
        return self.event(Silence(self.state.leg, self.state.turn))

    def hang_up(self, status: str = "completed") -> Talk:
        return self.event(LegEnded(self.state.leg, status))

    def detect(self, answered_by: Any) -> Talk:
        return self.event(Detected(self.state.leg, answered_by))

    def transferred(self, status: str) -> Talk:
        return self.event(Transferred(self.state.leg, status))

    def new_leg(self, channel: str = "voice", **more: Any) -> Talk:
        return self.event(LegStarted(self.state.leg + 1, channel=channel, **more))

    def wait(self, seconds: float) -> Talk:
        """Let time pass and timers fire."""
        until = self.now + seconds
        while self.due:
            name, (at, n) = min(self.due.items(), key=lambda item: item[1])
            if at > until:
                break
            del self.due[name]
            self.now = max(at, self.now)
            self.event(TimerFired(name, n))
        self.now = until
        return self

    @property
    def told(self) -> str:
        """What was said at the last event."""
        return " ".join(action.text for action in self.actions if isinstance(action, Say))

    @property
    def ask(self) -> Ask:
        return next(action for action in self.actions if isinstance(action, Ask))

    @property
    def asked(self) -> str | None:
        return next((action.question for action in self.actions if isinstance(action, Ask)), None)

    @property
    def ended(self) -> str | None:
        return next((action.outcome for action in self.actions if isinstance(action, End)), None)

    @property
    def dialled(self) -> str | None:
        return next((action.to for action in self.actions if isinstance(action, Transfer)), None)

    @property
    def next_leg(self) -> NewLeg | None:
        return next((action for action in self.actions if isinstance(action, NewLeg)), None)

    def kinds(self) -> list[str]:
        return [type(action).__name__ for action in self.actions]

    def answer(self, question: str) -> Answer:
        return self.state.answers[question]

    @property
    def values(self) -> dict[str, Any]:
        return {asked: answer.value for asked, answer in self.state.answers.items()}

    def check_replay(self) -> None:
        """The log leads to the same state and the same actions."""
        replayed = compare(self.spec, self.log)
        assert replayed.differences == ()
        assert replayed.state == self.state
