"""`/hooks/{workflow}/{path}`: what other systems send, proven, read, and answered; each event once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from ringline.web.hooks import METHODS
from web.conftest import Answer, Server

TOKEN = "battery"
KEY = base64.b64encode(b"0123456789abcdef01234567").decode()
GOT = {"got": "{{trigger.body.phone}}"}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server's environment holds."""
    monkeypatch.setenv("HOOK_TOKEN", TOKEN)
    monkeypatch.setenv("HOOK_TOKEN_PREVIOUS", f"old {TOKEN}")
    monkeypatch.setenv("HOOK_HMAC", TOKEN)
    monkeypatch.setenv("HOOK_STANDARD", f"whsec_{KEY}")


async def publish(server: Server, *triggers: dict[str, Any], name: str = "shop", **keys: Any) -> Answer:
    """Put a workflow in force that gives back what it was started with."""
    definition = {
        "version": "1.0",
        "name": name,
        "triggers": [{"type": "webhook", "inputs": GOT, **trigger} for trigger in triggers],
        "inputs": [{"type": "WorkflowParameter", "name": "got", "default_value": None}],
        "steps": [],
        "outputs": [{"type": "JsonField", "name": "got", "selector": "$inputs.got"}],
        **keys,
    }
    answer = await server.post("/api/v1/workflows", {"definition": definition})
    assert answer.status == 201, answer.text
    return answer


async def call(server: Server, path: str = "booked", body: Any = None, **options: Any) -> Answer:
    """A request of another system, which has no API token."""
    method = options.pop("method", "POST")
    if isinstance(body, bytes):
        options["data"] = body
    elif body is not None:
        options["json"] = body
    return await server.ask(method, f"/hooks/shop/{path}", token=None, **options)


async def run_of(server: Server, answer: Answer) -> dict[str, Any]:
    assert answer.status == 202, answer.text
    run: dict[str, Any] = (await server.ask("GET", f"/api/v1/runs/{answer.body['run']}?wait=20")).body
    return run


async def test_a_request_starts_a_run_with_what_it_says(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await publish(server, {"path": "booked"})

    answer = await call(server, body={"phone": "+14155550123"})

    assert answer.body["is_new"] is True
    run = await run_of(server, answer)
    assert (run["workflow"], run["status"], run["outputs"]) == ("shop", "completed", [{"got": "+14155550123"}])
    assert (run["trigger"]["type"], run["trigger"]["name"]) == ("webhook", "POST booked")
    [started, *_] = (await server.get(f"/api/v1/runs/{run['id']}/events")).body
    assert started["kind"] == "started"
    assert "webhook" in str(started["details"]["trigger"])


READ: list[tuple[dict[str, Any], str, Any]] = [
    # how it is sent; what the run takes; what that is
    ({"json": {"a": {"b": [1, 2]}}}, "{{trigger.body.a.b[1]}}", 2),
    ({"data": b'{"a": 7}', "headers": {"Content-Type": "application/cloudevents+json"}}, "{{trigger.body.a}}", 7),
    ({"data": {"a": "x y", "b": ""}}, "{{trigger.body}}", {"a": "x y", "b": ""}),
    ({"data": b"a=1&a=2&b=3", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
     "{{trigger.body.a}}", ["1", "2"]),
    ({"data": "grüße".encode(), "headers": {"Content-Type": "text/plain"}}, "{{trigger.body}}", "grüße"),
    ({"data": b"\xff", "headers": {"Content-Type": "application/octet-stream"}}, "{{trigger.body}}", "�"),
    ({"params": {"a": "1"}}, "{{trigger.query.a}}", "1"),
    ({}, "{{trigger.body}}", {}),
    ({"headers": {"X-Event-Type": "paid"}}, "{{trigger.headers.x_event_type}}", "paid"),
    ({}, "{{trigger.method}} {{trigger.path}} {{trigger.type}}", "POST booked webhook"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "template", "expected"), READ, ids=[case[1] for case in READ])
async def test_body_query_and_headers_are_read(
    server: Server, options: dict[str, Any], template: str, expected: Any
) -> None:
    await publish(server, {"path": "booked", "inputs": {"got": template}})

    assert (await run_of(server, await call(server, **options)))["inputs"]["got"] == expected


def signed(body: bytes, *, key: str = TOKEN) -> str:
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def standard(body: bytes, at: float, identity: str = "evt_1") -> dict[str, str]:
    content = f"{identity}.{int(at)}.".encode() + body
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), content, hashlib.sha256).digest()).decode()
    return {"webhook-id": identity, "webhook-timestamp": str(int(at)), "webhook-signature": f"v1,{signature}"}


