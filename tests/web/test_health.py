"""What load balancers, orchestrators and Prometheus ask."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import text

from ringline.dispatch.workers import LOST_AFTER
from ringline.signatures import SIGNATURE_HEADER
from ringline.web import create_probes
from ringline.web.server import address, listen, serving
from web.conftest import TOKEN, Server

SOON = 20.0


async def figures(server: Server) -> dict[str, float]:
    """Every series by its name and labels."""
    server.ringline.figures._fresh_until = 0.0
    answer = await server.ask("GET", "/metrics", token=None)
    assert answer.status == 200
    pairs = re.findall(r"^([a-z_]+(?:\{.*\})?) ([-0-9.e+]+)$", answer.text, re.MULTILINE)
    return {name: float(value) for name, value in pairs}


async def execute(server: Server, sql: str, **values: Any) -> None:
    await server.ringline.database.write(lambda tx: tx.run(text(sql), values))


async def until_working(server: Server) -> None:
    async with asyncio.timeout(SOON):
        while server.ringline.workers.last_beat is None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def test_a_server_that_works_is_healthy_and_ready(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    for path in ("/health", "/ready", "/ready/server"):
        answer = await server.ask("GET", path, token=None)
        assert (answer.status, answer.body) == (200, {"status": "ok"}), path


async def test_what_was_sent_can_be_seen_in_the_metrics(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    await server.until_status((await server.send()).body["id"], "delivered")
    failed = (await server.send(to="+15005550009")).body["id"]
    await server.until_status(failed, "failed")

    seen = await figures(server)

    assert seen['ringline_messages_decided_total{stage="accepted"}'] == 1
    assert seen['ringline_messages_decided_total{stage="failed"}'] == 1
    assert seen['ringline_message_statuses_total{status="delivered"}'] == 1
    [code] = [name for name in seen if name.startswith("ringline_message_errors_total")]
    assert seen[code] == 1
    assert seen["ringline_send_seconds_count"] == 1
    assert seen['ringline_twilio_requests_total{method="POST",status="201"}'] == 1
    assert seen['ringline_jobs_done_total{entrypoint="drain_sender",outcome="done"}'] >= 1
    assert seen['ringline_jobs_done_total{entrypoint="apply_callbacks",outcome="done"}'] >= 1
    assert seen['ringline_sweep_seconds_count{what="outbox"}'] >= 1
    assert seen['ringline_http_requests_total{method="POST",route="/api/v1/messages",status="202"}'] == 2
    assert seen['ringline_workers{state="working"}'] == 1
    assert seen["ringline_database_up"] == 1
    assert seen["process_resident_memory_bytes"] > 1e6


async def test_what_waits_is_counted_by_stage_and_age(server_on_each_database: Server) -> None:
    server = server_on_each_database
    server.ringline.outbox.stop()
    for number in range(3):
        await server.send(to=f"+1415555012{number}")
    await execute(server, "UPDATE messages SET send_at = send_at - 100")
    later = server.ringline.clock.time() + 3600
    await execute(server, "UPDATE messages SET send_at = :later WHERE \"to\" = '+14155550122'", later=later)

    seen = await figures(server)

    assert seen['ringline_messages{stage="ready"}'] == 3
    assert seen["ringline_messages_due"] == 2
    assert 100 <= seen["ringline_message_oldest_due_seconds"] < 130
    assert seen['ringline_messages{stage="held"}'] == seen['ringline_messages{stage="unknown"}'] == 0


def patient(how_long: str) -> Any:
    """A workflow that waits."""
    return {
        "version": "1.0",
        "inputs": [],
        "steps": [{"type": "flow/delay@v1", "name": "later", "for": how_long}],
        "outputs": [],
    }


async def until_figure(server: Server, name: str, value: float) -> dict[str, float]:
    async with asyncio.timeout(SOON):
        while (seen := await figures(server)).get(name) != value:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return seen


async def test_runs_that_wait_and_runs_that_end_are_counted(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    await server.ringline.workflow(patient("1s"), name="short").start()
    seen = await until_figure(server, 'ringline_runs_ended_total{status="completed"}', 1)
    assert seen["ringline_runs_with_deadline"] == seen["ringline_run_overdue_seconds"] == seen["ringline_waits"] == 0
    assert seen['ringline_sweep_seconds_count{what="runs"}'] >= 1

    await server.ringline.workflow(patient("24h"), name="long").start()
    await until_figure(server, "ringline_runs_with_deadline", 1)
    server.ringline.stop()
    await asyncio.wait(server.ringline._background, timeout=SOON)
    await execute(server, "UPDATE runs SET due_at = due_at - 2 * 86400 WHERE due_at IS NOT NULL")
    assert 86_000 < (await figures(server))["ringline_run_overdue_seconds"] < 87_000


async def test_figures_are_read_once_for_many_scrapes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    read = server.ringline.figures._read

    async def counted() -> None:
        nonlocal reads
        reads += 1
        await read()

    monkeypatch.setattr(server.ringline.figures, "_read", counted)
    await asyncio.gather(*(server.ask("GET", "/metrics", token=None) for _ in range(20)))
    assert reads == 1


async def test_a_refused_webhook_is_counted(server: Server) -> None:
    answer = await server.ask(
        "POST", "/twilio/sms", token=None, data={"AccountSid": "AC1"}, headers={SIGNATURE_HEADER: "x"}
    )
    assert answer.status == 403
    assert sum(value for name, value in (await figures(server)).items() if "webhooks_refused_total" in name) == 1


async def test_ready_says_when_the_database_is_gone(server: Server) -> None:
    await server.ringline.database.close()

    answer = await server.ask("GET", "/ready", token=None)

    assert (answer.status, answer.body["code"]) == (503, "not_ready")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["reasons"] == ["The database does not answer."]
    assert (await server.ask("GET", "/health", token=None)).status == 200
    assert (await figures(server))["ringline_database_up"] == 0


async def test_ready_says_when_the_tables_are_old(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    await execute(server, "UPDATE alembic_version SET version_num = '0000'")
    answer = await server.ask("GET", "/ready/server", token=None)
    assert answer.status == 503
    assert "of revision 0000" in answer.body["detail"]

    await execute(server, "UPDATE alembic_version SET version_num = '9999'")
    answer = await server.ask("GET", "/ready", token=None)
    assert answer.status == 200, "a newer version has brought them up to date, and this one is still to be replaced"


async def test_ready_says_when_nobody_works_but_the_server_itself_may_be_asked(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    await execute(server, "UPDATE workers SET seen_at = seen_at - :long", long=LOST_AFTER + 1)
    answer = await server.ask("GET", "/ready", token=None)
    assert (answer.status, answer.body["reasons"]) == (503, ["No process works on this database."])
    assert (await server.ask("GET", "/ready/server", token=None)).status == 200


async def test_ready_says_when_wake_ups_are_not_followed(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await until_working(server)
    server.ringline.stop()
    await asyncio.wait(server.ringline._background, timeout=SOON)
    await execute(server, "UPDATE workers SET stopping = 0")
    await server.send()
    await execute(server, "UPDATE senders SET woken_at = woken_at - 300")
    answer = await server.ask("GET", "/ready", token=None)
    assert answer.status == 503
    assert re.search(r"Nobody has followed a wake-up of `drain_sender` for 30\d s\.", answer.body["detail"])
    assert 300 <= (await figures(server))['ringline_wake_up_lag_seconds{entrypoint="drain_sender"}'] < 330


async def test_a_worker_without_a_server_can_be_probed_and_scraped(server: Server) -> None:
    await until_working(server)
    with listen("127.0.0.1", 0) as listener:
        async with serving(create_probes(server.ringline), listener), ClientSession() as session:
            url = address(listener)

            async def ask(path: str, **headers: str) -> int:
                async with session.get(url + path, headers=headers) as answer:
                    return answer.status

            assert [await ask(path) for path in ("/health", "/ready", "/metrics")] == [200, 200, 200]
            assert await ask("/metrics", **{"X-Forwarded-For": "203.0.113.9"}) == 401
            assert (
                await ask("/metrics", **{"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {TOKEN}"}) == 200
            )
            assert await ask("/api/v1/messages", Authorization=f"Bearer {TOKEN}") == 404
