"""``<Dial>``: other phones are called, and the two people talk."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.simulator.calls.conversation import Conversation, Next
from ringline.simulator.calls.course import Moment
from ringline.simulator.calls.documents import Attributes
from ringline.simulator.calls.leg import CallOver
from ringline.simulator.calls.plan import CallPlan
from ringline.simulator.calls.reporting import call_parameters, recording_url
from ringline.simulator.calls.tape import Tape
from ringline.simulator.calls.verbs.recording import wish_of
from ringline.simulator.sending import E164

if TYPE_CHECKING:
    from ringline.simulator.calls.leg import Leg

_MOST_AT_ONCE = 10
_RECORDS = {"true": 1, "record-from-answer": 1, "record-from-ringing": 1}
_RECORDS_BOTH = {"record-from-answer-dual": 2, "record-from-ringing-dual": 2}


@dataclass(frozen=True, slots=True)
class _Target:
    number: str
    plan: CallPlan


async def dial(talk: Conversation, asked: Attributes) -> Next | None:
    """Call the numbers; then `action` is asked for more, or the next verb follows."""
    targets = _targets(talk, asked.element, asked)
    caller = asked.text("callerId") or (
        talk.leg.call.from_ if talk.leg.call.direction == "inbound" else talk.leg.call.to
    )
    status, child, tape = "failed", None, None
    bridged_at: float | None = None
    legs: list[Leg] = []
    try:
        groups = [[each] for each in targets] if asked.flag("sequential") else [targets] if targets else []
        for group in groups:
            status, child = await _ring(talk, group, caller, legs)
            if status == "answered":
                break
        if child is not None and status == "answered":
            status = "completed"
            bridged_at = talk.wires.timeline.time()
            tape = _tape(talk, asked)
            await _talk(talk, child, asked)
    except CallOver:
        _tell_of_hang_up(talk, asked, _result(talk, status, child, bridged_at, tape))
        raise
    finally:
        talk.leg.talks_to = None
        talk.leg.on_key = None
        for leg in legs:
            if leg.talks_to is talk.leg:
                leg.talks_to = None
                talk.leg.exchange.finish(leg, "completed")
            elif leg.call.answered is None and not leg.call.is_final:
                talk.leg.exchange.finish(leg, "canceled")
        if tape is not None:
            tape.stop()
            talk.leg.tapes.remove(tape)
    action = asked.url("action")
    if not action:
        return None
    return Next(action, asked.method(), tuple(_result(talk, status, child, bridged_at, tape)))


def _targets(talk: Conversation, element: ElementTree.Element, attributes: Attributes) -> list[_Target]:
    found: list[_Target] = []
    direct = (element.text or "").strip()
    timeout = float(attributes.number("timeout") or 30)
    if direct and len(element) == 0:
        found.append(_Target(direct, CallPlan(timeout=timeout)))
    for child in element:
        if child.tag != "Number":
            talk.note(12200, f"The simulator dials <Number> only, not <{child.tag}>; it is passed over.")
            continue
        inner = talk.attributes(child, "Dial")
        plan = CallPlan(
            url=inner.url("url"),
            method=inner.method(),
            status_callback=inner.url("statusCallback"),
            status_callback_method=inner.method("statusCallbackMethod"),
            events=inner.words("statusCallbackEvent"),
            timeout=timeout,
            send_digits=inner.text("sendDigits"),
        )
        found.append(_Target((child.text or "").strip(), plan))
    good: list[_Target] = []
    for target in found[:_MOST_AT_ONCE]:
        if E164.match(target.number):
            good.append(target)
        else:
            talk.note(13223, f"{target.number!r} in <Dial> is no number in E.164; it is not called.")
    return good


async def _ring(talk: Conversation, targets: Sequence[_Target], caller: str, legs: list[Leg]) -> tuple[str, Leg | None]:
    """Call all of them; the first to answer gets the call. Gives how that ended, and with whom."""
    decided: Moment[Leg | None] = Moment()
    group: list[Leg] = []

    def answered(leg: Leg) -> None:
        decided.come(leg)

    def ended(_: Leg) -> None:
        if all(each.call.is_final for each in group):
            decided.come(None)

    exchange = talk.leg.exchange
    for target in targets:
        leg = exchange.call_out(talk.leg, target.number, caller, target.plan, answered, ended)
        group.append(leg)
        legs.append(leg)
    winner = await decided
    for leg in group:
        if leg is not winner and not leg.call.is_final:
            exchange.finish(leg, "canceled")
    if winner is not None:
        return "answered", winner
    return group[-1].call.status, group[-1]


async def _talk(talk: Conversation, child: Leg, attributes: Attributes) -> None:
    """Connect the two until one of them hangs up, time is over, or the caller presses the star."""
    caller, over = talk.leg, Moment[None]()
    caller.talks_to, child.talks_to = child, caller
    child.on_end = lambda: over.come(None)
    limit = float(attributes.number("timeLimit") or 14_400)
    talk.wires.timeline.plan(limit, over.come, None)
    if attributes.flag("hangupOnStar"):
        caller.on_key = lambda key: over.come(None) if key == "*" else None
    for leg in (child, caller):
        leg.converse()
    await over


def _tape(talk: Conversation, attributes: Attributes) -> Tape | None:
    asked = attributes.text("record")
    channels = _RECORDS.get(asked) or _RECORDS_BOTH.get(asked)
    if channels is None:
        return None
    wish = wish_of(attributes, source="DialVerb", channels=channels, track=attributes.text("recordingTrack"))
    tape = Tape(talk.wires, talk.leg.call, wish)
    talk.leg.tapes.append(tape)
    return tape


def _result(
    talk: Conversation, status: str, child: Leg | None, bridged_at: float | None, tape: Tape | None
) -> list[tuple[str, str]]:
    parameters = [("DialCallStatus", status), ("DialBridged", "true" if bridged_at is not None else "false")]
    if child is not None:
        lasted = 0.0 if bridged_at is None else talk.wires.timeline.time() - bridged_at
        parameters += [("DialCallSid", child.call.sid), ("DialCallDuration", str(math.ceil(lasted - 1e-6)))]
    if tape is not None:
        parameters.append(("RecordingUrl", recording_url(talk.wires, tape.recording)))
    return parameters


def _tell_of_hang_up(talk: Conversation, attributes: Attributes, result: list[tuple[str, str]]) -> None:
    action = attributes.url("action")
    if action:
        parameters = [*call_parameters(talk.leg.call), *result]
        talk.wires.post(talk.leg.call, action, attributes.method(), parameters)
