"""The whole of Ringline on a database: vault, outbox, queue, runs and a worker."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.app.registered import RegisteredWorkflow
from ringline.app.registry import block_registry
from ringline.app.services import credential_values, template_helpers
from ringline.clock import SystemClock
from ringline.database import open_database
from ringline.dispatch import open_dispatcher
from ringline.errors import NotFoundError, RequestError
from ringline.messaging.inbound import Inbound
from ringline.messaging.links import Links
from ringline.messaging.media import Media
from ringline.messaging.messages import DurableSender, Messages
from ringline.outbox import Outbox
from ringline.settings import load_settings, process_environment
from ringline.twilio.client import TwilioHttp
from ringline.vault import Vault
from ringline.workflow import Definition, compile_definition, load_document, store
from ringline.workflow.document import Document
from ringline.workflow.runs import Runs

if TYPE_CHECKING:
    from types import TracebackType

    from ringline.app.services import Credentials
    from ringline.clock import Clock
    from ringline.database import Database
    from ringline.dispatch import Dispatcher
    from ringline.settings import Settings
    from ringline.workflow import Plan

_log = logging.getLogger(__name__)

GRACE = 20.0
"""Seconds that work in hand gets to end when the process is asked to stop; longer than the HTTP time-out, so that open
attempts still get their answers."""


class Ringline:
    """Durable messages and kept runs on a database.

    Use it as an async context manager, or call `start` and `close`. Its parts are there between the two: ``messages``,
    ``inbound``, ``runs``, ``credentials`` (the vault), ``links``, ``media``, ``outbox``, ``database``, ``clock``.
    """

    messages: Messages
    inbound: Inbound
    runs: Runs
    credentials: Vault
    links: Links
    media: Media
    outbox: Outbox
    database: Database
    dispatcher: Dispatcher
    clock: Clock

    def __init__(
        self,
        database: str | None = None,
        credentials: Credentials | None = None,
        clock: Clock | None = None,
        twilio_base_url: str | None = None,
        public_url: str | None = None,
        *,
        settings: Settings | None = None,
        worker: bool = True,
    ) -> None:
        """*database* is a URL (``sqlite:///ringline.db``, ``postgresql://…``); like the rest it wins over settings.

        *credentials* are account SID and auth token by name, put into the vault at the start. *public_url* is where
        Twilio reaches this installation; without it statuses are asked for instead of awaited. With *worker* off,
        messages are written down and another process has to send them.
        """
        given = {"database_url": database, "twilio_base_url": twilio_base_url, "public_url": public_url}
        if settings is None:
            settings = load_settings(**given)
        elif changes := {name: value for name, value in given.items() if value is not None}:
            settings = settings.with_changes("argument", **changes)
        self.settings = settings
        self._clock = clock
        self._given_credentials = credential_values(credentials or {})
        self._with_worker = worker
        self._workflows: dict[str, RegisteredWorkflow] = {}
        self._stop = asyncio.Event()
        self._background: list[asyncio.Task[None]] = []
        self._http: TwilioHttp | None = None

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
        self.database = await open_database(settings.database, clock=self._clock)
        try:
            await self._assemble()
        except BaseException:
            await self.close()
            raise

    async def _assemble(self) -> None:
        settings = self.settings
        self.clock = self.database.clock
        self.dispatcher = await open_dispatcher(self.database, self.clock)
        self._http = TwilioHttp()
        self.credentials = Vault(
            self.database, self.clock, settings.keyring(), base_url=settings.twilio_base_url, http=self._http
        )
        for name, value in self._given_credentials.items():
            await self.credentials.put(name, value.account_sid, value.auth_token)
        self.outbox = Outbox(
            self.database, self.dispatcher, self.clock, clients=self.credentials.client, public_url=settings.public_url
        )
        self.links = Links(self.database, self.clock, public_url=settings.public_url)
        self.media = Media(self.database, self.clock, key=settings.keyring(), public_url=settings.public_url)
        sender = DurableSender(self.outbox, self.credentials, self.clock, links=self.links, media=self.media)
        self.messages = Messages(sender, self.outbox)
        self.inbound = Inbound(self.database, self.clock)
        self.runs = Runs(self.database, self.clock)
        self._services: dict[str, Any] = {
            "messages": sender,
            "clock": self.clock,
            "environment": process_environment(),
            "disable_sinks": False,
            "cooldown_scope": "database",
            "links": self.links,
            "media": self.media,
            "template_helpers": template_helpers(self.clock, self.links.shorten),
        }
        if self._with_worker:
            if self.database.dialect == "sqlite":
                # One process owns the file, so a run that is still open here belongs to one that has ended.
                interrupted = await self.runs.end_interrupted()
                if interrupted:
                    _log.warning(
                        "%d runs were cut off when the last process ended; they are marked failed", interrupted
                    )
            self._background = [
                asyncio.create_task(self._work(), name="ringline-worker"),
                asyncio.create_task(self.outbox.tick(self._stop), name="ringline-ticker"),
            ]

    async def close(self) -> None:
        """Stop taking new work, finish what is in hand, and close the database."""
        self._stop.set()
        for workflow in self._workflows.values():
            await workflow.close(GRACE)
        if self._background:
            await asyncio.wait(self._background, timeout=GRACE)
            self._background = []
        if self._http is not None:
            await self._http.close()
            self._http = None
        if hasattr(self, "database"):
            await self.database.close()

    async def _work(self) -> None:
        await self.dispatcher.run(self.outbox.handlers(), self._stop)

    def workflow(
        self, source: str | os.PathLike[str] | Mapping[str, Any] | Definition | Document, *, name: str | None = None
    ) -> RegisteredWorkflow:
        """Compile a workflow from a file's path, a dict or typed steps; its version is written down at the first start.

        Its name is *name*, else the definition's ``name``, else the file's. Raises `DefinitionError` with every fault.
        """
        document = load_document(source) if isinstance(source, str | os.PathLike) else source
        text = _text_of(document)
        path = Path(source).stem if isinstance(source, str | os.PathLike) else None
        known_as = name or _name_of(document) or path
        if not known_as:
            raise RequestError(
                "the workflow has no name",
                field="name",
                fix="add `name: …` to the definition, or hand a name over: ringline.workflow(definition, name=…)",
            )
        plan = self._compile(document)
        registered = RegisteredWorkflow(known_as, text, plan, database=self.database, clock=self.clock, runs=self.runs)
        self._workflows[known_as] = registered
        return registered

    async def registered_workflow(self, name: str) -> RegisteredWorkflow:
        """The latest version of a workflow that was registered before. Raises `NotFoundError`."""
        known = self._workflows.get(name)
        row = await self.database.read(lambda tx: store.get_version(tx, name))
        if row is None:
            if known is not None:
                return known
            raise NotFoundError(
                f"there is no workflow {name!r}", fix="register it: POST /api/v1/workflows with its definition"
            )
        if known is not None and known.definition == row["definition"]:
            return known
        return self.workflow(load_document(row["definition"]), name=name)

    def _compile(self, source: Mapping[str, Any] | Definition | Document) -> Plan:
        return compile_definition(source, block_registry(), self._services)


def _text_of(source: Mapping[str, Any] | Definition | Document) -> str:
    if isinstance(source, Document):
        return source.text
    data = source.as_dict() if isinstance(source, Definition) else source
    return json.dumps(data, indent=1)


def _name_of(source: Mapping[str, Any] | Definition | Document) -> str | None:
    data = source.data if isinstance(source, Document) else source
    name = data.name if isinstance(data, Definition) else data.get("name")
    return name if isinstance(name, str) and name else None
