"""API keys: shown once, narrowed by role and scopes, expired, revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ringline.access import Access, Principal, store
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import NotFoundError, RequestError


async def test_key_opens_and_is_kept_nowhere(access: Access, database: Database) -> None:
    key, secret = await access.keys.add("orders", "operator", made_by="ann")

    found = await access.by_key(secret)
    rows = await database.read(lambda tx: tx.all(select(store.api_keys)))

    assert found is not None
    assert (found.name, found.role, found.kind, found.id) == ("orders", "operator", "key", key.id)
    assert secret.startswith("rlk_")
    assert secret.startswith(key.shown)
    assert secret not in str(rows)
    assert await access.by_key(secret + "x") is None
    assert await access.by_key("rlt_else") is None


async def test_use_is_noted(access: Access, clock: VirtualClock) -> None:
    _, secret = await access.keys.add("orders", "operator", made_by="ann")
    assert [key.used_at for key in await access.keys.list()] == [None]

    await access.by_key(secret)

    assert [key.used_at for key in await access.keys.list()] == [clock.now()]


async def test_key_expires_to_the_second_although_it_is_remembered(access: Access, clock: VirtualClock) -> None:
    _, secret = await access.keys.add("orders", "operator", made_by="ann", expires_at=clock.time() + 30)
    assert await access.by_key(secret) is not None

    clock.step(29)
    assert await access.by_key(secret) is not None
    clock.step(1)

    assert await access.by_key(secret) is None


async def test_revoked_key_opens_nothing_from_that_moment(access: Access) -> None:
    _, secret = await access.keys.add("orders", "operator", made_by="ann")
    assert await access.by_key(secret) is not None

    await access.keys.revoke("orders")

    assert await access.by_key(secret) is None
    with pytest.raises(NotFoundError):
        await access.keys.revoke("orders")


async def test_of_two_keys_of_one_name_the_id_says_which(access: Access) -> None:
    first, _ = await access.keys.add("orders", "operator", made_by="ann")
    await access.keys.add("orders", "operator", made_by="ann")

    with pytest.raises(RequestError, match="Several"):
        await access.keys.revoke("orders")
    await access.keys.revoke(first.id)

    assert len(await access.keys.list()) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"role": "king"}, "role"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["messages:delete"]}, "scopes"),
        ({"expires_at": 0.0}, "expires_at"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(access: Access, changes: dict[str, object], field: str) -> None:
    asked = {"name": "orders", "role": "operator", "made_by": "ann"} | changes
    with pytest.raises(RequestError) as refused:
        await access.keys.add(asked.pop("name"), asked.pop("role"), **asked)  # type: ignore[arg-type]

    assert refused.value.field == field


def test_scopes_narrow_a_key_and_writing_includes_reading() -> None:
    everything = Principal("a", "admin", "key")
    narrow = Principal("b", "admin", "key", scopes=frozenset({"messages:write", "runs:read"}))

    assert everything.is_within("anything", writes=True)
    assert narrow.is_within("messages", writes=True)
    assert narrow.is_within("messages", writes=False)
    assert narrow.is_within("runs", writes=False)
    assert not narrow.is_within("runs", writes=True)
    assert not narrow.is_within("contacts", writes=False)
