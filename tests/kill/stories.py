"""What is going on when a process is killed: drawn from a seed, and told again for every point it may die at."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ringline.simulator import Press, Silent
from ringline.simulator.calls.steps import Step

SENDERS = ("+15550001111", "+15550002222")
POOL = ("+15550001111", "+15550002222")
HOST = "http://127.0.0.1"


@dataclass(frozen=True)
class Act:
    """Something a client does at a moment, counted in seconds from the start."""

    at: float
    doing: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Says:
    """What a person writes: *after* seconds from the arrival of the first message, or, where *at* is set, then."""

    who: str
    to: str
    text: str
    after: float = 0.0
    at: float | None = None


@dataclass(frozen=True)
class Hook:
    """A request of another system, sent again until it is answered, and once more."""

    at: float
    path: str
    body: Mapping[str, Any]


Reacts = Callable[[str], Step]
"""What a person does in a call after what was said."""


@dataclass
class Story:
    """What happens, and whether it must end the same way whatever the timing."""

    name: str
    acts: list[Act] = field(default_factory=list)
    says: list[Says] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    phones: dict[str, Reacts] = field(default_factory=dict)
    """Who picks up, and what they do when they are asked something."""
    is_same: bool = True
    """Whether everybody gets the same whenever things happen."""
    cooldown: float = 0.0
    target_is_down: bool = False
    """Whether what runs ask for is answered with 503."""
    outbox: dict[str, Any] = field(default_factory=dict)
    urgent: bool = False


def person(number: int) -> str:
    """Somebody's phone."""
    return f"+1415555{200 + number:04d}"


def _single(chance: random.Random) -> Story:
    request = {"to": person(1), "body": "Your table is ready", "from_": SENDERS[0], "key": "one"}
    acts = [Act(0.0, "send", {"requests": [request]})]
    if chance.random() < 0.5:
        acts.append(Act(chance.choice((0.0, 0.01, 3.0)), "send", {"requests": [request]}))
    return Story("single", acts)


def _batch(chance: random.Random) -> Story:
    count, rate = chance.choice((8, 20)), chance.choice((1.0, 4.0))
    requests = [
        {"to": person(n % 9), "body": f"Number {n} is called", "from_": "pool:desk", "key": f"b{n}"}
        for n in range(count)
    ]
    acts = [
        Act(0.0, "make_pool", {"name": "desk", "senders": POOL, "rate": rate}),
        Act(0.0, "send", {"requests": requests}),
    ]
    return Story("batch from a pool", acts, outbox={"hand_back": 2.0})


def _identical(chance: random.Random) -> Story:
    requests = [{"to": person(1), "body": "Ring ring", "from_": SENDERS[0], "key": f"i{n}"} for n in range(5)]
    return Story("identical texts", [Act(0.0, "send", {"requests": requests})])


def _later(chance: random.Random) -> Story:
    requests = [
        {"to": person(n), "body": f"In {n}", "from_": SENDERS[0], "key": f"l{n}", "send_at": None} for n in range(4)
    ]
    for n, request in enumerate(requests[1:], 1):
        # Longer than a process may be frozen before it asks for it.
        request["send_in"] = 150.0 * n
    return Story("for later", [Act(0.0, "send", {"requests": requests})])


def _definition(name: str, steps: list[dict[str, Any]], outputs: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "name": name,
        "defaults": {"from": SENDERS[0]},
        "inputs": [{"type": "WorkflowParameter", "name": "phone", "kind": ["string"]}],
        "steps": steps,
        "outputs": [{"type": "JsonField", "name": name, "selector": selector} for name, selector in outputs.items()],
        **more,
    }


def _sms(name: str, message: str, **more: Any) -> dict[str, Any]:
    return {"type": "twilio/sms@v1", "name": name, "to": "$inputs.phone", "message": message, **more}


def _run_of(definition: Mapping[str, Any], *people: str, **inputs: Any) -> list[Act]:
    acts = [Act(0.0, "register", {"definition": definition})]
    for who in people or (person(1),):
        given = {"name": definition["name"], "inputs": {"phone": who, **inputs}, "key": f"start {who}"}
        acts.append(Act(0.0, "start", given))
    return acts


