"""The API of a running server, as commands use it."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ringline.errors import (
    ConfigurationError,
    CredentialError,
    NotFoundError,
    RequestError,
    RinglineError,
    StoreError,
    TwilioError,
    TwilioUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import TracebackType

_SECONDS = 30.0
_UPLOAD_SECONDS = 3600.0
_PIECE = 1 << 16
_SILENT = "the server at {} does not answer; see whether it still runs, or start it again"


class ApiClient:
    """Requests to one server with its token. Problems come back as the errors they were made from."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def __aenter__(self) -> Self:
        from aiohttp import ClientSession, ClientTimeout

        self._session = ClientSession(headers=self._headers, timeout=ClientTimeout(total=_SECONDS), trust_env=False)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def get(self, path: str, **query: str | int) -> Any:
        """What stands at *path*."""
        return await self._ask("GET", path, params=query)

    async def newest(self, path: str, *, limit: int, **query: str | int) -> list[dict[str, Any]]:
        """So many of a list, over as many pages as it takes: of what is rare a page may hold few, and more follow."""
        found: list[dict[str, Any]] = []
        page = await self.get(path, limit=limit, **query)
        found += page["items"]
        while page["next"] is not None and len(found) < limit:
            page = await self.get(path, limit=limit - len(found), cursor=page["next"], **query)
            found += page["items"]
        return found

    async def post(self, path: str, body: object = None, *, key: str | None = None) -> Any:
        """Post *body* as JSON; with an idempotency *key* it can be repeated without harm."""
        headers = {"Idempotency-Key": key} if key is not None else {}
        return await self._ask("POST", path, json=body, headers=headers)

    async def post_and_wait(self, path: str) -> Any:
        """Ask for something that may take long."""
        from aiohttp import ClientTimeout

        return await self._ask("POST", path, timeout=ClientTimeout(total=_UPLOAD_SECONDS))

    async def upload(self, path: str, content: AsyncIterator[bytes], **query: Any) -> Any:
        """Post a CSV file a piece at a time; the answer may take as long as reading it does."""
        from aiohttp import ClientTimeout

        headers = {"Content-Type": "text/csv"}
        return await self._ask(
            "POST", path, data=content, params=query, headers=headers, timeout=ClientTimeout(total=_UPLOAD_SECONDS)
        )

    async def download(self, path: str, to: Path | Callable[[bytes], object], **query: str | int) -> int:
        """Write what stands at *path* to a file, or hand it over piece by piece; gives the number of bytes."""
        from aiohttp import ClientError, ClientTimeout

        count = 0
        try:
            async with self._session.get(
                self.url + path, params=query, timeout=ClientTimeout(total=_UPLOAD_SECONDS)
            ) as answer:
                if answer.status >= 400:
                    raise _error(answer.status, await answer.json(content_type=None))
                with ExitStack() as stack:
                    write = stack.enter_context(to.open("wb")).write if isinstance(to, Path) else to
                    async for piece in answer.content.iter_chunked(_PIECE):
                        write(piece)
                        count += len(piece)
        except (ClientError, TimeoutError) as error:
            raise StoreError(_SILENT.format(self.url)) from error
        return count

    async def put(self, path: str, body: object) -> Any:
        """Replace what stands at *path*."""
        return await self._ask("PUT", path, json=body)

    async def patch(self, path: str, body: object) -> Any:
        """Change a part of what stands at *path*."""
        return await self._ask("PATCH", path, json=body)

    async def delete(self, path: str) -> None:
        """Remove what stands at *path*."""
        await self._ask("DELETE", path)

    async def _ask(self, method: str, path: str, **options: Any) -> Any:
        from aiohttp import ClientError

        try:
            while True:
                async with self._session.request(method, self.url + path, **options) as answer:
                    content = await answer.json(content_type=None) if answer.content_length != 0 else None
                    if answer.status == 429:
                        # Other commands share the token; what they leave over is soon enough.
                        await asyncio.sleep(float(answer.headers.get("Retry-After", "1")))
                        continue
                    if answer.status >= 400:
                        raise _error(answer.status, content)
                    return content
        except (ClientError, TimeoutError) as error:
            raise StoreError(_SILENT.format(self.url)) from error


def _error(status: int, content: Any) -> Exception:
    if not isinstance(content, dict) or "detail" not in content:
        return RinglineError(f"the server answered {status} and did not say why")
    detail, fix, code = str(content["detail"]), str(content.get("fix") or ""), str(content.get("code", ""))
    match status, code:
        case _, "configuration":
            return ConfigurationError(detail)  # it ends with what to set
        case _, "credential":
            return CredentialError(detail, fix=fix)
        case _, "twilio_unavailable":
            return TwilioUnavailableError(detail, fix=fix)
        case _, "twilio_rejected":
            return TwilioError(detail, fix=fix, code=content.get("twilio_code"))
        case _, "database":
            return StoreError(f"{detail} {fix}".strip())
        case 404, _:
            return NotFoundError(detail, fix=fix)
        case ((400 | 409 | 422), _):
            return RequestError(detail, field=content.get("field"), fix=fix, code=code)
        case ((401 | 421), _):
            return ConfigurationError(f"{detail} {fix}".strip())
        case _:
            return RinglineError(detail)
