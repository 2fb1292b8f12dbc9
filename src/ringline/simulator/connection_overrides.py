"""What a webhook URL's fragment asks of the connection: ``https://…/sms#rc=5&rp=ct,rt,5xx``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urldefrag

Failure = Literal["ct", "rt", "4xx", "5xx"]

_LIMITS = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
_POLICIES = frozenset({"ct", "rt", "4xx", "5xx", "all"})


@dataclass(frozen=True, slots=True)
class ConnectionOverrides:
    """Time limits in seconds, how often to try again, and after which failures.

    ``warning`` is the code Twilio would log about the fragment: 11243 when a retry policy is unknown.
    """

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})
    warning: int | None = None

    def retries_after(self, failure: Failure) -> bool:
        """Whether such a failure is worth another try."""
        return failure in self.retry_on or "all" in self.retry_on


DEFAULT = ConnectionOverrides()


def split(url: str) -> tuple[str, ConnectionOverrides]:
    """The URL as it is requested and signed, and what its fragment asks for.

    Values out of Twilio's bounds count as the nearest allowed one, unreadable ones as the default.
    """
    address, fragment = urldefrag(url)
    if not fragment:
        return address, DEFAULT
    asked = dict(parse_qsl(fragment, keep_blank_values=True))
    numbers: dict[str, int] = {}
    for name, (least, most) in _LIMITS.items():
        if asked.get(name, "").isdigit():
            numbers[name] = min(most, max(least, int(asked[name])))
    policies = {part.strip() for part in asked.get("rp", "ct").split(",")}
    return address, ConnectionOverrides(
        connect=numbers.get("ct", 5_000) / 1000,
        read=numbers.get("rt", 15_000) / 1000,
        total=numbers.get("tt", 15_000) / 1000,
        retries=numbers.get("rc", 1),
        retry_on=frozenset(policies & _POLICIES) or frozenset({"ct"}),
        warning=None if policies <= _POLICIES else 11243,
    )
