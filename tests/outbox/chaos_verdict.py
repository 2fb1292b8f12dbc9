"""What must hold after any misfortune (`docs/guarantees.md`)."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from outbox.chaos import COOLDOWN, Story
from ringline.simulator import Simulator
from ringline.simulator.records import Message
from ringline.twilio.statuses import rank

Rows = Sequence[dict[str, Any]]

DECIDED = frozenset({"accepted", "failed", "refused", "canceled", "unresolved"})


def judge(story: Story, simulator: Simulator, messages: Rows, attempts: Rows, events: Rows, *, is_called: bool) -> None:
    """Hold the database and the simulator against each other. Raises `AssertionError` naming the first message."""
    at_twilio: dict[str, list[Message]] = defaultdict(list)
    for message in simulator.messages:
        if message.direction == "outbound-api":
            at_twilio[message.body].append(message)
    by_body = Counter(row["body"] for row in messages)
    assert set(at_twilio) <= set(by_body), "Twilio has a message that nobody asked for"
    assert not [body for body, count in by_body.items() if count > 1], "one call made two rows"
    _nothing_is_lost(story, messages)
    _each_goes_once(story, at_twilio, messages, attempts, is_called=is_called)
    _statuses_are_right(at_twilio, messages, events)
    _what_is_unresolved_lacks_evidence(story, simulator, messages, attempts)
    _copies_are_noticed(simulator, at_twilio, messages)
    _opt_outs_hold(story, messages, attempts)
    _cooldowns_hold(messages)


def _nothing_is_lost(story: Story, messages: Rows) -> None:
    ids = {row["id"]: row for row in messages}
    for sent in story.sent:
        if sent.id is not None:
            assert sent.id in ids, f"send() returned {sent.id}, and it is gone"
            assert ids[sent.id]["body"] == sent.body
    keys = Counter(row["idem_key"] for row in messages if row["idem_key"] is not None)
    assert all(count == 1 for count in keys.values())
    for row in messages:
        assert row["stage"] in DECIDED, f"{row['id']} is still {row['stage']}"


def _each_goes_once(
    story: Story, at_twilio: dict[str, list[Message]], messages: Rows, attempts: Rows, *, is_called: bool
) -> None:
    twice = sum(times - (fault.times or 0) for fault, times in story.faults if fault.copies > 1)
    copies = 0
    of_message: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for attempt in attempts:
        of_message[attempt["message_id"]].append(attempt)
        assert attempt["outcome"] not in ("open", "unknown"), f"attempt {attempt} holds its twins for ever"
    for row in messages:
        found = at_twilio.get(row["body"], [])
        told = f"{row['id']} is {row['stage']}, and Twilio has {[(m.sid, m.status) for m in found]}"
        # Better twice than too late: each attempt of an urgent message may have come through in the end.
        allowed = row["attempt_no"] if row["policy"] == "urgent" else 1
        copies += max(0, len(found) - max(1, allowed))
        if row["stage"] == "accepted":
            assert row["sid"] in {message.sid for message in found}, told
        elif row["stage"] != "unresolved":
            assert not found, told
        if is_called:
            tokens = {urlsplit(message.status_callback or "").path.rpartition("/")[2] for message in found}
            assert len(tokens) <= max(1, allowed), f"{told}: two of its attempts were accepted"
            assert all(token.startswith(f"{row['id']}.") for token in tokens)
        numbers = sorted(attempt["n"] for attempt in of_message[row["id"]])
        assert numbers == list(range(1, row["attempt_no"] + 1))
        bound = [attempt for attempt in of_message[row["id"]] if attempt["outcome"] == "accepted"]
        most = max(1, allowed) if row["stage"] == "accepted" else 0
        assert min(most, 1) <= len(bound) <= most, f"{told}: {bound}"
    assert copies <= twice, f"{copies} messages went out twice, and Twilio was told to double {twice}"


def _statuses_are_right(at_twilio: dict[str, list[Message]], messages: Rows, events: Rows) -> None:
    highest: dict[str, int] = defaultdict(int)
    for event in events:
        highest[event["sid"]] = max(highest[event["sid"]], rank(event["status"]))
    for row in messages:
        if row["stage"] != "accepted":
            continue
        [message] = [message for message in at_twilio[row["body"]] if message.sid == row["sid"]]
        assert row["status"] == message.status, f"{row['id']} is {row['status']}, and at Twilio {message.status}"
        assert row["status_rank"] == highest[row["sid"]]
        if message.error_code is not None:
            assert row["error_code"] == message.error_code


def _what_is_unresolved_lacks_evidence(story: Story, simulator: Simulator, messages: Rows, attempts: Rows) -> None:
    heard = {urlsplit(call.url).path.rpartition("/")[2] for call in simulator.webhooks if call.status == 204}
    unresolved = [row for row in messages if row["stage"] == "unresolved"]
    for row in unresolved:
        last = max((a for a in attempts if a["message_id"] == row["id"]), key=lambda attempt: attempt["n"])
        assert last["outcome"] in ("abandoned", "disproved")
        if last["outcome"] == "disproved":
            at_twilio = [message.sid for message in simulator.messages if message.body == row["body"]]
            assert not at_twilio, f"{row['id']} was called absent, and Twilio has {at_twilio}"
        assert f"{row['id']}.{last['n']}" not in heard, f"Twilio told us about {row['id']}, and it is unresolved"
    # A machine that is busy with other things answers late without any fault being set.
    slow = sum("did not answer within" in (attempt["error_message"] or "") for attempt in attempts)
    without_reason = {row["id"] for row in unresolved} - story.cut_off
    assert len(without_reason) <= story.lost_answers() + slow, f"{without_reason} are unresolved without a reason"


def _copies_are_noticed(simulator: Simulator, at_twilio: dict[str, list[Message]], messages: Rows) -> None:
    heard = {call.parameters.get("MessageSid") for call in simulator.webhooks if call.status == 204}
    for row in messages:
        sids = {message.sid for message in at_twilio.get(row["body"], [])} & heard
        if len(sids) > 1:
            assert row["duplicate"] == 1, f"{row['id']} went out twice, Twilio said so, and nobody is told"


def _opt_outs_hold(story: Story, messages: Rows, attempts: Rows) -> None:
    by_id = {row["id"]: row for row in messages}
    for opt_out in story.opt_outs:
        for attempt in attempts:
            row = by_id[attempt["message_id"]]
            if (row["to"], row["sender"]) != (opt_out.to, opt_out.origin):
                continue
            is_later = attempt["id"] > opt_out.after and (opt_out.until is None or attempt["id"] <= opt_out.until)
            assert not is_later, f"attempt {attempt['id']} was opened after {opt_out}"


def _cooldowns_hold(messages: Rows) -> None:
    by_key: dict[str, list[float]] = defaultdict(list)
    for row in messages:
        if row["cooldown_key"] is not None and row["stage"] in ("accepted", "unresolved"):
            by_key[row["cooldown_key"]].append(row["created_at"])
    for key, moments in by_key.items():
        for earlier, later in itertools.pairwise(sorted(moments)):
            assert later - earlier >= COOLDOWN, f"cooldown {key} let two through within {later - earlier} s"
