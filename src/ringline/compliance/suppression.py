"""The list of people who do not want messages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.compliance import store
from ringline.compliance.scopes import channel_of_opt_out, scope_of_opt_out
from ringline.database.json_lists import as_list
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.database import Transaction


TOPIC = "opt-outs"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Who asked, for which scope, since when (seconds since the epoch), how (*source*), and in which words.

    *ref* is the id of the message or the conversation that says so.
    """

    recipient: str
    scope: str
    since: float
    source: str
    evidence: str | None
    id: str
    ref: str | None


def suppress(
    tx: Transaction,
    *,
    account_id: str,
    channel: str,
    recipient: str,
    source: str,
    now: float,
    sender: str | None = None,
    service: str | None = None,
    evidence: str | None = None,
    ref: str | None = None,
) -> bool:
    """Send nothing more to *recipient* in this scope; False if that was so already.

    The scope is the service if there is one, else the sender, else the account. Rows that wait to be sent are the
    outbox's: use `ringline.outbox.stopping.Stops.opt_out_in`, which calls this.
    """
    opt_out_id = new_id("opt", at=now)
    values = {
        "recipient": recipient,
        "scope": scope_of_opt_out(account_id, channel, sender, service),
        "since": now,
        "source": source,
        "evidence": evidence,
        "id": opt_out_id,
        "channel": channel_of_opt_out(channel, sender, service),
        "ref": ref,
        "reversed": recipient[::-1],
    }
    is_new = tx.run(store.SUPPRESS, values) == 1
    if is_new:
        touch(tx, TOPIC, opt_out_id)
    return is_new


def lift(
    tx: Transaction,
    *,
    account_id: str,
    channel: str,
    recipient: str,
    sender: str | None = None,
    service: str | None = None,
) -> bool:
    """End the suppression of exactly this scope; False if there was none."""
    scope = scope_of_opt_out(account_id, channel, sender, service)
    lifted = tx.all(store.LIFT, {"recipient": recipient, "scope": scope})
    touch(tx, TOPIC, *(row["id"] for row in lifted))
    return bool(lifted)


def suppressions(tx: Transaction, *, after: Suppression | None = None, count: int = 100) -> list[Suppression]:
    """The list, by recipient, at most *count* from the one *after* on."""
    start = {"recipient": after.recipient if after else "", "scope": after.scope if after else "", "count": count}
    return [Suppression(**row) for row in tx.all(store.SUPPRESSIONS_PAGE, start)]


def suppressions_of(tx: Transaction, recipients: Collection[str]) -> dict[str, list[Suppression]]:
    """All scopes in which each of these people is suppressed."""
    found: dict[str, list[Suppression]] = {}
    for row in tx.all(store.SUPPRESSIONS_OF, {"recipients": as_list(recipients)}):
        found.setdefault(row["recipient"], []).append(Suppression(**row))
    return found
