"""`flow/escalate@v1` in durable runs, on each database."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ringline.app import block_registry
from ringline.workflow import check_definition

OURS = "+15550001111"
ANN, BOB, CAT = "+14155550101", "+14155550102", "+14155550103"


def escalation(**fields: Any) -> dict[str, Any]:
    return {
        "type": "flow/escalate@v1",
        "name": "alert",
        "contacts": [ANN, BOB],
        "message": "Fire in hall 3",
        "wait_for": "5m",
        "from": OURS,
        **fields,
    }


async def bodies(rig: Any, count: int) -> list[tuple[str, str]]:
    return [(message.to, message.body) for message in await rig.accepted(count)]


async def settled(rig: Any, run_id: str, alerts: int) -> None:
    """Return when so many alerts are out and the run knows it."""
    await rig.accepted(alerts)

    async def look() -> bool:
        history = await rig.ringline.runs.history(run_id)
        heard = [event for event in history if str(event.details.get("by")).startswith("message/")]
        return len(heard) >= alerts

    await rig.until(look)
    await rig.waiting(run_id)


async def test_the_first_to_reply_has_it(rig: Any) -> None:
    run = await rig.start([escalation()])
    assert await bodies(rig, 1) == [(ANN, "Fire in hall 3")]
    await rig.waiting(run)

    await rig.says(ANN, "Ack, on my way")

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"], got["level"], got["how"]) == ("acknowledged", ANN, 1, "reply")
    assert (got["answer"], got["error"]) == ("Ack, on my way", None)
    assert len(await rig.ringline.messages.list()) == 1


async def test_nobody_answers_so_the_next_level_is_alerted_until_there_is_none(rig: Any) -> None:
    run = await rig.start([escalation(contacts=[ANN, {"to": [BOB, CAT], "wait_for": "10m", "message": "Still: fire"}])])
    await settled(rig, run, 1)

    rig.clock.step(299)
    assert len(await rig.accepted(1)) == 1
    rig.clock.step(2)
    assert await bodies(rig, 3) == [(ANN, "Fire in hall 3"), (BOB, "Still: fire"), (CAT, "Still: fire")]
    await settled(rig, run, 3)
    rig.clock.step(601)

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"]) == ("exhausted", None)
    assert got["error"]["message"] == "Nobody acknowledged: 2 levels, 3 alerts."
    assert [(alert["to"], alert["level"]) for alert in got["alerts"]] == [(ANN, 1), (BOB, 2), (CAT, 2)]
    assert (await rig.ringline.runs.get(run)).has_failures


async def test_a_level_is_alerted_again_as_often_as_it_says_and_all_levels_in_rounds(rig: Any) -> None:
    run = await rig.start([escalation(contacts=[{"to": ANN, "repeat": 1}, BOB], rounds=2, message="L{{level}}")])
    for count in range(1, 7):
        await settled(rig, run, count)
        rig.clock.step(301)

    got = (await rig.outputs(run))["alert"]
    assert got["outcome"] == "exhausted"
    assert await bodies(rig, 6) == [(ANN, "L1"), (ANN, "L1"), (BOB, "L2")] * 2


async def test_somebody_of_an_earlier_level_may_still_acknowledge(rig: Any) -> None:
    run = await rig.start(
        [escalation(notice="{{acknowledged_by}} has it.", contacts=[{"to": ANN, "name": "Ann"}, BOB])]
    )
    await settled(rig, run, 1)
    rig.clock.step(301)
    await settled(rig, run, 2)

    await rig.says(ANN, "YES")

    got = (await rig.outputs(run))["alert"]
    assert (got["acknowledged_by"], got["name"], got["level"]) == (ANN, "Ann", 1)
    assert (await bodies(rig, 3))[2] == (BOB, "Ann has it.")


async def test_other_words_change_nothing(rig: Any) -> None:
    run = await rig.start([escalation(acknowledge={"reply": ["MINE"]})])
    await settled(rig, run, 1)

    received = await rig.says(ANN, "Who is this?")
    await rig.says(ANN, "yes")
    await rig.waiting(run)
    await rig.says(BOB, "mine")
    assert (await rig.waiting(run)).status == "waiting"
    assert received.message is not None
    await rig.says(ANN, "mine!")

    assert (await rig.outputs(run))["alert"]["answer"] == "mine!"


async def test_any_reply_may_count(rig: Any) -> None:
    run = await rig.start([escalation(acknowledge={"reply": "any"})])
    await settled(rig, run, 1)

    await rig.says(ANN, "Who is this?")

    assert (await rig.outputs(run))["alert"]["answer"] == "Who is this?"


@pytest.mark.parametrize("how", ["no number", "opted out", "refused by Twilio"])
async def test_an_alert_that_does_not_go_out_is_no_reason_to_wait(rig: Any, how: str) -> None:
    first = {"no number": "0199 12", "opted out": ANN, "refused by Twilio": "+15005550001"}[how]
    if how == "opted out":
        await rig.says(ANN, "STOP")
    run = await rig.start([escalation(contacts=[first, BOB])])

    async def bob_is_alerted() -> bool:
        return any(message.to == BOB and message.sid for message in await rig.ringline.messages.list())

    await rig.until(bob_is_alerted)
    await rig.waiting(run)
    await rig.says(BOB, "ok")

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"], got["level"]) == ("acknowledged", BOB, 2)
    assert got["alerts"][0]["status"] not in ("pending", "queued", "sent")


async def test_when_no_alert_goes_out_it_has_failed(rig: Any) -> None:
    run = await rig.start([escalation(contacts=["+15005550001", "12"])])

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["error"]["code"]) == ("failed", "nobody_reached")
    assert got["error"]["message"] == "None of the 2 alerts could be sent."


async def test_a_link_acknowledges_once_and_looking_at_it_does_not(rig: Any) -> None:
    run = await rig.start([escalation(message="Fire! {{ack_link}}", contacts=[[ANN, BOB]])])
    await settled(rig, run, 2)
    tokens = [re.search(r"/a/([\w-]{22})$", body)[1] for _, body in await bodies(rig, 2)]  # type: ignore[index]
    assert len(set(tokens)) == 2
    board = rig.ringline.acknowledgements

    for _ in range(3):
        assert (await board.look(tokens[0])).state == "open"
    assert (await rig.waiting(run)).status == "waiting"
    pressed = await board.press(tokens[0])
    again = await board.press(tokens[0])
    late = await board.press(tokens[1])

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"], got["how"]) == ("acknowledged", ANN, "link")
    assert (pressed.was_recorded, again.was_recorded, late.was_recorded) == (True, False, False)
    assert (again.state, again.is_mine, late.taken_by, late.is_mine) == ("over", True, "•••0101", False)
    await board.press(tokens[1])
    assert [(one["by"], one["how"]) for one in await board.late(got["escalation_id"])][-1] == (BOB, "link")


async def test_a_late_reply_is_answered_politely_and_recorded(rig: Any) -> None:
    run = await rig.start([escalation(contacts=[[{"to": ANN, "name": "Ann"}, BOB]])])
    await settled(rig, run, 2)
    await rig.says(ANN, "ack")
    got = (await rig.outputs(run))["alert"]

    received = await rig.says(BOB, "ack")
    other = await rig.says(BOB, "what is for lunch?")

    assert (await bodies(rig, 3))[2] == (BOB, "Thank you, Ann has this one already.")
    assert [one["by"] for one in await rig.ringline.acknowledgements.late(got["escalation_id"])] == [BOB]
    assert received.message is not None
    assert other.message is not None
    assert len(await rig.ringline.messages.list()) == 3


async def test_on_acknowledgement_what_is_not_sent_yet_stays_here(rig: Any) -> None:
    run = await rig.start([escalation(contacts=[[ANN, BOB]])])
    await settled(rig, run, 2)
    held = await rig.ringline.messages.send(to=CAT, from_=OURS, body="later", send_at=rig.clock.now().replace(hour=20))
    await rig.says(ANN, "ack")
    await rig.outputs(run)

    assert (await rig.ringline.messages.get(held.id)).stage == "held"


async def test_what_is_acknowledged_must_be_resolved_in_time(rig: Any) -> None:
    run = await rig.start([escalation(resolve_within="30m")])
    await settled(rig, run, 1)
    await rig.says(ANN, "ack")
    await rig.waiting(run)
    rig.clock.step(1700)
    assert len(await rig.accepted(1)) == 1

    rig.clock.step(101)
    assert (await bodies(rig, 2))[1][0] == BOB
    await settled(rig, run, 2)
    await rig.says(BOB, "ack")
    await rig.waiting(run)
    await rig.says(BOB, "DONE")

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"], got["level"]) == ("acknowledged", BOB, 2)
    assert got["resolved_at"] is not None


async def test_acknowledged_and_never_resolved_ends_exhausted(rig: Any) -> None:
    run = await rig.start([escalation(resolve_within="30m", contacts=[ANN])])
    await settled(rig, run, 1)
    await rig.says(ANN, "ack")
    await rig.waiting(run)
    rig.clock.step(1801)

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"]) == ("exhausted", None)


async def test_links_resolve_what_they_acknowledged(rig: Any) -> None:
    run = await rig.start([escalation(resolve_within="30m", acknowledge={"reply": False, "link": True})])
    await settled(rig, run, 1)
    [(_, body)] = await bodies(rig, 1)
    assert body.startswith("Fire in hall 3\nhttps://ring.example.com/a/")
    token = body.rpartition("/")[2]
    board = rig.ringline.acknowledgements

    first = await board.press(token)

    async def is_acknowledged() -> bool:
        return (await board.look(token)).taken_at is not None

    await rig.until(is_acknowledged)
    await rig.waiting(run)
    second = await board.press(token)

    got = (await rig.outputs(run))["alert"]
    assert (first.state, second.state) == ("acknowledged", "over")
    assert got["resolved_at"] is not None
    assert (await board.look(token)).state == "over"


async def test_a_cancelled_run_leaves_links_that_say_so(rig: Any) -> None:
    run = await rig.start([escalation(message="Fire! {{ack_link}}")])
    await settled(rig, run, 1)
    token = (await bodies(rig, 1))[0][1].rpartition("/")[2]

    await rig.ringline.runs.cancel(run)
    click = await rig.ringline.acknowledgements.press(token)

    assert (click.state, click.was_recorded, click.is_exhausted) == ("over", False, True)


async def test_contacts_may_come_from_the_run(rig: Any) -> None:
    contacts = [{"to": "{{boss}}", "name": "Boss"}, {"to": ["{{ann}}"], "wait_for": "{{minutes}}m"}]
    run = await rig.start([escalation(contacts=contacts)], inputs={"boss": BOB, "ann": ANN, "minutes": 7})
    await settled(rig, run, 1)
    other = await rig.start([escalation(contacts="$inputs.people")], inputs={"people": [{"to": CAT}]})
    await settled(rig, other, 1)

    assert [to for to, _ in await bodies(rig, 2)] == [BOB, CAT]


async def test_a_level_that_cannot_be_fails_the_step_by_name(rig: Any) -> None:
    run = await rig.start(
        [escalation(contacts="$inputs.people")], inputs={"people": [ANN, {"to": BOB, "channel": "pager"}]}
    )

    ended = await rig.ended(run)
    assert ended.status == "failed"
    assert "Level 2 of `contacts` names the channel `pager`" in ended.error.message
    assert await rig.ringline.messages.list() == []


@pytest.mark.parametrize("contacts", [["$inputs.boss", BOB], [{"to": "$inputs.boss"}], [[ANN, {"to": "$inputs.boss"}]]])
def test_a_selector_inside_the_contacts_is_an_error(contacts: Any) -> None:
    """It would be taken for a number, and that level passed over without a word."""
    written = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowParameter", "name": "boss"}],
        "steps": [escalation(contacts=contacts)],
        "outputs": [],
    }
    faults = [(fault.severity, fault.message, fault.fix) for fault in check_definition(written, block_registry())]
    assert (
        "error",
        "`$inputs.boss` inside `contacts` is not filled in, so nobody would be alerted there.",
        "Write `{{boss}}`.",
    ) in faults
