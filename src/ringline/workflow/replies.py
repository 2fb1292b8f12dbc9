"""Which of several runs gets a reply: each waits for the same person, and exactly one may have it.

Rules, the first that leads anywhere decides: the question that the person quoted; of the questions from the number
that they wrote to, the newest that the reply answers, else the newest; of those through the messaging service that they
wrote to, likewise; last, those that take a reply to any number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from ringline.local_time import read_zone
from ringline.understanding import Interpretation, understand
from ringline.workflow.run import name_of_run

if TYPE_CHECKING:
    from ringline.database import Row, Transaction


class Runs(Protocol):
    """What routing needs of runs."""

    def waits_in(self, tx: Transaction, key: str) -> list[Row]:
        """The open waits for a key, each with its ``run``, ``step`` and ``data``."""
        ...

    def deliver_in(self, tx: Transaction, wait: Row, data: Mapping[str, Any], at: float | None = None) -> bool:
        """Give an event to one wait; False when it has had another already."""
        ...


def reply_key(channel: str, person: str) -> str:
    """The key under which runs wait for a person's reply."""
    return f"reply/{channel}/{person}"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What a run waits for: who asked, when, through what, and what counts as an answer; kept with the wait."""

    since: float
    sender: str | None = None
    service: str | None = None
    account: str | None = None
    sid: str | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """In JSON's types."""
        return {
            "since": self.since,
            "sender": self.sender,
            "service": self.service,
            "account": self.account,
            "sid": self.sid,
            "expect": dict(self.expect),
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """A message from somebody whom runs may wait for. *data* is what the step gets."""

    channel: str
    person: str
    to: str
    account: str
    service: str | None
    quoted_sid: str | None
    texts: Sequence[str]
    data: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a reply went, by which rule, among how many questions."""

    run_id: str
    step: str
    rule: str
    candidates: int

    @property
    def reason(self) -> str:
        """In a sentence."""
        others = "the only one open" if self.candidates == 1 else f"{self.candidates} were open"
        return f"It answers the step `{self.step}` of {self.run_id}: {self.rule}; {others}."


class ReplyRouter:
    """Gives replies to the runs that wait for them."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def route_in(self, tx: Transaction, reply: Reply) -> Routed | None:
        """Deliver a reply to one wait, in the transaction that stores it; None when nobody waits for it."""
        waits = self._runs.waits_in(tx, reply_key(reply.channel, reply.person))
        left = [(wait, OpenQuestion(**wait["data"])) for wait in waits]
        count = sum(may_get(reply, question) for _, question in left)
        while (found := choose(reply, [question for _, question in left])) is not None:
            index, rule = found
            wait, _ = left.pop(index)
            routing = {"rule": rule, "candidates": count}
            if self._runs.deliver_in(tx, wait, {**reply.data, "routing": routing}, reply.at):
                return Routed(name_of_run(wait["run"]), wait["step"], rule, count)
        return None


def choose(reply: Reply, questions: Sequence[OpenQuestion]) -> tuple[int, str] | None:
    """The place of the question that a reply answers, and the rule that says so."""
    newest_first = sorted(enumerate(questions), key=lambda one: one[1].since, reverse=True)
    open_to_it = [(index, question) for index, question in newest_first if may_get(reply, question)]
    for index, question in open_to_it:
        if reply.quoted_sid is not None and question.sid == reply.quoted_sid:
            return index, "the question that it quotes"
    groups = (
        (f"from {reply.to}", [one for one in open_to_it if one[1].sender is not None]),
        (f"through {reply.service}", [one for one in open_to_it if one[1].sender is None and one[1].service]),
        ("to any number", [one for one in open_to_it if one[1].sender is None and not one[1].service]),
    )
    for origin, group in groups:
        for index, question in group:
            if is_answer(question.expect, interpret(question.expect, reply.texts, reply.at)):
                return index, f"the newest question {origin} that it answers"
        if group:
            return group[0][0], f"the newest question {origin}"
    return None


def may_get(reply: Reply, question: OpenQuestion) -> bool:
    """Whether a reply came to where the question was asked."""
    if question.account is not None and question.account != reply.account:
        return False
    if question.sender is not None:
        return question.sender == reply.to
    return question.service is None or question.service == reply.service


def interpret(expect: Mapping[str, Any], texts: Sequence[str], at: float) -> Interpretation:
    """What a reply means to who expects this: the first of its texts that is an answer, else its first.

    "Tomorrow" is counted from *at*, when it was written, in the time zone that the expectation names.
    """
    zone = expect.get("timezone")
    arguments = {"type": "text", **{name: value for name, value in expect.items() if name != "timezone"}}
    now = datetime.fromtimestamp(at, read_zone(zone) if zone else UTC)
    found = [understand(text=text, now=now, **arguments) for text in texts] or [Interpretation("silence")]
    return next((one for one in found if is_answer(expect, one)), found[0])


def is_answer(expect: Mapping[str, Any], found: Interpretation) -> bool:
    """Whether it answers; where any text will do, so does "help", and a picture without a word."""
    return found.status == "ok" or expect.get("type", "text") == "text"
