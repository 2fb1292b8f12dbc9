"""Who asks, and what roles and scopes let them do."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from ringline.errors import RequestError

Role = Literal["viewer", "operator", "editor", "admin"]
Kind = Literal["user", "key", "token"]

ROLES: tuple[Role, ...] = get_args(Role)
"""From the least to the most; each may do what those before it may."""

_SCOPE = re.compile(r"[a-z][a-z-]{1,31}:(?:read|write)")


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever makes a request: a signed-in person, a program with an API key, or the server's own token."""

    name: str
    role: Role
    kind: Kind
    id: str = ""
    """Of the user or the key."""
    scopes: frozenset[str] = frozenset()
    """What a key is narrowed to, such as ``messages:write``; empty for all that its role may."""
    must_change_password: bool = False
    sign_in: str = ""
    """Of a person: the id of the sign-in this request came with."""
    csrf: str = ""
    """Of a person: what requests that change something must carry."""

    until: float = math.inf
    """When what it came with expires."""

    def has(self, role: Role) -> bool:
        """Whether this one's role is *role* or more."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def is_within(self, topic: str, *, writes: bool) -> bool:
        """Whether its scopes reach what it asks of *topic*, such as ``messages``; who may write may read."""
        if not self.scopes:
            return True
        return f"{topic}:write" in self.scopes or (not writes and f"{topic}:read" in self.scopes)


def check_role(role: str) -> Role:
    """*role* as it is; raises `RequestError` for one that there is not."""
    for known in ROLES:
        if role == known:
            return known
    raise RequestError(f"There is no role `{role}`.", field="role", fix=f"Take one of {', '.join(ROLES)}.")


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """*scopes* in order and once each; raises `RequestError` for one that cannot be."""
    found = sorted({scope.strip() for scope in scopes})
    for scope in found:
        if not _SCOPE.fullmatch(scope):
            raise RequestError(
                f"`{scope[:40]}` is no scope.",
                field="scopes",
                fix="A scope is a resource of the API with :read or :write, such as `messages:write`.",
            )
    return found
