"""`/api/v1/lists`: groups of people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ringline.contacts.contact import ContactList
from ringline.web.api.contacts import ContactOut, contact_out

if TYPE_CHECKING:
    from ringline.app import Ringline


class ListIn(BaseModel):
    """A list to be made."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(description="What it is called.", examples=["customers"])


class ListOut(BaseModel):
    """A list, and how many people are on it."""

    name: str
    count: int
    created_at: datetime


def _out(one: ContactList) -> ListOut:
    return ListOut(name=one.name, count=one.count, created_at=one.created_at)


def build(ringline: Ringline) -> APIRouter:
    """Routes over the lists of *ringline*."""
    router = APIRouter(prefix="/api/v1/lists", tags=["contacts"])
    lists = ringline.contacts.lists

    @router.get("", operation_id="list_lists")
    async def list_all() -> list[ListOut]:
        """Every list, by name."""
        return [_out(one) for one in await lists.list()]

    @router.post("", status_code=201, operation_id="add_list")
    async def add(body: ListIn) -> ListOut:
        """Make a list; one of that name stays as it is."""
        return _out(await lists.add(body.name))

    @router.get("/{name}", operation_id="get_list")
    async def get(name: str) -> ListOut:
        """One list."""
        return _out(await lists.get(name))

    @router.delete("/{name}", status_code=204, operation_id="remove_list")
    async def remove(name: str) -> None:
        """Drop a list; the people on it stay."""
        await lists.remove(name)

    @router.put("/{name}/members/{contact}", operation_id="put_on_list")
    async def put_on(name: str, contact: str) -> ContactOut:
        """Put a person, by id or number, on a list; the list is made if there is none."""
        return contact_out(await lists.put_on(name, contact))

    @router.delete("/{name}/members/{contact}", operation_id="take_off_list")
    async def take_off(name: str, contact: str) -> ContactOut:
        """Take a person off a list."""
        return contact_out(await lists.take_off(name, contact))

    return router