async def test_each_way_of_proof_lets_the_right_request_in_and_no_other(server: Server) -> None:
    body = json.dumps({"phone": "1"}).encode()
    json_type = {"Content-Type": "application/json"}
    await publish(
        server,
        {"path": "token", "secret": "HOOK_TOKEN"},
        {"path": "hmac", "auth": "hmac", "secret": "HOOK_HMAC", "header": "X-Hub-Signature-256"},
        {"path": "standard", "auth": "standard-webhooks", "secret": "HOOK_STANDARD"},
    )
    right = {
        "token": {"Authorization": f"Bearer {TOKEN}"},
        "hmac": {"X-Hub-Signature-256": signed(body)},
        "standard": standard(body, server.ringline.clock.time()),
    }
    wrong = {
        "token": {"Authorization": f"Bearer {TOKEN}x"},
        "hmac": {"X-Hub-Signature-256": signed(body, key="other")},
        "standard": standard(b"{}", server.ringline.clock.time()),
    }
    for path, headers in right.items():
        assert (await call(server, path, body, headers={**json_type, **headers})).status == 202
        for bad in (wrong[path], {}):
            refused = await call(server, path, body, headers={**json_type, **bad})
            assert (refused.status, refused.body["code"]) == (401, "not_proven")
            assert TOKEN not in refused.text
    old = {**json_type, "Authorization": f"Bearer old {TOKEN}"}
    assert (await call(server, "token", body, headers=old)).status == 202


async def test_what_proves_a_request_is_not_shown_to_its_run(server: Server) -> None:
    await publish(server, {"path": "booked", "secret": "HOOK_TOKEN", "inputs": {"got": "{{trigger.headers}}"}})

    run = await run_of(server, await call(server, headers={"Authorization": f"Bearer {TOKEN}", "Cookie": "a=b"}))

    assert TOKEN not in json.dumps(run)
    assert not {"authorization", "cookie"} & set(run["inputs"]["got"])


async def test_a_hook_whose_secret_is_not_set_refuses_everybody_and_says_so_to_its_operator(server: Server) -> None:
    await publish(server, {"path": "booked", "secret": "HOOK_FORGOTTEN"})

    answer = await call(server, headers={"Authorization": "Bearer "})

    assert (answer.status, answer.body["code"]) == (503, "hook_not_ready")
    assert "HOOK_FORGOTTEN" not in answer.text
    [state] = (await server.get("/api/v1/triggers")).body
    assert state["lacks"].startswith("The variable HOOK_FORGOTTEN is not set")
    assert state["address"] == f"{server.url}/hooks/shop/booked"


SAME: list[tuple[dict[str, Any], list[dict[str, Any]], list[int]]] = [
    # the trigger; requests; which run each of them gives
    ({"event_id": {"header": "X-Event"}}, [{"headers": {"X-Event": e}} for e in "aab"], [0, 0, 1]),
    ({"event_id": {"body": "event.id"}}, [{"body": {"event": {"id": e}}} for e in (7, 7, 8)], [0, 0, 1]),
    ({"event_id": {"query": "e"}}, [{"params": {"e": e}} for e in "aab"], [0, 0, 1]),
    ({}, [{"headers": {"Idempotency-Key": e}} for e in "aab"], [0, 0, 1]),
    ({}, [{"body": {"n": n}} for n in (1, 1, 2)], [0, 0, 1]),
    ({"event_id": {"body": "id"}}, [{"body": {"n": n}} for n in (1, 1, 2)], [0, 0, 1]),
]