def _question(chance: random.Random) -> Story:
    definition = _definition(
        "survey",
        [
            _sms("ask", "Are you in?", next_steps=["$steps.answer"]),
            {
                "type": "twilio/wait_for_reply@v1",
                "name": "answer",
                "wait_for": "2h",
                "outcomes": {"reply": ["$steps.thanks"]},
            },
            _sms("thanks", "Thank you"),
        ],
        {"outcome": "$steps.answer.outcome", "text": "$steps.answer.text", "sent": "$steps.thanks.outcome"},
    )
    after = chance.choice((0.0, 0.0, 0.005, 0.05, 1.0, 40.0))
    return Story("question and answer", _run_of(definition), [Says(person(1), SENDERS[0], "Yes", after)])


def _delay(chance: random.Random) -> Story:
    definition = _definition(
        "reminder",
        [
            _sms("first", "It is on its way", next_steps=["$steps.pause"]),
            {
                "type": "flow/delay@v1",
                "name": "pause",
                "for": chance.choice(("5s", "90s", "1h")),
                "next_steps": ["$steps.call"],
            },
            {
                "type": "data/http_request@v1",
                "name": "call",
                "method": chance.choice(("POST", "GET")),
                "url": "{{target}}",
                "retries": 0,
                "retry": {"attempts": 4, "backoff": "10s"},
                "next_steps": ["$steps.last"],
            },
            _sms("last", "It is there: {{call_status}}"),
        ],
        {"status": "$steps.call.status", "sent": "$steps.last.outcome"},
    )
    definition["inputs"].append({"type": "WorkflowParameter", "name": "target", "kind": ["string"]})
    definition["steps"][3]["message"] = "It is there"
    return Story(
        "delay, request, retry",
        _run_of(definition, target="TARGET"),
        target_is_down=chance.choice((False, True)),
    )


def _loop(chance: random.Random) -> Story:
    inner = _definition("one of them", [_sms("tell", "Come to gate {{phone}}")], {"sent": "$steps.tell.outcome"})
    del inner["name"]
    definition = _definition(
        "everybody",
        [
            {
                "type": "flow/for_each@v1",
                "name": "each",
                "items": [person(n) for n in range(5)],
                "as": "phone",
                "workflow": inner,
                "concurrency": chance.choice((1, 2, 10)),
                "next_steps": ["$steps.done"],
            },
            _sms("done", "All are told"),
        ],
        {"results": "$steps.each.results", "done": "$steps.done.outcome"},
    )
    return Story("for each", _run_of(definition))


def _escalate(chance: random.Random) -> Story:
    definition = _definition(
        "alarm",
        [
            {
                "type": "flow/escalate@v1",
                "name": "alert",
                "contacts": [person(1), person(2), person(3)],
                "message": "The pump has stopped",
                "wait_for": "5m",
                "purpose": "customer_care",
                "confirmation": "It is yours",
            }
        ],
        {"who": "$steps.alert.acknowledged_by", "level": "$steps.alert.level", "outcome": "$steps.alert.outcome"},
    )
    return Story(
        "escalation", _run_of(definition), [Says(person(2), SENDERS[0], "ACK", chance.choice((0.0, 1.0, 100.0)))]
    )


def _stop(chance: random.Random) -> Story:
    requests = [{"to": person(1), "body": f"Offer {n}", "from_": SENDERS[0], "key": f"s{n}"} for n in range(6)]
    acts = [
        Act(0.0, "make_pool", {"name": "desk", "senders": POOL, "rate": 1.0}),
        Act(0.0, "send", {"requests": requests}),
    ]
    at = chance.choice((0.0, 0.5, 1.5, 3.2))
    return Story("opt-out between", acts, [Says(person(1), SENDERS[0], "STOP", at=at)], is_same=False)


def _cancel(chance: random.Random) -> Story:
    requests = [{"to": person(n), "body": f"Perhaps {n}", "from_": SENDERS[0], "key": f"c{n}"} for n in range(6)]
    acts = [
        Act(0.0, "make_pool", {"name": "desk", "senders": POOL, "rate": 1.0}),
        Act(0.0, "send", {"requests": requests}),
        Act(chance.choice((0.0, 1.0, 2.5)), "cancel", {"keys": ["c0", "c3", "c5"]}),
    ]
    return Story("canceled", acts, is_same=False)


