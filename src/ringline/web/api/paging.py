"""Lists a page at a time, newest first."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=200, description="Entries on a page.")]
Cursor = Annotated[str | None, Query(description="`next` of the page before.", max_length=200)]


class Page(BaseModel, Generic[Item]):
    """Some entries; `next` is the cursor of the page after, null on the last one."""

    items: list[Item]
    next: str | None = None


def cut(found: list[Item], limit: int) -> tuple[list[Item], bool]:
    """The page, and whether there is another, of a list that was asked for with one entry more than *limit*."""
    return found[:limit], len(found) > limit
