"""The whole of Ringline on a database: vault, outbox, queue, runs and a worker."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from ringline.app.broadcasting import surroundings
from ringline.app.durable_runs import cancel_unsent_of, keeper_of, report_messages_to
from ringline.app.escalating import ANSWER_LATE, end_escalations_of, late_answer_hook, late_answers, report_webhooks_to
from ringline.app.figures import Figures, count_changes, count_ends
from ringline.app.pace import DAY, outbox_settings
from ringline.app.replies import reply_hook
from ringline.app.services import credential_values, template_helpers
from ringline.app.timing import Timing
from ringline.app.triggering import assemble_triggers
from ringline.app.workflows import Workflows
from ringline.broadcasts.broadcasts import Broadcasts
from ringline.contacts.contacts import Contacts
from ringline.database import open_database
from ringline.dispatch import open_dispatcher
from ringline.dispatch.workers import Workers
from ringline.egress import HttpClient
from ringline.escalation.acknowledgements import Acknowledgements
from ringline.messaging.inbound import Inbound
from ringline.messaging.links import Links
from ringline.messaging.media import Media
from ringline.messaging.messages import DurableSender, Messages
from ringline.messaging.replies import Replies
from ringline.metrics import Metrics
from ringline.outbox import Outbox
from ringline.settings import load_settings, process_environment
from ringline.twilio.client import TwilioHttp
from ringline.vault import Vault
from ringline.webhooks import Webhooks
from ringline.workflow.plans import Plans
from ringline.workflow.runs import Runs
from ringline.workflow.subflows import Subflows

if TYPE_CHECKING:
    import os
    from collections.abc import Awaitable, Callable, Mapping
    from types import TracebackType

    from ringline.app.registered import RegisteredWorkflow
    from ringline.app.services import Credentials
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.settings import Settings
    from ringline.triggers import Triggers
    from ringline.workflow import Definition, Document

_log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that work in hand gets to end when the process is asked to stop; longer than the HTTP time-out, so that open
attempts still get their answers."""


DEFAULT_DATABASE = "sqlite:///ringline.db"


