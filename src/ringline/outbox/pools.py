"""Pools: several senders that share their work. Who a person's messages come from, and in which queue they wait.

A pool has a queue of its own, and one for each country and area code of its senders. What has no sender yet lies in one
of them, and every sender that fits takes from there when it has slots: so the one with the least to do takes most. From
then on the person sticks to that sender.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ringline.compliance.scopes import sender_scope
from ringline.database.json_lists import as_list
from ringline.errors import RequestError
from ringline.outbox.rates import POOL_PREFIX, SenderId
from ringline.outbox.store import claims
from ringline.outbox.store import pools as store
from ringline.outbox.store.senders import ADD_SENDER
from ringline.outbox.waking import DRAIN, Waker
from ringline.phone_numbers import country_of

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.settings import OutboxSettings

GeoMatch = Literal["area", "country", "none"]
GEO_MATCHES: tuple[GeoMatch, ...] = ("area", "country", "none")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NORTH_AMERICAN = re.compile(r"\+1([2-9][0-9]{2})[0-9]{7}")


def pool_id_of(account_id: str, channel: str, name: str) -> str:
    """The id of a pool, and of the queue in which its messages wait. *name* is with or without ``pool:``."""
    return str(SenderId(account_id, channel, POOL_PREFIX + checked_name(name)))


def checked_name(name: str) -> str:
    """The pool's name without ``pool:``; raises `RequestError` if it cannot be one."""
    plain = name.strip().removeprefix(POOL_PREFIX)
    if not _NAME.fullmatch(plain):
        raise RequestError(
            f"`{name}` cannot be the name of a pool",
            field="pool",
            fix="use up to 40 small letters, digits, - and _, such as `alerts`",
        )
    return plain


def places_of(address: str) -> tuple[str, ...]:
    """Where a number is at home, from wide to narrow: its country, and within North America its area code."""
    if not address.startswith("+"):
        return ()
    country = country_of(address)
    if country is None:
        return ()
    area = _NORTH_AMERICAN.fullmatch(address)
    return (country, f"{country}/{area[1]}") if area else (country,)


@dataclass(frozen=True, slots=True)
class Member:
    """A sender of a pool. *is_usable* unless Twilio has refused it, or it is paused for long."""

    sender_id: str
    is_usable: bool
    tat: float
    rejected_code: int | None
    paused_until: float
    places: tuple[str, ...]

    @property
    def address(self) -> str:
        return SenderId.of(self.sender_id).address


@dataclass(slots=True)
class Pool:
    """A pool as it is now; made by `load`."""

    id: str
    geo_match: GeoMatch
    members: dict[str, Member] = field(default_factory=dict)

    def able(self) -> list[Member]:
        """The members among whom to choose: those that can be used, or if there is none those that may be again."""
        members = self.members.values()
        return [member for member in members if member.is_usable] or [
            member for member in members if member.rejected_code is None
        ]

    def queue_of(self, recipient: str) -> str:
        """In which queue a message to somebody who sticks to no sender waits."""
        able = self.able()
        chosen = self.id
        for place in self._places(recipient):
            near = [member for member in able if place in member.places]
            if not near:
                break
            if len(near) < len(able):
                chosen = f"{self.id}/{place}"
        return chosen

    def queues_of(self, sender_id: str) -> list[str]:
        """From which queues a member takes."""
        return [self.id, *(f"{self.id}/{place}" for place in self._places(SenderId.of(sender_id).address))]

    def takers_of(self, queue_id: str) -> list[str]:
        """Which members take from a queue."""
        place = queue_id[len(self.id) + 1 :]
        return [member.sender_id for member in self.able() if not place or place in member.places]

    def scopes(self) -> tuple[str, ...]:
        """The scopes of all members: who told one number of a pool to stop hears from none of them."""
        parts = [SenderId.of(sender_id) for sender_id in self.members]
        return tuple([sender_scope(*part) for part in parts])

    def _places(self, address: str) -> Sequence[str]:
        if self.geo_match == "none":
            return ()
        return places_of(address)[: 1 if self.geo_match == "country" else 2]


def load(tx: Transaction, pool_id: str, *, now: float, settings: OutboxSettings, lock: Any = store.POOL) -> Pool | None:
    """The pool and its members; ``None`` if there is none."""
    found = tx.one(lock, {"id": pool_id})
    if found is None:
        return None
    return build(found, tx.all(store.MEMBERS, {"pool_id": pool_id}), now=now, settings=settings)


