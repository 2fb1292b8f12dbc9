"""From the row to what Twilio said to it: T1, T3 to T8, over real HTTP."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from outbox.fake_twilio import accept, cut, hang_having_accepted, refuse, text
from outbox.send_path import ANA, BEN, NUMBER, SOON, Path, new, sender_of, until
from ringline.compliance import suppression
from ringline.database import Transaction
from ringline.errors import IdempotencyConflict, NotFoundError, RequestError, StoreError
from ringline.outbox import OutboxRow, results


async def test_a_message_is_sent_once_and_its_sid_kept(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    assert (row.stage, row.status, row.attempt_no) == ("ready", "pending", 0)
    await outbox.drain(sender_of(row))
    sent = await outbox.get(row.id)
    assert (sent.stage, sent.status, sent.attempt_no) == ("accepted", "queued", 1)
    assert path.twilio.accepted.keys() == {sent.sid}
    assert path.twilio.posts == [
        {
            "To": ANA,
            "From": NUMBER,
            "Body": "hello",
            "StatusCallback": f"https://ringline.example/twilio/status/{row.id}.1",
        }
    ]
    await outbox.drain(sender_of(row))
    assert len(path.twilio.posts) == 1
    (attempt,) = await outbox.attempts(row.id)
    assert (attempt["outcome"], attempt["bound_by"], attempt["request_id"]) == ("accepted", "response", "RQ1")
    (event,) = await outbox.events(row.id)
    assert (event["status"], event["source"]) == ("queued", "response")


async def test_the_attempt_is_on_disk_before_the_request_arrives(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    row = await outbox.enqueue(new())
    drain = asyncio.create_task(outbox.drain(sender_of(row)))
    await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
    (attempt,) = await outbox.attempts(row.id)
    assert attempt["outcome"] == "open"
    assert (await outbox.get(row.id)).stage == "posting"
    path.twilio.hold.set()
    await drain
    assert (await outbox.get(row.id)).stage == "accepted"


async def test_without_a_public_url_no_callback_is_asked_for(path: Path) -> None:
    outbox = path.outbox(public_url=None)
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert "StatusCallback" not in path.twilio.posts[0]


async def test_every_field_reaches_twilio(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(
        new(
            body=None,
            channel="whatsapp",
            content_sid="HX1",
            content_variables={"1": "Ana"},
            sender=NUMBER,
            validity_seconds=600,
            options={"smart_encoded": True},
        )
    )
    await outbox.drain(sender_of(row))
    (post,) = path.twilio.posts
    assert post["To"] == f"whatsapp:{ANA}"
    assert post["From"] == f"whatsapp:{NUMBER}"
    assert post["ContentSid"] == "HX1"
    assert post["ContentVariables"] == '{"1": "Ana"}'
    assert post["ValidityPeriod"] == "600"
    assert post["SmartEncoded"] == "true"


CASES: list[tuple[str, Any, str, str, bool]] = [
    # name, answer, stage of the row, outcome of the attempt, whether Twilio made a message
    ("400", refuse(21211), "failed", "rejected", False),
    ("401", refuse(20003, 401), "failed", "rejected", False),
    ("429", refuse(20429, 429), "ready", "throttled", False),
    ("queue full", refuse(21611, 429), "ready", "throttled", False),
    ("5xx", text(500, "oops"), "unknown", "unknown", False),
    ("5xx after accepting", text(503, "oops", having_accepted=True), "unknown", "unknown", True),
    ("408", text(408, ""), "unknown", "unknown", False),
    ("a proxy's 404", text(404, "<html>not found"), "unknown", "unknown", False),
    ("garbled 201", text(201, '{"sid": ', having_accepted=True), "unknown", "unknown", True),
    ("a sign-in page", text(200, "<html>sign in"), "unknown", "unknown", False),
    ("reset", cut(having_accepted=False), "unknown", "unknown", False),
    ("reset after accepting", cut(having_accepted=True), "unknown", "unknown", True),
    ("time-out after accepting", hang_having_accepted, "unknown", "unknown", True),
]


@pytest.mark.parametrize(
    ("answer", "stage", "outcome", "made"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
async def test_an_answer_is_taken_for_what_it_proves(
    path: Path, answer: Any, stage: str, outcome: str, made: bool
) -> None:
    path.timeout = 0.3 if answer is hang_having_accepted else 5.0
    outbox = path.outbox()
    path.twilio.answers = [answer]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    after = await outbox.get(row.id)
    (attempt,) = await outbox.attempts(row.id)
    assert (after.stage, attempt["outcome"]) == (stage, outcome)
    assert len(path.twilio.accepted) == int(made)
    assert len(path.twilio.posts) == 1
    # However long one waits, an unknown outcome is never followed by a second request.
    path.clock.step(60)
    await outbox.sweep()
    if stage == "unknown":
        await outbox.drain(sender_of(row))
        assert len(path.twilio.posts) == 1
        assert (await outbox.get(row.id)).status == "unknown"


async def test_a_refusal_names_twilios_code_and_words(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21211)]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    failed = await outbox.get(row.id)
    assert (failed.status, failed.error_code, failed.error_message, failed.http_status) == (
        "failed",
        21211,
        "error 21211",
        400,
    )


async def test_no_connection_means_not_sent_and_another_try(path: Path) -> None:
    outbox = path.outbox()
    good, path.twilio.base_url = path.twilio.base_url, "http://127.0.0.1:1"
    nowhere = path.outbox()
    row = await nowhere.enqueue(new())
    await nowhere.drain(sender_of(row))
    back = await nowhere.get(row.id)
    assert (back.stage, back.setbacks, back.send_at) == ("ready", 1, path.clock.time() + 1.0)
    assert [a["outcome"] for a in await outbox.attempts(row.id)] == ["not_sent"]
    path.twilio.base_url = good
    await outbox.drain(sender_of(row))
    assert path.twilio.posts == []  # not before its time
    path.clock.step(1.0)
    await outbox.drain(sender_of(row))
    sent = await outbox.get(row.id)
    assert (sent.stage, sent.attempt_no, sent.setbacks) == ("accepted", 2, 0)
    assert path.twilio.posts[0]["StatusCallback"].endswith(f"{row.id}.2")


async def test_twilio_says_how_long_the_account_has_to_wait(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(20429, 429, {"Retry-After": "7"})]
    first = await outbox.enqueue(new("first"))
    await outbox.drain(sender_of(first))
    assert (await outbox.get(first.id)).send_at == path.clock.time() + 7
    other = await outbox.enqueue(new("second", sender="+14155550002"))
    await outbox.drain(sender_of(other))
    assert len(path.twilio.posts) == 1  # the pause is the whole account's
    path.clock.step(7)
    for row in (first, other):
        await outbox.drain(sender_of(row))
    assert len(path.twilio.accepted) == 2


async def test_a_429_that_asks_for_no_pause_gets_one(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(20429, 429, {"Retry-After": "0"})]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert len(path.twilio.posts) == 1
    assert (await outbox.get(row.id)).send_at == path.clock.time() + 1


async def test_answers_outlast_a_database_that_is_away_for_a_moment(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = path.outbox(public_url=None)
    failures = [StoreError("away"), StoreError("still away")]
    original = results.record_results

    def unsteady(tx: Transaction, *arguments: Any, **more: Any) -> list[float]:
        if failures:
            raise failures.pop()
        return original(tx, *arguments, **more)

    monkeypatch.setattr(results, "record_results", unsteady)
    monkeypatch.setattr(results, "RETRY_PAUSES", (0.0, 0.0, 0.0))
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert not failures
    assert (await outbox.get(row.id)).stage == "accepted"


async def test_an_answer_that_cannot_be_written_down_takes_no_others_with_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = path.outbox()
    rows = await outbox.enqueue_many([new(f"text {n}") for n in range(5)])
    original = results.record_results

    def picky(tx: Transaction, batch: Sequence[results.Result], **more: Any) -> list[float]:
        if any(result.message_id == rows[2].id for result in batch):
            raise KeyError("a bug")
        return original(tx, batch, **more)

    monkeypatch.setattr(results, "record_results", picky)
    monkeypatch.setattr(results, "RETRY_PAUSES", (0.0,))
    await outbox.drain(sender_of(rows[0]))
    stages = [(await outbox.get(row.id)).stage for row in rows]
    assert stages == ["accepted", "accepted", "posting", "accepted", "accepted"]


async def test_a_full_queue_pauses_its_sender_only(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21611, 429)]
    first = await outbox.enqueue(new("first"))
    await outbox.drain(sender_of(first))
    await outbox.enqueue(new("second", to=BEN))
    await outbox.drain(sender_of(first))
    assert len(path.twilio.posts) == 1
    other = await outbox.enqueue(new("third", sender="+14155550002"))
    await outbox.drain(sender_of(other))
    assert len(path.twilio.posts) == 2


async def test_setbacks_wait_longer_each_time_and_end_with_the_message(path: Path) -> None:
    outbox = path.outbox(backoff=(1.0, 10.0), expire_after=60.0)
    path.twilio.answers = [refuse(20429, 429)] * 50
    row = await outbox.enqueue(new())
    waits = []
    for _ in range(4):
        await outbox.drain(sender_of(row))
        waits.append((await outbox.get(row.id)).send_at - path.clock.time())
        path.clock.step(waits[-1])
    assert waits == [1.0, 10.0, 10.0, 10.0]
    path.clock.step(60)
    await outbox.sweep()
    expired = await outbox.get(row.id)
    assert (expired.stage, expired.status) == ("failed", "failed")
    assert len(path.twilio.posts) == 4


async def test_an_opt_out_that_only_twilio_knew_of_is_remembered(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21610)]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).error_code == 21610
    again = await outbox.enqueue(new("another"))
    assert (again.stage, again.refusal_reason) == ("refused", "opted_out")


async def test_an_opt_out_between_enqueue_and_claim_is_honoured(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new(cooldown_key="k", cooldown_seconds=100))
    await path.database.write(
        lambda tx: suppression.suppress(
            tx, account_id=row.account_id, channel="sms", recipient=ANA, sender=NUMBER, source="reply", now=1.0
        )
    )
    await outbox.drain(sender_of(row))
    refused = await outbox.get(row.id)
    assert (refused.stage, refused.refusal_reason, refused.attempt_no) == ("refused", "opted_out", 0)
    assert path.twilio.posts == []
    assert not await outbox.is_cooling_down("k", 100)


async def test_two_drains_at_once_send_each_message_once(path: Path) -> None:
    one, two = path.outbox(max_in_flight=7), path.outbox(max_in_flight=5)
    rows = await one.enqueue_many([new(f"text {n}") for n in range(60)])
    sender = sender_of(rows[0])
    await asyncio.gather(one.drain(sender), two.drain(sender), one.drain(sender))
    assert len(path.twilio.accepted) == 60
    assert set(path.twilio.per_token().values()) == {1}
    assert await one.count_by_stage() == {"accepted": 60}


async def test_the_same_text_to_the_same_person_waits_for_the_first(path: Path) -> None:
    """While one is undecided a second could not be told from it in Twilio's list."""
    outbox = path.outbox()
    path.twilio.answers = [text(500, "oops")]
    first = await outbox.enqueue(new("Your code is ready!"))
    await outbox.drain(sender_of(first))
    twin = await outbox.enqueue(new("your code is READY"))
    other = await outbox.enqueue(new("something else"))
    await outbox.drain(sender_of(first))
    assert (await outbox.get(twin.id)).stage == "ready"
    assert (await outbox.get(twin.id)).send_at == path.clock.time() + 2
    assert (await outbox.get(other.id)).stage == "accepted"
    for seconds in (90, 10, 2):
        path.clock.step(seconds)
        await path.settle(outbox)
        await outbox.drain(sender_of(first))
    assert [(await outbox.get(row.id)).stage for row in (first, twin)] == ["accepted", "accepted"]
    assert len(path.twilio.accepted) == 3


