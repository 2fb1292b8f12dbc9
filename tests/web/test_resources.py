"""Credentials, numbers, workflows and runs over the API."""

from __future__ import annotations

import asyncio
from typing import Any

from web.conftest import Server

DOUBLE = """\
version: "1.0"
name: greet
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
steps:
  - {type: twilio/sms@v1, name: hello, to: $inputs.phone, message: "Hello {{phone}}"}
outputs:
  - {type: JsonField, name: status, selector: $steps.hello.status}
"""
SECRET = "0123456789abcdef0123456789abcdef"


async def ended(server: Server, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = (await server.get(f"/api/v1/runs/{run_id}?wait=20")).body
    return run


async def test_workflow_is_registered_run_and_its_message_found_by_run(server: Server) -> None:
    kept = await server.post("/api/v1/workflows", {"definition": DOUBLE})
    started = await server.post("/api/v1/workflows/greet/runs", {"inputs": {"phone": "+14155550123"}})

    assert (kept.status, kept.body["version"]) == (201, 1)
    assert started.status == 202
    run = await ended(server, started.body["id"])
    assert run["status"] == "completed", run
    assert run["inputs"] == {"phone": "+14155550123"}
    [message] = (await server.get(f"/api/v1/messages?run={run['id']}")).body["items"]
    assert (message["message"], message["step"]) == ("Hello +14155550123", "hello")
    assert [one["id"] for one in (await server.get("/api/v1/runs?workflow=greet")).body["items"]] == [run["id"]]


async def test_same_text_keeps_its_version_and_another_gets_the_next(server: Server) -> None:
    versions = [
        (await server.post("/api/v1/workflows", {"definition": text})).body["version"]
        for text in (DOUBLE, DOUBLE, DOUBLE.replace("Hello", "Hi"))
    ]

    assert versions == [1, 1, 2]
    assert "Hello" in (await server.get("/api/v1/workflows/greet?version=1")).body["definition"]
    assert "Hi" in (await server.get("/api/v1/workflows/greet")).body["definition"]
    [listed] = (await server.get("/api/v1/workflows")).body
    assert (listed["name"], listed["version"]) == ("greet", 2)


async def test_same_key_starts_one_run(server: Server) -> None:
    await server.post("/api/v1/workflows", {"definition": DOUBLE})
    body = {"inputs": {"phone": "+14155550123"}}

    answers = await asyncio.gather(
        *(server.post("/api/v1/workflows/greet/runs", body, **{"Idempotency-Key": "k"}) for _ in range(5))
    )
    other = await server.post(
        "/api/v1/workflows/greet/runs", {"inputs": {"phone": "+14155550199"}}, **{"Idempotency-Key": "k"}
    )

    assert len({answer.body["id"] for answer in answers}) == 1
    assert (other.status, other.body["code"]) == (409, "idempotency_conflict")
    await ended(server, answers[0].body["id"])


async def test_faults_of_a_definition_are_listed_with_their_lines(server: Server) -> None:
    broken = DOUBLE.replace("$inputs.phone, message", "$inputs.phon, mesage")

    checked = await server.post("/api/v1/workflows/check", {"definition": broken})
    refused = await server.post("/api/v1/workflows", {"definition": broken})

    errors = [fault for fault in checked.body["faults"] if fault["severity"] == "error"]
    assert len(errors) >= 2
    assert {fault["line"] for fault in errors} == {6}
    assert refused.status == 422
    assert refused.body["code"] == "invalid_definition"
    assert len(refused.body["faults"]) >= 2
    assert (await server.get("/api/v1/workflows")).body == []


async def test_definition_from_the_network_never_names_a_file_of_this_machine(server: Server) -> None:
    answer = await server.post("/api/v1/workflows", {"definition": "pyproject.toml.yaml"})

    assert answer.status == 422
    assert "no file" not in answer.body["detail"]


async def test_token_goes_in_and_never_comes_out(server: Server) -> None:
    added = await server.post(
        "/api/v1/credentials", {"name": "second", "account_sid": "AC" + "b" * 32, "auth_token": SECRET}
    )
    listed = await server.get("/api/v1/credentials")
    replaced = await server.ask("PUT", "/api/v1/credentials/second/token", json={"auth_token": SECRET[::-1]})
    bad = await server.post("/api/v1/credentials", {"name": "x", "account_sid": SECRET, "auth_token": SECRET})

    assert added.status == 201, added.body
    assert replaced.status == 200
    assert [one["name"] for one in listed.body] == ["main", "second"]
    for answer in (added, listed, replaced, bad):
        assert SECRET not in answer.text
        assert SECRET[::-1] not in answer.text


async def test_server_on_a_simulator_stays_there(server: Server) -> None:
    body = {"name": "x", "account_sid": "AC" + "b" * 32, "auth_token": SECRET, "base_url": "https://api.twilio.com"}

    answer = await server.post("/api/v1/credentials", body)

    assert (answer.status, answer.body["field"]) == (422, "base_url")


async def test_credential_is_tested_at_twilio(server: Server) -> None:
    await server.post("/api/v1/credentials", {"name": "wrong", "account_sid": "AC" + "b" * 32, "auth_token": SECRET})

    good = await server.post("/api/v1/credentials/main/test", None)
    bad = await server.post("/api/v1/credentials/wrong/test", None)

    assert good.body["ok"]
    assert not bad.body["ok"]
    assert bad.body["fix"]
    assert SECRET not in bad.text


async def test_removed_credential_is_gone(server: Server) -> None:
    assert (await server.ask("DELETE", "/api/v1/credentials/main")).status == 204
    assert (await server.ask("DELETE", "/api/v1/credentials/main")).status == 404
    assert (await server.get("/api/v1/credentials")).body == []


async def test_numbers_are_connected_to_this_server(server: Server) -> None:
    before = (await server.get("/api/v1/numbers")).body
    connected = await server.post("/api/v1/numbers/connect", {"numbers": ["+15550001111"]})
    after = {one["number"]: one for one in (await server.get("/api/v1/numbers")).body}

    assert not any(one["is_connected"] for one in before)
    assert [one["number"] for one in connected.body] == ["+15550001111"]
    assert after["+15550001111"]["webhook"] == f"{server.url}/twilio/sms"
    assert [number for number, one in after.items() if one["is_connected"]] == ["+15550001111"]
    assert after["+15550001111"]["calls_webhook"] == f"{server.url}/twilio/voice"
    assert [number for number, one in after.items() if one["takes_calls"]] == ["+15550001111"]
    number = next(one for one in server.simulator.numbers if one.number == "+15550001111")
    assert number.status_callback == f"{server.url}/twilio/call-status"


async def test_calls_may_stay_where_they_are(server: Server) -> None:
    body = {"numbers": ["+15550001111"], "calls": False}
    [connected] = (await server.post("/api/v1/numbers/connect", body)).body

    assert (connected["is_connected"], connected["takes_calls"], connected["calls_webhook"]) == (True, False, "")


async def test_number_the_account_does_not_have_is_named(server: Server) -> None:
    answer = await server.post("/api/v1/numbers/connect", {"numbers": ["+19995550000"]})

    assert (answer.status, answer.body["detail"]) == (404, "The account has no number +19995550000.")


async def test_doctor_finds_a_sound_installation_sound(server: Server) -> None:
    await server.ringline_numbers_connected()

    findings = (await server.get("/api/v1/doctor")).body

    assert findings[0]["topic"] == "public URL"
    assert [one for one in findings if one["level"] != "ok"] == []


async def test_doctor_tells_where_the_messages_of_other_numbers_go(server: Server) -> None:
    await server.post("/api/v1/numbers/connect", {"numbers": ["+15550001111"]})

    findings = (await server.get("/api/v1/doctor")).body

    numbers = [(one["level"], one["detail"], one["fix"]) for one in findings if one["topic"] == "numbers of main"]
    assert numbers == [
        ("ok", "What arrives at +15550001111 comes to this server.", ""),
        (
            "warning",
            "What arrives at +15550002222, +18005550100, +15550004444 and 1 more goes nowhere.",
            "ringline numbers connect --credential main",
        ),
    ]
