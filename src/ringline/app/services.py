"""What blocks are handed, in memory and with a database alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.templating import standard_helpers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.messaging.message import CredentialValue

    Credentials = Mapping[str, CredentialValue | tuple[str, str] | Mapping[str, str]]
    """Credentials by name: account SID and auth token each, as a pair or as a mapping of those names."""


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
    """Credentials in one form, however they were handed over; raises `RequestError` naming one of another form."""
    return {name: _credential_value(name, value) for name, value in credentials.items()}


def _credential_value(name: str, given: object) -> CredentialValue:
    from ringline.messaging.message import CredentialValue

    if isinstance(given, CredentialValue):
        return given
    if isinstance(given, Mapping):
        given = (given.get("account_sid"), given.get("auth_token"))
    if isinstance(given, tuple | list) and len(given) == 2 and all(isinstance(part, str) for part in given):
        return CredentialValue(*given)
    raise RequestError(
        f"The credential `{name}` is not an account SID and an auth token.",
        field="credentials",
        fix=f'Hand it over as {{"{name}": ("AC…", "auth token")}}, '
        f'or as {{"{name}": {{"account_sid": "AC…", "auth_token": "…"}}}}.',
    )
