"""The pools of this installation: making them, and choosing who belongs to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.errors import NotFoundError, RequestError
from ringline.live import touch
from ringline.outbox import pools
from ringline.outbox.pools import GEO_MATCHES, GeoMatch
from ringline.outbox.rates import POOL_PREFIX, SenderId
from ringline.outbox.store import intake
from ringline.outbox.store import pools as store
from ringline.outbox.store.senders import ADD_SENDER
from ringline.outbox.waking import Waker

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.outbox.pools import Pool
    from ringline.outbox.settings import OutboxSettings


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool. *rejected* are those of its *senders* that Twilio has refused, with the error's code."""

    id: str
    account_id: str
    channel: str
    name: str
    geo_match: GeoMatch
    senders: tuple[str, ...]
    rejected: tuple[tuple[str, int], ...]


class PoolList:
    """Pools by account, channel and name."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        *,
        look: Callable[[], None],
    ) -> None:
        """*look* has those who may take from a pool now look for work."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._look = look

    async def list(self, *, account_id: str | None = None) -> list[PoolView]:
        """All pools, or those of one account."""

        def work(tx: Transaction) -> list[PoolView]:
            members = tx.all(store.ALL_MEMBERS)
            found = []
            for row in tx.all(store.ALL):
                if account_id in (None, row["account_id"]):
                    of_pool = [member for member in members if member["pool_id"] == row["id"]]
                    found.append(_view(pools.build(row, of_pool, now=self._clock.time(), settings=self._settings)))
            return found

        return await self._database.read(work)

    async def get(self, account_id: str, name: str, *, channel: str = "sms") -> PoolView:
        """One pool. Raises `NotFoundError`."""
        pool_id = pools.pool_id_of(account_id, channel, name)
        return _view(await self._database.read(lambda tx: self._load(tx, pool_id)))

    async def create(
        self,
        account_id: str,
        name: str,
        senders: Sequence[str] = (),
        *,
        channel: str = "sms",
        geo_match: GeoMatch = "area",
    ) -> PoolView:
        """Make a pool of these senders' addresses; one that is there gets them added.

        *geo_match* says how near to the recipient a sender has to be, if there is one: ``area`` (its country, and
        within North America its area code), ``country``, or ``none``. Raises `RequestError`.
        """
        pool_id = pools.pool_id_of(account_id, channel, name)
        if geo_match not in GEO_MATCHES:
            raise RequestError(
                f"`{geo_match}` is no way to match places", field="geo_match", fix="use area, country or none"
            )

        def work(tx: Transaction) -> None:
            now = self._clock.time()
            tx.run(store.ADD, {"id": pool_id, "account_id": account_id, "geo_match": geo_match, "now": now})
            tx.run(store.SET_GEO_MATCH, {"id": pool_id, "geo_match": geo_match})
            self._add(tx, self._load(tx, pool_id, locked=True), senders)

        return await self._change(account_id, name, channel, work)

    async def add(self, account_id: str, name: str, senders: Sequence[str], *, channel: str = "sms") -> PoolView:
        """Add senders; one that Twilio had refused is tried again. Raises `NotFoundError`, `RequestError`."""
        pool_id = pools.pool_id_of(account_id, channel, name)

        def work(tx: Transaction) -> None:
            self._add(tx, self._load(tx, pool_id, locked=True), senders)

        return await self._change(account_id, name, channel, work)

    async def remove(self, account_id: str, name: str, senders: Sequence[str], *, channel: str = "sms") -> PoolView:
        """Take senders out; what waits for them goes to others. Raises `NotFoundError`, `RequestError`."""
        pool_id = pools.pool_id_of(account_id, channel, name)

        def work(tx: Transaction) -> None:
            pool = self._load(tx, pool_id, locked=True)
            ids = [_member_id(pool_id, sender) for sender in senders]
            for sender, member_id in zip(senders, ids, strict=True):
                if member_id not in pool.members:
                    raise NotFoundError(
                        f"{sender} is not in the pool `{_name(pool_id)}`", fix="`ringline pools list` shows who is"
                    )
            if set(pool.members) <= set(ids) and tx.one(store.IS_WAITED_FOR, {"pool_id": pool_id}) is not None:
                raise RequestError(
                    f"messages wait in the pool `{_name(pool_id)}`, and nobody would be left to send them",
                    field="senders",
                    fix="add another sender first, or cancel the messages",
                )
            for member_id in sorted(ids):
                # With the sender's row locked no claim of its is under way that could still take from the pool.
                tx.one(store.LOCK_SENDER, {"id": member_id})
                tx.run(store.REMOVE_MEMBER, {"pool_id": pool_id, "sender_id": member_id})
                tx.run(store.UNSTICK_SENDER, {"pool_id": pool_id, "sender_id": member_id})
            touch(tx, "senders", pool_id)
            self._reroute(tx, pool_id)

        return await self._change(account_id, name, channel, work)

    async def delete(self, account_id: str, name: str, *, channel: str = "sms") -> None:
        """Delete a pool from which nothing waits to be sent. Raises `NotFoundError`, `RequestError`."""
        pool_id = pools.pool_id_of(account_id, channel, name)

        def work(tx: Transaction) -> None:
            pool = self._load(tx, pool_id, locked=True)
            if tx.one(store.IS_WAITED_FOR, {"pool_id": pool_id}) is not None:
                raise RequestError(
                    f"messages wait in the pool `{_name(pool_id)}`",
                    field="pool",
                    fix="let them go first, or cancel them",
                )
            for member_id in pool.members:
                tx.run(store.REMOVE_MEMBER, {"pool_id": pool_id, "sender_id": member_id})
            tx.run(store.UNSTICK_POOL, {"pool_id": pool_id})
            tx.run(store.DELETE, {"id": pool_id})
            touch(tx, "senders", pool_id)

        await self._database.write(work)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _load(self, tx: Transaction, pool_id: str, *, locked: bool = False) -> Pool:
        lock = store.POOL_LOCKED if locked else store.POOL
        pool = pools.load(tx, pool_id, now=self._clock.time(), settings=self._settings, lock=lock)
        if pool is None:
            _, channel, _ = SenderId.of(pool_id)
            raise NotFoundError(
                f"there is no pool `{_name(pool_id)}` for {channel}", fix="`ringline pools list` shows those there are"
            )
        return pool

    def _add(self, tx: Transaction, pool: Pool, senders: Sequence[str]) -> None:
        account_id, _, _ = SenderId.of(pool.id)
        tx.run(intake.ADD_ACCOUNT, {"id": account_id})
        for sender in senders:
            member_id = _member_id(pool.id, sender)
            tx.run(ADD_SENDER, {"id": member_id, "account_id": account_id, "pool_id": None})
            tx.run(store.ADD_MEMBER, {"pool_id": pool.id, "sender_id": member_id, "now": self._clock.time()})
        touch(tx, "senders", pool.id)
        self._reroute(tx, pool.id)

    def _reroute(self, tx: Transaction, pool_id: str) -> None:
        pool = self._load(tx, pool_id)
        if pool.able():
            pools.reroute(tx, pool, waker=self._waker, now=self._clock.time())

    async def _change(self, account_id: str, name: str, channel: str, work: Callable[[Transaction], None]) -> PoolView:
        await self._database.write(work)
        self._look()
        return await self.get(account_id, name, channel=channel)


def _member_id(pool_id: str, address: str) -> str:
    if address.startswith((POOL_PREFIX, "MG")) and len(address) > 11:
        raise RequestError(
            f"`{address}` cannot be in a pool",
            field="senders",
            fix="name numbers, short codes or alphanumeric ids; a messaging service chooses its senders itself",
        )
    account_id, channel, _ = SenderId.of(pool_id)
    return str(SenderId(account_id, channel, address))


def _name(pool_id: str) -> str:
    return SenderId.of(pool_id).address.removeprefix(POOL_PREFIX)


def _view(pool: Pool) -> PoolView:
    account_id, channel, _ = SenderId.of(pool.id)
    members = pool.members.values()
    return PoolView(
        id=pool.id,
        account_id=account_id,
        channel=channel,
        name=_name(pool.id),
        geo_match=pool.geo_match,
        senders=tuple([member.address for member in members]),
        rejected=tuple(
            [(member.address, member.rejected_code) for member in members if member.rejected_code is not None]
        ),
    )