@pytest.mark.parametrize(("trigger", "requests", "runs"), SAME)
async def test_an_event_delivered_again_starts_no_second_run(
    server_on_each_database: Server, trigger: dict[str, Any], requests: list[dict[str, Any]], runs: list[int]
) -> None:
    server = server_on_each_database
    await publish(server, {"path": "booked", "inputs": {}, **trigger})

    answers = [await call(server, **dict(request)) for request in requests]

    names = list(dict.fromkeys(answer.body["run"] for answer in answers))
    assert [names.index(answer.body["run"]) for answer in answers] == runs
    assert [answer.body["is_new"] for answer in answers] == [True, False, True]
    assert len((await server.get("/api/v1/runs?workflow=shop")).body["items"]) == 2


async def test_the_id_of_a_standard_webhook_tells_events_apart(server: Server) -> None:
    await publish(server, {"path": "booked", "auth": "standard-webhooks", "secret": "HOOK_STANDARD", "inputs": {}})
    now = server.ringline.clock.time()

    first = await call(server, body=b"{}", headers=standard(b"{}", now))
    again = await call(server, body=b"{}", headers=standard(b"{}", now - 60))
    other = await call(server, body=b"{}", headers=standard(b"{}", now, "evt_2"))

    assert first.body["run"] == again.body["run"] != other.body["run"]


async def test_many_deliveries_at_once_start_one_run(server_on_each_database: Server) -> None:
    import asyncio

    server = server_on_each_database
    await publish(server, {"path": "booked", "inputs": {}})

    answers = await asyncio.gather(*(call(server, body={"id": 1}) for _ in range(10)))

    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["run"] for answer in answers}) == 1
    assert sum(answer.body["is_new"] for answer in answers) == 1


async def test_inputs_that_do_not_fit_are_told_and_may_come_again(server: Server) -> None:
    await publish(server, {"path": "booked", "event_id": {"header": "X-Event"}})

    refused = await call(server, body={"fone": "1"}, headers={"X-Event": "e1"})
    taken = await call(server, body={"phone": "1"}, headers={"X-Event": "e1"})

    assert (refused.status, refused.body["code"], refused.body["field"]) == (422, "no_run", "inputs.got")
    assert "`trigger.body.phone` has no value" in refused.body["detail"]
    assert (await run_of(server, taken))["outputs"] == [{"got": "1"}]


@pytest.mark.parametrize("body", [b"{", b"[1,", b'{"a": NaN}', b"[" * 100_000])
async def test_a_body_that_is_no_json_is_refused(server: Server, body: bytes) -> None:
    await publish(server, {"path": "booked"})

    answer = await call(server, body=body, headers={"Content-Type": "application/json"})

    assert (answer.status, answer.body["code"]) == (400, "invalid_body")
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_what_nobody_listens_to_is_not_found_and_other_methods_are_named(server: Server) -> None:
    await publish(server, {"path": "booked", "method": ["POST", "PUT"]}, {"path": "a/b", "method": "GET"})

    assert (await call(server, "nothing")).body["code"] == "no_such_hook"
    assert (await server.ask("POST", "/hooks/nobody/booked", token=None)).status == 404
    refused = await call(server, method="DELETE")
    assert (refused.status, refused.headers["Allow"]) == (405, "POST, PUT")
    assert (await call(server, "a/b", method="GET", params={"phone": "1"})).status == 422
    await server.post("/api/v1/workflows/shop/unpublish", {})
    assert (await call(server, body={"phone": "1"})).status == 404


