"""Sending a file to the server, with a bar that shows how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.cli.terminal import console
from ringline.errors import RequestError

if TYPE_CHECKING:
    from rich.progress import Progress

    from ringline.cli.api_client import ApiClient

_CHUNK = 1 << 18


def checked_file(path: Path) -> Path:
    """*path*, or a `RequestError` that says why it cannot be read."""
    if not path.is_file():
        raise RequestError(f"there is no file `{path}`", field="file", fix="check the path")
    return path


async def send_file(
    api: ApiClient, path: str, file: Path, *, on_sent: Callable[[int], None] | None = None, **query: Any
) -> Any:
    """Post *file* to *path* a piece at a time; *on_sent* hears of each piece's length."""

    async def pieces() -> AsyncIterator[bytes]:
        with await asyncio.to_thread(file.open, "rb") as opened:
            while chunk := await asyncio.to_thread(opened.read, _CHUNK):
                yield chunk
                if on_sent is not None:
                    on_sent(len(chunk))

    return await api.upload(path, pieces(), **query)


@contextmanager
def bar(*, hidden: bool) -> Iterator[Progress]:
    """A progress bar on stderr, so that what the command prints can be piped; only where somebody watches."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    watched = console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        TimeElapsedColumn(),
        console=watched,
        transient=True,
        disable=hidden or not watched.is_terminal,
    ) as progress:
        yield progress


async def with_spinner(text: str, work: Awaitable[Any], *, hidden: bool) -> Any:
    """What *work* gives; where somebody watches, a spinner says that it goes on."""
    watched = console(stderr=True)
    if hidden or not watched.is_terminal:
        return await work
    with watched.status(text):
        return await work
