"""What a person does with messages that nobody else could settle (T24), and the quarantine after a restore."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from outbox.send_path import Path
from outbox.settled import GAP, HORIZON, NUMBER, PHONE, Scene
from ringline.database import Transaction
from ringline.errors import NotFoundError, RequestError
from ringline.outbox import MessageChange, OutboxRow
from ringline.simulator import Simulator


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


@pytest.fixture
def scene(path: Path, simulator: Simulator) -> Scene:
    return Scene(path, simulator)


async def unresolved(scene: Scene, text: str = "Where are you?", *, is_accepted: bool = False) -> OutboxRow:
    """One that Twilio never answered for, and whose list could not be read for half an hour."""
    scene.simulator.faults.drop_connection(accept=is_accepted)
    scene.simulator.faults.server_error(operation="list", times=None)
    row = await scene.send(text)
    await scene.pass_time(1_830, step=60)
    scene.simulator.faults.clear()
    row = await scene.get(row)
    assert row.stage == "unresolved"
    return row


async def test_those_that_wait_for_a_person_are_listed_until_they_are_settled(scene: Scene) -> None:
    rows = [await unresolved(scene, f"text {n}") for n in range(3)]
    settlements = scene.outbox.settlements
    assert [row.id for row in await settlements.waiting()] == [row.id for row in reversed(rows)]
    assert [row.id for row in await settlements.waiting(cursor=rows[2].id, limit=1)] == [rows[1].id]
    closed = await settlements.close(rows[0].id, actor="ada", note="he called")
    assert (closed.stage, closed.closed_at) == ("unresolved", scene.path.clock.time())
    assert [row.id for row in await settlements.waiting()] == [rows[2].id, rows[1].id]


async def test_a_sid_from_twilios_log_settles_it(scene: Scene) -> None:
    row = await unresolved(scene, is_accepted=True)
    (message,) = scene.at_twilio
    heard: list[MessageChange] = []

    def listen(tx: Transaction, changes: Sequence[MessageChange]) -> None:
        heard.extend(changes)

    scene.outbox.on_change.append(listen)
    row = await scene.outbox.settlements.bind(row.id, message.sid, actor="ada")
    assert (row.stage, row.sid, row.status, row.confirmed) == ("accepted", message.sid, message.status, True)
    assert [(change.was_stage, change.stage) for change in heard] == [("unresolved", "accepted")]
    found = await scene.outbox.settlements.evidence(row.id)
    assert [(attempt["outcome"], attempt["bound_by"]) for attempt in found.attempts] == [("accepted", "human")]
    assert [(entry["actor"], entry["action"], entry["sid"]) for entry in found.settlements] == [
        ("ada", "bound", message.sid)
    ]
    assert found.events


async def test_one_that_was_not_sent_is_sent_once_more(scene: Scene) -> None:
    row = await unresolved(scene)
    scene.path.clock.step(2 * 86_400)
    again = await scene.outbox.settlements.send_again(row.id, actor="ada")
    assert again.stage == "ready"
    await scene.pass_time(1)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 2)
    assert len(scene.at_twilio) == 1
    with pytest.raises(RequestError, match="is accepted, so there is nothing to settle"):
        await scene.outbox.settlements.send_again(row.id, actor="ada")


async def test_one_sent_again_in_vain_comes_back_to_the_person(scene: Scene) -> None:
    row = await unresolved(scene)
    await scene.outbox.settlements.send_again(row.id, actor="ada")
    scene.simulator.faults.drop_connection(times=None)
    await scene.pass_time(2 * (HORIZON + GAP) + 20)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("unresolved", 2)


async def test_whoever_opted_out_meanwhile_gets_nothing_again(scene: Scene) -> None:
    row = await unresolved(scene)
    await scene.path.database.write(
        lambda tx: scene.outbox.stops.opt_out_in(
            tx, account_id=row.account_id, channel="sms", recipient=PHONE, source="reply", sender=NUMBER
        )
    )
    await scene.outbox.settlements.send_again(row.id, actor="ada")
    await scene.pass_time(5)
    assert (await scene.get(row)).stage == "refused"
    assert scene.at_twilio == []


async def test_a_report_after_it_was_closed_still_counts(scene: Scene) -> None:
    row = await unresolved(scene, is_accepted=True)
    await scene.outbox.settlements.close(row.id, actor="ada")
    (message,) = scene.at_twilio
    row = await scene.report(row, "delivered", message.sid)
    assert (row.stage, row.status, row.closed_at) == ("accepted", "delivered", None)


async def test_a_wrong_sid_is_refused_with_its_reason(scene: Scene) -> None:
    row = await unresolved(scene)
    settlements = scene.outbox.settlements
    with pytest.raises(RequestError, match="no message's"):
        await settlements.bind(row.id, "SM12", actor="ada")
    with pytest.raises(RequestError, match="Twilio has no message"):
        await settlements.bind(row.id, "SM" + "0" * 32, actor="ada")
    to_another = await scene.foreign(to="+14155550199")
    with pytest.raises(RequestError, match=r"went to \+14155550199"):
        await settlements.bind(row.id, to_another, actor="ada")
    other = await scene.send("another")
    with pytest.raises(RequestError, match=f"belongs to message {other.id}"):
        await settlements.bind(row.id, other.sid or "", actor="ada")
    with pytest.raises(NotFoundError):
        await settlements.close("msg_0", actor="ada")
    assert (await scene.get(row)).stage == "unresolved"


@pytest.mark.parametrize("was_sent", [True, False])
async def test_after_a_restore_what_was_due_is_looked_up_before_it_is_sent(scene: Scene, was_sent: bool) -> None:
    """The rows are as the backup has them; what happened since is known to Twilio alone."""
    now = scene.path.clock.time()
    rows = [
        await scene.outbox.enqueue(scene.new("due")),
        await scene.outbox.enqueue(scene.new("held", send_at=now + 600)),
    ]
    later = await scene.outbox.enqueue(scene.new("much later", send_at=now + 90_000))
    scene.senders.add(rows[0].sender_id)
    scene.path.clock.step(1_000)
    if was_sent:
        for text in ("due", "held"):
            await scene.foreign(text)
    scene.path.clock.step(3_600)
    assert await scene.outbox.quarantine() == 2
    assert [(await scene.get(row)).stage for row in (*rows, later)] == ["unknown", "unknown", "held"]
    await scene.pass_time(1)
    assert len(scene.at_twilio) == (2 if was_sent else 0)
    await scene.pass_time(GAP + 5)
    rows = [await scene.get(row) for row in rows]
    assert [row.stage for row in rows] == ["accepted", "accepted"]
    assert len(scene.at_twilio) == 2
    new = await scene.send("new work goes on")
    assert new.stage == "accepted"


async def test_after_a_restore_identical_texts_are_counted(scene: Scene) -> None:
    rows = [await scene.outbox.enqueue(scene.new("same")) for _ in range(4)]
    scene.senders.add(rows[0].sender_id)
    scene.path.clock.step(60)
    for _ in range(2):
        scene.path.clock.step(2)
        await scene.foreign("same")
    scene.path.clock.step(3_600)
    assert await scene.outbox.quarantine() == 4
    await scene.pass_time(300)
    rows = [await scene.get(row) for row in rows]
    assert {row.stage for row in rows} == {"accepted"}
    assert len(scene.at_twilio) == 4
    assert len({row.sid for row in rows}) == 4


async def test_after_a_restore_an_open_attempt_is_looked_up_itself(scene: Scene) -> None:
    row = await scene.outbox.enqueue(scene.new("half way"))
    assert row.sender_id is not None
    await scene.outbox._drains.claim(row.sender_id, 10)
    await scene.foreign("half way")
    scene.path.clock.step(3_600)
    assert await scene.outbox.quarantine(backup_at=scene.path.clock.time() - 3_500) == 1
    await scene.pass_time(1)
    row = await scene.get(row)
    assert (row.stage, row.attempt_no) == ("accepted", 1)


async def test_texts_are_erased_when_they_are_old_enough(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator, keep_texts=86_400.0, redact_at_twilio=True)
    old = await scene.send("a secret")
    await scene.report(old, "delivered", old.sid or "")
    waiting = await scene.outbox.enqueue(scene.new("for later", send_at=path.clock.time() + 10 * 86_400))
    await scene.pass_time(60)
    path.clock.step(86_400)
    young = await scene.send("a young one")
    await scene.pass_time(10)  # in which the nightly work is done
    old, waiting, young = [await scene.get(row) for row in (old, waiting, young)]
    assert (old.body, old.segments, old.status) == (None, 1, "delivered")
    assert old.redacted_at is not None
    assert (waiting.body, young.body) == ("for later", "a young one")
    assert {message.sid: message.body for message in scene.at_twilio} == {old.sid: "", young.sid: "a young one"}
    assert [event["raw"] for event in await scene.outbox.events(old.id)] == [None, None, None]
    assert await scene.outbox.retention.compact() == 0


async def test_a_text_that_twilio_keeps_is_kept_until_the_next_night(path: Path, simulator: Simulator) -> None:
    scene = Scene(path, simulator, keep_texts=86_400.0, redact_at_twilio=True)
    row = await scene.send("a secret")
    await scene.pass_time(60)
    path.clock.step(86_400)
    simulator.faults.server_error(operation="update")
    assert await scene.outbox.retention.compact() == 0
    assert (await scene.get(row)).body == "a secret"
    assert await scene.outbox.retention.compact() == 1
    assert (await scene.get(row)).body is None


async def test_one_text_is_erased_on_request_here_and_at_twilio(scene: Scene) -> None:
    row = await scene.send("a secret")
    await scene.pass_time(60)
    erased = await scene.outbox.retention.redact(row.id, actor="ada")
    assert (erased.body, erased.sid) == (None, row.sid)
    assert [message.body for message in scene.at_twilio] == [""]
    found = await scene.outbox.settlements.evidence(row.id)
    assert [(entry["actor"], entry["action"]) for entry in found.settlements] == [("ada", "redacted")]
    waiting = await scene.outbox.enqueue(scene.new("for later", send_at=scene.path.clock.time() + 600))
    with pytest.raises(RequestError, match="its text is still needed"):
        await scene.outbox.retention.redact(waiting.id)
