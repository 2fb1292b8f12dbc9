"""What the pages of runs ask for: lists by filters and search, the timeline by step, trying again from a step."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from ringline.clock import utc
from ringline.database import Database
from ringline.ids import first_number, new_number
from ringline.workflow.listing import Listing
from ringline.workflow.run import name_of_run
from ringline.workflow.store import listing
from web.conftest import Server

ASKS: dict[str, Any] = {
    "version": "1.0",
    "name": "asks",
    "inputs": [{"type": "WorkflowParameter", "name": "phone", "kind": ["string"]}],
    "steps": [
        {
            "type": "twilio/sms@v1",
            "name": "ask",
            "to": "$inputs.phone",
            "message": "Can you come?",
            "next_steps": ["$steps.answer"],
        },
        {
            "type": "twilio/wait_for_reply@v1",
            "name": "answer",
            "after": "$steps.ask",
            "expect": "yes_no",
            "wait_for": "4h",
            "no_match": {"message": "Please reply YES or NO."},
        },
    ],
    "outputs": [{"type": "JsonField", "name": "comes", "selector": "$steps.answer.value"}],
}
ANA, BEN = "+14155550123", "+15005550001"


async def begin(server: Server, phone: str = ANA, until: str = "waiting") -> str:
    assert (await server.post("/api/v1/workflows", {"definition": ASKS})).status < 300
    answer = await server.post("/api/v1/workflows/asks/runs", {"inputs": {"phone": phone}})
    assert answer.status < 300, answer.body
    run: str = answer.body["id"]
    await status_of(server, run, until)
    return run


async def status_of(server: Server, run: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while (found := (await server.get(f"/api/v1/runs/{run}")).body)["status"] != status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


async def timeline(server: Server, run: str) -> dict[str, dict[str, Any]]:
    answer = await server.get(f"/api/v1/runs/{run}/timeline")
    assert answer.status == 200, answer.body
    return {step["step"]: step for step in answer.body["steps"]}


async def until_step_waits(server: Server, run: str, step: str) -> dict[str, dict[str, Any]]:
    async with asyncio.timeout(20):
        while not (steps := await timeline(server, run)).get(step, {}).get("wait"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return steps


async def test_the_timeline_tells_by_step_what_was_said_and_what_is_waited_for(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await server.ringline_numbers_connected()
    run = await begin(server)

    steps = await until_step_waits(server, run, "answer")
    assert list(steps) == ["ask", "answer"]
    assert steps["ask"]["state"] == {"tone": "good", "word": "Sent"}
    assert [message["message"] for message in steps["ask"]["messages"]] == ["Can you come?"]
    assert steps["answer"]["state"] == {"tone": "wait", "word": "Waiting"}
    assert steps["answer"]["wait"]["text"] == "Waits for a reply."
    assert steps["answer"]["wait"]["until"] is not None

    phone = server.simulator.handset(ANA)
    await phone.wait_for_message("Can you come?")
    await phone.reply("purple")
    async with asyncio.timeout(20):
        while len((await timeline(server, run))["answer"]["messages"]) < 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await phone.reply("Yes, gladly")
    await status_of(server, run, "completed")

    answer = (await timeline(server, run))["answer"]
    assert answer["state"] == {"tone": "good", "word": "Reply"}
    assert [reply["text"] for reply in answer["replies"]] == ["purple", "Yes, gladly"]
    assert answer["replies"][1]["understood"]
    assert answer["wait"] is None
    assert [message["message"] for message in answer["messages"]] == ["Please reply YES or NO."]


async def test_the_timeline_says_what_went_wrong_and_what_to_do(server: Server) -> None:
    run = await begin(server, BEN, until="completed")
    ask = (await timeline(server, run))["ask"]
    assert ask["state"] == {"tone": "bad", "word": "Failed"}
    assert ask["error"]["code"] == 21211
    assert ask["error"]["fix"]


async def test_runs_are_found_by_what_people_remember(server_on_each_database: Server) -> None:
    server = server_on_each_database
    waits, failed = await begin(server), await begin(server, BEN, until="completed")

    async def found(query: str) -> list[str]:
        answer = await server.get(f"/api/v1/runs?{query}")
        assert answer.status == 200, answer.body
        return [run["id"] for run in answer.body["items"]]

    assert await found("") == [failed, waits]
    assert await found("status=waiting") == [waits]
    assert await found("has_failures=true") == [failed]
    assert await found("has_failures=false") == [waits]
    assert await found("trigger=manual") == [failed, waits]
    assert await found("trigger=webhook") == []
    assert await found("workflow=asks&status=completed") == [failed]
    assert await found("workflow=other") == []
    assert await found("search=ASK") == [failed, waits]
    assert await found("search=ask&status=waiting") == [waits]
    assert await found(f"search={waits}") == [waits]
    assert await found("search=run_nonsense") == []
    assert await found("since=2999-01-01T00:00:00Z") == []
    assert await found("until=2999-01-01T00:00:00Z") == [failed, waits]
    async with asyncio.timeout(20):
        while await found("search=0123") != [waits]:  # noqa: ASYNC110 - words and numbers are gathered by a job
            await asyncio.sleep(0.05)
    assert (await server.get("/api/v1/runs?trigger=moon")).status == 422


async def test_pages_go_on_where_the_last_one_ended(server: Server) -> None:
    runs = [await begin(server) for _ in range(3)]
    first = (await server.get("/api/v1/runs?limit=2&status=waiting")).body
    assert [run["id"] for run in first["items"]] == runs[:0:-1]
    second = (await server.get(f"/api/v1/runs?limit=2&status=waiting&cursor={first['next']}")).body
    assert [run["id"] for run in second["items"]] == runs[:1]
    assert second["next"] is None


async def test_a_run_is_tried_again_from_a_step(server: Server) -> None:
    run = await begin(server, BEN, until="completed")
    assert (await server.post(f"/api/v1/runs/{run}/retry", {"step": "nothing"})).status == 422
    again = await server.post(f"/api/v1/runs/{run}/retry", {"step": "ask"})
    assert again.status == 200, again.body
    await status_of(server, run, "completed")
    kinds = [event["kind"] for event in (await server.get(f"/api/v1/runs/{run}/events")).body]
    assert "retried" in kinds


# --- pages over very many ---------------------------------------------------------------------------------------------

ADD_WORKFLOW = text(
    "INSERT INTO workflows (name, version, definition, digest, created_at) VALUES (:name, :version, '{}', :digest, 1)"
)
ADD_RUN = text(
    "INSERT INTO runs (id, definition, status, revision, created_at, has_failures, inputs, trigger)"
    " VALUES (:id, :definition, :status, 0, :created_at, :has_failures, '{}', :trigger)"
)
BEGAN = 1_767_268_800.0


@pytest.fixture
async def numbers(database: Database) -> list[int]:
    """Two versions of `a` and one of `b` with sixty runs, a second apart."""
    flows = [("a", 1), ("b", 1), ("a", 2)]
    await database.write(
        lambda tx: tx.many(ADD_WORKFLOW, [{"name": n, "version": v, "digest": f"{n}{v}"} for n, v in flows])
    )
    made = [first_number(at=BEGAN + second) + second for second in range(60)]
    rows = [
        {
            "id": number,
            "definition": 1 + place % 3,
            "status": "failed" if place % 10 == 0 else "waiting" if place % 20 == 5 else "completed",
            "created_at": BEGAN + place,
            "has_failures": int(place % 10 == 0),
            "trigger": '{"type": "schedule", "name": "x"}' if place % 15 == 2 else None,
        }
        for place, number in enumerate(made)
    ]
    await database.write(lambda tx: tx.many(ADD_RUN, rows))
    return made


@pytest.mark.parametrize("looked_at", [1, 7, 1_000])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, lambda place: True),
        ({"workflows": ["a"]}, lambda place: place % 3 != 1),
        ({"workflows": ["a", "b"]}, lambda place: True),
        ({"workflows": ["a"], "status": "waiting"}, lambda place: place % 3 != 1 and place % 20 == 5),
        ({"workflows": ["b"], "has_failures": True}, lambda place: place % 3 == 1 and place % 10 == 0),
        ({"status": "failed"}, lambda place: place % 10 == 0),
        ({"status": "waiting"}, lambda place: place % 20 == 5),
        ({"has_failures": True}, lambda place: place % 10 == 0),
        ({"has_failures": False, "status": "completed"}, lambda place: place % 10 != 0 and place % 20 != 5),
        ({"trigger": "schedule"}, lambda place: place % 15 == 2),
        ({"trigger": "manual", "status": "failed"}, lambda place: place % 10 == 0 and place % 15 != 2),
        ({"since": BEGAN + 10, "until": BEGAN + 50, "status": "waiting"}, lambda place: place in (25, 45)),
    ],
)
async def test_every_run_that_fits_is_on_exactly_one_page(
    database: Database,
    numbers: list[int],
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, Any],
    expected: Any,
    looked_at: int,
) -> None:
    monkeypatch.setattr(listing, "LOOKED_AT", looked_at)
    wanted = {name: utc(value) if name in ("since", "until") else value for name, value in filters.items()}
    pages = Listing(database)
    found: list[str] = []
    before, count = None, 0
    while True:
        page = await pages.page(**wanted, before=before, limit=4)
        assert len(page.runs) <= 4
        found += [run.id for run in page.runs]
        before, count = page.next, count + 1
        if before is None:
            break
        assert count < 200
    assert found == [name_of_run(number) for place, number in reversed(list(enumerate(numbers))) if expected(place)]


def test_numbers_begin_with_their_moment() -> None:
    later = 3_000_000_000.0  # than any number that other tests have made
    assert first_number(at=later) <= new_number(at=later) < first_number(at=later + 0.001)
    assert first_number(at=0) == 0
    assert first_number(at=1e12) < 1 << 63
