"""Runs with real messages, tried again: nobody gets twice what went out, and what the failure took back is sent."""

from __future__ import annotations

from typing import Any

ANN, BOB = "+14155550121", "+14155550122"
OURS, OTHER = "+15550001111", "+15550002222"


def sms(name: str, to: str, message: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"type": "twilio/sms@v1", "name": name, "from": OURS, "to": to, "message": message, **more}


def workflow(*steps: dict[str, Any], inputs: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "version": "1.0",
        "inputs": [{"type": "WorkflowParameter", "name": name} for name in inputs],
        "steps": list(steps),
        "outputs": [],
    }


async def test_items_that_completed_are_not_run_again(rig: Any) -> None:
    child = workflow(
        sms("say", "{{ item.to }}", next_steps=["$steps.pause"]),
        {"type": "flow/delay@v1", "name": "pause", "for": "{{ item.pause }}"},
        inputs=("item",),
    )
    people = [{"to": ANN, "pause": "0s"}, {"to": BOB, "pause": "soon"}]
    step = {"type": "flow/for_each@v1", "name": "all", "items": "$inputs.people", "workflow": child}
    run = await rig.start([step], inputs={"people": people})
    assert (await rig.ended(run)).has_failures

    await rig.ringline.runs.retry(run)
    got = (await rig.outputs(run))["all"]

    assert (got["outcome"], got["completed"], [one["index"] for one in got["errors"]]) == ("partial", 1, [1])
    assert sorted(message.to for message in await rig.ringline.messages.list()) == [ANN, BOB]
    children = [one for one in await rig.ringline.runs.list() if one.parent == run]
    assert sorted(one.status for one in children) == ["completed", "failed"]
    [failed] = [one for one in children if one.status == "failed"]
    assert [event.kind for event in await rig.ringline.runs.history(failed.id)].count("retried") == 1


async def test_what_a_failure_took_back_is_sent_when_the_run_is_tried_again(rig: Any) -> None:
    """The second message waits for its sender when another branch fails."""
    senders, account = rig.ringline.outbox.senders, rig.simulator.account_sid
    await senders.pause(account, OTHER)
    run = await rig.start(
        [
            sms("first", ANN, next_steps=["$steps.inner"]),
            sms("second", BOB, **{"from": OTHER}),
            {"type": "flow/subflow@v1", "name": "inner", "workflow": "greet"},
        ]
    )
    assert (await rig.ended(run)).status == "failed"
    assert sorted(message.stage for message in await rig.ringline.messages.list()) == ["accepted", "canceled"]

    await rig.ringline.workflows.register(workflow(), name="greet")
    await rig.ringline.runs.retry(run)
    await rig.waiting(run)
    await senders.resume(account, OTHER)
    got = await rig.outputs(run)

    assert (got["first"]["outcome"], got["second"]["outcome"]) == ("sent", "sent")
    assert not (await rig.ringline.runs.get(run)).has_failures
    sent = sorted((message.to, message.stage) for message in await rig.ringline.messages.list())
    assert sent == [(ANN, "accepted"), (BOB, "accepted"), (BOB, "canceled")]


async def test_a_message_that_waits_is_taken_back_when_its_run_goes_back_over_it(rig: Any) -> None:
    senders, account = rig.ringline.outbox.senders, rig.simulator.account_sid
    await senders.pause(account, OTHER)
    run = await rig.start(
        [
            sms("begin", BOB, next_steps=["$steps.say", "$steps.ask"]),
            sms("say", ANN, **{"from": OTHER}),
            {
                "type": "twilio/wait_for_reply@v1",
                "name": "ask",
                "after": "$steps.begin",
                "wait_for": "1h",
                "outcomes": {"timeout": ["$steps.begin"], "reply": "end", "no_match": "end"},
            },
        ]
    )

    async def asks() -> bool:
        return (await rig.ringline.runs.get(run)).due_at is not None

    await rig.until(asks)
    rig.clock.step(3601)
    await rig.accepted(2)
    await senders.resume(account, OTHER)
    await rig.accepted(3)

    to_ann = [message.stage for message in await rig.ringline.messages.list() if message.to == ANN]
    assert sorted(to_ann) == ["accepted", "canceled"]
