"""One message to many: checked before, sent once, held, stopped, and counted right."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from broadcasts.conftest import SENDER, pace, people, text, until
from ringline import Ringline
from ringline.broadcasts.broadcast import Broadcast, Content, Entry
from ringline.errors import IdempotencyConflict, NotFoundError, RequestError
from ringline.settings import load_settings
from ringline.simulator import Simulator


def is_over(broadcast: Broadcast) -> bool:
    return broadcast.stage == "completed"


async def ready(ringline: Ringline, content: Content, file: io.BytesIO, **options: object) -> Broadcast:
    created = await ringline.broadcasts.create(content, **options)  # type: ignore[arg-type]
    return await ringline.broadcasts.load(created.id, file)


async def test_everybody_gets_their_own_text(ringline: Ringline, simulator: Simulator) -> None:
    loaded = await ready(ringline, text("Hello {{name}}, {{phone}}"), people(5))
    assert (loaded.stage, loaded.recipients, loaded.counts) == ("ready", 5, {})
    assert simulator.messages == []

    await ringline.broadcasts.start(loaded.id)
    done = await until(ringline, loaded.id, is_over)

    assert sorted(message.body for message in simulator.messages) == [
        f"Hello P{n}, +1415555000{n}" for n in range(1, 6)
    ]
    assert sum(done.counts.values()) == 5
    done = await until(ringline, loaded.id, lambda one: one.counts == {"delivered": 5})
    results = [row async for batch in ringline.broadcasts.results(loaded.id) for row in batch]
    assert (results[0]["to"], results[0]["status"], results[0]["error"]) == ("+14155550001", "delivered", None)
    assert {row["sid"] for row in results} == {message.sid for message in simulator.messages}


async def test_the_report_names_what_is_wrong_by_line(ringline: Ringline) -> None:
    (credential,) = await ringline.credentials.list()
    await ringline.database.write(
        lambda tx: ringline.outbox.stops.opt_out_in(
            tx, account_id=credential.account_sid, channel="sms", recipient="+14155550109", source="reply"
        )
    )
    file = io.BytesIO(
        b"phone,name\n+14155550101,A\n12,B\n+1 415 555 0101,C\n+14155550104,\n+14155550109,Out\n"
        b"+442079460018,London\n+14155550106," + b"x" * 600 + b"\n+14155550107,Y,Z\n"
    )

    loaded = await ready(ringline, text("Hi {{name}}", purpose="marketing"), file)

    report = loaded.report
    assert report is not None
    assert (report["rows"], report["new"]) == (8, 3)
    assert report["skipped"] == {
        "invalid_number": 1, "duplicate": 1, "missing_value": 1, "opted_out": 1, "unreadable": 1,
    }  # fmt: skip
    assert [(one["line"], one["code"]) for one in report["problems"]] == [
        (3, "invalid_number"), (4, "duplicate"), (5, "missing_value"), (6, "opted_out"), (9, "unreadable"),
    ]  # fmt: skip
    assert "`name` has no value" in report["problems"][2]["message"]
    warned = {one["code"]: one for one in report["warnings"]}
    assert set(warned) == {"landline", "long", "countries", "no_opt_out"}
    assert warned["landline"]["lines"] == [7]
    assert warned["long"]["lines"] == [8]
    assert report["messages_by_segments"] == {"1": 2, "4": 1}
    assert float(report["cost"]) > 0


async def test_who_has_had_as_many_as_a_cap_allows_is_warned_of(simulator: Simulator, database_url: str) -> None:
    async with Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
        settings=load_settings(database_url=database_url, caps="marketing 1/day per person"),
    ) as ringline:
        await ringline.messages.send(to="+14155550002", from_=SENDER, body="Sale", purpose="marketing")
        loaded = await ready(ringline, text("Sale, reply STOP to opt out", purpose="marketing"), people(3))
        assert loaded.report is not None
        warned = {one["code"]: one["lines"] for one in loaded.report["warnings"]}
        assert warned == {"over_cap": [3]}


async def test_a_text_that_needs_a_column_the_file_lacks_is_refused_at_once(ringline: Ringline) -> None:
    with pytest.raises(RequestError, match=r"\{\{frist\}\}") as caught:
        await ready(ringline, text("Hi {{frist}}"), io.BytesIO(b"phone,first\n+14155550101,A\n"))

    assert "did you mean {{first}}" in caught.value.fix
    await ready(ringline, text("Hi {{default(frist, 'you')}}"), io.BytesIO(b"phone,first\n+14155550101,A\n"))


async def test_the_same_campaign_again_sends_only_to_who_is_new(ringline: Ringline, simulator: Simulator) -> None:
    first = await ready(ringline, text(), people(3), key="spring")
    await ringline.broadcasts.start(first.id)
    await until(ringline, first.id, is_over)

    again = await ready(ringline, text(), people(3), key="spring")
    assert again.id == first.id
    assert again.report is not None
    assert (again.report["new"], again.report["already"], again.stage) == (0, 3, "completed")
    with pytest.raises(RequestError, match="cannot be started"):
        await ringline.broadcasts.start(again.id)

    more = await ready(ringline, text(), people(5), key="spring")
    assert more.report is not None
    assert (more.report["new"], more.report["already"], more.stage) == (2, 3, "ready")
    await ringline.broadcasts.start(more.id)
    await until(ringline, more.id, is_over)

    assert sorted(message.to for message in simulator.messages) == [f"+1415555000{n}" for n in range(1, 6)]
    with pytest.raises(IdempotencyConflict, match="says something else"):
        await ringline.broadcasts.create(text("Other"), key="spring")


async def test_without_a_key_name_and_content_make_it_the_same(ringline: Ringline) -> None:
    one = await ringline.broadcasts.create(text(), name="a")
    assert (await ringline.broadcasts.create(text(), name="a")).id == one.id
    assert (await ringline.broadcasts.create(text(), name="b")).id != one.id
    assert (await ringline.broadcasts.create(text("Else"), name="a")).id != one.id


async def test_a_list_that_was_not_started_is_replaced_by_the_next(ringline: Ringline, simulator: Simulator) -> None:
    first = await ready(ringline, text(), people(4))
    second = await ready(ringline, text(), people(2, start=10))

    assert (second.id, second.recipients) == (first.id, 2)
    await ringline.broadcasts.start(second.id)
    await until(ringline, second.id, is_over)
    assert sorted(message.to for message in simulator.messages) == ["+14155550010", "+14155550011"]


async def test_a_pause_holds_all_that_has_not_gone_and_a_resume_lets_it_go(
    ringline: Ringline, simulator: Simulator
) -> None:
    await pace(ringline)
    loaded = await ready(ringline, text(), people(30))
    await ringline.broadcasts.start(loaded.id)
    # In steps smaller than the sender's tolerance, or a slow machine gives every slot up.
    await until(
        ringline, loaded.id,
        lambda one: one.counts.get("queued", 0) == 0 and len(simulator.messages) >= 3,
        step=0.2,
    )  # fmt: skip

    paused = await ringline.broadcasts.pause(loaded.id)
    in_flight = paused.counts.get("sending", 0)
    sent = len(simulator.messages)
    for _ in range(20):
        simulator.clock.step(30)
        held = await ringline.broadcasts.get(loaded.id)
    assert held.stage == "paused"
    assert len(simulator.messages) - sent <= in_flight
    assert sum(held.counts.values()) == 30
    with pytest.raises(RequestError, match="that is paused cannot be paused"):
        await ringline.broadcasts.pause(loaded.id)

    await ringline.broadcasts.resume(loaded.id)
    await until(ringline, loaded.id, is_over, step=0.2)
    assert len({message.to for message in simulator.messages}) == len(simulator.messages) == 30


async def test_a_cancel_stops_the_rest_exactly(ringline: Ringline, simulator: Simulator) -> None:
    await pace(ringline, 10)
    loaded = await ready(ringline, text(), people(700))
    await ringline.broadcasts.start(loaded.id)
    await until(ringline, loaded.id, lambda one: one.filled >= 500 and one.counts.get("delivered", 0) >= 2)

    await ringline.broadcasts.cancel(loaded.id)
    done = await until(
        ringline, loaded.id,
        lambda one: not {"waiting", "sending", "queued", "unknown", "sent"} & set(one.counts),
    )  # fmt: skip

    # Those under way are called back at Twilio, where that is still possible.
    went = sum(message.status == "delivered" for message in simulator.messages)
    assert 2 <= went <= len(simulator.messages) < 700
    assert done.counts == {"canceled": 700 - went, "delivered": went}
    results = [row async for batch in ringline.broadcasts.results(loaded.id) for row in batch]
    assert sum(row["status"] == "canceled" for row in results) == 700 - went
    assert done.stage == "canceled"


async def test_windows_stay_within_ten_minutes_of_send_time(ringline: Ringline) -> None:
    """A number of North America sends one segment a second, so that is 600 messages."""
    await pace(ringline)
    loaded = await ready(ringline, text(), people(1500))
    await ringline.broadcasts.start(loaded.id)

    filling = await until(ringline, loaded.id, lambda one: one.filled >= 600)

    assert filling.counts["waiting"] + filling.counts.get("sending", 0) <= 601
    assert filling.counts["queued"] >= 800
    await ringline.broadcasts.cancel(loaded.id)


async def test_a_start_time_and_batches_are_kept(ringline: Ringline, simulator: Simulator) -> None:
    loaded = await ready(ringline, text(), people(5), batch_size=2, batch_every=3600.0)
    start = simulator.clock.now().timestamp() + 600
    await ringline.broadcasts.start(loaded.id, at=datetime.fromtimestamp(start, UTC))
    done = await until(ringline, loaded.id, is_over, step=120)

    written_at = sorted(one.created_at.timestamp() - start for one in await ringline.messages.list() if one.created_at)
    assert len(written_at) == len(simulator.messages) == 5
    assert written_at[0] >= 0
    # The clock runs on while a batch is written, so less than the hour may be seen between two messages.
    assert written_at[2] - written_at[1] > 1800 < written_at[4] - written_at[3]
    assert done.started_at is not None


async def test_languages_follow_the_list(ringline: Ringline, simulator: Simulator) -> None:
    content = text({"en": "Hello {{name}}", "es": "Hola {{name}}"})
    file = io.BytesIO(b"phone,name,language\n+14155550101,A,es\n+14155550102,B,fr\n+14155550103,C,\n")
    loaded = await ready(ringline, content, file)
    await ringline.broadcasts.start(loaded.id)
    await until(ringline, loaded.id, is_over)

    assert sorted(message.body for message in simulator.messages) == ["Hello B", "Hello C", "Hola A"]


async def test_a_list_of_contacts_can_be_written_to(ringline: Ringline, simulator: Simulator) -> None:
    await ringline.contacts.add("+14155550101", name="Ana", language="es", fields={"city": "Bern"}, lists=["vip"])
    await ringline.contacts.add("+14155550102", name="Ben", lists=["other"])
    created = await ringline.broadcasts.create(text("{{name}} of {{city}}"))
    await ringline.broadcasts.load(created.id, "vip")
    await ringline.broadcasts.start(created.id)
    await until(ringline, created.id, is_over)

    assert [message.body for message in simulator.messages] == ["Ana of Bern"]
    with pytest.raises(NotFoundError, match="no list 'none'"):
        await ringline.broadcasts.load((await ringline.broadcasts.create(text("x"))).id, "none")


async def test_a_test_message_goes_to_one_number_and_counts_for_nobody(
    ringline: Ringline, simulator: Simulator
) -> None:
    loaded = await ready(ringline, text(), people(2))

    message_id = await ringline.broadcasts.test(loaded.id, "+14155559999")

    await ringline.outbox.wait(message_id, 20)
    assert [(message.to, message.body) for message in simulator.messages] == [("+14155559999", "Hello P1")]
    assert (await ringline.broadcasts.get(loaded.id)).counts == {}


async def test_a_forecast_is_what_the_sender_needs(ringline: Ringline, simulator: Simulator) -> None:
    await pace(ringline, 2)
    loaded = await ready(ringline, text(), people(100))
    expected = await ringline.broadcasts.forecast(loaded.id)
    assert expected is not None
    started = simulator.clock.time()

    await ringline.broadcasts.start(loaded.id)
    # In steps smaller than the sender's tolerance, or it would give slots up.
    await until(ringline, loaded.id, is_over, step=0.1)

    last = max(message.created for message in simulator.messages)
    assert last - started == pytest.approx(expected.finishes_at - started, rel=0.02, abs=2)


async def test_an_erased_person_is_forgotten_and_gets_nothing_more(ringline: Ringline, simulator: Simulator) -> None:
    await ringline.contacts.add("+14155550001", lists=["x"])
    loaded = await ready(ringline, text(), people(3))

    erased = await ringline.contacts.erase("+14155550001")
    nothing = dict.fromkeys(("calls", "conversations", "inbox", "messages", "replies"), 0)
    assert erased == nothing | {"contacts": 1, "broadcasts": 1}

    await ringline.broadcasts.start(loaded.id)
    await until(ringline, loaded.id, is_over)
    assert sorted(message.to for message in simulator.messages) == ["+14155550002", "+14155550003"]
    results = [row async for batch in ringline.broadcasts.results(loaded.id) for row in batch]
    assert results[0]["to"].startswith("erased")


async def test_workflows_are_run_for_everybody(ringline: Ringline, simulator: Simulator) -> None:
    await ringline.workflows.register(
        {
            "version": "1.0",
            "name": "greet",
            "inputs": [{"type": "WorkflowParameter", "name": "phone"}, {"type": "WorkflowParameter", "name": "who"}],
            "steps": [
                {"type": "twilio/sms@v1", "name": "say", "to": "$inputs.phone", "from": SENDER, "message": "Hi {{who}}"}
            ],
            "outputs": [],
        }
    )
    created = await ringline.broadcasts.create(Content(kind="flow", workflow="greet", inputs={"who": "{{name}}"}))
    loaded = await ringline.broadcasts.load(created.id, people(3))
    await ringline.broadcasts.start(loaded.id)

    done = await until(ringline, loaded.id, is_over)
    assert done.counts == {"started": 3}
    await until(ringline, loaded.id, lambda _: len(simulator.messages) == 3)
    assert sorted(message.body for message in simulator.messages) == ["Hi P1", "Hi P2", "Hi P3"]
    asked = [run.started_by or {} for run in await ringline.runs.list(workflow="greet")]
    assert [(by["kind"], by["id"]) for by in asked] == [("broadcast", created.id)] * 3
    with pytest.raises(RequestError, match="no input `nope`"):
        await ringline.broadcasts.create(Content(kind="flow", workflow="greet", inputs={"nope": "x"}))


async def test_every_row_of_a_long_list_is_taken(ringline: Ringline) -> None:
    loaded = await ready(ringline, text(), people(5001))

    assert loaded.report is not None
    assert (loaded.report["rows"], loaded.report["new"], loaded.recipients) == (5001, 5001, 5001)


async def test_entries_can_be_handed_over_as_they_are(ringline: Ringline) -> None:
    created = await ringline.broadcasts.create(text())
    loaded = await ringline.broadcasts.load(created.id, [Entry(1, "+14155550101", {"name": "A"})])
    assert loaded.recipients == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sender": "nobody at all"}, "from"),
        ({"message": None}, "message"),
        ({"content_sid": "HX1"}, "content_template"),
    ],
)
async def test_what_cannot_be_sent_to_anybody_is_refused(
    ringline: Ringline, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RequestError) as caught:
        await ringline.broadcasts.create(text(**changes))

    assert caught.value.field == field
