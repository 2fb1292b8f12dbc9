"""Every route by every role, against a table of its own: what is not listed here is not let through."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from ringline.access import ROLES
from ringline.errors import ConfigurationError
from ringline.web.roles import guarded
from web.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIEWER = """
GET /api/v1/openapi.json
GET /api/v1/me
GET /api/v1/me/sign-ins
POST /api/v1/me/password
POST /api/v1/me/sign-out
POST /api/v1/me/sign-out-everywhere
DELETE /api/v1/me/sign-ins/{sign_in_id}
GET /live
GET /api/v1/blocks
GET /api/v1/templates
GET /api/v1/broadcasts
GET /api/v1/broadcasts/{broadcast}
GET /api/v1/broadcasts/{broadcast}/recipients
GET /api/v1/budgets
GET /api/v1/budgets/balances
GET /api/v1/budgets/{budget}
GET /api/v1/calls
GET /api/v1/calls/{call_id}
GET /api/v1/calls/{call_id}/events
GET /api/v1/contacts
GET /api/v1/contacts/{contact}
GET /api/v1/conversations
GET /api/v1/conversations/{person}
GET /api/v1/drafts
GET /api/v1/figures
GET /api/v1/figures/attention
GET /api/v1/figures/flows
GET /api/v1/figures/funnel
GET /api/v1/inbound
GET /api/v1/links
GET /api/v1/lists
GET /api/v1/lists/{name}
GET /api/v1/messages
GET /api/v1/messages/unresolved
GET /api/v1/messages/{message_id}
GET /api/v1/messages/{message_id}/events
GET /api/v1/messages/{message_id}/evidence
GET /api/v1/opt-outs
GET /api/v1/pools
GET /api/v1/previews/number
GET /api/v1/previews/vocabulary
POST /api/v1/previews/message
POST /api/v1/previews/questions
POST /api/v1/previews/understanding
GET /api/v1/runs
GET /api/v1/runs/{run_id}
GET /api/v1/runs/{run_id}/events
GET /api/v1/runs/{run_id}/timeline
GET /api/v1/senders
GET /api/v1/sessions
GET /api/v1/sessions/{session_id}
GET /api/v1/sessions/{session_id}/transcript
GET /api/v1/triggers
GET /api/v1/triggers/events
GET /api/v1/webhooks
GET /api/v1/webhooks/{webhook_id}
GET /api/v1/workflows
GET /api/v1/workflows/{name}/graph
GET /api/v1/workflows/{name}/versions
"""
OPERATOR = """
GET /api/v1/content-templates
GET /api/v1/credentials
GET /api/v1/doctor
GET /api/v1/drafts/{name}
GET /api/v1/figures/export
GET /api/v1/numbers
GET /api/v1/phone/hearing
GET /api/v1/recordings/{recording_id}
GET /api/v1/senders/{sender}
GET /api/v1/senders/{sender}/forecast
GET /api/v1/sessions/{session_id}/replay
GET /api/v1/workflows/{name}
GET /api/v1/workflows/{name}/diff
GET /api/v1/workflows/{name}/export
POST /api/v1/calls
POST /api/v1/calls/{call_id}/hangup
POST /api/v1/conversations/{person}/read
POST /api/v1/conversations/{person}/reply
POST /api/v1/messages
POST /api/v1/messages/forecast
POST /api/v1/messages/{message_id}/cancel
POST /api/v1/messages/{message_id}/settle
POST /api/v1/runs/{run_id}/cancel
POST /api/v1/runs/{run_id}/pause
POST /api/v1/runs/{run_id}/resume
POST /api/v1/runs/{run_id}/retry
POST /api/v1/sessions/{session_id}/end
POST /api/v1/webhooks/{webhook_id}/retry
POST /api/v1/workflows/{name}/runs
"""
EDITOR = """
GET /api/v1/broadcasts/{broadcast}/results
GET /api/v1/contacts/export
POST /api/v1/broadcasts
POST /api/v1/broadcasts/{broadcast}/cancel
POST /api/v1/broadcasts/{broadcast}/pause
POST /api/v1/broadcasts/{broadcast}/recipients
POST /api/v1/broadcasts/{broadcast}/resume
POST /api/v1/broadcasts/{broadcast}/start
POST /api/v1/broadcasts/{broadcast}/test
POST /api/v1/contacts
POST /api/v1/contacts/import
PATCH /api/v1/contacts/{contact}
DELETE /api/v1/contacts/{contact}
POST /api/v1/drafts
PUT /api/v1/drafts/{name}
DELETE /api/v1/drafts/{name}
DELETE /api/v1/drafts/{name}/workflow
POST /api/v1/drafts/{name}/copy
POST /api/v1/drafts/{name}/edits
POST /api/v1/drafts/{name}/publish
POST /api/v1/drafts/{name}/rename
POST /api/v1/drafts/{name}/run
POST /api/v1/lists
DELETE /api/v1/lists/{name}
PUT /api/v1/lists/{name}/members/{contact}
DELETE /api/v1/lists/{name}/members/{contact}
POST /api/v1/workflows
POST /api/v1/workflows/check
POST /api/v1/workflows/{name}/publish
POST /api/v1/workflows/{name}/unpublish
"""
ADMIN = """
GET /api/v1/audit
GET /api/v1/keys
GET /api/v1/users
PUT /api/v1/budgets
DELETE /api/v1/budgets/{budget}
POST /api/v1/figures/rebuild
POST /api/v1/contacts/{contact}/erase
POST /api/v1/credentials
POST /api/v1/credentials/rotate-key
POST /api/v1/credentials/{name}/test
PUT /api/v1/credentials/{name}/token
DELETE /api/v1/credentials/{name}
POST /api/v1/keys
DELETE /api/v1/keys/{key}
POST /api/v1/messages/{message_id}/redact
POST /api/v1/numbers/connect
POST /api/v1/pools
DELETE /api/v1/pools/{name}
POST /api/v1/pools/{name}/senders
DELETE /api/v1/pools/{name}/senders/{sender}
PUT /api/v1/senders/{sender}
POST /api/v1/senders/{sender}/pause
POST /api/v1/senders/{sender}/resume
POST /api/v1/users
PATCH /api/v1/users/{name}
DELETE /api/v1/users/{name}
POST /api/v1/users/{name}/password
POST /api/v1/users/{name}/sign-out
"""
LEAST = {
    line: role
    for role, lines in zip(ROLES, (VIEWER, OPERATOR, EDITOR, ADMIN), strict=True)
    for line in lines.split("\n")
    if line
}


def routes(server: Server) -> Iterator[str]:
    for route in server.app.router.routes:
        if isinstance(route, Route) and route.path.startswith(("/api", "/live")) and route.path != "/api/v1/sign-in":
            yield from (f"{method} {route.path}" for method in sorted((route.methods or set()) - {"HEAD"}))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def keys(shared_server: Server) -> dict[str, str]:
    """A key of each role."""
    access = shared_server.ringline.access
    return {role: (await access.keys.add(f"of the {role}", role, made_by="test"))[1] for role in ROLES}


async def refused(server: Server, line: str, key: str) -> bool:
    """Whether a route refuses a key for its role; what else it answers does not matter here."""
    method, path = line.split(" ")
    headers = {"Authorization": f"Bearer {key}"}
    filled = path.replace("{", "").replace("}", "")
    async with server.session.request(method, server.url + filled, headers=headers) as answer:
        if answer.status != 403:
            return False
        return (await answer.json(content_type=None))["code"] == "role"


async def test_every_route_is_in_the_table_of_this_test(shared_server: Server) -> None:
    assert sorted(routes(shared_server)) == sorted(LEAST)


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_lets_through_whom_it_should_and_nobody_else(
    shared_server: Server, keys: dict[str, str], role: str
) -> None:
    together = asyncio.Semaphore(8)

    async def asked(line: str) -> tuple[str, bool]:
        async with together:
            return line, await refused(shared_server, line, keys[role])

    # What a role may change is asked of fresh servers elsewhere; here the ids exist nowhere.
    wrong = [
        line
        for line, is_refused in await asyncio.gather(*map(asked, LEAST))
        if is_refused != (ROLES.index(role) < ROLES.index(LEAST[line]))
    ]

    assert wrong == []


async def test_a_route_without_a_role_stops_the_start() -> None:
    async def nothing(_: Any) -> JSONResponse:
        return JSONResponse({})

    for route in (
        Route("/api/v1/new", nothing, name="new_thing"),
        Route("/_simulator/new", nothing, name="new_thing"),
        Mount("/live/more", routes=[], name="new_thing"),
    ):
        with pytest.raises(ConfigurationError, match="has no role"):
            list(guarded([route]))
