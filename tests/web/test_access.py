"""The layers before every route, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.clock import VirtualClock
from ringline.settings import Settings, load_settings
from ringline.web import problems
from ringline.web.access import BodyLimit, HostRule, RateLimiter, host_name, is_loopback
from ringline.web.identity import IdentityRule
from ringline.web.server import address, listen, serving

TOKEN = "rlt_test"
Ask = Callable[..., Awaitable[tuple[int, Any]]]


@asynccontextmanager
async def guarded(settings: Settings, clock: VirtualClock, rate_limit: int = 600) -> AsyncIterator[Ask]:
    async def echo(request: Request) -> Response:
        return JSONResponse({"path": request.url.path, "bytes": len(await request.body())})

    app = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    problems.install(app)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, upload_limit=settings.max_upload_bytes)
    app.add_middleware(IdentityRule, token=TOKEN, limiter=RateLimiter(rate_limit, clock))
    app.add_middleware(HostRule, settings=settings)
    listener = listen("127.0.0.1", 0)
    async with serving(app, listener), ClientSession() as session:

        async def ask(path: str, *, method: str = "GET", **options: Any) -> tuple[int, Any]:
            async with session.request(method, address(listener) + path, **options) as answer:
                content = await answer.json(content_type=None)
                return answer.status, content | {"headers": answer.headers}

        yield ask


def bearer(token: str = TOKEN, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | more


@pytest.fixture
async def ask(clock: VirtualClock) -> AsyncIterator[Ask]:
    settings = load_settings(public_url="https://ring.example.com", allowed_hosts="inside.example, Other.example")
    async with guarded(settings, clock) as asked:
        yield asked


@pytest.mark.parametrize("path", ["/api/v1/messages", "/api", "/api/v1/me", "/live", "/live/x", "/_simulator/events"])
async def test_whatever_holds_data_asks_for_the_token(ask: Ask, path: str) -> None:
    status, body = await ask(path)

    assert status == 401
    assert body["code"] == "token_missing"
    assert body["headers"]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["wrong", TOKEN + "x", TOKEN[:-1], TOKEN.upper(), "é"])
async def test_wrong_token_opens_nothing(ask: Ask, token: str) -> None:
    status, body = await ask("/api/v1/messages", headers={"Authorization": f"Bearer {token}"})

    assert (status, body["code"]) == (401, "token_wrong")
    assert token not in str(body["detail"]) + str(body["fix"])


@pytest.mark.parametrize(
    "path", ["/", "/health", "/ready", "/twilio/sms", "/m/abc", "/l/abc", "/sign-in/x", "/metrics"]
)
async def test_open_paths_ask_for_no_token(ask: Ask, path: str) -> None:
    assert (await ask(path))[0] == 200


async def test_metrics_handed_on_by_a_proxy_need_the_token(ask: Ask) -> None:
    assert (await ask("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}))[0] == 401
    assert (await ask("/metrics", headers=bearer(**{"X-Forwarded-For": "203.0.113.9"})))[0] == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", ""])
async def test_foreign_host_name_is_refused_even_with_the_token(ask: Ask, host: str) -> None:
    status, body = await ask("/api/v1/messages", headers=bearer(Host=host))

    assert (status, body["code"]) == (421, "wrong_host")


@pytest.mark.parametrize(
    "host", ["localhost:1", "LOCALHOST", "127.8.8.8", "[::1]:80", "x.localhost", "OTHER.example:9"]
)
async def test_own_names_reach_the_api(ask: Ask, host: str) -> None:
    assert (await ask("/api/v1/messages", headers=bearer(Host=host)))[0] == 200


async def test_public_name_reaches_webhooks_media_and_links_only(ask: Ask) -> None:
    public = {"Host": "ring.example.com"}

    assert (await ask("/twilio/sms", headers=public))[0] == 200
    assert (await ask("/l/abc", headers=public))[0] == 200
    assert (await ask("/m/abc", headers=public))[0] == 200
    status, body = await ask("/api/v1/messages", headers=bearer(**public))
    assert (status, body["code"]) == (421, "private_path")
    assert (await ask("/", headers=public))[0] == 421


async def test_health_answers_a_load_balancer_that_asks_by_address(ask: Ask) -> None:
    assert (await ask("/health", headers={"Host": "10.1.2.3"}))[0] == 200


async def test_too_many_requests_are_told_when_to_come_back(clock: VirtualClock) -> None:
    async with guarded(load_settings(), clock, rate_limit=3) as ask:
        allowed = [(await ask("/api/x", headers=bearer()))[0] for _ in range(3)]
        status, body = await ask("/api/x", headers=bearer())

        assert allowed == [200, 200, 200]
        assert status == 429
        assert body["headers"]["Retry-After"] == "20"
        assert body["detail"] == "More than 3 requests in a minute came with this token."
        clock.step(20)
        assert (await ask("/api/x", headers=bearer()))[0] == 200
        assert (await ask("/api/x", headers=bearer()))[0] == 429


async def test_strangers_do_not_use_up_the_tokens_requests(clock: VirtualClock) -> None:
    async with guarded(load_settings(), clock, rate_limit=1) as ask:
        for _ in range(5):
            await ask("/api/x", headers=bearer("wrong"))

        assert (await ask("/api/x", headers=bearer()))[0] == 200


async def test_body_beyond_the_limit_is_refused_announced_or_not(clock: VirtualClock) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 1000

    async with guarded(load_settings(max_body_bytes=2048), clock) as ask:
        status, body = await ask("/api/x", method="POST", data=b"x" * 3000, headers=bearer())
        assert (status, body["code"]) == (413, "too_large")
        assert body["detail"] == "The body is larger than 2,048 bytes."
        status, body = await ask("/api/x", method="POST", data=pieces(), headers=bearer())
        assert (status, body["detail"]) == (413, "The body is larger than 2,048 bytes.")
        assert (await ask("/api/x", method="POST", data=b"x" * 2048, headers=bearer()))[1]["bytes"] == 2048


async def test_files_may_be_larger_than_other_bodies(clock: VirtualClock) -> None:
    async with guarded(load_settings(max_body_bytes=1024, max_upload_bytes=4096), clock) as ask:
        asked = [
            await ask(path, method="POST", data=b"x" * size, headers=bearer())
            for path, size in (("/api/v1/contacts/import", 4096), ("/api/v1/contacts/import", 4097), ("/api/x", 4096))
        ]

    assert [status for status, _ in asked] == [200, 413, 413]


def test_rate_limiter_works_off_use_with_time(clock: VirtualClock) -> None:
    limiter = RateLimiter(60, clock)

    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60
    assert limiter.take("a") == pytest.approx(1.0)
    assert limiter.take("b") == 0.0
    clock.step(60)
    assert [limiter.take("a") for _ in range(60)] == [0.0] * 60


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("example.com:80", "example.com"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("Example.COM", "example.com"),
        ("", ""),
    ],
)
def test_host_header_gives_the_name(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("name", ["127.0.0.1", "127.255.0.9", "::1", "[::1]", "localhost", "api.localhost"])
def test_loopback_is_recognised(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize("name", ["128.0.0.1", "0.0.0.0", "localhost.com", "127.0.0.1.nip.io", "2130706433", ""])
def test_what_only_looks_like_loopback_is_not(name: str) -> None:
    assert not is_loopback(name)
