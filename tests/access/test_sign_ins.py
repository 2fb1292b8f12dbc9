"""Browsers that are signed in: what opens, what ends it, and how soon."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from ringline.access import Access, store
from ringline.access.sign_ins import BY_LINK, BY_PASSWORD, IDLE, LONGEST
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import NotFoundError

GOOD = "correct horse battery"


async def signed_in(access: Access, name: str = "ann", how: str = BY_PASSWORD) -> tuple[str, str]:
    """The id of a new user, and what the cookie of their browser holds."""
    user, _ = await access.users.add(name, "operator", GOOD)
    return user.id, await access.sign_ins.begin(user.id, how=how, address="127.0.0.1", browser="Firefox")


async def test_cookie_says_who_it_is_and_no_other_does(access: Access) -> None:
    _, secret = await signed_in(access)

    found = await access.by_cookie(secret)

    assert found is not None
    assert (found.name, found.role, found.kind) == ("ann", "operator", "user")
    assert len(found.csrf) == 64
    assert await access.by_cookie(secret + "x") is None
    assert await access.by_cookie("") is None


async def test_what_is_kept_opens_nothing(access: Access, database: Database) -> None:
    _, secret = await signed_in(access)
    rows = await database.read(lambda tx: tx.all(select(store.sign_ins)))

    assert secret not in str(rows)
    assert await access.by_cookie(rows[0]["digest"]) is None


async def test_a_printed_password_has_to_be_changed_but_not_by_who_came_by_a_link(access: Access) -> None:
    _, by_password = await signed_in(access)
    _, by_link = await signed_in(access, "bob", BY_LINK)

    assert (await access.by_cookie(by_password)).must_change_password  # type: ignore[union-attr]
    assert not (await access.by_cookie(by_link)).must_change_password  # type: ignore[union-attr]


async def test_sign_in_ends_after_a_week_unused_and_after_a_month_in_any_case(
    access: Access, clock: VirtualClock
) -> None:
    _, unused = await signed_in(access)
    _, used = await signed_in(access, "bob")
    clock.step(IDLE - 1)
    assert await access.by_cookie(used) is not None
    clock.step(2)
    assert await access.by_cookie(unused) is None
    passed = IDLE + 1
    while passed + IDLE / 2 < LONGEST:
        clock.step(IDLE / 2)
        passed += IDLE / 2
        assert await access.by_cookie(used) is not None

    clock.step(IDLE / 2)

    assert await access.by_cookie(used) is None
    await access.tidy()
    assert await access.sign_ins.list((await access.users.get("bob")).id) == []


async def test_new_password_signs_out_everywhere(access: Access) -> None:
    user_id, secret = await signed_in(access)
    other = await access.sign_ins.begin(user_id, how=BY_PASSWORD)
    assert await access.by_cookie(secret) is not None

    await access.users.set_password("ann", "another good one")

    assert await access.by_cookie(secret) is None
    assert await access.by_cookie(other) is None


async def test_another_role_is_in_force_at_once(access: Access) -> None:
    _, secret = await signed_in(access)
    assert (await access.by_cookie(secret)).role == "operator"  # type: ignore[union-attr]

    await access.users.set_role("ann", "viewer")

    assert (await access.by_cookie(secret)).role == "viewer"  # type: ignore[union-attr]


async def test_another_process_hears_of_a_change(access: Access, database: Database, clock: VirtualClock) -> None:
    other = Access(database, clock)
    _, secret = await signed_in(access)
    assert await other.by_cookie(secret) is not None

    await access.users.remove("ann")

    async with asyncio.timeout(10):
        while await other.by_cookie(secret) is not None:  # noqa: ASYNC110 - the word of it has no event
            await asyncio.sleep(0.01)
    other.close()


async def test_one_browser_is_signed_out_and_only_ones_own(access: Access) -> None:
    ann, secret = await signed_in(access)
    bob, _ = await signed_in(access, "bob")
    (shown,) = await access.sign_ins.list(ann)
    assert (shown.browser, shown.address, shown.how) == ("Firefox", "127.0.0.1", BY_PASSWORD)

    with pytest.raises(NotFoundError):
        await access.sign_ins.end(bob, shown.id)
    assert await access.by_cookie(secret) is not None
    await access.sign_ins.end(ann, shown.id)

    assert await access.by_cookie(secret) is None
