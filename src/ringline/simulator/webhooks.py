"""Requests from the simulated Twilio to the application: signed, retried, in order per message."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Literal
from urllib.parse import quote_plus, urlencode

import aiohttp
from yarl import URL

from ringline.clock import Clock
from ringline.signatures import sign
from ringline.simulator import connection_overrides
from ringline.simulator.connection_overrides import ConnectionOverrides, Failure

Parameters = Sequence[tuple[str, str]]

# Account, numbers and statuses are the same in thousands of callbacks.
_quoted = lru_cache(maxsize=8192)(quote_plus)

_USER_AGENT = "TwilioProxy/1.1"


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a request to the application came to.

    ``error_code`` is Twilio's code for the failure (11200 for an answer that is not 2xx) or ``None`` if all was well;
    ``status`` is ``None`` when no answer was read.
    """

    url: str
    status: int | None
    content_type: str
    body: str
    error_code: int | None
    data: bytes = field(default=b"", repr=False)
    location: str = ""


@dataclass(frozen=True, slots=True)
class WebhookAttempt:
    """One try to reach the application, kept for whoever wants to see what happened."""

    url: str
    parameters: dict[str, str]
    status: int | None
    error_code: int | None
    idempotency_token: str
    attempt: int
    at: float


@dataclass(frozen=True, slots=True)
class Callback:
    """A request whose answer nobody waits for."""

    url: str
    parameters: Parameters
    auth_token: str
    method: str = "POST"
    idempotency_token: str = ""
    when_failed: Callable[[WebhookAnswer], None] | None = None


