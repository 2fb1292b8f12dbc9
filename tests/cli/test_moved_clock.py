"""Where the simulator's clock is moved by weeks, people stay signed in, streams go on, limits count real minutes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from argon2 import PasswordHasher

from ringline.access.passwords import Passwords
from ringline.cli.stage import Stage, stage
from ringline.settings import load_settings
from ringline.web.api.me import TRIES_PER_NAME

PHONE = "+14155550123"
KEY_LASTS = timedelta(days=2)


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = load_settings(home=tmp_path / "home", database_url=f"sqlite:///{tmp_path / 'stage.db'}")
    async with stage(settings, origin="the test", simulator_database=tmp_path / "simulator.db") as found:
        yield found


async def jump(on: Stage, days: int) -> None:
    there = datetime.fromtimestamp(on.simulator.clock.time(), UTC) + timedelta(days=days)
    await on.api.post("/_simulator/clock/jump", {"to": f"{there:%Y-%m-%d %H:%M:%S}"})


async def hears_of_a_message(on: Stage, browser: aiohttp.ClientSession, csrf: str, stream: Any) -> None:
    """Send one as the browser does, and wait for the stream to tell of it."""
    body = {"to": PHONE, "message": "hello"}
    async with browser.post("/api/v1/messages", json=body, headers={"X-CSRF-Token": csrf}) as answer:
        assert answer.status == 202, await answer.text()
        told = (await answer.json())["id"]
    async with asyncio.timeout(20):
        while told not in (await stream.content.readline()).decode():
            pass


async def test_moving_the_clock_by_months_signs_nobody_out(on: Stage) -> None:
    link, unused = on.sign_in_link(), on.sign_in_link()
    key = await on.api.post(
        "/api/v1/keys", {"name": "orders", "expires_at": (datetime.now(UTC) + KEY_LASTS).isoformat()}
    )
    await on.api.post("/api/v1/users", {"name": "ann", "role": "viewer"})

    async with aiohttp.ClientSession(on.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        (await browser.get(link)).release()
        csrf = (await (await browser.get("/api/v1/me")).json())["csrf"]
        async with browser.get("/live") as stream:
            for days in (8, 90):
                await jump(on, days)

                await hears_of_a_message(on, browser, csrf, stream)
                with_key = await browser.get("/api/v1/messages", headers={"Authorization": f"Bearer {key['key']}"})
                assert with_key.status == 200
                with_key.release()

        audit = (await (await browser.get("/api/v1/audit")).json())["items"]
        ended = [datetime.fromisoformat(entry["at"]) for entry in audit]
    async with aiohttp.ClientSession(on.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as other:
        (await other.get(unused)).release()
        assert (await other.get("/api/v1/me")).status == 200
    assert max(ended) - datetime.now(UTC) < timedelta(minutes=1)


async def test_moving_the_clock_gives_nobody_more_tries(on: Stage) -> None:
    on.ringline.access.users._passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    async with aiohttp.ClientSession(on.url) as stranger:

        async def tries() -> list[int]:
            wrong = {"name": "nobody", "password": "correct horse battery"}
            answers = await asyncio.gather(
                *(stranger.post("/api/v1/sign-in", json=wrong) for _ in range(TRIES_PER_NAME + 5))
            )
            return [answer.status for answer in answers]

        assert 429 in await tries()
        await jump(on, 1)
        assert 429 in await tries()
