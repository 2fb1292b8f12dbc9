"""What must hold at the end of a case (`docs/guarantees.md`), whatever was killed where."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from kill.stories import Story
from ringline.simulator.calls.records import Call
from ringline.simulator.records import Message
from ringline.twilio.statuses import rank

TWICE = "Thank you, you have this one already."
"""What somebody hears who takes an alert a second time."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Placed:
    """A call as Twilio has it, with what the verdict asks of messages too."""

    sid: str
    to: str
    body: str
    status_callback: str

    @classmethod
    def of(cls, call: Call) -> Placed:
        """Which attempt placed it shows the address that it was answered from."""
        return cls(call.sid, call.to, f"[a call, {call.status}]", call.documents[0].url if call.documents else "")


@dataclass
class Ending:
    """How a case ended, for the verdict and to be compared with the same story without a kill."""

    tables: Mapping[str, Rows]
    at_twilio: list[Message | Placed]
    called: list[str]
    """The idempotency keys with which runs called the other system, or its paths."""
    sent: dict[str, str] = field(default_factory=dict)
    """Ids of messages by key, as `send` gave them."""
    insisted: set[str] = field(default_factory=set)
    """Who wrote the same again, since nothing had come of it."""

    def received(self) -> dict[str, list[str]]:
        """What each person was sent."""
        found: dict[str, list[str]] = defaultdict(list)
        for message in self.at_twilio:
            found[message.to].append(message.body)
        for who in self.insisted:
            found[who] = [body for body in found[who] if body != TWICE]
        return {who: sorted(bodies) for who, bodies in found.items()}

    def runs(self) -> list[tuple[Any, ...]]:
        """How the runs ended: the workflow, the inputs, the status and the outputs."""
        return sorted(
            (row["name"], _inputs(row["inputs"]), row["status"], row["outputs"] or "") for row in self.tables["runs"]
        )


def _inputs(text: str) -> str:
    inputs = json.loads(text)
    inputs.pop("target", None)
    return json.dumps(inputs, sort_keys=True)


def judge(story: Story, ending: Ending, unkilled: Ending | None, *, frozen: float = 0.0) -> list[str]:
    """Everything that does not hold, in words. *frozen* is how long a worker may have stood still."""
    found = list(_of_messages(story, ending))
    found += _of_statuses(ending)
    found += _of_opt_outs(ending, frozen)
    if story.cooldown:
        accepted = [row["id"] for row in ending.tables["messages"] if row["stage"] == "accepted"]
        if len(accepted) != 1:
            found.append(f"the cooldown let {len(accepted)} messages through")
    for row in ending.tables["runs"]:
        if row["status"] not in ("completed", "failed", "canceled"):
            found.append(f"run {row['id']} of {row['name']} is still {row['status']}")
    if unkilled is not None and story.is_same:
        found += _compared(ending, unkilled)
    return found


def _of_messages(story: Story, ending: Ending) -> Iterator[str]:
    tokens: Counter[str] = Counter()
    attempts_at_twilio: dict[str, set[str]] = defaultdict(set)
    for message in ending.at_twilio:
        token = urlsplit(message.status_callback or "").path.rpartition("/")[2]
        tokens[token] += 1
        attempts_at_twilio[token.partition(".")[0]].add(token)
    for token, count in tokens.items():
        if count > 1:
            yield f"token {token} made {count} messages"
    if not story.urgent:
        for row, several in attempts_at_twilio.items():
            if len(several) > 1:
                yield f"{row} went out twice: {sorted(several)}"
    sids = {message.sid for message in ending.at_twilio}
    accepted = {row["sid"]: row["id"] for row in ending.tables["messages"] if row["stage"] == "accepted"}
    if lost := set(accepted) - sids:
        yield f"shown as accepted, and Twilio does not have: {sorted(accepted[sid] for sid in lost)}"
    if extra := sids - set(accepted):
        yield f"Twilio has what is not shown as accepted: {sorted(extra)}"
    known = {row["idem_key"]: row["id"] for row in ending.tables["messages"] if row["idem_key"]}
    for row in ending.tables["messages"]:
        if row["stage"] not in ("accepted", "failed", "refused", "canceled"):
            yield f"{row['id']} is {row['stage']} at the end"
        if row["duplicate"]:
            yield f"{row['id']} is marked as a duplicate"
    for key, sent in ending.sent.items():
        if known.get(key) != sent:
            yield f"send() gave {sent} for {key}, and there is {known.get(key)}"
    for attempt in ending.tables["attempts"]:
        if attempt["outcome"] in ("open", "unknown", "quarantined"):
            yield f"attempt {attempt['message_id']}.{attempt['n']} is still {attempt['outcome']}"


def _of_statuses(ending: Ending) -> Iterator[str]:
    highest: dict[str, int] = defaultdict(int)
    channels = {row["sid"]: row["channel"] for row in ending.tables["messages"]}
    for event in ending.tables["events"]:
        of_event = rank(event["status"], channels.get(event["sid"], "sms"))
        highest[event["sid"]] = max(highest[event["sid"]], of_event)
    for row in ending.tables["messages"]:
        if row["stage"] == "accepted" and row["status_rank"] != highest[row["sid"]]:
            yield f"{row['id']} is {row['status']} ({row['status_rank']}), and {highest[row['sid']]} was reported"


def _of_opt_outs(ending: Ending, frozen: float) -> Iterator[str]:
    # An opt-out is dated when it was read; whoever read it may have stood still before it was written down.
    to = {row["id"]: (row["to"], row["sender"]) for row in ending.tables["messages"]}
    for opt_out in ending.tables["suppressions"]:
        for attempt in ending.tables["attempts"]:
            who, sender = to[attempt["message_id"]]
            is_covered = who == opt_out["recipient"] and opt_out["scope"].endswith(str(sender))
            if is_covered and attempt["opened_at"] > opt_out["since"] + frozen:
                yield f"attempt {attempt['message_id']}.{attempt['n']} was opened after the opt-out"


def _compared(ending: Ending, unkilled: Ending) -> Iterator[str]:
    received, expected = ending.received(), unkilled.received()
    for who in sorted(set(received) | set(expected)):
        if received.get(who) != expected.get(who):
            yield f"{who} got {received.get(who, [])}, and without the kill {expected.get(who, [])}"
    if ending.runs() != unkilled.runs():
        ended, expected_runs = ending.runs(), unkilled.runs()
        only = [run for run in ended if run not in expected_runs]
        missing = [run for run in expected_runs if run not in ended]
        yield f"runs ended as {only or len(ended)}, and without the kill as {missing or len(expected_runs)}"
    if len(set(ending.called)) != len(set(unkilled.called)):
        yield f"the other system was asked for {set(ending.called)}, and without the kill for {set(unkilled.called)}"
