"""A whole server on loopback, with a simulated Twilio beside it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from argon2 import PasswordHasher
from fastapi import FastAPI
from multidict import CIMultiDictProxy

from ringline.access.passwords import Passwords
from ringline.app import Ringline
from ringline.settings import load_settings
from ringline.signatures import SIGNATURE_HEADER, sign
from ringline.simulator import Simulator
from ringline.web import create_app
from ringline.web.server import address, listen, serving

TOKEN = "rlt_for_tests"
WITHIN = 20.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDictProxy[str]
    text: str
    body: Any


@dataclass
class Server:
    """A running server, and ways to ask it."""

    url: str
    ringline: Ringline
    app: FastAPI
    simulator: Simulator
    session: ClientSession

    async def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = TOKEN,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """Any request, with the token unless told otherwise."""
        sent = dict(headers or {})
        if token is not None:
            sent.setdefault("Authorization", f"Bearer {token}")
        async with self.session.request(method, self.url + path, headers=sent, allow_redirects=False, **options) as got:
            text = await got.text(errors="replace")
            is_json = "json" in got.content_type
            return Answer(got.status, got.headers, text, await got.json(content_type=None) if is_json else None)

    async def post(self, path: str, body: Any, **headers: str) -> Answer:
        """A JSON body, with the token."""
        return await self.ask("POST", path, json=body, headers=headers)

    async def get(self, path: str) -> Answer:
        """With the token."""
        return await self.ask("GET", path)

    async def text_arrives(self, text: str, *, person: str, to: str = "+15550001111", sid: str = "1") -> None:
        """Twilio calls with what a person has written."""
        form = {
            "MessageSid": f"SM{sid:0>32}",
            "AccountSid": self.simulator.account_sid,
            "From": person,
            "To": to,
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
        }
        assert (await self.twilio("/twilio/sms", form)).status == 200

    async def twilio(self, path: str, fields: Mapping[str, str], *, url: str | None = None) -> Answer:
        """A form as Twilio posts it: signed for *url*, by default the one it is posted to."""
        signature = sign(self.simulator.auth_token, url or self.url + path, fields)
        return await self.ask("POST", path, token=None, data=dict(fields), headers={SIGNATURE_HEADER: signature})

    async def send(self, **changes: Any) -> Answer:
        """Ask for a message."""
        return await self.post("/api/v1/messages", {"to": "+14155550123", "message": "hello"} | changes)

    async def until_status(self, message_id: str, status: str) -> dict[str, Any]:
        """The message once it has *status*; fails when that does not come within some seconds."""
        deadline = asyncio.get_running_loop().time() + WITHIN
        while True:
            message: dict[str, Any] = (await self.get(f"/api/v1/messages/{message_id}")).body
            if message["status"] == status:
                return message
            assert asyncio.get_running_loop().time() < deadline, message

    async def ringline_numbers_connected(self) -> None:
        """Have what arrives at the simulated numbers come here."""
        assert (await self.post("/api/v1/numbers/connect", {})).status == 200


@asynccontextmanager
async def running_server(home: Path, database_url: str) -> AsyncIterator[Server]:
    """A server with a simulator and the simulated account as its credential."""
    async with Simulator() as simulator:
        listener = listen("127.0.0.1", 0)
        url = address(listener)
        settings = load_settings(
            home=home,
            database_url=database_url,
            api_token=TOKEN,
            public_url=url,
            twilio_base_url=simulator.base_url,
            rate_limit=100_000,
        )
        async with Ringline(settings=settings) as ringline:
            # How well passwords are hashed is the matter of other tests.
            quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
            ringline.access.users._passwords = Passwords(quick)
            await ringline.credentials.add(
                "main", simulator.account_sid, simulator.auth_token, default_from="+15550001111"
            )
            app = create_app(ringline)
            async with serving(app, listener), ClientSession() as session:
                yield Server(url, ringline, app, simulator, session)


@pytest.fixture
async def server(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Server]:
    """A server for one test."""
    async with running_server(tmp_path, _copy(sqlite_template, tmp_path)) as running:
        yield running


@pytest.fixture
async def server_on_each_database(tmp_path: Path, database_url: str) -> AsyncIterator[Server]:
    """A server for one test, on SQLite and on Postgres in turn."""
    async with running_server(tmp_path, database_url) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> AsyncIterator[Server]:
    """A server for the tests of a whole file, which change nothing; they run with ``loop_scope="module"``."""
    home = tmp_path_factory.mktemp("home")
    async with running_server(home, _copy(sqlite_template, home)) as running:
        yield running


def _copy(template: Path, folder: Path) -> str:
    shutil.copyfile(template, folder / "ringline.db")
    return f"sqlite:///{folder / 'ringline.db'}"