def build(found: Row, rows: Iterable[Row], *, now: float, settings: OutboxSettings) -> Pool:
    """The pool from its row and its members' rows."""
    pool = Pool(found["id"], found["geo_match"])
    for row in rows:
        paused_until = row["paused_until"] or 0.0
        pool.members[row["sender_id"]] = Member(
            sender_id=row["sender_id"],
            is_usable=row["rejected_code"] is None and paused_until <= now + settings.stick_through,
            tat=row["tat"] or 0.0,
            rejected_code=row["rejected_code"],
            paused_until=paused_until,
            places=places_of(SenderId.of(row["sender_id"]).address),
        )
    return pool


def load_able(tx: Transaction, pool_id: str, *, now: float, settings: OutboxSettings, lock: Any = store.POOL) -> Pool:
    """The pool; raises `RequestError` if it cannot send. Who puts messages into its queues needs `POOL_SHARED`."""
    pool = load(tx, pool_id, now=now, settings=settings, lock=lock)
    account_id, channel, address = SenderId.of(pool_id)
    name = address.removeprefix(POOL_PREFIX)
    if pool is None:
        raise RequestError(
            f"there is no pool `{name}` for {channel} in account {account_id}",
            field="from",
            fix=f"`ringline pools list` shows those there are; `ringline pools create {name} +1…` makes one",
        )
    if not pool.members:
        raise RequestError(
            f"the pool `{name}` has no senders", field="from", fix=f"give it one: `ringline pools add {name} +1…`"
        )
    return pool


def destinations(tx: Transaction, pool: Pool, recipients: Collection[str]) -> dict[str, str]:
    """Where a message to each of these people waits: at the sender they stick to, else in a queue of the pool."""
    stuck = stuck_of(tx, pool, recipients)
    found = {}
    for recipient in recipients:
        sender_id = stuck.get(recipient)
        found[recipient] = sender_id if sender_id is not None else pool.queue_of(recipient)
    return found


def stuck_of(tx: Transaction, pool: Pool, recipients: Collection[str]) -> dict[str, str]:
    """Who sticks to which member, where that can still be used."""
    rows = tx.all(store.STUCK, {"pool_id": pool.id, "recipients": as_list(sorted(set(recipients)))})
    able = {member.sender_id for member in pool.able()}
    return {row["recipient"]: row["sender_id"] for row in rows if row["sender_id"] in able}


def add_queues(tx: Transaction, pool: Pool, queue_ids: Iterable[str]) -> None:
    """Make sure that these queues can be woken."""
    account_id = SenderId.of(pool.id).account_id
    for queue_id in sorted(set(queue_ids)):
        of_pool = pool.id if SenderId.of(queue_id).address.startswith(POOL_PREFIX) else None
        tx.run(ADD_SENDER, {"id": queue_id, "account_id": account_id, "pool_id": of_pool})


def reroute(
    tx: Transaction, pool: Pool, *, waker: Waker, now: float, only_of: str | None = None, spare: str | None = None
) -> int:
    """Look anew where everything waits that has not gone yet, or what waits at the sender *only_of*.

    The message *spare* is left alone. Returns how many moved. The pool must be locked, or the sender be out of it.
    """
    rows = [
        row
        for row in tx.all(store.WAITING, {"pool_id": pool.id})
        if row["id"] != spare and (only_of is None or row["sender_id"] == only_of)
    ]
    to = destinations(tx, pool, {row["to"] for row in rows})
    moved: dict[str, list[Row]] = {}
    for row in rows:
        if to[row["to"]] != row["sender_id"]:
            moved.setdefault(to[row["to"]], []).append(row)
    add_queues(tx, pool, moved)
    for sender_id, of_sender in sorted(moved.items()):
        move(tx, [row["id"] for row in of_sender], sender_id, now=now)
        ready = [row["priority"] for row in of_sender if row["stage"] == "ready"]
        if ready:
            waker.wake(tx, DRAIN, sender_id, now=now, priority=80 if max(ready) >= 80 else 50)
    return sum(len(of_sender) for of_sender in moved.values())


def move(tx: Transaction, ids: Iterable[str], sender_id: str, *, now: float) -> None:
    """Let these messages wait at a sender, or in a queue."""
    address = SenderId.of(sender_id).address
    sender = None if address.startswith(POOL_PREFIX) else address
    values = {"ids": as_list(ids), "sender_id": sender_id, "sender": sender, "now": now}
    tx.run(store.MOVE[tx.dialect], values)


def take_queued(tx: Transaction, sender_id: str, *, count: int, now: float, settings: OutboxSettings) -> list[Row]:
    """At most *count* due messages from each queue that a member takes from."""
    rows: list[Row] = []
    for membership in tx.all(store.POOLS_OF, {"sender_id": sender_id}):
        pool = load(tx, membership["pool_id"], now=now, settings=settings)
        if pool is None or sender_id not in {member.sender_id for member in pool.able()}:
            continue
        for queue_id in pool.queues_of(sender_id):
            rows += tx.all(claims.READY, {"sender_id": queue_id, "now": now, "count": count})
    return rows


