"""Passwords: what is taken, and their hashes by argon2."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ringline.errors import RequestError

SHORTEST = 10
LONGEST = 200
_AT_ONCE = 2
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for another when typed
_OFTEN = frozenset(
    {"password", "passwort", "ringline", "administrator", "qwertyuiop", "letmeinplease", "iloveyouverymuch"}
)


class Passwords:
    """Hashes and compares, in threads and two at a time: each takes 64 MB and much of a processor for a moment."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept in place of *password*."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, hashed: str | None, password: str) -> bool:
        """Whether *password* is the one; without a hash False, after the same time as for a wrong one."""
        if self._nobody is None:
            # For either, or the first unknown name would take twice the time.
            self._nobody = await self.hash(secrets.token_urlsafe(16))
        if hashed is None:
            await self._verify(self._nobody, password)
            return False
        return await self._verify(hashed, password)

    def is_outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than are taken today."""
        return self._hasher.check_needs_rehash(hashed)

    async def _verify(self, hashed: str, password: str) -> bool:
        def verify() -> bool:
            try:
                return self._hasher.verify(hashed, password)
            except (VerificationError, InvalidHashError):
                return False

        async with self._turns:
            return await asyncio.to_thread(verify)


def new_password() -> str:
    """A password that can be read out and typed: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def check_password(password: str, *, name: str) -> None:
    """Raise `RequestError` for a password that is not taken for the user *name*."""
    field = "password"
    if len(password) < SHORTEST:
        raise RequestError(
            f"The password has fewer than {SHORTEST} characters.", field=field, fix="Three or four words are good."
        )
    if len(password) > LONGEST:
        raise RequestError(f"The password has more than {LONGEST} characters.", field=field, fix="Take a shorter one.")
    plain = password.strip("0123456789!?.-_ ").lower()
    if len(set(password)) < 4 or plain in _OFTEN or name.lower() in (plain, password.lower()):
        raise RequestError("This password is among the first that are tried.", field=field, fix="Take another one.")