class Ringline:
    """Durable messages and kept runs on a database.

    Use it as an async context manager, or call `start` and `close`. Between the two its parts are there: ``messages``,
    ``inbound``, ``contacts``, ``broadcasts``, ``workflows``, ``triggers``, ``runs``, ``credentials`` (the vault),
    ``outbox``, ``database``, ``clock``, ``workers``, ``figures``.
    """

    messages: Messages
    inbound: Inbound
    contacts: Contacts
    broadcasts: Broadcasts
    runs: Runs
    workflows: Workflows
    credentials: Vault
    links: Links
    media: Media
    outbox: Outbox
    triggers: Triggers
    database: Database
    dispatcher: Dispatcher
    egress: HttpClient
    webhooks: Webhooks
    acknowledgements: Acknowledgements
    clock: Clock
    workers: Workers
    figures: Figures

    def __init__(
        self,
        database: str = DEFAULT_DATABASE,
        credentials: Credentials | None = None,
        clock: Clock | None = None,
        twilio_base_url: str | None = None,
        public_url: str | None = None,
        *,
        settings: Settings | None = None,
        worker: bool = True,
        environment: Mapping[str, str] | None = None,
        timing: Timing | None = None,
    ) -> None:
        """*database* is a URL (``sqlite:///ringline.db``, ``postgresql://…``). What is given wins over the settings:
        those of *settings*, else of the environment; a default does not.

        *credentials* are account SID and auth token by name, put into the vault at the start. *public_url* is where
        Twilio reaches this installation; without it statuses are asked for instead of awaited. With *worker* off,
        messages are written down and another process has to send them. *environment* is where workflows find
        secrets by name, this process' own if left out. *timing* is for tests with virtual time.
        """
        if settings is None:
            settings = load_settings()
            if settings.database_url is None:
                settings = settings.with_changes("argument", database_url=database)
        given = {"twilio_base_url": twilio_base_url, "public_url": public_url}
        if database != DEFAULT_DATABASE:
            given["database_url"] = database
        if changes := {name: value for name, value in given.items() if value is not None}:
            settings = settings.with_changes("argument", **changes)
        self.settings = settings
        self._clock = clock
        self._given_credentials = credential_values(credentials or {})
        self._with_worker = worker
        self._environment = process_environment() if environment is None else environment
        self._timing = timing or Timing()
        self._stop = asyncio.Event()
        self._background: list[asyncio.Task[None]] = []
        self._http: TwilioHttp | None = None
        self.kind = "library"
        """What this process is called in the list of workers: the command it runs."""
        self.metrics = Metrics()
        self.handlers: dict[str, Handler] = {}
        """What the queue's jobs are handed to, by entrypoint."""
        self.has_unfinished = False
        """After `close`: work did not end in time. It is taken over, so the process may end; it must not cancel it."""
        self.chores: list[Callable[[], Awaitable[object]]] = []
        """What higher rooms want done every hour, beside `tidy`'s own work."""

    async def __aenter__(self) -> Ringline:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Open the database, bring its tables up to date, and begin to work.

        Raises `ConfigurationError` for settings that cannot be, `StoreError` if the database cannot be opened.
        """
        settings = self.settings
        self.database = await open_database(settings.database, clock=self._clock, may_upgrade=settings.auto_upgrade)
        try:
            await self._assemble()
        except BaseException:
            await self.close()
            raise

    async def _assemble(self) -> None:
        settings = self.settings
        self.clock = self.database.clock
        self.dispatcher = await open_dispatcher(
            self.database, self.clock, concurrency=settings.concurrency, observe=self.metrics.job_done
        )
        self._http = TwilioHttp()
        self._http.on_exchange = self.metrics.twilio_answered
        self.egress = HttpClient(allowed=settings.private_hosts, pooled=True)
        keyring = settings.keyring()
        self.credentials = Vault(self.database, self.clock, keyring, base_url=settings.twilio_base_url, http=self._http)
        for name, value in self._given_credentials.items():
            await self.credentials.put(name, value.account_sid, value.auth_token)
        self.outbox = Outbox(
            self.database,
            self.dispatcher,
            self.clock,
            clients=self.credentials.client,
            public_url=settings.public_url,
            settings=outbox_settings(settings, self._timing.outbox),
        )
        count_changes(self.metrics, self.outbox)
        self.handlers |= self.outbox.handlers()
        self.links = Links(self.database, self.clock, public_url=settings.public_url)
        self.media = Media(self.database, self.clock, key=keyring, public_url=settings.public_url)
        sender = DurableSender(self.outbox, self.credentials, self.clock, links=self.links, media=self.media)
        self.messages = Messages(sender, self.outbox)
        self.inbound = Inbound(self.database, self.clock, outbox=self.outbox, opt_out_ours=settings.own_opt_out_senders)
        self.contacts = Contacts(self.database, self.clock)
        self.runs = Runs(
            self.database,
            self.clock,
            self.dispatcher,
            Plans(self.database, lambda name, text: self.workflows.plan_of(name, text)),
            keeper=keeper_of(keyring),
            works=self._with_worker,
            longest_sleep=self._timing.longest_sleep(self.database.dialect),
        )
        self.outbox.on_change.append(report_messages_to(self.runs))
        self.runs.on_end.append(cancel_unsent_of(self.outbox))
        self.runs.on_end.append(end_escalations_of(lambda: self.acknowledgements))
        self.handlers |= self.runs.handlers()
        self.webhooks = Webhooks(
            self.database,
            self.clock,
            self.dispatcher,
            http=self.egress,
            vault=self.credentials,
            environment=self._environment,
            longest_sleep=self._timing.longest_sleep(self.database.dialect),
        )
        self.webhooks.on_settled.append(report_webhooks_to(self.runs))
        self.handlers |= self.webhooks.handlers()
        self.acknowledgements = Acknowledgements(
            self.database, self.clock, public_url=settings.public_url, report=self.runs.report_in
        )
        services: dict[str, Any] = {
            "messages": sender,
            "clock": self.clock,
            "http": self.egress,
            "webhooks": self.webhooks,
            "environment": self._environment,
            "disable_sinks": False,
            "cooldown_scope": "database",
            "links": self.links,
            "media": self.media,
            "acknowledgements": self.acknowledgements,
            "replies": Replies(self.outbox),
            "contacts": self.contacts,
            "subflows": Subflows(self.runs, self.clock),
            "template_helpers": template_helpers(self.clock, self.links.shorten),
        }
        self.handlers[ANSWER_LATE] = late_answers(self.acknowledgements, sender)
        self.triggers = assemble_triggers(
            self.database,
            self.clock,
            self.runs,
            make_helpers=services["template_helpers"],
            environment=services["environment"],
            public_url=settings.public_url,
        )
        self.triggers.listen()
        self.inbound.on_reply.append(reply_hook(self.runs))
        self.inbound.on_new.append(late_answer_hook(self.acknowledgements, self.dispatcher))
        self.inbound.on_new.append(self.triggers.take_message)
        self.outbox.on_change.append(self.triggers.note_changes)
        self.outbox.on_refused.append(self.triggers.note_changes)
        self.workflows = Workflows(self.database, self.clock, self.runs, services, self.triggers)
        self.broadcasts = Broadcasts(
            self.database,
            self.dispatcher,
            self.clock,
            self.outbox,
            surroundings(
                clock=self.clock,
                vault=self.credentials,
                contacts=self.contacts,
                links=self.links,
                workflows=self.workflows,
                public_url=settings.public_url,
                runs=self.runs,
            ),
        )
        for ticker in (self.triggers.ticker, self.broadcasts.ticker):
            ticker.longest = self._timing.longest_sleep(self.database.dialect)
        self.outbox.on_change.append(self.broadcasts.count_changes)
        self.contacts.on_erase.append(lambda tx, who: {"broadcasts": self.broadcasts.erase_in(tx, who.numbers)})
        self.handlers |= self.broadcasts.handlers()
        self.workers = Workers(
            self.database,
            self.clock,
            id=self.outbox.worker,
            kind=self.kind,
            handles=list(self.handlers),
            beat=self._timing.beat,
        )
        count_ends(self.metrics, self.runs)
        for ticker in (
            self.outbox.ticker,
            self.runs.ticker,
            self.triggers.ticker,
            self.webhooks.ticker,
            self.broadcasts.ticker,
        ):
            ticker.on_swept = self.metrics.swept
        self.figures = Figures(self.database, self.clock, self.dispatcher, self.workers, self.metrics)
        if self._with_worker:
            self._background = [
                asyncio.create_task(self.workers.run(self._stop), name="ringline-heartbeat"),
                asyncio.create_task(self._work(), name="ringline-worker"),
                asyncio.create_task(self.outbox.tick(self._stop), name="ringline-ticker"),
                asyncio.create_task(self.runs.tick(self._stop), name="ringline-run-ticker"),
                asyncio.create_task(self.triggers.tick(self._stop), name="ringline-schedules"),
                asyncio.create_task(self.webhooks.tick(self._stop), name="ringline-webhook-ticker"),
                asyncio.create_task(self.broadcasts.ticker.run(self._stop), name="ringline-broadcast-ticker"),
                asyncio.create_task(self._keep_house(), name="ringline-housekeeping"),
            ]

    def stop(self) -> None:
        """Take no new work from now on; `close` waits for what is in hand."""
        self._stop.set()
        if hasattr(self, "outbox"):
            self.outbox.stop()

    async def close(self) -> None:
        """Stop taking new work, finish what is in hand within `GRACE` seconds, and close the database."""
        self.stop()
        finishing = [*self._background]
        if hasattr(self, "runs"):
            finishing.append(asyncio.create_task(self.runs.close(GRACE), name="ringline-runs-ending"))
        if finishing:
            _, pending = await asyncio.wait(finishing, timeout=GRACE)
            self.has_unfinished = bool(pending)
        if self._background:
            self._background = []
            if self.has_unfinished:
                _log.warning("some work did not end within %.0f s; it is taken over by its age", GRACE)
            else:
                await self.workers.leave()
        if hasattr(self, "credentials"):
            await self.credentials.close()
        if self._http is not None:
            await self._http.close()
            self._http = None
        if hasattr(self, "egress"):
            await self.egress.close()
        if hasattr(self, "database"):
            await self.database.close()

    @property
    def requests_in_flight(self) -> int:
        """Requests to Twilio that have no answer yet."""
        return self._http.in_flight if self._http is not None else 0

    async def _work(self) -> None:
        await self.dispatcher.run(self.handlers, self._stop)

    async def tidy(self) -> None:
        """Delete what nobody needs any more: media whose addresses expired, and credentials that came as values with
        messages that are settled.
        """
        await self.media.sweep()
        await self.triggers.tidy()
        await self.webhooks.forget_old()
        await self.acknowledgements.forget_old()
        if self.settings.keep_inbound_days is not None:
            await self.inbound.erase_older_than(self.settings.keep_inbound_days * DAY)
        for chore in self.chores:
            await chore()
        await self.database.write(lambda tx: self.credentials.forget_sealed(tx, self._needs_sealed))

    def _needs_sealed(self, tx: Transaction, credential_id: str) -> bool:
        return self.outbox.needs_credential_in(tx, credential_id) or self.webhooks.needs_secret_in(tx, credential_id)

    async def _keep_house(self) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        while not self._stop.is_set():
            try:
                await self.tidy()
            except Exception:
                # What could not be deleted now is deleted an hour later; the worker's own work goes on.
                _log.exception("tidying up failed")
            pause = asyncio.create_task(self.clock.sleep(self._timing.tidy))
            await asyncio.wait((pause, stopping), return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()

    def workflow(
        self, source: str | os.PathLike[str] | Mapping[str, Any] | Definition | Document, *, name: str | None = None
    ) -> RegisteredWorkflow:
        """Compile a workflow from a file's path, a dict or typed steps; its version is written down at the first start.

        Its name is *name*, else the definition's ``name``, else the file's. Raises `DefinitionError` with every fault.
        """
        return self.workflows.compile(source, name=name)