def is_queue(id: str) -> bool:
    """Whether this is a pool's queue rather than a sender."""
    return SenderId.of(id).address.startswith(POOL_PREFIX)


def pool_of_queue(queue_id: str) -> str:
    """The id of the pool whose queue this is."""
    account_id, channel, address = SenderId.of(queue_id)
    return str(SenderId(account_id, channel, address.partition("/")[0]))


def idle_takers(tx: Transaction, queue_id: str, *, now: float, settings: OutboxSettings) -> list[str]:
    """Which members are to look at a queue: the ones that are free first, no more than there are messages."""
    pool = load(tx, pool_of_queue(queue_id), now=now, settings=settings)
    if pool is None:
        return []
    takers = [pool.members[sender_id] for sender_id in pool.takers_of(queue_id)]
    takers.sort(key=lambda member: (max(member.tat, member.paused_until, now), member.sender_id))
    waiting = tx.all(store.QUEUED, {"queue_id": queue_id, "now": now, "count": len(takers)})
    return [member.sender_id for member in takers[: len(waiting)]]


def assign(
    tx: Transaction, sender_id: str, rows: Sequence[Row], pools: dict[str, Pool], *, waker: Waker, now: float
) -> list[Row]:
    """Have the people of these messages, taken from queues, stick to the sender; returns those that it may send.

    The others stick to another member, and go to it. Two workers cannot choose differently: who comes first is read
    back from the table.
    """
    account_id, _, address = SenderId.of(sender_id)
    mine: list[Row] = []
    elsewhere: dict[str, list[str]] = {}
    for pool_id in sorted({row["pool_id"] for row in rows}):
        of_pool = [row for row in rows if row["pool_id"] == pool_id]
        recipients = sorted({row["to"] for row in of_pool})
        stick = {"pool_id": pool_id, "sender_id": sender_id, "now": now}
        tx.many(store.STICK, [{**stick, "recipient": recipient} for recipient in recipients])
        stuck = stuck_of(tx, pools[pool_id], recipients)
        tx.many(store.RESTICK, [{**stick, "recipient": each} for each in recipients if each not in stuck])
        for row in of_pool:
            chosen = stuck.get(row["to"], sender_id)
            if chosen == sender_id:
                row["sender_id"], row["sender"] = sender_id, address
                mine.append(row)
            else:
                elsewhere.setdefault(chosen, []).append(row["id"])
    if mine:
        move(tx, [row["id"] for row in mine], sender_id, now=now)
    for chosen, ids in sorted(elsewhere.items()):
        tx.run(ADD_SENDER, {"id": chosen, "account_id": account_id, "pool_id": None})
        move(tx, ids, chosen, now=now)
        # Without its flag: its row may be locked by a claim that wants to wake this sender.
        waker.again(tx, DRAIN, chosen)
    return mine


def another_sender(
    tx: Transaction, pool_id: str, *, message_id: str, recipient: str, sender: str, code: int, is_bad: bool, now: float,
    settings: OutboxSettings, waker: Waker,
) -> str | None:  # fmt: skip
    """The id of a member that has not been refused with this message, to whom the person sticks from now on.

    ``None`` if there is none. With *is_bad* Twilio refused the sender whoever the message was for: it is left out of
    the pool until it is added again, and what waits for it goes to others.
    """
    pool = load(tx, pool_id, now=now, settings=settings)
    if pool is None:
        return None
    tried = {row["sender"] for row in tx.all(store.TRIED, {"message_id": message_id})} | {sender}
    left = [member for member in pool.able() if member.address not in tried]
    near = next((places for places in reversed(pool._places(recipient)) if _near(left, places)), None)  # noqa: SLF001
    chosen = min(_near(left, near) if near else left, key=lambda member: (member.tat, member.sender_id), default=None)
    if chosen is not None:
        stick = {"pool_id": pool_id, "recipient": recipient, "sender_id": chosen.sender_id, "now": now}
        tx.run(store.RESTICK, stick)
        add_queues(tx, pool, [chosen.sender_id])
    if is_bad:
        refused = str(SenderId(*SenderId.of(pool_id)[:2], sender))
        tx.run(store.REJECT_MEMBER, {"pool_id": pool_id, "sender_id": refused, "code": code})
        after = load(tx, pool_id, now=now, settings=settings)
        if after is not None and after.able():
            reroute(tx, after, waker=waker, now=now, only_of=refused, spare=message_id)
    return None if chosen is None else chosen.sender_id


def _near(members: Iterable[Member], place: str) -> list[Member]:
    return [member for member in members if place in member.places]
