"""Runs over the API: what happened in them, and what an operator does to them."""

from __future__ import annotations

import asyncio
from typing import Any

from web.conftest import Server

WAITS = {
    "version": "1.0",
    "name": "waits",
    "inputs": [],
    "steps": [
        {"type": "flow/delay@v1", "name": "pause", "for": "1h", "next_steps": ["$steps.count"]},
        {"type": "flow/set_variables@v1", "name": "count", "set": {"done": "yes"}},
    ],
    "outputs": [{"type": "JsonField", "name": "outcome", "selector": "$steps.pause.outcome"}],
}


async def begin(server: Server) -> str:
    kept = await server.post("/api/v1/workflows", {"definition": WAITS})
    assert kept.status == 201, kept.body
    run: str = (await server.post("/api/v1/workflows/waits/runs", {})).body["id"]
    async with asyncio.timeout(10):
        while (await server.get(f"/api/v1/runs/{run}")).body["status"] == "running":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return run


async def test_a_run_that_waits_says_for_what(server_on_each_database: Server) -> None:
    server = server_on_each_database
    run = await begin(server)

    [listed] = (await server.get("/api/v1/runs?status=waiting")).body["items"]
    assert (listed["id"], listed["due_at"] is not None) == (run, True)
    events = (await server.get(f"/api/v1/runs/{run}/events")).body
    assert [(event["kind"], event["step"]) for event in events] == [("started", None), ("waiting", "pause")]
    assert (await server.get(f"/api/v1/runs/{run}")).body["outputs"] == [{"outcome": None}]


async def test_an_operator_pauses_resumes_and_cancels(server_on_each_database: Server) -> None:
    server = server_on_each_database
    run = await begin(server)
    answers: list[Any] = []
    for what in ("pause", "resume", "cancel", "cancel", "pause", "retry"):
        answer = await server.ask("POST", f"/api/v1/runs/{run}/{what}")
        answers.append((answer.status, answer.body.get("status") if answer.status == 200 else answer.body["code"]))

    assert answers[0] == (200, "paused")
    assert answers[1][0] == 200
    assert answers[2:] == [(200, "canceled"), (200, "canceled"), (409, "run_state"), (409, "run_state")]
    kinds = [event["kind"] for event in (await server.get(f"/api/v1/runs/{run}/events")).body]
    assert kinds == ["started", "paused", "resumed", "canceled"]


async def test_a_run_says_who_asked_for_it(server: Server) -> None:
    await begin(server)
    _, key = await server.ringline.access.keys.add("orders", "editor", made_by="test")
    begun = await server.ask("POST", "/api/v1/workflows/waits/runs", token=key, json={})
    tried = await server.ask("POST", "/api/v1/drafts/waits/run", token=key, json={"inputs": {}})

    assert begun.body["trigger"] is None
    assert (begun.body["started_by"]["kind"], begun.body["started_by"]["name"]) == ("key", "orders")
    assert tried.body["started_by"] == begun.body["started_by"]
    listed = (await server.get("/api/v1/runs")).body["items"]
    assert [run["started_by"]["name"] for run in listed] == ["orders", "orders", "server token"]
    told = (await server.get(f"/api/v1/runs/{begun.body['id']}/timeline")).body["entries"][0]["text"]
    assert told == "The run began: a program with the API key “orders” asked for it."


async def test_there_is_no_such_run_or_status(server: Server) -> None:
    assert (await server.get("/api/v1/runs?status=sleeping")).status == 422
    for path in ("", "/events"):
        assert (await server.get(f"/api/v1/runs/run_1{path}")).status == 404
    assert (await server.ask("POST", "/api/v1/runs/run_1/cancel")).status == 404
