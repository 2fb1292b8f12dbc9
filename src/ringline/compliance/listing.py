"""Opt-outs as people look through them: the newest first, by channel, by how they are known, by part of a number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.compliance import store
from ringline.compliance.scopes import CHANNELS, EVERY_CHANNEL
from ringline.compliance.suppression import Suppression
from ringline.database.json_lists import as_list
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

MOST_FOUND = 10_000
"""Opt-outs that are looked at for each way of searching, where more numbers than that are meant."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose opt-outs are sought: of these numbers, and of those that begin or end so."""

    exact: Collection[str] = ()
    beginning: str | None = None
    ending: str | None = None


def newest_in(
    tx: Transaction,
    *,
    count: int,
    before: str | None = None,
    since: str | None = None,
    channel: str | None = None,
    source: str | None = None,
    numbers: Numbers | None = None,
) -> list[Suppression]:
    """At most *count* opt-outs, the newest first; *before* and *since* are ids.

    With *channel* those that hold there: those that cover every channel are among them.
    """
    between = {"before": before or AFTER_EVERY_ID, "since": since or ""}
    channels = (EVERY_CHANNEL, *CHANNELS) if channel is None else (EVERY_CHANNEL, channel)
    if numbers is not None:
        ids = {
            row["id"]
            for row in _marks(tx, numbers)
            if between["since"] <= row["id"] < between["before"]
            and (channel is None or row["channel"] in channels)
            and (source is None or row["source"] == source)
        }
        newest = sorted(ids, reverse=True)[:count]
        return [Suppression(**row) for row in tx.all(store.SUPPRESSIONS_BY_ID, {"ids": as_list(newest)})]
    asked = {**between, "count": count}
    if source is not None:
        found = [
            row
            for one in channels
            for row in tx.all(store.NEWEST_OF_SOURCE, {**asked, "source": source, "channel": one})
        ]
    elif channel is not None:
        found = [row for one in channels for row in tx.all(store.NEWEST_OF_CHANNEL, {**asked, "channel": one})]
    else:
        found = tx.all(store.NEWEST, asked)
    found.sort(key=lambda row: row["id"], reverse=True)
    return [Suppression(**row) for row in found[:count]]


def _marks(tx: Transaction, numbers: Numbers) -> Iterator[Row]:
    if numbers.exact:
        yield from tx.all(store.MARKS_OF, {"recipients": as_list(numbers.exact), "most": MOST_FOUND})
    for part, statement in ((numbers.beginning, store.MARKS_BEGINNING), (numbers.ending, store.MARKS_ENDING)):
        if part:
            given = part if statement is store.MARKS_BEGINNING else part[::-1]
            yield from tx.all(statement, {"part": given, "part_end": f"{given}~", "most": MOST_FOUND})
