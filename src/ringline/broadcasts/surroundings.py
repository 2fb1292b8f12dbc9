"""What broadcasts need of rooms beside and above them, handed in by `app`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ringline.broadcasts.broadcast import Content, Entry
    from ringline.database import Transaction

Helpers = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True, slots=True)
class Account:
    """What to send through: a credential, its account, and the sender it brings along."""

    credential_id: str
    account_id: str
    default_from: str | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A workflow to be run for everybody: its name, version, and inputs with whether each has to be given."""

    name: str
    version: int
    inputs: Mapping[str, bool]


class StartRun(Protocol):
    """Start a run in a transaction; the same key again gives the first one. Returns its id."""

    def __call__(
        self,
        tx: Transaction,
        *,
        workflow: str,
        version: int,
        inputs: Mapping[str, Any],
        key: str,
        by: Mapping[str, str],
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The functions handed in. Prices are per message by channel, country, segments and number of media."""

    account: Callable[[str | None], Awaitable[Account]]
    check: Callable[[Content, str], Content]
    """The content with its sender in its one written form, checked as a message to this number would be."""
    choose_variant: Callable[[Mapping[str, str], str | None, str | None], str]
    helpers: Callable[[str | None, str | None, str | None], Helpers]
    """Functions for texts, by language, time zone and country of the reader."""
    draft_helpers: Callable[[str | None, str | None, str | None], Helpers]
    """The same for texts that are only looked at: what they make is as long, and is kept nowhere."""
    write_links: Callable[[Transaction, str | None, str], None]
    price: Callable[[str, str | None, int, int], Decimal | None]
    price_note: Callable[[str], str]
    prices_as_of: date
    price_unit: str
    people: Callable[[str, str], AsyncIterator[Sequence[Entry]]]
    """The people on a list, by its name, as they are reached on a channel."""
    flow: Callable[[str], Awaitable[Flow]]
    """The newest version of a workflow, by name."""
    start_run: StartRun | None = None
