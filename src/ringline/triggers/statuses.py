"""Runs that begin when a message of ours reaches a status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ringline.triggers import store
from ringline.triggers.published import PublishedTrigger
from ringline.workflow.schedules import as_utc
from ringline.workflow.triggers import MessageStatusTrigger

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.triggers.starting import Starter

LONGEST_CHAIN = 5
"""How many runs may follow from each other's messages; where two workflows answer each other, it ends there."""

_OWN_WORDS = frozenset({"refused", "unresolved", "failed", "canceled"})


class Change(Protocol):
    """What has become of a message, as the outbox tells it."""

    @property
    def id(self) -> str: ...
    @property
    def run_id(self) -> str | None: ...
    @property
    def step(self) -> str | None: ...
    @property
    def to(self) -> str: ...
    @property
    def sender(self) -> str | None: ...
    @property
    def stage(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def error_code(self) -> int | None: ...
    @property
    def was_stage(self) -> str: ...
    @property
    def was_status(self) -> str: ...
    @property
    def at(self) -> float: ...


@dataclass(frozen=True, slots=True)
class SentBy:
    """The run that sent a message: its workflow, and what started it."""

    workflow: str
    trigger: Mapping[str, Any]


FindRun = Callable[["Transaction", str], SentBy | None]
FindMessage = Callable[["Transaction", str], Mapping[str, Any]]
"""What a message's row says of it: at least ``body``, ``channel`` and ``purpose``."""


class MessageStatuses:
    """Told every change of a message; costs a look at a tuple where no workflow waits for any."""

    def __init__(self, starter: Starter, *, find_run: FindRun, find_message: FindMessage) -> None:
        self._starter = starter
        self._find_run = find_run
        self._find_message = find_message
        self._known: tuple[PublishedTrigger, ...] | None = None
        self._forgotten = 0

    def forget(self) -> None:
        """Read the triggers anew when they are next needed."""
        self._forgotten += 1
        self._known = None

    def note(self, tx: Transaction, changes: Sequence[Change]) -> None:
        """Start what waits for one of these changes, in the transaction that makes them."""
        known = self._known
        if known is None:
            known = self._read(tx)
        if not known:
            return
        for change in changes:
            reached = _reached(change)
            if not reached:
                continue
            for published in known:
                assert isinstance(published.trigger, MessageStatusTrigger)
                for word in published.trigger.status:
                    if word in reached:
                        self._consider(tx, published, published.trigger, change, word)

    def _read(self, tx: Transaction) -> tuple[PublishedTrigger, ...]:
        before = self._forgotten
        known = tuple(PublishedTrigger.of(row) for row in store.triggers_of_type(tx, "message_status"))
        # What was published meanwhile may not be among them.
        if before == self._forgotten:
            self._known = known
        return known

    def _consider(
        self, tx: Transaction, published: PublishedTrigger, trigger: MessageStatusTrigger, change: Change, word: str
    ) -> None:
        if trigger.to and change.to not in trigger.to:
            return
        sent_by = self._find_run(tx, change.run_id) if change.run_id is not None else None
        workflow = sent_by.workflow if sent_by is not None else None
        if workflow == published.workflow and not trigger.include_own:
            return
        if trigger.workflow and workflow not in trigger.workflow:
            return
        message = self._find_message(tx, change.id)
        if trigger.purpose and message.get("purpose") not in trigger.purpose:
            return
        event_id = f"{change.id}/{word}"
        chain = int(sent_by.trigger.get("chain", 0)) + 1 if sent_by is not None else 1
        if chain > LONGEST_CHAIN:
            why = f"{LONGEST_CHAIN} runs have followed from each other's messages; the workflows answer each other."
            self._starter.refuse(tx, published, event_id=event_id, why=why, now=change.at)
            return
        values = {
            "message_id": change.id,
            "status": word,
            "stage": change.stage,
            "error_code": change.error_code,
            "to": change.to,
            "from": change.sender,
            "channel": message.get("channel"),
            "body": message.get("body"),
            "purpose": message.get("purpose"),
            "workflow": workflow,
            "run_id": change.run_id,
            "step": change.step,
            "at": as_utc(change.at),
            "chain": chain,
        }
        self._starter.start(tx, published, event_id=event_id, values=values, now=change.at)


def _reached(change: Change) -> set[str]:
    """What a message has just become: Twilio's word, and ours where it has none."""
    reached = {change.status} if change.status != change.was_status else set()
    if change.stage != change.was_stage and change.stage in _OWN_WORDS:
        reached.add(change.stage)
    return reached
