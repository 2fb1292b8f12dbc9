"""Senders as people see and set them: how fast, how much waits, why one is paused, and when it will be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ringline.errors import NotFoundError, RequestError
from ringline.live import touch
from ringline.outbox import pools
from ringline.outbox.forecast import Lane, SendForecast, finish
from ringline.outbox.rates import POOL_PREFIX, SenderId, interval_of
from ringline.outbox.store import intake
from ringline.outbox.store import pools as pool_store
from ringline.outbox.store import senders as store
from ringline.outbox.waking import DRAIN, Waker

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.pools import Pool
    from ringline.outbox.settings import OutboxSettings

FOR_GOOD = 253_370_764_800.0
"""The end of a pause without one: the year 9999."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A number, name or messaging service that sends.

    *rate* is segments (for WhatsApp, messages) a second, ``None`` where nothing paces it. Times are epoch seconds;
    *finishes_at* is when it will have sent what is ready, its share of its pools' work included.
    """

    id: str
    account_id: str
    channel: str
    address: str
    rate: float | None
    has_own_rate: bool
    waiting: int
    waiting_segments: int
    finishes_at: float | None
    paused_until: float | None
    paused_why: str | None
    pools: tuple[str, ...]


@dataclass(slots=True)
class _Board:
    """All senders of an account, or of all, with their queues and pools, at one moment."""

    now: float
    settings: OutboxSettings
    senders: dict[str, Row] = field(default_factory=dict)
    waiting: dict[str, Row] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)

    @classmethod
    def look(cls, tx: Transaction, *, now: float, settings: OutboxSettings, account_id: str | None) -> _Board:
        found = tx.all(store.ALL) if account_id is None else tx.all(store.OF_ACCOUNT, {"account_id": account_id})
        board = cls(now, settings, {row["id"]: row for row in found})
        board.waiting = {row["sender_id"]: row for row in tx.all(store.WAITING)}
        members = tx.all(pool_store.ALL_MEMBERS)
        for row in tx.all(pool_store.ALL):
            if account_id in (None, row["account_id"]):
                of_pool = [member for member in members if member["pool_id"] == row["id"]]
                board.pools[row["id"]] = pools.build(row, of_pool, now=now, settings=settings)
        return board

    def units(self, id: str) -> int:
        return int(self.waiting[id]["units"]) if id in self.waiting else 0

    def lane(self, row: Row) -> Lane:
        interval = interval_of(row, self.settings)
        pauses = (row["paused_until"] or 0.0, row["account_paused_until"] or 0.0)
        return Lane(max(self.now, *pauses, row["tat"] if interval > 0 else 0.0), interval, self.units(row["id"]))

    def lanes(self) -> dict[str, Lane]:
        return {sender_id: self.lane(row) for sender_id, row in self.senders.items()}

    def shared(self) -> list[tuple[list[str], float]]:
        """What waits in the queues of pools, those of the fewest senders first."""
        found = []
        for queue_id in self.waiting:
            pool = self.pools.get(pools.pool_of_queue(queue_id)) if pools.is_queue(queue_id) else None
            if pool is not None:
                takers = [taker for taker in pool.takers_of(queue_id) if taker in self.senders]
                found.append((takers, float(self.units(queue_id))))
        return sorted(found, key=lambda one: len(one[0]))


class Senders:
    """The senders of this installation, by address: a number, a name, or a messaging service's SID."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        *,
        look: Callable[[], None],
    ) -> None:
        """*look* has those who wait for a pause to end look again."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._look = look

    async def list(self, *, account_id: str | None = None) -> Sequence[Sender]:
        """All that have sent something or have been set, by account, channel and address."""
        return await self._database.read(lambda tx: self._read(tx, account_id))

    async def get(self, account_id: str, address: str, *, channel: str = "sms") -> Sender:
        """One of them. Raises `NotFoundError`."""
        sender_id = str(SenderId(account_id, channel, address))
        for sender in await self.list(account_id=account_id):
            if sender.id == sender_id:
                return sender
        raise NotFoundError(
            f"nothing is known of the sender {address} for {channel}",
            fix="`ringline senders list` shows those there are",
        )

    async def set_rate(
        self, account_id: str, address: str, rate: float | None, *, channel: str = "sms", as_its_kind: bool = False
    ) -> Sender:
        """Have it send that many segments a second, ``None`` for no pace; *as_its_kind* what Twilio allows its kind."""
        interval = None if as_its_kind else 1 / rate if rate else 0.0

        def work(tx: Transaction) -> None:
            sender_id = self._add(tx, account_id, channel, address)
            tx.run(store.SET_INTERVAL, {"id": sender_id, "interval_s": interval})
            touch(tx, "senders", sender_id)

        return await self._change(account_id, channel, address, work)

    async def pause(
        self,
        account_id: str,
        address: str,
        *,
        channel: str = "sms",
        seconds: float | None = None,
        why: str = "paused by hand",
    ) -> Sender:
        """Send nothing more from it for that long, or until `resume`. What has been handed to Twilio goes on.

        People who stick to it in a pool get another sender if the pause is a long one.
        """
        now = self._clock.time()
        until = FOR_GOOD if seconds is None else now + seconds

        def work(tx: Transaction) -> None:
            sender_id = self._add(tx, account_id, channel, address)
            tx.run(store.PAUSE, {"id": sender_id, "until": until, "why": why})
            touch(tx, "senders", sender_id)
            if until > now + self._settings.stick_through:
                self._reroute(tx, sender_id, now)

        return await self._change(account_id, channel, address, work)

    async def resume(self, account_id: str, address: str, *, channel: str = "sms") -> Sender:
        """End its pause, and its account's if Twilio had asked for one."""
        now = self._clock.time()

        def work(tx: Transaction) -> None:
            sender_id = self._add(tx, account_id, channel, address)
            tx.run(store.RESUME, {"id": sender_id})
            tx.run(store.RESUME_ACCOUNT, {"id": account_id})
            touch(tx, "senders", sender_id)
            self._reroute(tx, sender_id, now)
            self._waker.wake(tx, DRAIN, sender_id, now=now)

        return await self._change(account_id, channel, address, work)

    async def forecast(
        self,
        *,
        account_id: str,
        sender: str | None = None,
        service: str | None = None,
        channel: str = "sms",
        segments: float = 0,
    ) -> SendForecast:
        """When a sender, a messaging service or a pool (``pool:name``) will have sent that many segments more.

        They go after what is ready now. A sender that nobody has used yet is free. Raises `RequestError` for a pool
        that cannot send.
        """
        address = service or sender or ""

        def work(tx: Transaction) -> SendForecast:
            now = self._clock.time()
            board = _Board.look(tx, now=now, settings=self._settings, account_id=account_id)
            lanes = board.lanes()
            sender_id = str(SenderId(account_id, channel, address))
            if address.startswith(POOL_PREFIX):
                pool = pools.load_able(tx, sender_id, now=now, settings=self._settings)
                names = [member.sender_id for member in pool.able()]
                ours = sum(units for takers, units in board.shared() if set(takers) <= set(names))
            else:
                names, ours = [sender_id], 0.0
            for name in names:
                lanes.setdefault(name, board.lane(_unused(name)))
            own = sum(lanes[name].own for name in names)
            before = finish(lanes, board.shared())
            after = finish(lanes, [*board.shared(), (names, segments)])
            # One that is paused and has nothing to send itself holds up nobody.
            busy = [name for name in names if lanes[name].own or after[name] > lanes[name].free_at] or names[:1]
            rates = [1 / lanes[name].interval for name in names if lanes[name].interval > 0]
            return SendForecast(
                starts_at=min(before[name] for name in names),
                finishes_at=max(after[name] for name in busy),
                rate=sum(rates) if len(rates) == len(names) else None,
                waiting=int(own + ours),
            )

        return await self._database.read(work)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _read(self, tx: Transaction, account_id: str | None) -> Sequence[Sender]:
        board = _Board.look(tx, now=self._clock.time(), settings=self._settings, account_id=account_id)
        lanes = board.lanes()
        done = finish(lanes, board.shared())
        of: dict[str, list[str]] = {}
        for pool in board.pools.values():
            for sender_id in pool.members:
                of.setdefault(sender_id, []).append(SenderId.of(pool.id).address.removeprefix(POOL_PREFIX))
        return [
            self._sender(row, lanes[sender_id], board, done[sender_id], tuple(sorted(of.get(sender_id, ()))))
            for sender_id, row in board.senders.items()
        ]

    @staticmethod
    def _sender(row: Row, lane: Lane, board: _Board, done_at: float, of_pools: tuple[str, ...]) -> Sender:
        account_id, channel, address = SenderId.of(row["id"])
        pauses = [
            (until, why)
            for until, why in (
                (row["paused_until"], row["paused_why"]),
                (row["account_paused_until"], row["account_paused_why"]),
            )
            if until is not None and until > board.now
        ]
        paused_until, paused_why = max(pauses, key=lambda pause: pause[0], default=(None, None))
        has_work = lane.own > 0 or done_at > lane.free_at
        return Sender(
            id=row["id"],
            account_id=account_id,
            channel=channel,
            address=address,
            rate=1 / lane.interval if lane.interval > 0 else None,
            has_own_rate=row["interval_s"] is not None,
            waiting=int(board.waiting[row["id"]]["messages"]) if row["id"] in board.waiting else 0,
            waiting_segments=board.units(row["id"]),
            finishes_at=done_at if has_work and done_at < FOR_GOOD else None,
            paused_until=paused_until,
            paused_why=paused_why,
            pools=of_pools,
        )

    @staticmethod
    def _add(tx: Transaction, account_id: str, channel: str, address: str) -> str:
        if address.startswith(POOL_PREFIX):
            raise RequestError(
                f"`{address}` is a pool, which has no pace of its own",
                field="sender",
                fix="name one of its senders; `ringline pools list` shows them",
            )
        sender_id = str(SenderId(account_id, channel, address))
        tx.run(store.ADD_SENDER, {"id": sender_id, "account_id": account_id, "pool_id": None})
        tx.run(intake.ADD_ACCOUNT, {"id": account_id})
        return sender_id

    def _reroute(self, tx: Transaction, sender_id: str, now: float) -> None:
        """In its pools others may be near now, and those who stuck to it go elsewhere, or come back."""
        for row in tx.all(pool_store.POOLS_OF, {"sender_id": sender_id}):
            pool = pools.load(tx, row["pool_id"], now=now, settings=self._settings, lock=pool_store.POOL_LOCKED)
            if pool is not None and pool.able():
                pools.reroute(tx, pool, waker=self._waker, now=now)

    async def _change(self, account_id: str, channel: str, address: str, work: Callable[[Transaction], None]) -> Sender:
        await self._database.write(work)
        self._look()
        return await self.get(account_id, address, channel=channel)


def _unused(sender_id: str) -> Row:
    nothing = ("interval_s", "paused_until", "account_paused_until")
    return {"id": sender_id, "tat": 0.0, **dict.fromkeys(nothing)}
