"""Who is behind which number: what happens at several numbers of one contact is one conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from ringline.conversations import store
from ringline.conversations.conversation import MAX_WORDS, News
from ringline.ids import new_id

if TYPE_CHECKING:
    from ringline.database import Transaction


KEEP_FORGOTTEN = 7 * 86_400.0
"""Seconds for which what is gathered is held against what was erased: far longer than anything takes to be gathered."""


class Owners(Protocol):
    """Gives the ids of the contacts that have these numbers; nothing for those that nobody has."""

    def __call__(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, str]: ...


class People:
    """Writes down what happened for the number and for its owner. Numbers without one stand for themselves."""

    def __init__(self, owners: Owners) -> None:
        self._owners = owners

    def happened(self, tx: Transaction, news: Iterable[News], *, now: float) -> list[str]:
        """Write down what was last with whom; returns the conversations."""
        rows = rows_of(news, now=now)
        if not rows:
            return []
        store.keep_owners(tx)
        whose = self.whose(tx, [row["address"] for row in rows])
        rows = [{**row, "whose": whose[row["address"]]} for row in rows]
        last: dict[str, Mapping[str, Any]] = {}
        for row in rows:
            before = last.get(row["whose"])
            if before is None or (row["at"], row["ref"]) >= (before["at"], before["ref"]):
                last[row["whose"]] = row
        store.happened(tx, [last[person] for person in sorted(last)], rows)
        return store.ids_of(tx, last)

    def wrote(self, tx: Transaction, number: str, at: float) -> None:
        """They wrote something that nobody has read, after `happened` was told of it."""
        store.wrote(tx, self.whose(tx, [number])[number], number, at)

    def whose(self, tx: Transaction, numbers: Collection[str]) -> Mapping[str, str]:
        """Whose each of these numbers is."""
        known = store.whose(tx, numbers)
        others = [number for number in numbers if number not in known]
        owners = self._owners(tx, others) if others else {}
        return known | {number: owners.get(number, number) for number in others}

    def find(self, tx: Transaction, key: str) -> str | None:
        """Who is meant: by a contact's id, by any of their numbers, or by the id of a conversation."""
        found = store.whose_by_key(tx, key)
        if found is None:
            found = key if key.startswith("con_") else self._owners(tx, [key]).get(key)
        return found

    def numbers_changed(self, tx: Transaction, numbers: Collection[str]) -> list[str]:
        """These numbers came to somebody or left them: join or part. Returns the conversations, before and after."""
        store.change_owners(tx)
        before = store.whose(tx, numbers)
        if not before:
            return []
        owners = self._owners(tx, list(before))
        now = {number: owners.get(number, number) for number in before}
        people = sorted({*before.values(), *now.values()})
        moved = {number: owner for number, owner in now.items() if owner != before[number]}
        if not moved:
            return store.ids_of(tx, people)
        ids = store.ids_of(tx, people)
        store.give(tx, moved)
        store.put_together(tx, people)
        return [*dict.fromkeys([*ids, *store.ids_of(tx, people)])]

    def forget(self, tx: Transaction, numbers: Sequence[str], *, now: float) -> int:
        """Forget what was said at these numbers until now; returns how many rows."""
        store.change_owners(tx)
        store.note_forgotten(tx, numbers, now=now, keep=KEEP_FORGOTTEN)
        people = sorted(set(store.whose(tx, numbers).values()))
        count = store.forget(tx, numbers)
        store.put_together(tx, people)
        return count


def not_forgotten(tx: Transaction, news: Sequence[News]) -> list[News]:
    """Those that happened after whatever was at their number was erased, or where nothing was."""
    until = store.forgotten(tx, {one.person for one in news})
    return [one for one in news if one.person not in until or one.at > until[one.person]]


def rows_of(news: Iterable[News], *, now: float) -> list[Mapping[str, Any]]:
    """A row per number with what was last, in the order of numbers, so that two who write never cross."""
    last: dict[str, News] = {}
    for one in news:
        before = last.get(one.person)
        if before is None or (one.at, one.id) >= (before.at, before.id):
            last[one.person] = one
    return [
        {
            "id": new_id("cnv", at=now),
            "address": one.person,
            "reversed": one.person[::-1],
            "ours": one.ours,
            "account_id": one.account_id,
            "at": one.at,
            "kind": one.kind,
            "ref": one.id,
            "channel": one.channel,
            "words": " ".join(one.words.split())[:MAX_WORDS],
            "unread": 0,
            "wrote_at": one.at if one.kind == "inbound" else None,
        }
        for one in sorted(last.values(), key=lambda one: one.person)
    ]
