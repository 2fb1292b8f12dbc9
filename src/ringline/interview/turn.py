"""One event being folded in: a copy of the state that may be changed, and the actions so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.interview.actions import Action, CancelTimer, End, Outcome, Say, SayKind, StartTimer
from ringline.interview.sentences import Sentences, sentences_of
from ringline.interview.speaking import is_translated

if TYPE_CHECKING:
    from ringline.interview.agent import QuestionsAgent
    from ringline.interview.flow import Question, QuestionFlow
    from ringline.interview.state import SessionState


_SPOKEN = ("ok", "refused", "dont_know", "no_match", "out_of_range")


class Turn:
    """What is done about one event. All that changes goes through here, so that nothing else has to copy."""

    def __init__(self, spec: QuestionsAgent, state: SessionState, now: float) -> None:
        self.spec = spec
        self.state = state.copied()
        self.now = now
        self.actions: list[Action] = []
        self.entered: set[str] = set()
        """Questions come to within this event; a second time means that the flow runs in circles by itself."""

    @property
    def flow(self) -> QuestionFlow:
        return self.spec.flow

    @property
    def is_text(self) -> bool:
        """Whether the conversation is written now."""
        return self.state.channel != "voice"

    @property
    def question(self) -> Question | None:
        """The open question."""
        cursor = self.state.cursor
        return self.flow[cursor] if cursor is not None and cursor in self.flow else None

    @property
    def language(self) -> str:
        """The language of the open question: the one that was asked for, where the question has it."""
        question, chosen = self.question, self.state.language
        if question is None or chosen == self.spec.language:
            return self.written_in if question is not None else chosen
        return chosen if is_translated(question, chosen) else self.written_in

    @property
    def written_in(self) -> str:
        """The language of what the author wrote for the open question."""
        question = self.question
        return question.language if question and question.language else self.spec.language

    @property
    def sentences(self) -> Sentences:
        return sentences_of(self.language)

    def say(self, text: str, kind: SayKind = "message", *, language: str | None = None) -> None:
        """Words for the person, if there are any; in *language*, or else the one that is spoken."""
        if text.strip():
            self.actions.append(Say(text, language or self.language, kind))

    def start_timer(self, name: str, seconds: float) -> None:
        """Set a timer anew."""
        n = abs(self.state.timers.get(name, 0)) + 1
        self.state.timers[name] = n
        self.actions.append(StartTimer(name, n, seconds))

    def cancel_timer(self, name: str) -> None:
        """Wait for it no longer, if it was waited for."""
        n = self.state.timers.get(name, 0)
        if n > 0:
            self.state.timers[name] = -n
            self.actions.append(CancelTimer(name))

    def count(self, name: str) -> int:
        """Count once more at the open question; gives how often it was now."""
        self.state.counts[name] = self.state.counts.get(name, 0) + 1
        return self.state.counts[name]

    def counted(self, *names: str) -> int:
        """How often these were counted at the open question."""
        return sum(self.state.counts.get(name, 0) for name in names)

    def speak(self, language: str) -> None:
        """Go on in another language."""
        self.state.language = language

    def next_turn(self) -> int:
        """A number for what is put to the person now; answers to anything before are late from here on."""
        self.state.turn += 1
        return self.state.turn

    def end(self, outcome: Outcome, reason: str = "", *, words: str | None = None, language: str | None = None) -> None:
        """The session is over, after these words in *language* (`None`: the goodbye)."""
        if words is None and self.spec.goodbye:
            self.say(self.spec.goodbye, "goodbye", language=self.written_in)
        else:
            self.say(sentences_of(self.language).goodbye if words is None else words, "goodbye", language=language)
        self.next_turn()
        for name, n in self.state.timers.items():
            self.state.timers[name] = -abs(n)
        self.state.phase = "ended"
        self.state.cursor = None
        self.state.pending = None
        self.state.part = None
        self.state.parts = []
        self.state.offered = []
        self.state.then = ""
        self.state.is_recording = self.state.is_paused = False
        self.state.said = []
        self.state.outcome = outcome
        self.state.reason = reason
        self.actions.append(End(outcome, reason))

    @property
    def unfinished(self) -> Outcome:
        """The outcome of who went away in the middle. A question that met with silence is no sign of anybody."""
        was_heard = any(answer.status in _SPOKEN for answer in self.state.answers.values())
        return "partial" if was_heard or self.state.heard or self.state.drops else "no_answer"
