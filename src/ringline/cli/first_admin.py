"""The first admin: made when a server first starts on a database, with a password that is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.cli.terminal import say

if TYPE_CHECKING:
    from ringline.app import Ringline


async def introduce_first_admin(ringline: Ringline, *, width: int) -> None:
    """Make the first admin where there is none, and say name and password; *width* is that of the words before."""
    user, password = await ringline.access.users.first_admin()
    if password is not None:
        say(f"{'First user':{width}}{user.name}, password {password}   (shown this once; change it after signing in)")
