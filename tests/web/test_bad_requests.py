"""API calls that cannot be done, each with the exact sentence the caller reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from web.conftest import Server

CASES = json.loads((Path(__file__).parents[1] / "cases" / "bad_input" / "api_calls.json").read_text())
pytestmark = pytest.mark.asyncio(loop_scope="module")
_LONG = "{1601 characters}"


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
async def test_bad_call_is_answered_with_a_plain_sentence(shared_server: Server, case: dict[str, Any]) -> None:
    given = dict(case["given"])
    options: dict[str, Any] = {"headers": given.get("headers", {})}
    if "body" in given:
        options["data"] = json.dumps(given["body"]).replace(_LONG, "x" * 1601)
    elif "text" in given:
        options["data"] = given["text"]
    if "data" in options:
        options["headers"] = {"Content-Type": "application/json"} | options["headers"]

    answer = await shared_server.ask(given.get("method", "POST"), given["path"], **options)

    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.body
    assert f"{problem['detail']} {problem['fix']}".strip() == case["sentence"]
    assert (answer.status, problem["status"]) == (case["status"], case["status"])
    assert problem["type"] == f"urn:ringline:problem:{problem['code']}"
    # Nothing half-written remains.
    assert (await shared_server.get("/api/v1/messages")).body == {"items": [], "next": None}
    assert shared_server.simulator.messages == []
    assert [one["name"] for one in (await shared_server.get("/api/v1/credentials")).body] == ["main"]
    assert (await shared_server.get("/api/v1/workflows")).body == []
