"""Every route there is, walked: none is left open by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Mount, Route

from ringline.web.twilio.signed import SignedRoutes
from web.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN = {
    "/assets/{name}",
    "/favicon.svg",
    "/{path:path}",  # the pages, which hold no data
    "/sign-in/{code}",
    "/health",
    "/ready",
    "/ready/server",
    "/metrics",
    "/m/{token}",
    "/l/{code}",
    "/a/{token}",
    "/hooks/{workflow}/{path:path}",  # opened by the secret of the workflow's own trigger
}

CLOSED = ("/api", "/live", "/_simulator")


def routes(server: Server) -> Iterator[tuple[str, str]]:
    def walk(found: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
        for route in found:
            if isinstance(route, Mount):
                assert isinstance(route.app, SignedRoutes), "only the signed webhooks are mounted"
                yield from walk(route.app.routes, prefix + route.path)
            else:
                assert isinstance(route, Route), route
                yield from ((method, prefix + route.path) for method in sorted(route.methods or ()))

    return walk(server.app.router.routes)


def filled(path: str) -> str:
    return path.replace("{", "").replace("}", "").replace(":path", "")


async def test_every_closed_route_refuses_strangers(shared_server: Server) -> None:
    asked = [
        (method, path)
        for method, path in routes(shared_server)
        if path.startswith(CLOSED) and path != "/api/v1/sign-in"  # which is how one gets in
    ]
    answers = [await shared_server.ask(method, filled(path), token=None) for method, path in asked]

    assert len(asked) > 15
    assert {answer.status for answer in answers} == {401}


async def test_every_webhook_refuses_without_a_signature(shared_server: Server) -> None:
    asked = [(method, path) for method, path in routes(shared_server) if path.startswith("/twilio")]
    answers = [
        await shared_server.ask(method, filled(path), token=None, data={"AccountSid": "AC1"}) for method, path in asked
    ]

    assert len(asked) >= 2
    assert {answer.status for answer in answers} == {403}


async def test_webhooks_take_no_token_in_place_of_a_signature(shared_server: Server) -> None:
    asked = [(method, path) for method, path in routes(shared_server) if path.startswith("/twilio")]

    assert {(await shared_server.ask(method, filled(path))).status for method, path in asked} == {403}


async def test_what_is_neither_api_nor_webhook_is_known_by_name(shared_server: Server) -> None:
    others = {path for _, path in routes(shared_server) if not path.startswith((*CLOSED, "/twilio"))}

    assert others == OPEN


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/live/nothing", "/twilio/nothing"])
async def test_unknown_path_is_a_problem_of_its_own(shared_server: Server, path: str) -> None:
    answer = await shared_server.get(path)

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status == (403 if path.startswith("/twilio") else 404)


async def test_openapi_names_every_operation_once(shared_server: Server) -> None:
    document = (await shared_server.get("/api/v1/openapi.json")).body

    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) > 15
    assert all(path.startswith(("/api/v1/", "/live")) for path in document["paths"])


async def test_openapi_tells_how_errors_really_look(shared_server: Server) -> None:
    document = (await shared_server.get("/api/v1/openapi.json")).body
    problem = (await shared_server.get("/api/v1/messages/nothing")).body

    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all("application/problem+json" in one["responses"]["default"]["content"] for one in operations)
    assert set(problem) == set(document["components"]["schemas"]["Problem"]["required"])
    assert "HTTPValidationError" not in str(document)
