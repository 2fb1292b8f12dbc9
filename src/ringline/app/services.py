"""What blocks are handed, in memory and with a database alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringline.templating import standard_helpers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.messaging.message import CredentialValue

    Credentials = Mapping[str, CredentialValue | tuple[str, str]]
    """Credentials by name: account SID and auth token each."""


def template_helpers(
    clock: Clock, shorten: Callable[[str], str] | None = None
) -> Callable[[Mapping[str, Any]], Mapping[str, Callable[..., Any]]]:
    """Makes the functions of a definition's templates from its ``defaults``."""

    def helpers(defaults: Mapping[str, Any]) -> Mapping[str, Callable[..., Any]]:
        return standard_helpers(
            country=defaults.get("country"),
            language=defaults.get("language") or "en",
            timezone=defaults.get("timezone") or "UTC",
            shorten=shorten,
            now=clock.now,
        )

    return helpers


def credential_values(credentials: Credentials) -> dict[str, CredentialValue]:
    """Credentials in one form, however they were handed over."""
    from ringline.messaging.message import CredentialValue

    return {
        name: value if isinstance(value, CredentialValue) else CredentialValue(*value)
        for name, value in credentials.items()
    }
