"""Figures are added up exactly: after any history they are what a recount from the rows gives."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ringline.analytics import store
from ringline.analytics.counting import Counts
from ringline.analytics.measures import money
from ringline.clock import VirtualClock
from ringline.database import Transaction
from ringline.errors import RequestError
from ringline.simulator import Simulator
from voice.installation import OURS, PHONE, Installation, installation

NOBODY = "+15005550001"
PEOPLE = [PHONE, "+14155550124", "+14155550125"]

GREET = {
    "version": "1.0",
    "name": "greet",
    "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
    "outputs": [],
    "steps": [
        {
            "type": "twilio/sms@v1",
            "name": "hello",
            "to": "$inputs.phone",
            "from": OURS,
            "message": "Hello, are you in?",
        },
        {
            "type": "twilio/wait_for_reply@v1",
            "name": "answer",
            "after": "$steps.hello",
            "expect": "text",
            "wait_for": "1h",
        },
    ],
}
ASK = {
    "version": "1.0",
    "name": "ask",
    "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
    "outputs": [],
    "steps": [
        {
            "type": "twilio/voice_agent@v1",
            "name": "talk",
            "to": "$inputs.phone",
            "from": OURS,
            "channel": "sms",
            "questions": [
                {"id": "rating", "question": "From 1 to 5, how was it?", "expectedAnswerType": "number"},
                {"id": "why", "question": "Why?", "expectedAnswerType": "text"},
            ],
        }
    ],
}


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock) as running:
        simulator.connect(f"{running.url}/twilio/sms")
        yield running


def _figures(tx: Transaction) -> Counter[tuple[Any, ...]]:
    found: Counter[tuple[Any, ...]] = Counter()
    for statement in (store.EVERY_FIGURE, store.EVERY_STEP_FIGURE):
        for row in tx.all(statement):
            found[tuple(value for name, value in row.items() if name != "amount")] = row["amount"]
    return found


async def figures(house: Installation) -> Counter[tuple[Any, ...]]:
    """All that are not zero."""
    await house.ringline.analytics.fold()
    return await house.ringline.database.read(_figures)


async def counted_and_recounted(house: Installation) -> tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]:
    """As they were added up, and as a recount of the same moment gives them."""
    folding = house.ringline.analytics.folding

    def work(tx: Transaction) -> tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]:
        if tx.dialect == "postgresql":
            tx.run(store.LOCK_COUNTS)
        while folding.fold(tx):
            pass
        counted = _figures(tx)
        folding.rebuild(tx)
        return counted, _figures(tx)

    return await house.ringline.database.write(work)


async def sums(house: Installation) -> dict[str, int]:
    """Of all workflows together, by measure."""
    found: Counter[str] = Counter()
    for key, amount in (await figures(house)).items():
        if key[0] == store.ALL_FLOWS:
            found[key[-1]] += amount
    return dict(found)


async def passed(house: Installation, seconds: float) -> None:
    """Let time pass, in steps in which workers get to what falls due."""
    for _ in range(4):
        await at_work(house)
        await house.simulator.advance(seconds / 4)
    await at_work(house)


async def at_work(house: Installation) -> None:
    """Let workers take up what is there, and Twilio answer what they ask."""
    for _ in range(50):
        await asyncio.sleep(0)
    async with asyncio.timeout(20):
        while True:
            if not house.ringline.requests_in_flight:
                return
            await asyncio.sleep(0.005)


class History:
    """Things that happen at random."""

    def __init__(self, house: Installation, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.runs: list[str] = []

    async def go(self, count: int) -> None:
        actions = [self.send, self.send, self.start, self.start, self.reply, self.reply, self.stop, self.call]
        actions += [self.cancel, self.retry, self.wait, self.wait, self.fold]
        for _ in range(count):
            await self.random.choice(actions)()

    async def send(self) -> None:
        to = self.random.choice([*PEOPLE, NOBODY])
        body = "x" * self.random.choice([10, 200])
        later = self.random.choice([None, self.house.clock.time() + 5_000])
        message = await self.house.ringline.messages.send(to=to, from_=OURS, body=body, send_at=_at(later))
        if self.random.random() < 0.2:
            await self.house.ringline.messages.cancel(message.id)

    async def start(self) -> None:
        definition = self.random.choice([GREET, GREET, ASK])
        to = self.random.choice([*PEOPLE, NOBODY])
        run = await self.house.ringline.workflow(definition).start({"phone": to})
        self.runs.append(run.id)

    async def reply(self) -> None:
        text = self.random.choice(["4", "it was fine", "yes", "banana"])
        await self.house.simulator.handset(self.random.choice(PEOPLE)).send(text, to=OURS)

    async def stop(self) -> None:
        await self.house.simulator.handset(self.random.choice(PEOPLE)).send(
            self.random.choice(["STOP", "START"]), to=OURS
        )

    async def call(self) -> None:
        phone = self.house.simulator.handset(self.random.choice(PEOPLE))
        self.random.choice([lambda: phone.answer([]), phone.busy, phone.no_answer, phone.fail])()
        await self.house.ringline.calls.place(to=phone.number, message="Your order is ready.")

    async def cancel(self) -> None:
        if self.runs:
            await self.house.ringline.runs.cancel(self.random.choice(self.runs))

    async def retry(self) -> None:
        for run_id in self.runs:
            try:
                await self.house.ringline.runs.retry(run_id)
            except RequestError:
                continue
            return

    async def wait(self) -> None:
        await passed(self.house, self.random.choice([10, 600, 4_000]))

    async def fold(self) -> None:
        await self.house.ringline.analytics.fold()


def _at(moment: float | None) -> Any:
    from ringline.clock import utc

    return utc(moment)


async def figures_show(house: Installation, delivered: int) -> None:
    """Return when a worker has added up so many by itself."""

    async def are_there() -> bool:
        found = await house.ringline.database.read(_figures)
        named = [key for key in found if key[0] == store.ALL_FLOWS and key[-1] == "messages.delivered"]
        return sum(found[key] for key in named) == delivered

    assert await house.until(are_there, within=60.0)


async def test_a_worker_adds_up_what_was_counted_without_being_asked_to(house: Installation) -> None:
    """At once where it was idle, and a second later what is counted in the meantime."""
    for count in (1, 2, 3):
        message = await house.ringline.messages.send(to=PHONE, from_=OURS, body="Hello")
        await house.ringline.outbox.wait(message.id, 20)
        await figures_show(house, count)


async def test_a_clock_that_is_set_back_does_not_hold_the_figures_up(house: Installation) -> None:
    await house.ringline.analytics.folding.sweep()
    house.clock.set_wall_time(house.clock.now() - timedelta(hours=1))
    await house.ringline.messages.send(to=PHONE, from_=OURS, body="Hello")
    await figures_show(house, 1)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_after_any_history_the_figures_are_what_a_recount_gives(house: Installation, seed: int) -> None:
    history = History(house, seed)
    await history.go(40)
    counted, recounted = await counted_and_recounted(house)
    assert counted == recounted
    await history.go(15)
    await passed(house, 7_200)
    counted, recounted = await counted_and_recounted(house)
    assert counted == recounted
    assert {key[-1] for key in counted} >= {"messages.delivered", "runs.started", "segments", "cost.USD"}


async def test_a_message_moves_from_sent_to_delivered_and_its_price_comes_later(house: Installation) -> None:
    message = await house.ringline.messages.send(to=PHONE, from_=OURS, body="hello")
    await house.ringline.outbox.wait(message.id, 20)
    await house.ringline.outbox.wait(message.id, 0)
    assert (await sums(house)).get("messages.failed") is None
    await house.until(lambda: _is(house, message.id, "delivered"))
    found = await sums(house)
    assert (found["messages.delivered"], found["segments"], found["delivery.count"]) == (1, 1, 1)
    assert "messages.sent" not in found
    await passed(house, 7_200)
    await house.until(lambda: _is_priced(house, message.id))
    price = (await house.ringline.messages.get(message.id)).price
    assert money((await sums(house))["cost.USD"]).rstrip("0") == str(price).removeprefix("-").rstrip("0")


async def _is_priced(house: Installation, message_id: str) -> bool:
    return (await house.ringline.messages.get(message_id)).price is not None and "cost.USD" in await sums(house)


async def _is(house: Installation, message_id: str, status: str) -> bool:
    return (await house.ringline.messages.get(message_id)).status == status


async def test_replies_and_opt_outs_belong_to_the_workflow_that_wrote(house: Installation) -> None:
    run = await house.ringline.workflow(GREET).start({"phone": PHONE})
    await house.until(lambda: _waits(house, run.id))
    await house.simulator.handset(PHONE).send("yes, I am", to=OURS)
    await run.result(20)
    await house.simulator.handset(PHONE).send("STOP", to=OURS)
    await passed(house, 10)
    found = {key[:1] + key[-1:]: amount for key, amount in (await figures(house)).items()}
    assert found["greet", "inbound.replies"] == 1
    assert found["greet", "inbound.opt_outs"] == 1
    assert found["greet", "runs.started"] == found["greet", "runs.completed"] == 1
    steps = {key[3:]: amount for key, amount in (await figures(house)).items() if key[0] == "greet" and len(key) == 5}
    assert {step for step, measure in steps if measure == "done"} == {"hello", "answer"}


async def test_what_a_draft_does_is_its_workflows(house: Installation) -> None:
    run = await house.ringline.workflows.try_out("greet", json.dumps(GREET), {"phone": PHONE})
    await house.until(lambda: _waits(house, run.id))
    found = {key[0] for key in await figures(house)}
    assert found == {"greet", store.ALL_FLOWS}


async def _waits(house: Installation, run_id: str) -> bool:
    return any(
        event.kind == "waiting" and event.step == "answer" for event in await house.ringline.runs.history(run_id)
    )


async def test_a_conversation_is_counted_with_the_question_at_which_it_was_left(house: Installation) -> None:
    run = await house.ringline.workflow(ASK).start({"phone": PHONE})
    phone = house.simulator.handset(PHONE)
    await house.until(lambda: _heard(phone, 1))
    await phone.send("4", to=OURS)
    await house.until(lambda: _heard(phone, 2))
    await house.ringline.runs.cancel(run.id)
    found = {key: amount for key, amount in (await figures(house)).items() if key[0] == "ask"}
    measures = {key[-1]: amount for key, amount in found.items()}
    assert measures["interviews.started"] == 1
    assert measures["left"] == 1
    questions = {key[3:]: amount for key, amount in found.items() if "/" in str(key[3])}
    assert questions == {
        ("talk/rating", "asked"): 1,
        ("talk/rating", "answered"): 1,
        ("talk/why", "asked"): 1,
        ("talk/why", "unanswered"): 1,
        ("talk/why", "left"): 1,
    }


async def _heard(phone: Any, count: int) -> bool:
    return len(phone.inbox) >= count


async def test_calls_are_counted_with_their_outcome_length_and_price(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    answered = await house.ended((await house.ringline.calls.place(to=PHONE, message="Your table is ready.")).id)
    house.simulator.handset(PHONE).busy()
    await house.ended((await house.ringline.calls.place(to=PHONE, message="Your table is ready.")).id)
    await passed(house, 7_200)
    found = await sums(house)
    assert (found["calls.answered"], found["calls.busy"]) == (1, 1)
    assert found["calls.seconds"] == answered.duration
    assert found["cost.USD"] > 0
    assert not any(name.startswith("messages.") for name in found)


async def test_what_one_transaction_counts_is_one_short_row(house: Installation) -> None:
    counts = Counts()
    for n in range(500):
        standing = _standing("accepted", sent_at=3_600.0 * (n % 2))
        counts.add_message(None, "crd_1", "sms", None, standing)
    text = counts.as_text()
    assert text is not None
    assert len(text) < 300


async def test_nothing_is_counted_twice_when_adding_up_fails_halfway(house: Installation) -> None:
    message = await house.ringline.messages.send(to=PHONE, from_=OURS, body="hello")
    await house.ringline.outbox.wait(message.id, 20)

    def fold_and_die(tx: Transaction) -> None:
        house.ringline.analytics.folding.fold(tx)
        raise KeyError

    for _ in range(2):
        with pytest.raises(KeyError):
            await house.ringline.database.write(fold_and_die)
    found = await sums(house)
    assert sum(amount for name, amount in found.items() if name.startswith("messages.")) == 1
    await asyncio.gather(*(house.ringline.analytics.fold() for _ in range(5)))
    assert await sums(house) == found


def _standing(stage: str, **changes: Any) -> Any:
    from ringline.outbox.changes import Standing

    blank: Mapping[str, Any] = dict.fromkeys(Standing._fields)
    return Standing(**{**blank, "stage": stage, "status": "sent", "send_at": 0.0, **changes})