class Webhooks:
    """Sends webhooks. Those with the same key arrive in order, those with different keys side by side.

    A handful of workers takes whatever is waiting; there is no task per message.
    """

    def __init__(self, clock: Clock, *, workers: int = 32, remembered: int = 2000) -> None:
        self._clock = clock
        self._workers = workers
        self._session: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None
        self._waiting: dict[str, deque[Callback]] = {}
        self._ready: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.attempts: deque[WebhookAttempt] = deque(maxlen=remembered)

    @property
    def busy(self) -> bool:
        """Whether something is waiting or on its way."""
        return bool(self._waiting) or self._requests > 0

    async def quiet(self) -> None:
        """Return once nothing is waiting or on its way."""
        await self._quiet.wait()

    def post_later(self, key: str, callback: Callback) -> None:
        """Send a callback as soon as those before it with the same key are done."""
        self._quiet.clear()
        queue = self._waiting.get(key)
        if queue is not None:
            queue.append(callback)
            return
        self._waiting[key] = deque([callback])
        self._ready.append(key)
        if len(self._tasks) < self._workers:
            task = asyncio.get_running_loop().create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def request(
        self,
        url: str,
        parameters: Parameters,
        *,
        auth_token: str,
        method: str = "POST",
        idempotency_token: str | None = None,
        is_fresh: bool = False,
    ) -> WebhookAnswer:
        """Send a request now and give its answer; network failures are answers with an ``error_code``.

        With *is_fresh* it goes by a connection of its own, and not by one that may have just broken.
        """
        self._requests += 1
        self._quiet.clear()
        token = idempotency_token or new_token()
        try:
            return await self._with_retries(url, parameters, auth_token, method, token, is_fresh=is_fresh)
        finally:
            self._requests -= 1
            self._settle()

    async def fetch(self, url: str, *, most_bytes: int) -> tuple[int | None, str, bytes]:
        """Status, content type and body of a file, cut off soon after *most_bytes*.

        The status is ``None`` when no answer came.
        """
        try:
            async with self._connected().get(url, timeout=aiohttp.ClientTimeout(total=15)) as answer:
                data = bytearray()
                async for chunk in answer.content.iter_any():
                    data += chunk
                    if len(data) > most_bytes:
                        break
                return answer.status, answer.content_type, bytes(data)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return None, "", b""

    async def close(self) -> None:
        """Drop what is waiting and close all connections."""
        self._waiting.clear()
        self._ready.clear()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for session in (self._session, self._fresh):
            if session is not None:
                await session.close()
        self._session = self._fresh = None

    def forget_waiting(self) -> None:
        """Drop the callbacks that have not been sent yet."""
        for queue in self._waiting.values():
            queue.clear()

    async def _work(self) -> None:
        while self._ready:
            key = self._ready.popleft()
            queue = self._waiting[key]
            while queue:
                callback = queue.popleft()
                answer = await self._with_retries(
                    callback.url,
                    callback.parameters,
                    callback.auth_token,
                    callback.method,
                    callback.idempotency_token or new_token(),
                )
                if answer.error_code is not None and callback.when_failed is not None:
                    callback.when_failed(answer)
            self._waiting.pop(key, None)
        self._settle()

    def _settle(self) -> None:
        if not self.busy:
            self._quiet.set()

    async def _with_retries(
        self,
        url: str,
        parameters: Parameters,
        auth_token: str,
        method: str,
        idempotency_token: str,
        *,
        is_fresh: bool = False,
    ) -> WebhookAnswer:
        address, connection = connection_overrides.split(url)
        body: bytes | None = None
        headers = {
            "User-Agent": _USER_AGENT,
            "Accept": "*/*",
            "I-Twilio-Idempotency-Token": idempotency_token,
        }
        if method == "GET":
            address = with_query(address, parameters)
            headers["X-Twilio-Signature"] = sign(auth_token, address)
        else:
            body = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in parameters]).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
            headers["X-Twilio-Signature"] = sign(auth_token, address, parameters)
        started = perf_counter()
        for attempt in range(connection.retries + 1):
            answer, failure = await self._once(method, address, body, headers, connection, is_fresh)
            self.attempts.append(
                WebhookAttempt(
                    address,
                    dict(parameters),
                    answer.status,
                    answer.error_code,
                    idempotency_token,
                    attempt + 1,
                    self._clock.time(),
                )
            )
            if failure is None or not connection.retries_after(failure):
                break
            if perf_counter() - started > connection.total:
                break
        return answer

    async def _once(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: dict[str, str],
        connection: ConnectionOverrides,
        is_fresh: bool,
    ) -> tuple[WebhookAnswer, Failure | None]:
        limits = aiohttp.ClientTimeout(
            total=connection.total, sock_connect=connection.connect, sock_read=connection.read
        )

        def failed(code: int) -> WebhookAnswer:
            return WebhookAnswer(address, None, "", "", code)

        try:
            async with self._connected(is_fresh).request(
                method,
                URL(address, encoded=True),
                data=body,
                headers=headers,
                timeout=limits,
                allow_redirects=False,
            ) as answer:
                data = await answer.read()
                text = data.decode(answer.charset or "utf-8", "replace")
                ok = 200 <= answer.status < 300
                failure: Literal["4xx", "5xx"] | None = None
                if answer.status >= 500:
                    failure = "5xx"
                elif answer.status >= 400:
                    failure = "4xx"
                code, location = None if ok else 11200, answer.headers.get("Location", "")
                return WebhookAnswer(address, answer.status, answer.content_type, text, code, data, location), failure
        except aiohttp.ConnectionTimeoutError:
            return failed(11201), "ct"
        except aiohttp.ClientConnectorDNSError:
            return failed(11210), "ct"
        except aiohttp.ClientConnectorError:
            return failed(11202), "ct"
        except TimeoutError:
            return failed(11203), "rt"
        except aiohttp.InvalidURL:
            return failed(11100), None
        except (aiohttp.ClientError, OSError):
            return failed(11206), None

    def _connected(self, is_fresh: bool = False) -> aiohttp.ClientSession:
        if is_fresh:
            if self._fresh is None:
                self._fresh = _session(aiohttp.TCPConnector(limit=self._workers * 2, force_close=True))
            return self._fresh
        if self._session is None:
            self._session = _session(
                aiohttp.TCPConnector(limit=self._workers * 2, ttl_dns_cache=60, keepalive_timeout=20)
            )
        return self._session


def _session(connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=True, trust_env=False
    )


def new_token() -> str:
    """A fresh value for ``I-Twilio-Idempotency-Token``."""
    return str(uuid.uuid4())


def with_query(url: str, parameters: Parameters) -> str:
    """The URL with the parameters at the end of its query, as a GET webhook carries them."""
    if not parameters:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