async def test_identical_messages_at_once_go_one_after_the_other(path: Path) -> None:
    outbox = path.outbox()
    rows = await outbox.enqueue_many([new("same") for _ in range(3)])
    for _ in range(3):
        await outbox.drain(sender_of(rows[0]))
        path.clock.step(2)
    assert [(await outbox.get(row.id)).stage for row in rows] == ["accepted"] * 3
    assert set(path.twilio.per_token().values()) == {1}


async def test_urgent_messages_overtake(path: Path) -> None:
    outbox = path.outbox(max_in_flight=1)
    rows = await outbox.enqueue_many(
        [new("sale", purpose="marketing"), new("news"), new("code", purpose="otp"), new("fire", purpose="emergency")]
    )
    await outbox.drain(sender_of(rows[0]))
    assert [post["Body"] for post in path.twilio.posts] == ["fire", "code", "news", "sale"]
    assert [row.policy for row in rows] == ["strict", "once", "once", "urgent"]


async def test_a_worker_that_stood_still_after_its_claim_does_not_write(path: Path) -> None:
    outbox = path.outbox()
    original = outbox._drains._clients

    async def slow(credential_id: str) -> Any:
        path.clock.step(5.1)
        return await original(credential_id)

    outbox._drains._clients = slow
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert path.twilio.posts == []
    assert [a["outcome"] for a in await outbox.attempts(row.id)] == ["not_sent"]
    assert (await outbox.get(row.id)).stage == "ready"


