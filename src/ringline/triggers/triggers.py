"""`ringline.triggers`: everything that starts runs by itself, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ringline.clock import utc
from ringline.dispatch.ticker import Ticker
from ringline.errors import NotFoundError
from ringline.triggers import publishing, store
from ringline.triggers.calls import InboundCalls
from ringline.triggers.inbound import FindContact, InboundMessages
from ringline.triggers.published import PublishedTrigger
from ringline.triggers.publishing import CHANNEL, Published
from ringline.triggers.schedules import Schedules
from ringline.triggers.starting import MakeHelpers, Starter, StartRun
from ringline.triggers.statuses import FindMessage, FindRun, MessageStatuses
from ringline.triggers.webhooks import Webhooks
from ringline.workflow.triggers import InboundMessageTrigger, ScheduleTrigger, Trigger, WebhookTrigger

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

LOOK_EVERY = 60.0
"""Seconds between two looks at the schedules, should it not be heard that one was published elsewhere."""

KEEP_EVENTS = 30 * 86_400.0
"""Seconds for which it is known which run an event started."""


@dataclass(frozen=True, slots=True)
class TriggerState:
    """A trigger in force: when it fires next, and what became of its last event."""

    workflow: str
    version: int
    key: str
    type: str
    label: str
    address: str | None
    """Where a webhook listens."""
    lacks: str | None
    """What keeps it from working here, in a sentence."""
    timezone: str | None
    next_at: datetime | None
    last_at: datetime | None
    last_run_id: str | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class TriggerEvent:
    """Something that happened to a trigger: the run it started, or why none."""

    event_id: str
    at: datetime
    run_id: str | None
    error: str | None


class Triggers:
    """The triggers in force. `note_changes` and `take_message` are hooks of the outbox and of what people write."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        start_run: StartRun,
        find_run: FindRun,
        find_message: FindMessage,
        make_helpers: MakeHelpers,
        environment: Mapping[str, str],
        public_url: str | None = None,
        find_contact: FindContact | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._public_url = public_url
        starter = Starter(start_run, make_helpers)
        self.schedules = Schedules(database, clock, starter)
        self.webhooks = Webhooks(database, clock, starter, environment)
        self._statuses = MessageStatuses(starter, find_run=find_run, find_message=find_message)
        self.note_changes = self._statuses.note
        self.take_message = InboundMessages(starter, find_contact=find_contact).take
        self.take_call = InboundCalls(starter).take
        self._ticker = Ticker(self.schedules, clock, longest=LOOK_EVERY, what="schedules")
        self._stop_listening: Callable[[], None] | None = None

    def listen(self) -> None:
        """Hear of what other processes publish."""
        if self._stop_listening is None:
            self._stop_listening = self._database.listen(CHANNEL, self._changed)

    def close(self) -> None:
        """Hear no more."""
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

    @property
    def ticker(self) -> Ticker:
        """What looks at the schedules."""
        return self._ticker

    async def publish(
        self, workflow: str, version: int, triggers: Sequence[Trigger], defaults: Mapping[str, Any]
    ) -> Published:
        """Put the triggers of a version in force in place of those before, in one transaction."""
        now = self._clock.time()

        def work(tx: Transaction) -> Published:
            done = publishing.publish_in(
                tx, workflow=workflow, version=version, triggers=triggers, defaults=defaults, now=now
            )
            tx.after_commit(lambda: self._changed(workflow))
            return done

        return await self._database.write(work)

    async def unpublish(self, workflow: str) -> None:
        """Let nothing start the workflow any more. Raises `NotFoundError` where it was never published."""

        def work(tx: Transaction) -> None:
            if store.published(tx, workflow) is None:
                raise NotFoundError(
                    f"the workflow {workflow!r} is not published", fix="`ringline workflows list` shows which are"
                )
            publishing.unpublish_in(tx, workflow)
            tx.after_commit(lambda: self._changed(workflow))

        await self._database.write(work)

    async def version_of(self, workflow: str) -> tuple[int | None, bool]:
        """The version that is published, None if there never was one; and whether it still is."""
        row = await self._database.read(lambda tx: store.published(tx, workflow))
        return (None, False) if row is None else (int(row["version"]), bool(row["is_active"]))

    async def versions(self) -> dict[str, int]:
        """The published version of every workflow that has one."""
        rows = await self._database.read(store.all_published)
        return {row["workflow"]: row["version"] for row in rows if row["is_active"]}

    async def list(self, *, workflow: str | None = None) -> list[TriggerState]:
        """The triggers in force, by workflow."""

        def read(tx: Transaction) -> tuple[list[Row], list[Row]]:
            rows = store.all_triggers(tx) if workflow is None else store.triggers_of(tx, workflow)
            return rows, store.last_events(tx)

        rows, events = await self._database.read(read)
        last = {(event["workflow"], event["trigger"]): event for event in events}
        return [self._state(PublishedTrigger.of(row), last.get((row["workflow"], row["key"]))) for row in rows]

    async def events(self, workflow: str, trigger: str, *, limit: int = 50) -> Sequence[TriggerEvent]:
        """What happened to a trigger lately, newest first.

        *trigger* is its key, or what says which it is: its name, keyword, path or schedule, or its type where the
        workflow has one of that. Raises `NotFoundError` for one that neither is in force nor has events.
        """

        def read(tx: Transaction) -> list[Row]:
            known = [PublishedTrigger.of(row) for row in store.triggers_of(tx, workflow)]
            keys = {one.key for one in known if trigger in _names(one)} or {
                one.key for one in known if trigger == one.trigger.type
            }
            key = keys.pop() if len(keys) == 1 and trigger not in {one.key for one in known} else trigger
            found = store.events_of(tx, workflow, key, limit)
            if not found and key not in {one.key for one in known}:
                raise _no_trigger(workflow, trigger, known)
            return found

        rows = await self._database.read(read)
        return [TriggerEvent(row["event_id"], utc(row["at"]), row["run_id"], row["error"]) for row in rows]

    async def tidy(self) -> None:
        """Forget which runs events started that are long over."""
        before = self._clock.time() - KEEP_EVENTS
        await self._database.write(lambda tx: store.forget_events(tx, before=before))

    def _state(self, published: PublishedTrigger, event: Row | None) -> TriggerState:
        trigger = published.trigger
        return TriggerState(
            workflow=published.workflow,
            version=published.version,
            key=published.key,
            type=trigger.type,
            label=trigger.label,
            address=self._address(published) if isinstance(trigger, WebhookTrigger) else None,
            lacks=self._lacks(trigger),
            timezone=trigger.zone(published.defaults) if isinstance(trigger, ScheduleTrigger) else None,
            next_at=utc(published.next_at),
            last_at=utc(event["at"]) if event is not None else None,
            last_run_id=event["run_id"] if event is not None else None,
            last_error=event["error"] if event is not None else None,
        )

    def _address(self, published: PublishedTrigger) -> str:
        from urllib.parse import quote

        assert isinstance(published.trigger, WebhookTrigger)
        return f"{self._public_url or ''}/hooks/{quote(published.workflow, safe='')}/{published.trigger.path}"

    def _lacks(self, trigger: Trigger) -> str | None:
        if isinstance(trigger, WebhookTrigger):
            missing = self.webhooks.missing_secret(trigger)
            if missing is not None:
                return f"The variable {missing} is not set where the server runs, so every request is refused."
        if trigger.type == "inbound_message" and self._public_url is None:
            return "No public URL is set, so nothing that people write arrives here."
        if trigger.type == "inbound_call" and self._public_url is None:
            return "No public URL is set, so no call arrives here."
        return None

    def _changed(self, _workflow: str) -> None:
        self._statuses.forget()
        self._ticker.now()


def _names(published: PublishedTrigger) -> tuple[str, ...]:
    """By what a person may call a trigger."""
    trigger = published.trigger
    own: Sequence[str | None] = ()
    if isinstance(trigger, WebhookTrigger):
        own = (trigger.path,)
    elif isinstance(trigger, InboundMessageTrigger):
        own = trigger.words
    elif isinstance(trigger, ScheduleTrigger):
        own = (trigger.cron,)
    return (published.key, trigger.label, trigger.what(), *filter(None, own))


def _no_trigger(workflow: str, trigger: str, known: Sequence[PublishedTrigger]) -> NotFoundError:
    if not known:
        return NotFoundError(
            f"the workflow {workflow!r} has no trigger in force",
            fix="see those there are with `ringline triggers list`",
        )
    each = "; ".join(f"{one.key} ({one.trigger.label})" for one in known)
    return NotFoundError(f"the workflow {workflow!r} has no trigger {trigger!r}", fix=f"it has {each}")
