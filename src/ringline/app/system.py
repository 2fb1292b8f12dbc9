"""The whole of Ringline on a database: vault, outbox, queue, runs and a worker."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from ringline.access import Access
from ringline.analytics.analytics import Analytics
from ringline.analytics.budgets.budgets import Budgets
from ringline.app.balances import Balances
from ringline.app.broadcasting import surroundings
from ringline.app.connections import connect
from ringline.app.conversing import assemble_conversations
from ringline.app.counting import Rows
from ringline.app.drafts import Drafts
from ringline.app.durable_runs import keeper_of
from ringline.app.escalating import ANSWER_LATE, late_answers
from ringline.app.figures import Figures
from ringline.app.housekeeping import Housekeeping
from ringline.app.inbound_calls import InboundCalls
from ringline.app.overview import WorkflowOverview
from ringline.app.pace import outbox_settings
from ringline.app.services import credential_values, template_helpers
from ringline.app.telling_pages import tell_pages
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
from ringline.live import Changes, Feed
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
from ringline.voice.calls import Calls
from ringline.voice.sessions.sessions import Sessions
from ringline.webhooks import Webhooks
from ringline.workflow.plans import Plans
from ringline.workflow.runs import Runs
from ringline.workflow.subflows import Subflows

if TYPE_CHECKING:
    import os
    from collections.abc import Coroutine, Mapping
    from types import TracebackType

    from ringline.app.registered import RegisteredWorkflow
    from ringline.app.services import Credentials
    from ringline.clock import Clock
    from ringline.conversations.conversations import Conversations
    from ringline.database import Database
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
    ``calls``, ``inbound``, ``contacts``, ``broadcasts``, ``workflows``, ``triggers``, ``runs``, ``credentials`` (the
    vault), ``outbox``, ``database``, ``clock``, ``workers``, ``figures``.
    """

    messages: Messages
    inbound: Inbound
    contacts: Contacts
    broadcasts: Broadcasts
    runs: Runs
    workflows: Workflows
    drafts: Drafts
    overview: WorkflowOverview
    credentials: Vault
    links: Links
    media: Media
    outbox: Outbox
    triggers: Triggers
    access: Access
    database: Database
    dispatcher: Dispatcher
    changes: Changes
    live: Feed
    egress: HttpClient
    webhooks: Webhooks
    acknowledgements: Acknowledgements
    calls: Calls
    sessions: Sessions
    inbound_calls: InboundCalls
    conversations: Conversations
    clock: Clock
    workers: Workers
    figures: Figures
    analytics: Analytics
    budgets: Budgets
    balances: Balances

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
        given = {"twilio_base_url": twilio_base_url, "public_url": public_url}
        self.settings = _chosen(settings, database, given)
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
        self.housekeeping = Housekeeping(self)
        self.handlers: dict[str, Handler] = {}
        """What the queue's jobs are handed to, by entrypoint."""
        self.has_unfinished = False
        """After `close`: work did not end in time. It is taken over, so the process may end; it must not cancel it."""

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
        """The parts, from the ground up; then who hears of what, and what works by itself."""
        await self._lay_ground()
        self._assemble_messages()
        self._assemble_people()
        self._assemble_conversations()
        self._assemble_runs()
        self._assemble_workflows()
        self._assemble_broadcasts()
        connect(self)
        tell_pages(self)
        self._assemble_work()
        await self.changes.begin()
        if self._with_worker:
            self._begin()

    async def _lay_ground(self) -> None:
        """The queue, the ways to Twilio and to other servers, the vault."""
        settings = self.settings
        self.clock = self.database.clock
        self.dispatcher = await open_dispatcher(
            self.database, self.clock, concurrency=settings.concurrency, observe=self.metrics.job_done
        )
        self._http = TwilioHttp()
        self._http.on_exchange = self.metrics.twilio_answered
        self.changes = Changes(self.database, self.clock)
        self.live = Feed(self.database, self.clock, self.changes)
        self.egress = HttpClient(allowed=settings.private_hosts, pooled=True)
        self._keyring = settings.keyring()
        self.credentials = Vault(
            self.database, self.clock, self._keyring, base_url=settings.twilio_base_url, http=self._http
        )
        self.access = Access(self.database, self.clock)
        for name, value in self._given_credentials.items():
            await self.credentials.put(name, value.account_sid, value.auth_token)

    def _assemble_messages(self) -> None:
        """The send path, and what is received."""
        settings = self.settings
        self.outbox = Outbox(
            self.database,
            self.dispatcher,
            self.clock,
            clients=self.credentials.client,
            public_url=settings.public_url,
            settings=outbox_settings(settings, self._timing.outbox),
        )
        self.links = Links(self.database, self.clock, public_url=settings.public_url)
        self.media = Media(self.database, self.clock, key=self._keyring, public_url=settings.public_url)
        self._sender = DurableSender(self.outbox, self.credentials, self.clock, links=self.links, media=self.media)
        self.messages = Messages(self._sender, self.outbox)
        self.calls = Calls(
            self.database,
            self.dispatcher,
            self.clock,
            self.outbox,
            self.credentials,
            public_url=settings.public_url,
            recordings_folder=settings.recordings_folder,
        )
        self.inbound = Inbound(self.database, self.clock, outbox=self.outbox, opt_out_ours=settings.own_opt_out_senders)

    def _assemble_conversations(self) -> None:
        """Interviews by phone and by text, and calls to us."""
        self.sessions = Sessions(
            self.database,
            self.clock,
            self.outbox,
            vault=self.credentials,
            keyring=self._keyring,
            public_url=self.settings.public_url,
            calls=self.calls,
        )
        self.inbound_calls = InboundCalls(self)
        self.replies = Replies(self.outbox)
        self.rows = Rows()
        self.analytics = Analytics(self.database, self.clock, self.rows)
        self.balances = Balances(self)
        self.budgets = Budgets(self.database, self.clock, release=self.outbox.release_in)
        self.conversations = assemble_conversations(self)

    def _assemble_people(self) -> None:
        self.contacts = Contacts(self.database, self.clock)

    def _assemble_runs(self) -> None:
        """Runs, and what they wait for beside messages."""
        self.runs = Runs(
            self.database,
            self.clock,
            self.dispatcher,
            Plans(self.database, lambda name, text: self.workflows.plan_of(name, text)),
            keeper=keeper_of(self._keyring),
            works=self._with_worker,
        )
        self.webhooks = Webhooks(
            self.database,
            self.clock,
            self.dispatcher,
            http=self.egress,
            vault=self.credentials,
            environment=self._environment,
        )
        self.acknowledgements = Acknowledgements(
            self.database, self.clock, public_url=self.settings.public_url, report=self.runs.report_in
        )

    def _assemble_workflows(self) -> None:
        """What starts runs, and the workflows themselves with all that their blocks may ask for."""
        make_helpers = template_helpers(self.clock, self.links.shorten)
        self.triggers = assemble_triggers(
            self.database,
            self.clock,
            self.runs,
            make_helpers=make_helpers,
            environment=self._environment,
            public_url=self.settings.public_url,
        )
        services: dict[str, Any] = {
            "messages": self._sender,
            "clock": self.clock,
            "http": self.egress,
            "webhooks": self.webhooks,
            "environment": self._environment,
            "disable_sinks": False,
            "cooldown_scope": "database",
            "links": self.links,
            "media": self.media,
            "acknowledgements": self.acknowledgements,
            "calls": self.calls,
            "sessions": self.sessions,
            "replies": self.replies,
            "contacts": self.contacts,
            "subflows": Subflows(self.runs, self.clock),
            "template_helpers": make_helpers,
        }
        self.workflows = Workflows(self.database, self.clock, self.runs, services, self.triggers, self.credentials)
        self.drafts = Drafts(self.database, self.clock, self.workflows, self.triggers, services)
        self.overview = WorkflowOverview(self.database, self.triggers, services)

    def _assemble_broadcasts(self) -> None:
        needed = surroundings(
            clock=self.clock,
            vault=self.credentials,
            contacts=self.contacts,
            links=self.links,
            workflows=self.workflows,
            public_url=self.settings.public_url,
            runs=self.runs,
        )
        self.broadcasts = Broadcasts(self.database, self.dispatcher, self.clock, self.outbox, needed)

    def _assemble_work(self) -> None:
        """What jobs are handed to, what looks up by itself, and what is told about both."""
        self.handlers |= {
            **self.outbox.handlers(),
            **self.calls.handlers(),
            **self.runs.handlers(),
            **self.webhooks.handlers(),
            **self.broadcasts.handlers(),
            ANSWER_LATE: late_answers(self.acknowledgements, self._sender),
        }
        # The outbox has spans of its own in its settings.
        others = [
            self.runs.ticker,
            self.triggers.ticker,
            self.webhooks.ticker,
            self.broadcasts.ticker,
            self.sessions.ticker,
            self.calls.recordings.ticker,
            self.conversations.ticker,
            self.analytics.ticker,
        ]
        for ticker in others:
            ticker.longest = self._timing.longest_sleep(self.database.dialect)
        self._tickers = [self.outbox.ticker, *others]
        for ticker in self._tickers:
            ticker.on_swept = self.metrics.swept
        self.workers = Workers(
            self.database,
            self.clock,
            id=self.outbox.worker,
            kind=self.kind,
            handles=list(self.handlers),
            beat=self._timing.beat,
        )
        self.figures = Figures(self.database, self.clock, self.dispatcher, self.workers, self.metrics)

    def _begin(self) -> None:
        work: list[tuple[str, Coroutine[Any, Any, None]]] = [
            ("heartbeat", self.workers.run(self._stop)),
            ("worker", self.dispatcher.run(self.handlers, self._stop)),
            *((f"{ticker.what}-ticker", ticker.run(self._stop)) for ticker in self._tickers),
            ("housekeeping", self.housekeeping.run(self._stop, every=self._timing.tidy)),
        ]
        self._background = [asyncio.create_task(doing, name=f"ringline-{name}") for name, doing in work]

    def stop(self) -> None:
        """Take no new work from now on; `close` waits for what is in hand."""
        self._stop.set()
        if hasattr(self, "live"):
            self.live.end_streams()
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
        if hasattr(self, "access"):
            self.access.close()
        if hasattr(self, "credentials"):
            await self.credentials.close()
        if self._http is not None:
            await self._http.close()
            self._http = None
        if hasattr(self, "egress"):
            await self.egress.close()
        if hasattr(self, "live"):
            await self.live.close()
            await self.changes.close()
        if hasattr(self, "database"):
            await self.database.close()

    @property
    def requests_in_flight(self) -> int:
        """Requests to Twilio that have no answer yet."""
        return self._http.in_flight if self._http is not None else 0

    async def tidy(self) -> None:
        """Delete what nobody needs any more, as workers do every hour."""
        await self.housekeeping.tidy()

    def workflow(
        self, source: str | os.PathLike[str] | Mapping[str, Any] | Definition | Document, *, name: str | None = None
    ) -> RegisteredWorkflow:
        """Compile a workflow from a file's path, a dict or typed steps; its version is written down at the first start.

        Its name is *name*, else the definition's ``name``, else the file's. Raises `DefinitionError` with every fault.
        """
        return self.workflows.compile(source, name=name)


def _chosen(settings: Settings | None, database: str, given: Mapping[str, str | None]) -> Settings:
    """The settings with what was handed over beside them."""
    if settings is None:
        settings = load_settings()
        if settings.database_url is None:
            settings = settings.with_changes("argument", database_url=database)
    changes = {name: value for name, value in given.items() if value is not None}
    if database != DEFAULT_DATABASE:
        changes["database_url"] = database
    return settings.with_changes("argument", **changes) if changes else settings
