"""People who may sign in, their roles and passwords."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ringline.access import store
from ringline.access.passwords import Passwords, check_password, new_password
from ringline.access.principal import Role, check_role
from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

FIRST_NAME = "admin"
"""Who is there before anybody was added."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in."""

    id: str
    name: str
    role: Role
    must_change_password: bool
    created_at: datetime
    password_at: datetime
    seen_at: datetime | None = None


class Users:
    """The people of this installation. *tell* is called in every transaction that changes what somebody may."""

    def __init__(
        self, database: Database, clock: Clock, passwords: Passwords, tell: Callable[[Transaction], None]
    ) -> None:
        self._database = database
        self.clock = clock
        self._passwords = passwords
        self._tell = tell

    async def list(self) -> list[User]:
        """Everybody, by name."""
        return [_user(row) for row in await self._database.read(lambda tx: tx.all(store.EVERY_USER))]

    async def get(self, name: str) -> User:
        """One by name; raises `NotFoundError`."""
        return await self._database.read(lambda tx: _user(_named(tx, name)))

    async def add(self, name: str, role: str, password: str | None = None) -> tuple[User, str]:
        """Let somebody in; gives the password too, which is made up where none is given. It has to be changed.

        Raises `RequestError` naming the field that is wrong, also when there is one of that name.
        """
        name, known = check_name(name), check_role(role)
        if password is not None:
            check_password(password, name=name)
        given = password or new_password()
        hashed = await self._passwords.hash(given)

        def work(tx: Transaction) -> Row:
            if not self._insert(tx, name, known, hashed):
                raise RequestError(f"There is a user `{name}` already.", field="name", fix="Choose another name.")
            return _named(tx, name)

        return _user(await self._database.write(work)), given

    async def first_admin(self) -> tuple[User, str | None]:
        """The oldest admin; where there is none one is made, and the password given."""
        admins = await self._database.read(lambda tx: tx.all(store.ADMINS))
        if admins:
            return _user(admins[0]), None
        password = new_password()
        hashed = await self._passwords.hash(password)

        def work(tx: Transaction) -> tuple[Row, bool]:
            # Processes that start together make one.
            made = not tx.all(store.ADMINS) and self._insert(tx, FIRST_NAME, "admin", hashed)
            return (tx.all(store.ADMINS) or [_named(tx, FIRST_NAME)])[0], made

        row, made = await self._database.write(work)
        return _user(row), password if made else None

    async def set_role(self, name: str, role: str) -> User:
        """Give somebody another role; the last admin stays one."""
        known = check_role(role)

        def work(tx: Transaction) -> Row:
            row = _named(tx, name)
            if known != "admin":
                _refuse_last_admin(tx, row)
            tx.run(store.SET_ROLE, {"of": row["id"], "new_role": known})
            self._changed(tx, row["id"])
            return _named(tx, name)

        return _user(await self._database.write(work))

    async def set_password(
        self, name: str, password: str | None = None, *, must_change: bool = False
    ) -> tuple[User, str]:
        """Give somebody a new password, one made up if none is given; ends every sign-in of theirs."""
        user = await self.get(name)
        if password is not None:
            check_password(password, name=user.name)
        given = password or new_password()
        hashed = await self._passwords.hash(given)

        def work(tx: Transaction) -> Row:
            values = {
                "of": user.id,
                "new_password": hashed,
                "new_must_change": int(must_change),
                "now": self.clock.time(),
            }
            tx.run(store.SET_PASSWORD, values)
            tx.run(store.END_SIGN_INS, {"of": user.id})
            self._changed(tx, user.id)
            return _named(tx, name)

        return _user(await self._database.write(work)), given

    async def remove(self, name: str) -> None:
        """Let somebody in no more; ends their sign-ins. The last admin stays."""

        def work(tx: Transaction) -> None:
            row = _named(tx, name)
            _refuse_last_admin(tx, row)
            tx.run(store.END_SIGN_INS, {"of": row["id"]})
            tx.run(store.REMOVE_USER, {"of": row["id"]})
            self._changed(tx, row["id"])

        await self._database.write(work)

    async def with_password(self, name: str, password: str) -> User | None:
        """The user of that name if the password is theirs; takes the same time whoever was asked for."""
        key = name.strip().lower()
        row = await self._database.read(lambda tx: tx.one(store.USER_BY_KEY, {"name_key": key}))
        hashed = None if row is None else str(row["password"])
        if not await self._passwords.matches(hashed, password) or row is None or hashed is None:
            return None
        if self._passwords.is_outdated(hashed):
            values = {"of": row["id"], "old": hashed, "new_password": await self._passwords.hash(password)}
            await self._database.write(lambda tx: tx.run(store.REHASH, values))
        return _user(row)

    def _insert(self, tx: Transaction, name: str, role: Role, hashed: str) -> bool:
        now = self.clock.time()
        user_id = new_id("usr", at=now)
        values = {
            "id": user_id,
            "name": name,
            "name_key": name.lower(),
            "role": role,
            "password": hashed,
            "must_change": 1,
            "now": now,
        }
        is_new = tx.run(store.ADD_USER, values) > 0
        if is_new:
            self._changed(tx, user_id)
        return is_new

    def _changed(self, tx: Transaction, user_id: str) -> None:
        self._tell(tx)
        touch(tx, "users", user_id)


def check_name(name: str) -> str:
    """*name* as it is kept; raises `RequestError` for one that is not taken."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise RequestError(
            f"`{name[:64]}` is no name for a user.",
            field="name",
            fix="Up to 64 letters, digits and . _ @ + -, such as an e-mail address.",
        )
    return name


def _named(tx: Transaction, name: str) -> Row:
    row = tx.one(store.USER_BY_KEY, {"name_key": name.strip().lower()})
    if row is None:
        raise NotFoundError(f"There is no user `{name}`.", fix="`ringline users list` shows who there is.")
    return row


def _refuse_last_admin(tx: Transaction, row: Row) -> None:
    if row["role"] == "admin" and len(tx.all(store.ADMINS)) == 1:
        raise RequestError(
            f"`{row['name']}` is the last admin.", field="name", fix="Make somebody else an admin first."
        )


def _user(row: Row) -> User:
    return User(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        must_change_password=bool(row["must_change"]),
        created_at=utc(row["created_at"]),
        password_at=utc(row["password_at"]),
        seen_at=utc(row.get("seen_at")),
    )
