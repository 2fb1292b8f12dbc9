"""Files that come as the body of a request: kept on the disk while they are read, never in memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, BinaryIO, cast

from ringline.errors import RequestError

if TYPE_CHECKING:
    from starlette.requests import Request

UPLOADS = ("/import", "/recipients")
"""How the paths end that take a file."""
_WRITE_AT = 1 << 20


def is_upload(path: str) -> bool:
    """Whether a request to *path* brings a file, which may be larger than other bodies."""
    return path.startswith("/api/") and path.endswith(UPLOADS)


@asynccontextmanager
async def uploaded(request: Request) -> AsyncIterator[BinaryIO]:
    """The body of *request* as a file that is gone afterwards. Raises `RequestError` when there is none."""
    with tempfile.TemporaryFile(prefix="ringline-upload-") as file:
        waiting = bytearray()
        async for chunk in request.stream():
            waiting += chunk
            if len(waiting) >= _WRITE_AT:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        file.write(waiting)
        if not file.tell():
            raise RequestError(
                "the body is empty", field="body", fix="send the CSV file as the body, with Content-Type: text/csv"
            )
        file.seek(0)
        yield cast("BinaryIO", file)
