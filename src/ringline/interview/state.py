"""How far a conversation is: small, made of plain values, and the same after a round trip through JSON."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ringline.interview.actions import Outcome

AnswerStatus = Literal["ok", "skipped", "refused", "dont_know", "no_match", "silence", "out_of_range", "defaulted"]


@dataclass(slots=True)
class Answer:
    """What became of a question. *raw* are the words or keys; *how* is ``speech``, ``keypad`` or ``text``.

    Of a sensitive answer *value* and *raw* are what may be kept openly; *sealed* is the value for the vault.
    """

    status: AnswerStatus
    value: Any = None
    text: str = ""
    raw: str = ""
    how: str = "speech"
    confidence: float = 0.0
    evidence: list[str] = field(default_factory=list)
    confirmed: bool = False
    asked: int = 1
    sealed: str | None = None

    def copied(self) -> Answer:
        """Another with the same content."""
        return replace(self, evidence=[*self.evidence])


@dataclass(slots=True)
class Pending:
    """An answer that waits for the person's yes."""

    answer: Answer
    asked: int = 1


@dataclass(slots=True)
class SessionState:
    """The state that `reduce` folds events into.

    *turn* counts everything that was put to the person, over all legs. *cursor* is the open question. *path* holds the
    questions in the order in which they were come to, *visits* how often each was.
    """

    phase: Literal["new", "asking", "confirming", "transferring", "saying", "between", "ended"] = "new"
    leg: int = 0
    channel: str = "voice"
    language: str = "en"
    turn: int = 0
    cursor: str | None = None
    pending: Pending | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    visits: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    """What was counted at the open question: ``silence``, ``no_match``, ``free`` (repeat, help …), ``confirm``."""
    timers: dict[str, int] = field(default_factory=dict)
    """The number of each timer that was set; below zero once nobody waits for it any more."""
    drops: int = 0
    is_recording: bool = False
    is_paused: bool = False
    """Whether recording stands still for a sensitive question."""
    is_outbound: bool = True
    then: Literal["", "ask", "voicemail", "hang_up"] = ""
    """In the phase ``saying``: what is waited for."""
    said: list[str] = field(default_factory=list)
    """What the person was told at the open question, so that nothing is said twice in the same words."""
    heard: int = 0
    """How often somebody spoke or keyed on this leg."""
    is_screened: bool = False
    """Whether the person is being fetched by who asked who is calling."""
    is_greeted: bool = False
    """Whether the first words of this leg were said."""
    is_human: bool = False
    """Whether something came on this leg that no greeting of a machine is: keys, or an answer that means something."""
    unheard: int = 0
    """Questions in a row that met with silence alone."""
    part: int | None = None
    """Where an answer is asked for in parts, which of them is open."""
    parts: list[str] = field(default_factory=list)
    """Those that were given."""
    offered: list[Any] = field(default_factory=list)
    """Two answers between which the person was asked to choose."""
    implied: str | None = None
    """The question whose answer was said before this one, to be taken back with a no."""
    transfers: int = 0
    reminders: int = 0
    is_overdue: bool = False
    """Whether the longest duration passed while a person of ours was talking."""
    outcome: Outcome | None = None
    reason: str = ""
    notes: dict[str, Any] = field(default_factory=dict)

    def copied(self) -> SessionState:
        """Another with the same content, of which anything may be changed."""
        pending = self.pending
        return replace(
            self,
            pending=None if pending is None else replace(pending, answer=pending.answer.copied()),
            answers={name: answer.copied() for name, answer in self.answers.items()},
            path=[*self.path],
            visits={**self.visits},
            counts={**self.counts},
            timers={**self.timers},
            said=[*self.said],
            parts=[*self.parts],
            offered=deepcopy(self.offered),
            notes=deepcopy(self.notes),
        )
