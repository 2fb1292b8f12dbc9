"""Twilio's own word against what its list suggested: T10 to T12 and T22."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from outbox.send_path import Path
from outbox.settled import GAP, HORIZON, TEXT, Scene
from ringline.outbox.results import Result, record_results
from ringline.outbox.waking import Waker
from ringline.simulator import Simulator
from ringline.twilio.messages import PostResult


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


@pytest.fixture
def scene(path: Path, simulator: Simulator) -> Scene:
    return Scene(path, simulator, is_called=True)


@pytest.mark.parametrize("after", [0, 60, 7 * 86_400])
async def test_a_token_settles_an_unknown_attempt_whenever_it_comes(scene: Scene, after: float) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    scene.simulator.carrier.listed_after = 10 * 86_400
    scene.simulator.faults.server_error(operation="list", times=None)
    row = await scene.send()
    await scene.pass_time(after, step=max(10.0, after / 10))
    (message,) = scene.at_twilio
    row = await scene.report(row, "delivered", message.sid)
    assert (row.stage, row.sid, row.confirmed, row.duplicate) == ("accepted", message.sid, True, False)
    assert await scene.outcomes(row) == ["accepted"]


async def test_without_any_report_the_list_is_enough(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(1_200, step=20)
    row = await scene.get(row)
    assert (row.stage, row.confirmed) == ("accepted", False), "a silent account took a found message away again"


async def test_the_token_of_an_earlier_attempt_stops_the_second(scene: Scene) -> None:
    """The list said no, the row is about to be written again, and the report is here first."""
    scene.simulator.faults.drop_connection(accept=True)
    scene.simulator.carrier.listed_after = 10_000
    row = await scene.send()
    scene.senders.clear()
    await scene.pass_time(HORIZON + GAP + 5)
    assert (await scene.get(row)).stage == "ready"
    (message,) = scene.at_twilio
    row = await scene.report(row, "sent", message.sid, attempt=1)
    assert (row.stage, row.sid) == ("accepted", message.sid)
    await scene.outbox.drain(row.sender_id or "")
    assert len(scene.at_twilio) == 1
    assert await scene.outcomes(row) == ["accepted"]


async def test_the_old_attempts_token_after_the_second_was_accepted_tells_of_a_copy(scene: Scene) -> None:
    scene.simulator.carrier.sending_after = 10_000
    scene.simulator.faults.drop_connection(accept=True)
    scene.simulator.carrier.listed_after = 10_000
    row = await scene.send()
    (first,) = scene.at_twilio
    await scene.pass_time(HORIZON + GAP + 5)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 2)
    second = row.sid
    row = await scene.report(row, "queued", first.sid, attempt=1)
    assert (row.duplicate, row.sid) == (True, second)
    await scene.work()
    statuses = {message.sid: message.status for message in scene.at_twilio}
    assert statuses == {first.sid: "canceled", second: "queued"}, "the copy was not stopped"


async def test_two_messages_of_one_request_raise_the_alarm(scene: Scene) -> None:
    scene.simulator.faults.accept_twice()
    row = await scene.send()
    other = next(message for message in scene.at_twilio if message.sid != row.sid)
    row = await scene.report(row, "sent", other.sid, attempt=1)
    assert row.duplicate
    assert row.sid != other.sid


async def test_a_foreign_twin_is_taken_for_ours_and_noticed_when_it_never_reports(scene: Scene) -> None:
    scene.simulator.faults.drop_connection()
    row = await scene.send()
    foreign = await scene.foreign()
    await scene.pass_time(10)
    row = await scene.get(row)
    assert (row.stage, row.sid, row.confirmed) == ("accepted", foreign, False)
    await scene.pass_time(60)
    # Others report all the while, this one does not.
    other = await scene.send("something else")
    for _ in range(20):
        await scene.report(other, "delivered", other.sid or "")
        await scene.pass_time(60, step=30)
    row = await scene.get(row)
    assert (row.stage, row.sid) == ("unresolved", None)
    assert (await scene.notes(row))[0]["released"] == foreign


async def test_a_found_message_that_reports_itself_stays(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    await scene.pass_time(10)
    row = await scene.get(row)
    row = await scene.report(row, "delivered", row.sid or "")
    assert row.confirmed
    other = await scene.send("something else")
    for _ in range(20):
        await scene.report(other, "delivered", other.sid or "")
        await scene.pass_time(60, step=30)
    assert (await scene.get(row)).stage == "accepted"


async def test_a_token_gives_back_what_the_list_gave_to_a_twin(path: Path, simulator: Simulator) -> None:
    """The first attempt's message is listed late, after the twin's; then its own report comes."""
    # With dates that are trusted more, the twin would not have been given what is older than itself.
    scene = Scene(path, simulator, is_called=True, list_drift=120.0)
    faults = scene.simulator.faults
    faults.drop_connection(accept=True)
    scene.simulator.carrier.listed_after = 150
    first = await scene.send()
    (of_first,) = scene.at_twilio
    await scene.pass_time(HORIZON + GAP + 3, step=1)
    first = await scene.get(first)
    assert first.attempt_no == 2
    scene.simulator.carrier.listed_after = 0
    faults.drop_connection(accept=False)
    second = await scene.send()
    await scene.pass_time(95)
    second = await scene.get(second)
    assert (second.stage, second.sid) == ("accepted", of_first.sid)
    first = await scene.report(first, "delivered", of_first.sid, attempt=1)
    assert first.duplicate, "Twilio made two for the first row"
    second = await scene.get(second)
    assert (second.stage, second.sid, await scene.outcomes(second)) == ("unknown", None, ["unknown"])
    await scene.pass_time(HORIZON + GAP + 20)
    second = await scene.get(second)
    assert (second.stage, second.attempt_no) == ("accepted", 2)
    assert len({first.sid, second.sid, of_first.sid}) == 3


async def test_a_late_answer_gives_back_what_the_list_gave_to_a_twin(scene: Scene) -> None:
    faults = scene.simulator.faults
    faults.drop_connection(accept=True)
    faults.server_error(operation="list", times=None)
    first = await scene.send()
    (of_first,) = scene.at_twilio
    await scene.pass_time(1_830, step=30)
    assert (await scene.get(first)).stage == "unresolved"
    faults.clear()
    scene.simulator.call(lambda: setattr(of_first, "created", scene.path.clock.time()))
    scene.path.clock.step(2)
    await scene.foreign()
    faults.drop_connection(accept=False)
    second = await scene.send()
    await scene.pass_time(15)
    second = await scene.get(second)
    assert (second.stage, second.sid) == ("accepted", of_first.sid)
    outcome = Result(first.id, 1, first.account_id, PostResult("accepted", sid=of_first.sid, status="queued"))
    await scene.path.database.write(
        lambda tx: record_results(
            tx,
            [outcome],
            now=scene.path.clock.time(),
            settings=scene.settings,
            waker=Waker(scene.path.dispatcher),
            can_be_called=True,
        )
    )
    assert ((await scene.get(first)).stage, (await scene.get(first)).sid) == ("accepted", of_first.sid)
    assert (await scene.get(second)).stage == "unknown"


async def test_a_token_names_another_message_than_the_list_did(scene: Scene) -> None:
    scene.simulator.faults.execute_late(30)
    row = await scene.send()
    foreign = await scene.foreign()
    await scene.pass_time(10)
    assert (await scene.get(row)).sid == foreign
    await scene.pass_time(30)
    (ours,) = [message for message in scene.at_twilio if message.sid != foreign]
    row = await scene.report(row, "sent", ours.sid)
    assert (row.stage, row.sid, row.status, row.confirmed, row.duplicate) == ("accepted", ours.sid, "sent", True, False)


async def test_a_report_without_a_token_that_was_first_counts_when_the_list_binds_it(scene: Scene) -> None:
    scene.simulator.faults.drop_connection(accept=True)
    row = await scene.send()
    (message,) = scene.at_twilio
    await scene.report(row, "delivered", message.sid, attempt=None)
    await scene.pass_time(5)
    row = await scene.get(row)
    assert (row.stage, row.status) == ("accepted", "delivered")
    assert [event["source"] for event in await scene.outbox.events(row.id)].count("callback") == 1


async def test_a_waiting_report_says_whose_a_listed_message_is(scene: Scene) -> None:
    """It is stored and not applied yet: the list must not give its message to another."""
    faults = scene.simulator.faults
    faults.drop_connection(accept=True)
    faults.server_error(operation="list", times=None)
    first = await scene.send()
    (of_first,) = scene.at_twilio
    await scene.pass_time(1_830, step=30)
    faults.clear()
    scene.simulator.call(lambda: setattr(of_first, "created", scene.path.clock.time()))
    await scene.foreign("unrelated")
    faults.drop_connection(accept=False)
    second = await scene.send(TEXT)
    apply, scene.outbox.apply_callbacks = scene.outbox.apply_callbacks, _nothing  # type: ignore[method-assign]
    await scene.report(first, "sent", of_first.sid)
    await scene.pass_time(HORIZON + GAP + 5)
    scene.outbox.apply_callbacks = apply  # type: ignore[method-assign]
    second = await scene.get(second)
    assert (second.stage, second.attempt_no) == ("accepted", 2)
    assert second.sid != of_first.sid


async def _nothing(account_id: str) -> None:
    return None