async def test_the_author_may_choose_the_answer(server: Server) -> None:
    await publish(
        server,
        {"path": "hello", "method": "GET", "respond": {"status": 200, "body": "{{trigger.query.challenge}}"},
         "inputs": {}},
    )  # fmt: skip

    answer = await call(server, "hello", method="GET", params={"challenge": "<b>1</b>"})
    without = await call(server, "hello", method="GET")

    assert (answer.status, answer.text) == (200, "<b>1</b>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (without.status, without.text) == (200, "")


async def test_too_much_is_refused(server: Server) -> None:
    await publish(server, {"path": "booked", "secret": "HOOK_TOKEN"})

    big = await call(server, body=b"x" * 300_000, headers={"Authorization": f"Bearer {TOKEN}"})
    guesses = [(await call(server, headers={"Authorization": f"Bearer {n}"})).status for n in range(70)]
    right = await call(server, body={"phone": "1"}, headers={"Authorization": f"Bearer {TOKEN}"})

    assert big.status == 413
    assert guesses[:50] == [401] * 50
    assert guesses[-1] == 429
    assert right.status == 202


async def test_hooks_are_reached_under_the_public_name(server: Server) -> None:
    await publish(server, {"path": "booked"})
    settings = server.ringline.settings.with_changes("test", public_url="https://hooks.example.com")
    from ringline.web.access import HostRule

    reached: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope["path"])

    async def nothing(*_: Any) -> Any:
        return None

    for path in ("/hooks/shop/booked", "/api/v1/runs"):
        scope = {"type": "http", "method": "POST", "path": path, "headers": [(b"host", b"hooks.example.com")]}
        await HostRule(app, settings)(scope, nothing, nothing)

    assert reached == ["/hooks/shop/booked"]


def test_every_method_a_trigger_may_name_is_routed() -> None:
    from typing import get_args

    from ringline.workflow.triggers import Method

    assert set(METHODS) == set(get_args(Method))


async def test_the_api_lists_triggers_and_what_happened_to_them(server: Server) -> None:
    await publish(server, {"path": "booked"}, {"path": "other"})
    answer = await call(server, body={"phone": "1"})
    await call(server, body={})

    booked, other = (await server.get("/api/v1/triggers?workflow=shop")).body

    assert (booked["last_run_id"], booked["label"]) == (None, "POST booked")
    assert "`got` cannot be filled" in booked["last_error"]
    assert other["last_at"] is None
    query = f"workflow=shop&trigger={booked['key']}"
    events = (await server.get(f"/api/v1/triggers/events?{query}")).body
    assert [event["run_id"] for event in events] == [None, answer.body["run"]]


async def test_a_version_is_published_by_registering_it_unless_that_is_not_wanted(server: Server) -> None:
    await publish(server, {"path": "booked"})
    definition = {"version": "1.0", "name": "shop", "inputs": [], "steps": [], "outputs": []}
    kept = await server.post("/api/v1/workflows", {"definition": definition, "publish": False})

    assert (kept.body["version"], kept.body["published"]) == (2, 1)
    assert (await call(server, body={"phone": "1"})).status == 202
    done = await server.post("/api/v1/workflows/shop/publish", {})
    assert (done.body["version"], done.body["triggers"]) == (2, [])
    assert (await call(server, body={"phone": "2"})).status == 404
    gone = await server.post("/api/v1/workflows/shop/unpublish", {})
    assert gone.body["published"] is None
    refused = await server.post("/api/v1/workflows/shop/runs", {})
    assert (refused.status, refused.body["code"]) == (422, "unpublished")
    assert (await server.post("/api/v1/workflows/shop/runs", {"version": 2})).status == 202


async def test_the_api_trigger_fills_in_what_the_caller_leaves_out(server: Server) -> None:
    await publish(server, {"type": "api", "inputs": {"got": "{{trigger.body.other || 'nothing'}} {{trigger.key}}"}})

    async def got(inputs: dict[str, Any], key: str) -> Any:
        answer = await server.post("/api/v1/workflows/shop/runs", {"inputs": inputs}, **{"Idempotency-Key": key})
        return answer.body["inputs"]["got"]

    assert await got({}, "k1") == "nothing k1"
    assert await got({"got": "mine"}, "k2") == "mine"
