"""How an escalation goes on: a pure function of what happened, so that every order of events can be tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ringline.escalation.policy import Level, Policy

Phase = Literal["alerting", "acknowledged", "ended"]
Outcome = Literal["acknowledged", "exhausted", "failed"]

GONE_STAGES = frozenset({"failed", "refused", "canceled", "unresolved"})
GONE_STATUSES = frozenset({"failed", "undelivered", "canceled"})


@dataclass(slots=True)
class Alert:
    """One message or call to one person. *is_gone* says that it will not reach them."""

    token: str
    to: str
    name: str | None
    channel: str
    level: int
    at: float = 0.0
    message_id: str | None = None
    status: str = "pending"
    is_gone: bool = False
    is_missed: bool = False
    """Whether it is a call that nobody took; another one may be."""
    is_over: bool = False
    """Whether it is a call that has ended, so that no key will be pressed any more."""
    is_current: bool = True
    """Whether it belongs to the turn that is on."""
    sender: str | None = None
    service: str | None = None
    account: str | None = None
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who took it, how, and when; *level* counts from 1."""

    by: str
    name: str | None
    how: str
    level: int
    at: float
    answer: str | None = None


@dataclass(slots=True)
class Progress:
    """Where an escalation stands. Methods change it; what is to be sent next is up to whoever calls `next_alerts`."""

    policy: Policy
    level: int = 0
    turn: int = 0
    round: int = 0
    phase: Phase = "alerting"
    outcome: Outcome | None = None
    alerts: list[Alert] = field(default_factory=list)
    acknowledgement: Acknowledgement | None = None
    resolved_at: float | None = None
    deadline: float | None = None

    @property
    def current(self) -> Level:
        """The level that is on."""
        return self.policy.levels[self.level]

    @property
    def turn_key(self) -> str:
        """Tells the turns of an escalation apart, in the keys of their messages."""
        return f"r{self.round}/l{self.level}/t{self.turn}"

    @property
    def is_at_risk(self) -> bool:
        """Whether nobody of the current turn will get their alert, and none of them is called again later."""
        mine = [alert for alert in self.alerts if alert.is_current]
        if not all(alert.is_gone or alert.is_missed for alert in mine):
            return False
        return not (self.turn < self.current.repeat and any(alert.is_missed for alert in mine))

    def begin_turn(self, alerts: Iterable[Alert], *, now: float) -> None:
        """These alerts are on their way; their people have until the deadline from now on."""
        for alert in self.alerts:
            alert.is_current = False
        self.alerts.extend(alerts)
        self.deadline = now + self.current.wait_for

    def note_message(self, message_id: str, stage: str, status: str) -> None:
        """What became of an alert's message."""
        for alert in self.alerts:
            if alert.message_id == message_id:
                alert.status = status if stage not in ("refused", "unresolved") else stage
                alert.is_gone = stage in GONE_STAGES or status in GONE_STATUSES

    def note_call(self, call_id: str, *, stage: str, status: str, is_over: bool) -> None:
        """What became of an alert's call."""
        for alert in self.alerts:
            if alert.message_id == call_id:
                alert.status = status if stage not in ("refused", "unresolved") else stage
                alert.is_over = is_over
                alert.is_gone = stage in GONE_STAGES or status in ("failed", "canceled")
                alert.is_missed = status in ("busy", "no-answer")

    def go_on(self, *, to_next_level: bool) -> bool:
        """The turn is over without an answer. Whether there is another; if not, the escalation has ended."""
        if not to_next_level and self.turn < self.current.repeat:
            self.turn += 1
            return True
        self.turn = 0
        self.level += 1
        if self.level < len(self.policy.levels):
            return True
        self.level, self.round = 0, self.round + 1
        if self.round < self.policy.rounds and self.reached_anybody:
            return True
        # Where it stood last, for people to see.
        self.level, self.round = len(self.policy.levels) - 1, self.round - 1
        self._end("exhausted" if self.reached_anybody else "failed")
        return False

    @property
    def reached_anybody(self) -> bool:
        """Whether any alert went out."""
        return any(not alert.is_gone for alert in self.alerts)

    def acknowledge(self, acknowledgement: Acknowledgement) -> None:
        """Somebody takes it. Unless it must be resolved too, that is the end."""
        self.acknowledgement = acknowledgement
        if self.policy.resolve_within is None:
            self._end("acknowledged")
        else:
            self.phase = "acknowledged"
            self.deadline = acknowledgement.at + self.policy.resolve_within

    def resolve(self, at: float) -> None:
        """It is done."""
        self.resolved_at = at
        self._end("acknowledged")

    def reopen(self) -> bool:
        """It was taken and not resolved in time: go on behind the level that took it. Whether there is one."""
        assert self.acknowledgement is not None
        self.level = self.acknowledgement.level - 1
        self.acknowledgement = None
        self.phase = "alerting"
        return self.go_on(to_next_level=True)

    def _end(self, outcome: Outcome) -> None:
        self.phase, self.outcome, self.deadline = "ended", outcome, None

    def as_data(self) -> dict[str, Any]:
        """In JSON's types, for a wait to keep."""
        return {
            "policy": self.policy.as_data(),
            "level": self.level,
            "turn": self.turn,
            "round": self.round,
            "phase": self.phase,
            "alerts": [asdict(alert) for alert in self.alerts],
            "acknowledgement": None if self.acknowledgement is None else asdict(self.acknowledgement),
            "deadline": self.deadline,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Progress:
        """What `as_data` gave."""
        taken = data["acknowledgement"]
        return cls(
            Policy.of(data["policy"]),
            data["level"],
            data["turn"],
            data["round"],
            data["phase"],
            alerts=[Alert(**alert) for alert in data["alerts"]],
            acknowledgement=None if taken is None else Acknowledgement(**taken),
            deadline=data["deadline"],
        )