def _broadcast(chance: random.Random) -> Story:
    given = {"count": 50, "window": 10, "message": "Hello {{name}}", "sender": SENDERS[0]}
    return Story("broadcast", [Act(0.0, "broadcast", given)])


def _hook(chance: random.Random) -> Story:
    definition = _definition(
        "order",
        [_sms("thanks", "Your order has come in")],
        {"sent": "$steps.thanks.outcome"},
        triggers=[
            {
                "type": "webhook",
                "path": "new",
                "event_id": {"header": "X-Event"},
                "inputs": {"phone": "{{trigger.body.phone}}"},
            }
        ],
    )
    hooks = [Hook(0.1 * n, "/hooks/order/new", {"phone": person(n), "event": f"e{n}"}) for n in range(3)]
    return Story("hook", [Act(0.0, "register", {"definition": definition})], hooks=hooks)


def _cooldown(chance: random.Random) -> Story:
    acts = [
        Act(
            0.2 * n,
            "cool",
            {
                "to": person(n),
                "body": f"Alarm {n}",
                "sender": SENDERS[0],
                "key": f"k{n}",
                "cooldown": "the pump",
                "seconds": 3600.0,
            },
        )
        for n in range(4)
    ]
    return Story("cooldown", acts, cooldown=3600.0, is_same=False)


def _menu(chance: random.Random) -> Story:
    definition = _definition(
        "appointment",
        [
            {
                "type": "twilio/voice_call@v1",
                "name": "call",
                "to": "$inputs.phone",
                "message": "Your appointment is tomorrow.",
                "menu": {"1": {"label": "confirmed", "say": "See you tomorrow."}, "2": "other_time"},
                "menu_prompt": "Press 1 to confirm, or 2 for another time.",
                "outcomes": {"confirmed": ["$steps.note"], "other_time": ["$steps.sorry"]},
            },
            _sms("note", "It is in the calendar"),
            _sms("sorry", "We will call you back"),
        ],
        {"outcome": "$steps.call.outcome", "pressed": "$steps.call.pressed", "calls": "$steps.call.calls"},
    )
    key = chance.choice(("1", "2"))
    return Story("call with a menu", _run_of(definition), phones={person(1): lambda heard: Press(key)})


_ANSWERS: dict[str, Step] = {
    "how was": Press("3#"),
    "done better": "Shorter queues",
    "newsletter": "yes please",
}


def _interview(chance: random.Random) -> Story:
    definition = _definition(
        "opinion",
        [
            {
                "type": "twilio/voice_agent@v1",
                "name": "survey",
                "to": "$inputs.phone",
                "greeting": "Hello, this is Acme.",
                "goodbye": "Thank you, goodbye.",
                "questions": [
                    {
                        "id": "rating",
                        "question": "On a scale of 1 to 10, how was our service?",
                        "type": "number",
                        "actions": [{"condition": {"operator": "contains", "value": "9,10"}, "next": "newsletter"}],
                    },
                    {"id": "feedback", "question": "What could we have done better?"},
                    {"id": "newsletter", "question": "Do you want our newsletter?", "type": "yes_no"},
                ],
                "next_steps": ["$steps.thanks"],
            },
            _sms("thanks", "Thank you for your time"),
        ],
        {
            "outcome": "$steps.survey.outcome",
            "rating": "$steps.survey.rating",
            "feedback": "$steps.survey.feedback",
            "newsletter": "$steps.survey.newsletter",
        },
    )

    def answers(heard: str) -> Step:
        asked = [(heard.rfind(part), answer) for part, answer in _ANSWERS.items() if part in heard]
        return max(asked, key=lambda one: one[0])[1] if asked else Silent()

    return Story("interview", _run_of(definition), phones={person(1): answers})


STORIES: tuple[Callable[[random.Random], Story], ...] = (
    _single,
    _batch,
    _identical,
    _later,
    _question,
    _delay,
    _loop,
    _escalate,
    _stop,
    _cancel,
    _broadcast,
    _hook,
    _cooldown,
    _menu,
    _interview,
)
