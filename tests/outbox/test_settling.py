"""What becomes of a message whose answer never came: T13 to T17, on what Twilio's list shows or lacks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest

from outbox.send_path import Path
from outbox.settled import GAP, HORIZON, NUMBER, PHONE, TEXT, Scene
from ringline.clock import VirtualClock
from ringline.simulator import Simulator
from ringline.simulator.faults import Faults
from ringline.simulator.world import CONTENT_SID, MESSAGING_SERVICE_SID


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


@pytest.fixture
def scene(path: Path, simulator: Simulator) -> Scene:
    return Scene(path, simulator)


Spoil = Callable[[Faults], Any]
LOST: dict[str, Spoil] = {
    "201 lost": lambda faults: faults.drop_connection(accept=True),
    "201 garbled": lambda faults: faults.garble(),
    "5xx, accepted": lambda faults: faults.server_error(accept=True),
    "503, accepted": lambda faults: faults.server_error(503, accept=True),
    "executed below H": lambda faults: faults.execute_late(20),
}
NOT_ACCEPTED: dict[str, Spoil] = {
    "reset, not accepted": lambda faults: faults.drop_connection(),
    "5xx, not accepted": lambda faults: faults.server_error(),
}


@pytest.mark.parametrize("spoil", LOST.values(), ids=LOST)
async def test_what_twilio_has_is_found_in_its_list_and_not_sent_again(scene: Scene, spoil: Spoil) -> None:
    spoil(scene.simulator.faults)
    row = await scene.send()
    assert row.stage == "unknown"
    await scene.pass_time(HORIZON + GAP + 20)
    row = await scene.get(row)
    (message,) = scene.at_twilio
    assert (row.stage, row.sid, row.attempt_no, row.confirmed) == ("accepted", message.sid, 1, False)
    assert row.status == message.status
    (attempt,) = await scene.outbox.attempts(row.id)
    assert (attempt["outcome"], attempt["bound_by"]) == ("accepted", "list")


async def test_a_match_is_believed_at_the_first_look(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(4)
    assert (await scene.get(row)).stage == "unknown"
    await scene.pass_time(1)
    assert (await scene.get(row)).stage == "accepted"


@pytest.mark.parametrize("spoil", NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
async def test_what_twilio_lacks_after_the_horizon_is_sent_again(scene: Scene, spoil: Spoil) -> None:
    spoil(scene.simulator.faults)
    row = await scene.send()
    await scene.pass_time(HORIZON + GAP - 5)
    assert (await scene.get(row)).stage == "unknown", "absence was believed before the second read"
    assert scene.at_twilio == []
    await scene.pass_time(5)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no, row.unknowns) == ("accepted", 2, 1)
    assert await scene.outcomes(row) == ["disproved", "accepted"]
    assert len(scene.at_twilio) == 1


async def test_two_unanswered_attempts_are_enough(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(times=None)
    row = await scene.send()
    await scene.pass_time(2 * (HORIZON + GAP) + 20)
    row = await scene.get(row)
    assert (row.stage, row.status, row.attempt_no) == ("unresolved", "unresolved", 2)
    assert await scene.outcomes(row) == ["disproved", "disproved"]
    assert (await scene.notes(row))[-1] == {
        "pages": 1,
        "complete": True,
        "listed": 0,
        "strong": [],
        "early": [],
        "weak": [],
        "owed": 0,
    }


async def test_what_others_sent_before_is_not_taken_for_ours(scene: Scene) -> None:
    foreign = await scene.foreign()
    await scene.pass_time(45)
    scene.simulator.faults.drop_connection()
    row = await scene.send()
    await scene.pass_time(HORIZON + GAP + 20)
    row = await scene.get(row)
    assert (row.stage, row.sid) == ("unknown", None), "nobody knows yet whose it is"
    assert (await scene.notes(row))[0]["early"] == [foreign]
    await scene.pass_time(1_900, step=50)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no, len(scene.at_twilio)) == ("unresolved", 1, 1)


async def test_ours_is_told_from_what_others_sent_before(scene: Scene) -> None:
    foreign = await scene.foreign()
    await scene.pass_time(45)
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(20)
    row = await scene.get(row)
    assert row.stage == "accepted"
    assert row.sid != foreign


async def test_a_strict_message_is_never_sent_again(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send(purpose="marketing")
    await scene.pass_time(HORIZON + GAP + 20)
    row = await scene.get(row)
    assert (row.policy, row.stage, row.attempt_no) == ("strict", "unresolved", 1)
    assert scene.at_twilio == []


async def test_an_urgent_message_is_sent_again_after_twenty_seconds(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send(purpose="emergency")
    await scene.pass_time(15)
    assert (await scene.get(row)).attempt_no == 1
    await scene.pass_time(5)
    row = await scene.get(row)
    assert (row.policy, row.stage, row.attempt_no) == ("urgent", "accepted", 2)
    assert await scene.outcomes(row) == ["superseded", "accepted"]


async def test_an_urgent_message_goes_out_three_times_at_most(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True, times=None)
    scene.simulator.carrier.listed_after = 10_000
    row = await scene.send(purpose="emergency")
    await scene.pass_time(400)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 3)
    assert await scene.outcomes(row) == ["superseded", "superseded", "abandoned"]
    assert len(scene.at_twilio) == 3


async def test_an_urgent_message_that_is_listed_in_time_goes_once(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send(purpose="emergency")
    await scene.pass_time(60)
    assert (await scene.get(row)).stage == "accepted"
    assert len(scene.at_twilio) == 1


async def test_an_execution_above_the_horizon_makes_a_copy_and_is_noticed(scene: Scene) -> None:
    # The assumption is broken, so the message goes twice; the late one's token says so.
    scene.simulator.faults.execute_late(HORIZON + GAP + 60)
    row = await scene.send()
    await scene.pass_time(HORIZON + GAP + 80)
    first = {message.sid for message in scene.at_twilio} - {(await scene.get(row)).sid}
    assert len(first) == 1
    row = await scene.report(row, "delivered", first.pop())
    assert (row.stage, row.duplicate) == ("accepted", True)


async def test_a_late_list_below_the_horizon_is_waited_for(scene: Scene) -> None:
    scene.simulator.carrier.listed_after = 80
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(HORIZON + GAP + 5)
    assert (await scene.get(row)).stage == "accepted"
    assert len(scene.at_twilio) == 1


async def test_a_list_that_cannot_be_read_settles_nothing_until_it_can(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    scene.simulator.faults.server_error(503, operation="list", times=None)
    row = await scene.send()
    await scene.pass_time(600, step=20)
    assert (await scene.get(row)).stage == "unknown"
    (note,) = await scene.notes(row)
    assert "503" in note["problem"] or "refused to list" in note["problem"]
    scene.simulator.faults.clear()
    await scene.pass_time(60)
    assert (await scene.get(row)).stage == "accepted"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda faults: faults.server_error(operation="list", times=None), id="5xx"),
        pytest.param(lambda faults: faults.garble(operation="list", times=None), id="cut in half"),
        pytest.param(lambda faults: faults.reject(20003, operation="list", times=None), id="403"),
    ],
)
async def test_without_a_usable_list_a_person_decides_after_half_an_hour(scene: Scene, spoil: Spoil) -> None:
    scene.simulator.faults.drop_connection()
    spoil(scene.simulator.faults)
    row = await scene.send()
    await scene.pass_time(1_780, step=20)
    assert (await scene.get(row)).stage == "unknown"
    await scene.pass_time(30)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 1)
    assert await scene.outcomes(row) == ["abandoned"]


async def test_a_throttled_list_pauses_the_account(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    scene.simulator.faults.throttle(operation="list", retry_after=40)
    row = await scene.send()
    await scene.pass_time(5)
    asked = (await scene.outbox.attempts(row.id))[0]["checks"]
    assert asked == 1
    await scene.pass_time(35)
    assert (await scene.outbox.attempts(row.id))[0]["checks"] == asked, "Twilio asked for less and was asked again"
    await scene.pass_time(10)
    assert (await scene.get(row)).stage == "accepted"


async def test_a_list_of_many_pages_is_followed(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator, list_page=2)
    simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    for number in range(7):
        path.clock.step(1)
        await scene.foreign(f"something else {number}")
    await scene.pass_time(10)
    assert (await scene.get(row)).stage == "accepted"
    assert (await scene.notes(row))[0]["pages"] >= 4


async def test_a_list_of_too_many_pages_proves_no_absence(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator, list_page=2, list_pages=3)
    simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    for number in range(10):
        path.clock.step(1)
        await scene.foreign(f"something else {number}")
    await scene.pass_time(HORIZON + GAP + 60)
    assert (await scene.get(row)).stage == "unknown"
    assert (await scene.notes(row))[0]["complete"] is False
    await scene.pass_time(1_800, step=30)
    assert (await scene.get(row)).stage == "unresolved"


async def test_older_pages_are_left_unread(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator, list_page=2, list_pages=3)
    for number in range(10):
        await scene.foreign(f"long ago {number}")
    path.clock.step(3600)
    simulator.faults.drop_connection()
    row = await scene.send()
    await scene.pass_time(HORIZON + GAP + 5)
    assert (await scene.get(row)).attempt_no == 2
    note = (await scene.notes(row))[0]
    assert (note["pages"], note["complete"]) == (1, True)


async def test_a_list_without_senders_still_settles(scene: Scene) -> None:
    scene.simulator.faults.hide("from", times=None)
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(5)
    assert (await scene.get(row)).stage == "accepted"


async def test_a_text_from_another_number_is_not_ours(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send()
    await scene.foreign(from_="+14155550009")
    await scene.pass_time(HORIZON + GAP + 5)
    assert (await scene.get(row)).attempt_no == 2


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_twilios_clock_may_be_off(path: Path, minutes: int) -> None:
    theirs = VirtualClock(path.clock.now() + timedelta(minutes=minutes))
    async with Simulator(clock=theirs, any_sender=True) as simulator:
        scene = Scene(path, simulator)
        await scene.foreign()
        path.clock.step(600)
        theirs.step(600)
        simulator.faults.drop_connection(accept=True)
        row = await scene.send()
        await scene.pass_time(5)
        row = await scene.get(row)
        old, new = scene.at_twilio
        assert (row.stage, row.sid) == ("accepted", new.sid), f"the older one is {old.sid}"


TEXTS = {
    "smart quotes": ("“Ready” – it’s 9 o’clock…", {"options": {"smart_encoded": True}}),
    "shortened link": (
        "Your order: https://shop.example/orders/123456789?token=abcdef",
        {"options": {"shorten_urls": True}, "service": MESSAGING_SERVICE_SID, "sender": None},
    ),
    "blanks": ("  Your  table\n is ready  now, come in. ", {}),
    "by a service": (TEXT, {"service": MESSAGING_SERVICE_SID, "sender": None}),
}


@pytest.mark.parametrize(("text", "more"), TEXTS.values(), ids=TEXTS)
async def test_what_twilio_does_to_a_text_hides_no_match(scene: Scene, text: str, more: dict[str, Any]) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send(text, **more)
    await scene.pass_time(10)
    assert (await scene.get(row)).stage == "accepted"
    assert len(scene.at_twilio) == 1


async def test_the_words_of_a_trial_account_hide_no_match(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator)
    simulator.account().kind = "trial"
    simulator.account().verified_recipients = [PHONE]
    simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    (message,) = scene.at_twilio
    assert message.body != TEXT
    await scene.pass_time(5)
    assert (await scene.get(row)).stage == "accepted"


async def test_a_redacted_text_is_for_a_person_to_judge(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    (message,) = scene.at_twilio
    scene.simulator.call(lambda: setattr(message, "body", ""))
    await scene.pass_time(HORIZON + GAP + 60, step=10)
    assert (await scene.get(row)).stage == "unknown", "an unreadable text was taken for the absence of ours"
    await scene.pass_time(1_800, step=30)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 1)
    assert (await scene.notes(row))[0]["weak"] == [message.sid]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"text": None, "content_sid": CONTENT_SID}, id="template"),
        pytest.param({"options": {"content_retention": "discard"}}, id="text not kept"),
    ],
)
async def test_a_text_that_cannot_be_recognised_is_for_a_person_to_judge(scene: Scene, changes: dict[str, Any]) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send(**changes)
    await scene.pass_time(1_900, step=20)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 1)
    assert len((await scene.notes(row))[0]["weak"]) == 1


async def test_a_template_that_twilio_lacks_is_sent_again(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send(None, content_sid=CONTENT_SID)
    await scene.pass_time(HORIZON + GAP + 5)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 2)


async def test_a_template_waits_while_a_text_to_the_same_person_is_undecided(scene: Scene) -> None:
    scene.simulator.faults.server_error(times=2)
    text = await scene.send()
    await scene.pass_time(30)
    template = await scene.send(None, content_sid=CONTENT_SID)
    await scene.pass_time(60)
    assert (await scene.notes(template))[0].get("postponed") is True
    await scene.pass_time(200)
    rows = [await scene.get(row) for row in (text, template)]
    assert [(row.stage, row.attempt_no) for row in rows] == [("accepted", 2), ("accepted", 2)]


async def test_with_a_hidden_address_the_list_says_nothing(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send(options={"address_retention": "obfuscate"})
    await scene.pass_time(HORIZON + GAP + 60)
    assert (await scene.get(row)).stage == "unknown"
    (note,) = await scene.notes(row)
    assert "hidden" in note["problem"]
    await scene.pass_time(1_800, step=30)
    assert (await scene.get(row)).stage == "unresolved"
    assert len(scene.at_twilio) == 1


async def test_of_five_identical_texts_two_are_lost_and_each_arrives_once(scene: Scene) -> None:
    rows = [await scene.outbox.enqueue(scene.new()) for _ in range(5)]
    faults = scene.simulator.faults
    await scene.send("another text, so that the sender is known", to="+14155550199")
    faults.drop_connection(accept=True)
    await scene.pass_time(30, step=2)
    faults.drop_connection(accept=False)
    await scene.pass_time(400, step=2)
    rows = [await scene.get(row) for row in rows]
    assert {row.stage for row in rows} == {"accepted"}
    sids = [message.sid for message in scene.at_twilio if message.body == TEXT]
    assert len(sids) == 5
    assert sorted(sids) == sorted(row.sid or "" for row in rows)


async def test_a_message_deleted_at_twilio_is_sent_again_at_most_once(scene: Scene) -> None:
    # Nobody is to delete meanwhile; who does gets a second message, and no third.
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(1)
    (message,) = scene.at_twilio
    await scene.client.delete_message(message.sid)
    await scene.pass_time(2 * (HORIZON + GAP) + 20)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 2)


async def test_what_twilio_said_it_took_is_never_sent_again(scene: Scene) -> None:
    scene.simulator.faults.garble()
    scene.simulator.carrier.listed_after = 10_000
    row = await scene.send()
    assert (await scene.outbox.attempts(row.id))[0]["never_resend"] == 1
    await scene.pass_time(1_900, step=20)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 1)
    assert len(scene.at_twilio) == 1


async def test_an_opt_out_while_it_is_unknown_leaves_no_second_attempt(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send()
    await scene.path.database.write(
        lambda tx: scene.outbox.stops.opt_out_in(
            tx, account_id=row.account_id, channel="sms", recipient=PHONE, source="reply", sender=NUMBER
        )
    )
    await scene.pass_time(HORIZON + GAP + 20)
    row = await scene.get(row)
    assert (row.stage, row.refusal_reason, row.attempt_no) == ("refused", "opted_out", 1)
    assert scene.at_twilio == []


@pytest.mark.parametrize("is_accepted", [True, False])
async def test_a_cancel_while_it_is_unknown(scene: Scene, is_accepted: bool) -> None:
    scene.simulator.carrier.sending_after = 10_000
    scene.simulator.faults.drop_connection(accept=is_accepted)
    row = await scene.send()
    await scene.outbox.cancel(row.id)
    await scene.pass_time(HORIZON + GAP + 20)
    row = await scene.get(row)
    assert row.attempt_no == 1
    if is_accepted:
        assert (row.stage, row.status, row.cancel_outcome) == ("accepted", "canceled", "canceled")
    else:
        assert (row.stage, row.cancel_outcome) == ("canceled", "before_sending")
        assert scene.at_twilio == []


async def test_ages_are_not_believed_after_the_clock_was_set(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send()
    await scene.work()
    scene.path.clock.set_wall_time(scene.path.clock.now() + timedelta(hours=1))
    await scene.pass_time(60)
    assert (await scene.get(row)).stage == "unknown", "an hour that never passed was taken for the horizon"
    await scene.pass_time(120)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 2)


async def test_the_job_alone_settles_and_a_lost_one_is_healed(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator)
    simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    path.clock.step(5)
    await scene.outbox.sweep()  # Its job is never run.
    path.clock.step(31)
    async with path.working(scene.outbox):
        await scene.outbox.wait(row.id, 10)
        assert (await scene.get(row)).stage == "accepted"


async def test_what_a_given_up_twin_may_own_is_not_taken(scene: Scene) -> None:
    """One is given up without a list, and its message turns up while a twin is sought that Twilio never had."""
    faults = scene.simulator.faults
    faults.drop_connection(accept=True)
    faults.server_error(operation="list", times=None)
    first = await scene.send()
    await scene.pass_time(1_830, step=30)
    assert (await scene.get(first)).stage == "unresolved"
    faults.clear()
    (of_first,) = scene.at_twilio
    scene.simulator.call(lambda: setattr(of_first, "created", scene.path.clock.time()))
    faults.drop_connection(accept=False)
    second = await scene.send()
    await scene.pass_time(HORIZON + GAP + 30)
    assert (await scene.get(second)).stage == "unknown", "a message that may be another's was taken, or sent again"
    assert (await scene.notes(second))[0]["owed"] == 1
    await scene.pass_time(1_800, step=30)
    second = await scene.get(second)
    assert (second.stage, second.attempt_no) == ("unresolved", 1)
