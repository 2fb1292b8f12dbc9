"""People, their roles and passwords."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from ringline.access import Access, store
from ringline.access.passwords import Passwords, check_password, new_password
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import NotFoundError, RequestError

GOOD = "correct horse battery"


async def test_first_admin_is_made_once_however_many_start_together(access: Access) -> None:
    made = await asyncio.gather(*(access.users.first_admin() for _ in range(3)))

    assert {user.name for user, _ in made} == {"admin"}
    assert len([password for _, password in made if password is not None]) == 1
    assert (await access.users.first_admin())[1] is None
    assert [(user.role, user.must_change_password) for user in await access.users.list()] == [("admin", True)]


async def test_only_the_password_signs_in_and_the_name_in_any_case(access: Access) -> None:
    user, given = await access.users.add("Ann@Example.com", "operator", GOOD)

    assert given == GOOD
    assert await access.users.with_password("ann@example.com", GOOD) == user
    assert await access.users.with_password("ann@example.com", GOOD + "x") is None
    assert await access.users.with_password("nobody", GOOD) is None


async def test_password_made_up_is_another_every_time_and_fits_the_rules(access: Access) -> None:
    made = {new_password() for _ in range(50)}

    assert len(made) == 50
    for password in made:
        check_password(password, name="admin")


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "aaaaaaaaaaaa", "Password123!", "ann.long.name", "ringline2026"]
)
def test_bad_passwords_are_refused(password: str) -> None:
    with pytest.raises(RequestError) as refused:
        check_password(password, name="ann.long.name")

    assert refused.value.field == "password"
    assert password not in str(refused.value)


async def test_hash_of_older_parameters_is_made_anew_when_its_owner_signs_in(
    access: Access, database: Database, clock: VirtualClock
) -> None:
    await access.users.add("ann", "viewer", GOOD)
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    later = Access(database, clock, passwords=stronger)

    assert await later.users.with_password("ann", GOOD) is not None
    rows = await database.read(lambda tx: tx.all(select(store.users)))

    assert not stronger.is_outdated(rows[0]["password"])
    assert await later.users.with_password("ann", GOOD) is not None
    later.close()


async def test_last_admin_cannot_be_lost(access: Access) -> None:
    await access.users.first_admin()
    await access.users.add("ann", "editor")

    for attempt in (access.users.remove("admin"), access.users.set_role("admin", "editor")):
        with pytest.raises(RequestError, match="last admin"):
            await attempt

    await access.users.set_role("ann", "admin")
    await access.users.remove("admin")
    assert [user.name for user in await access.users.list()] == ["ann"]


@pytest.mark.parametrize("name", ["", "  ", "-x", "a b", "a" * 65, "a/b", "<script>"])
async def test_names_that_would_confuse_are_refused(access: Access, name: str) -> None:
    with pytest.raises(RequestError) as refused:
        await access.users.add(name, "viewer")

    assert refused.value.field == "name"


async def test_same_name_twice_is_refused_in_any_case(access: Access) -> None:
    await access.users.add("ann", "viewer")

    with pytest.raises(RequestError, match="already"):
        await access.users.add("ANN", "admin")


async def test_unknown_roles_and_users_are_named(access: Access) -> None:
    with pytest.raises(RequestError, match="no role `king`"):
        await access.users.add("ann", "king")
    with pytest.raises(NotFoundError, match="no user `ann`"):
        await access.users.set_password("ann", GOOD)
