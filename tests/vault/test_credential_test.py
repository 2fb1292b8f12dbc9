from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from ringline.clock import VirtualClock
from ringline.database import open_database
from ringline.simulator import Simulator
from ringline.twilio.error_catalogue import find
from ringline.vault import CredentialTest, Vault

SID = "AC" + "1a" * 16
TOKEN = "0123456789abcdef0123456789abcdef"
Answer = tuple[int, dict[str, Any] | str]


@pytest.fixture
async def vault(clock: VirtualClock) -> AsyncIterator[Vault]:
    database = await open_database("sqlite://", clock=clock)
    opened = Vault(database, clock, b"k" * 32, timeout=2.0)
    yield opened
    await opened.close()
    await database.close()


@pytest.fixture
async def ask(vault: Vault) -> AsyncIterator[Callable[..., Any]]:
    """Test a credential against a server that answers as told, and say what was asked of it."""
    servers: list[TestServer] = []

    async def asking(answer: Answer, **given: Any) -> tuple[CredentialTest, list[str]]:
        asked: list[str] = []

        async def handle(request: web.Request) -> web.Response:
            asked.append(f"{request.method} {request.path_qs}")
            status, body = answer
            return (
                web.Response(status=status, text=body)
                if isinstance(body, str)
                else web.json_response(body, status=status)
            )

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", handle)
        server = TestServer(application)
        await server.start_server()
        servers.append(server)
        await vault.add("main", SID, TOKEN, base_url=f"http://127.0.0.1:{server.port}", **given)
        return await vault.test("main"), asked

    yield asking
    for server in servers:
        await server.close()


async def test_a_credential_that_works_says_for_which_account(ask: Any) -> None:
    result, asked = await ask((200, {"friendly_name": "Shop", "status": "active", "type": "Full"}))
    assert (result.ok, result.detail) == (True, "It works: account 'Shop' is active.")
    assert (result.account_name, result.account_type, result.is_test) == ("Shop", "Full", False)
    assert asked == [f"GET /2010-04-01/Accounts/{SID}.json"]


async def test_a_trial_account_is_told_what_it_reaches(ask: Any) -> None:
    result, _ = await ask((200, {"friendly_name": "Me", "status": "active", "type": "Trial"}))
    assert result.ok
    assert result.detail.endswith("It is a trial account, which reaches verified numbers only.")


async def test_an_api_key_is_tested_with_what_it_may_read(ask: Any) -> None:
    result, asked = await ask((200, {"messages": [], "next_page_uri": None}), username="SK" + "2b" * 16)
    assert result.ok
    assert result.detail.startswith(f"It works: the API key signs in to account {SID}.")
    assert asked == [f"GET /2010-04-01/Accounts/{SID}/Messages.json?PageSize=1"]


@pytest.mark.parametrize(
    ("answer", "detail", "fix"),
    [
        (
            (200, {"friendly_name": "Shop", "status": "suspended", "type": "Full"}),
            "SID and token are right, but the account 'Shop' is suspended.",
            "Open the Twilio console and see why; often funds ran out.",
        ),
        (
            (401, {"code": 20003, "message": "Authenticate", "status": 401}),
            f"Twilio does not accept this auth token for account {SID}.",
            "Copy SID and auth token again from the Twilio console; they belong together. The account must be active.",
        ),
        (
            (404, {"code": 20404, "message": "The requested resource was not found", "status": 404}),
            f"Twilio knows no account {SID}.",
            "Copy the account SID again from the first page of the Twilio console: AC and 32 hexadecimal digits.",
        ),
        (
            (403, {"code": 20005, "message": "Account not active", "status": 403}),
            f"The account {SID} is not active; it is suspended, closed or out of funds.",
            "Open the Twilio console and see why.",
        ),
        (
            (403, {"code": 20006, "message": "Access denied", "status": 403}),
            "Twilio refused to show the account: Access denied (error 20006). " + find(20006).sentence,
            "Give the API key the permission, or use the account's auth token.",
        ),
        (
            (404, "<html>nginx</html>"),
            "{server} answered, but not as Twilio does (HTTP 404).",
            "Check the base URL of the credential and RINGLINE_TWILIO_BASE_URL.",
        ),
        (
            (503, "down"),
            "{server} answered with HTTP 503, so the credential could not be tested.",
            "Try again in a moment.",
        ),
        (
            (200, "<html>Sign in</html>"),
            "{server} answered with HTTP 200, so the credential could not be tested.",
            "Check the Twilio base URL, and any proxy between this machine and Twilio.",
        ),
    ],
)
async def test_what_is_wrong_is_said_in_words(ask: Any, vault: Vault, answer: Answer, detail: str, fix: str) -> None:
    result, _ = await ask(answer)
    server = (await vault.get("main")).base_url
    assert not result.ok
    assert result.detail == detail.format(server=server)
    assert result.fix == fix
    assert TOKEN not in repr(result)


async def test_twilios_test_credentials_are_recognised(ask: Any) -> None:
    result, _ = await ask((403, {"code": 20008, "message": "Resource not accessible", "status": 403}))
    assert result.is_test
    assert result.ok
    assert result.detail == "These are Twilio's test credentials: sends are accepted, nothing is delivered."
    assert result.fix == "To reach people, use the live account SID and auth token."


async def test_a_server_that_is_not_there_is_named(vault: Vault, unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}"
    await vault.add("main", SID, TOKEN, base_url=url)
    result = await vault.test("main")
    assert not result.ok
    assert result.detail == (
        f"{url} cannot be reached. No connection to 127.0.0.1:{unused_tcp_port} could be made (connection refused)."
    )
    assert result.fix == "Check the base URL of the credential."


async def test_a_credential_of_another_key_says_so(vault: Vault, clock: VirtualClock) -> None:
    await vault.add("main", SID, TOKEN)
    other = Vault(vault._database, clock, b"o" * 32)
    result = await other.test("main")
    assert not result.ok
    assert result.detail == "The credential was encrypted with a key this program does not have."
    await other.close()


async def test_the_simulator_takes_its_own_credential_and_refuses_another(vault: Vault, simulator: Simulator) -> None:
    await vault.add("right", simulator.account_sid, simulator.auth_token, base_url=simulator.base_url)
    await vault.add("wrong", simulator.account_sid, "0" * 32, base_url=simulator.base_url)
    right, wrong = await vault.test("right"), await vault.test("wrong")
    assert right.ok, right.detail
    assert not wrong.ok
    assert wrong.detail == f"Twilio does not accept this auth token for account {simulator.account_sid}."