async def test_one_sid_for_two_messages_is_not_believed(path: Path) -> None:
    outbox = path.outbox()

    async def same_sid(twilio: Any, form: dict[str, str]) -> Any:
        from aiohttp import web

        return web.json_response({"sid": "SM" + "f" * 32, "status": "queued"}, status=201)

    path.twilio.answers = [same_sid, same_sid]
    rows = await outbox.enqueue_many([new("one"), new("two")])
    await outbox.drain(sender_of(rows[0]))
    stages = sorted([(await outbox.get(row.id)).stage for row in rows])
    assert stages == ["accepted", "unknown"]


async def test_a_missing_credential_fails_the_message_with_its_sentence(path: Path) -> None:
    from ringline.errors import CredentialError

    outbox = path.outbox()

    async def nobody(credential_id: str) -> Any:
        raise CredentialError(f"there is no credential {credential_id}")

    outbox._drains._clients = nobody
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    failed = await outbox.get(row.id)
    assert (failed.stage, failed.error_message) == ("failed", "there is no credential crd_1")


async def test_a_bug_while_sending_leaves_the_message_unknown_and_the_others_sent(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = path.outbox()
    original, calls = outbox._drains._clients, iter(range(10))

    async def buggy(credential_id: str) -> Any:
        if next(calls) == 0:
            raise KeyError("a bug")
        return await original(credential_id)

    outbox._drains._clients = buggy
    rows = await outbox.enqueue_many([new("one"), new("two")])
    await outbox.drain(sender_of(rows[0]))
    assert sorted([(await outbox.get(row.id)).stage for row in rows]) == ["accepted", "unknown"]
    assert "a bug" in caplog.text


async def test_a_paced_sender_takes_its_slots_when_they_are_due(path: Path) -> None:
    from sqlalchemy import text as sql

    outbox = path.outbox()
    rows = await outbox.enqueue_many([new(f"text {n}") for n in range(5)])
    await path.database.write(lambda tx: tx.run(sql("UPDATE senders SET interval_s = 1.0")))
    left: list[float] = []
    client = await outbox._drains._clients("crd_1")

    class Watched:
        async def create_message(self, form: Any) -> Any:
            left.append(path.clock.time())
            return await client.create_message(form)

    async def watched(credential_id: str) -> Any:
        return Watched()

    outbox._drains._clients = watched
    async with path.working(outbox):
        async with asyncio.timeout(SOON):
            while len(left) < len(rows):
                # Time stands still while anybody works, and then jumps to the next moment that somebody waits for.
                due = path.clock.next_due()
                await asyncio.sleep(0.02)
                if due is not None and path.clock.next_due() == due:
                    path.clock.step(due)
        for row in rows:
            assert (await asyncio.wait_for(outbox.wait(row.id), SOON)).stage == "accepted"
    # Slots are a second apart, and one that is a quarter of a second late is given up.
    assert all(later - earlier >= 0.75 for earlier, later in itertools.pairwise(left))
    assert left[-1] - left[0] >= 3.75


async def test_waiting_ends_with_the_decision(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    async with path.working(outbox):
        row = await outbox.enqueue(new())
        waiting = asyncio.create_task(outbox.wait(row.id))
        await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
        assert not waiting.done()
        path.twilio.hold.set()
        sent = await asyncio.wait_for(waiting, SOON)
        assert sent.stage == "accepted"
        assert await outbox.wait(row.id) == await outbox.get(row.id)


async def test_waiting_ends_with_the_time_that_was_given(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    waiting = asyncio.create_task(outbox.wait(row.id, 30.0))
    await until(lambda: path.clock.next_due() == 30.0)
    path.clock.step(30.0)
    assert (await asyncio.wait_for(waiting, SOON)).stage == "ready"


async def test_another_process_hears_of_it(path: Path) -> None:
    if path.database.dialect == "sqlite":
        pytest.skip("a SQLite database belongs to one process")
    from ringline.database import open_database
    from ringline.dispatch import open_dispatcher

    address = path.database._address  # type: ignore[attr-defined]
    elsewhere = await open_database(address, clock=path.clock)
    other = dataclasses.replace(path, database=elsewhere, dispatcher=await open_dispatcher(elsewhere, path.clock))
    sender, watcher = path.outbox(), other.outbox()
    row = await sender.enqueue(new())
    waiting = asyncio.create_task(watcher.wait(row.id))
    await until(lambda: watcher._waiters._events)
    await sender.drain(sender_of(row))
    assert (await asyncio.wait_for(waiting, SOON)).stage == "accepted"
    watcher._waiters.close()
    await elsewhere.close()


async def test_asking_for_a_message_that_does_not_exist_says_so(path: Path) -> None:
    outbox = path.outbox()
    for ask in (outbox.get("msg_nothing"), outbox.wait("msg_nothing"), outbox.cancel("msg_nothing")):
        with pytest.raises(NotFoundError, match="msg_nothing"):
            await ask


async def test_one_key_is_one_message(path: Path) -> None:
    outbox = path.outbox()
    first = await outbox.enqueue(new(key="order-7"))
    again = await outbox.enqueue(new(key="order-7"))
    assert (again.id, again.found, first.found) == (first.id, True, False)
    assert (await outbox.enqueue(new("yes", key="order-7", key_scope="another"))).id != first.id
    with pytest.raises(IdempotencyConflict, match="order-7"):
        await outbox.enqueue(new("other content", key="order-7"))
    await outbox.drain(sender_of(first))
    assert len(path.twilio.posts) == 2


async def test_a_step_that_runs_again_with_another_text_finds_its_first_message(path: Path) -> None:
    outbox = path.outbox()
    first = await outbox.enqueue(new("it is 12:00", key="run/step", key_scope="step"))
    again = await outbox.enqueue(new("it is 12:01", key="run/step", key_scope="step"))
    assert (again.id, again.body) == (first.id, "it is 12:00")


async def test_a_repeated_request_finds_its_refused_message_and_takes_no_cooldown(path: Path) -> None:
    outbox = path.outbox()
    await outbox.enqueue(new("a", cooldown_key="k", cooldown_seconds=10))
    refused = await outbox.enqueue(new("b", cooldown_key="k", cooldown_seconds=10, key="x"))
    assert (refused.stage, refused.status, refused.refusal_reason) == ("refused", "refused", "cooldown")
    path.clock.step(10)
    assert (await outbox.enqueue(new("b", cooldown_key="k", cooldown_seconds=10, key="x"))).id == refused.id
    assert not await outbox.is_cooling_down("k", 10)


async def test_many_at_once_with_one_key_make_one_message(path: Path) -> None:
    outboxes = [path.outbox() for _ in range(4)]
    rows: list[OutboxRow] = await asyncio.gather(
        *(outboxes[n % 4].enqueue(new(key="once", cooldown_key="k", cooldown_seconds=60)) for n in range(16))
    )
    assert len({row.id for row in rows}) == 1
    assert rows[0].stage == "ready"
    batch = await outboxes[0].enqueue_many([new("a", key="1"), new("b", key="2"), new("a", key="1")])
    assert batch[0].id == batch[2].id != batch[1].id


async def test_a_failed_send_gives_its_cooldown_back_and_an_unknown_one_keeps_it(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21211), text(500, "oops"), accept]
    for key, cooling in (("failed", False), ("unknown", True), ("sent", True)):
        row = await outbox.enqueue(new(f"text {key}", cooldown_key=key, cooldown_seconds=100))
        await outbox.drain(sender_of(row))
        assert await outbox.is_cooling_down(key, 100) == cooling


async def test_nothing_is_written_when_one_of_many_cannot_be_sent(path: Path) -> None:
    outbox = path.outbox()
    wrong = {
        "no sender": new(sender=None),
        "is empty": new(body=""),
        "NUL": new("a\x00b"),
    }
    for sentence, message in wrong.items():
        with pytest.raises(RequestError, match=sentence):
            await outbox.enqueue_many([new("good"), message])
    assert await outbox.count_by_stage() == {}


async def test_messages_are_listed_newest_first_by_page(path: Path) -> None:
    outbox = path.outbox()
    made = [await outbox.enqueue(new(f"text {n}", to=ANA if n % 2 else BEN, run_id=f"run_{n}")) for n in range(6)]
    newest = [row.id for row in reversed(made)]
    page = await outbox.list(limit=4)
    assert [row.id for row in page] == newest[:4]
    assert [row.id for row in await outbox.list(cursor=page[-1].id)] == newest[4:]
    assert [row.to for row in await outbox.list({"to": ANA, "stage": "ready"})] == [ANA] * 3
    assert [row.id for row in await outbox.list({"run_id": "run_3", "status": None})] == [made[3].id]
    with pytest.raises(ValueError, match="colour"):
        await outbox.list({"colour": "red"})
