"""Runs that other systems start by a request to `/hooks/WORKFLOW/PATH`."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl

from ringline.errors import TemplateError
from ringline.triggers import store
from ringline.triggers.proof import proven, secret_headers, why_not
from ringline.triggers.published import PublishedTrigger
from ringline.triggers.starting import Started, fit_event_id
from ringline.workflow.schedules import as_utc
from ringline.workflow.triggers import FieldOf, WebhookTrigger

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.triggers.starting import Starter

_log = logging.getLogger(__name__)

_FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 1000
PREVIOUS = "_PREVIOUS"
"""Ends the name of the variable that holds the secret before, which is taken too while senders change over."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request as it came; names of headers are lower case."""

    method: str
    headers: Mapping[str, str]
    query: str
    body: bytes

    @property
    def content_type(self) -> str:
        """Without its parameters, in lower case."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What the request is answered with; *text* is None for our own answer, which names the run."""

    run_id: str
    is_new: bool
    status: int = 202
    text: str | None = None


@dataclass(frozen=True, slots=True)
class HookRefusal:
    """Why nothing was started: the HTTP status, a word for programs, a sentence and what to do."""

    status: int
    code: str
    detail: str
    fix: str = ""
    field: str | None = None
    methods: tuple[str, ...] = ()


class _UnreadableError(ValueError):
    """A body that is not what its content type says."""


class Webhooks:
    """The addresses that published workflows listen at."""

    def __init__(self, database: Database, clock: Clock, starter: Starter, environment: Mapping[str, str]) -> None:
        self._database = database
        self._clock = clock
        self._starter = starter
        self._environment = environment
        self._said: set[tuple[str, str | None]] = set()

    async def find(self, workflow: str, path: str, method: str) -> PublishedTrigger | HookRefusal:
        """The trigger at an address."""
        rows = await self._database.read(lambda tx: store.webhooks_at(tx, workflow, path))
        found = [PublishedTrigger.of(row) for row in rows]
        if not found:
            return HookRefusal(404, "no_such_hook", "No published workflow listens at this address.")
        taken: set[str] = set()
        for published in found:
            assert isinstance(published.trigger, WebhookTrigger)
            if method in published.trigger.method:
                return published
            taken.update(published.trigger.method)
        methods = tuple(sorted(taken))
        return HookRefusal(
            405,
            "method_not_allowed",
            f"This hook does not take {method}.",
            f"Use {' or '.join(methods)}.",
            None,
            methods,
        )

    def proven(self, published: PublishedTrigger, headers: Mapping[str, str], body: bytes) -> Mapping[str, str]:
        """The *headers* a sender who shares this hook's secret would send, names in lower case; for trying it."""
        trigger = published.trigger
        assert isinstance(trigger, WebhookTrigger)
        secrets = self._secrets(trigger)
        if not secrets:
            return headers  # the hook itself says that its secret is missing
        return proven(trigger, secrets[0], headers=headers, body=body, now=self._clock.time())

    async def receive(self, published: PublishedTrigger, request: HookRequest) -> HookAnswer | HookRefusal:
        """Verify a request, and start what it asks for; when this returns an answer, the run is on disk."""
        trigger = published.trigger
        assert isinstance(trigger, WebhookTrigger)
        now = self._clock.time()
        secrets = self._secrets(trigger)
        if secrets is None:
            self._say_what_is_missing(published, trigger)
            return HookRefusal(
                503, "hook_not_ready", "This hook is not set up yet.", "The operator's log says what is missing."
            )
        refused = why_not(trigger, secrets, headers=request.headers, body=request.body, now=now)
        if refused is not None:
            return HookRefusal(401, "not_proven", refused, "The sender and this hook must share one secret.")
        try:
            values = _values(trigger, request, now)
        except _UnreadableError as error:
            return HookRefusal(400, "invalid_body", str(error), "Send what the Content-Type header says.")
        event_id, is_own = _event_id(trigger, request, values)

        def work(tx: Transaction) -> tuple[PublishedTrigger, Started] | None:
            row = store.trigger(tx, published.workflow, published.key)
            if row is None:
                return None
            current = PublishedTrigger.of(row)
            again_after = None if is_own else trigger.repeat_after
            started = self._starter.start(
                tx, current, event_id=event_id, values=values, now=now, again_after=again_after
            )
            return current, started

        done = await self._database.write(work)
        if done is None:
            return HookRefusal(404, "no_such_hook", "No published workflow listens at this address.")
        current, started = done
        if started.run_id is None:
            return HookRefusal(422, "no_run", started.error or "No run was started.", started.fix, started.field)
        return self._answer(current, started, {"event_id": fit_event_id(event_id), **values})

    def _say_what_is_missing(self, published: PublishedTrigger, trigger: WebhookTrigger) -> None:
        """Once for each hook: whoever calls it decides how often."""
        place = published.workflow, trigger.secret
        if place not in self._said:
            self._said.add(place)
            _log.warning(
                "the webhook %s of %s was called and refused: the variable %s is not set where this server runs",
                trigger.path, published.workflow, trigger.secret,
            )  # fmt: skip

    def missing_secret(self, trigger: WebhookTrigger) -> str | None:
        """The variable that must be set before the hook works; None if nothing is missing."""
        return trigger.secret if self._secrets(trigger) is None else None

    def _secrets(self, trigger: WebhookTrigger) -> Sequence[str] | None:
        if trigger.proof == "none":
            return ()
        name = trigger.secret or ""
        present = self._environment.get(name, "").strip()
        if not present:
            return None
        before = self._environment.get(name + PREVIOUS, "").strip()
        return (present, before) if before else (present,)

    def _answer(self, published: PublishedTrigger, started: Started, values: Mapping[str, Any]) -> HookAnswer:
        assert started.run_id is not None
        assert isinstance(published.trigger, WebhookTrigger)
        respond = published.trigger.respond
        if respond is None:
            return HookAnswer(started.run_id, started.is_new)
        known = {"type": "webhook", "name": published.trigger.label, **values}
        try:
            text = self._starter.text(published, respond.body, known)
        except TemplateError:
            # The run is on its way; that the author's answer has a gap must not make the sender try again.
            text = ""
        return HookAnswer(started.run_id, started.is_new, respond.status, text)


def _values(trigger: WebhookTrigger, request: HookRequest, now: float) -> dict[str, Any]:
    hidden = secret_headers(trigger)
    return {
        "body": _body(request),
        "query": _pairs(request.query),
        # Names in templates hold no hyphens.
        "headers": {name.replace("-", "_"): value for name, value in request.headers.items() if name not in hidden},
        "method": request.method,
        "path": trigger.path,
        "received_at": as_utc(now),
    }


def _body(request: HookRequest) -> Any:
    """The body by its content type: JSON, a form, or text; an empty one is an empty mapping."""
    if not request.body:
        return {}
    kind = request.content_type
    if kind in ("application/json", "text/json") or kind.endswith("+json"):
        try:
            return json.loads(request.body, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise _UnreadableError("The body is not valid JSON.") from None
    text = request.body.decode("utf-8", "replace")
    return _pairs(text) if kind == _FORM else text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _pairs(text: str) -> dict[str, Any]:
    """Fields by name; one that comes several times is a list."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _UnreadableError(f"It has more than {MOST_FIELDS:,} fields.") from None
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields:
            fields[name] = value
        elif isinstance(fields[name], list):
            fields[name].append(value)
        else:
            fields[name] = [fields[name], value]
    return fields


def _event_id(trigger: WebhookTrigger, request: HookRequest, values: Mapping[str, Any]) -> tuple[str, bool]:
    """What tells this event from others, and whether its sender gave it; otherwise it is the request's hash."""
    given = _given_id(trigger.event_id, request, values) if trigger.event_id is not None else None
    if given is None and trigger.proof == "standard-webhooks":
        given = request.headers.get("webhook-id")
    if given is None and trigger.event_id is None:
        given = request.headers.get("idempotency-key")
    if given:
        return given, True
    digest = hashlib.sha256()
    for part in (request.method.encode(), request.query.encode(), request.content_type.encode(), request.body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{digest.hexdigest()}", False


def _given_id(where: FieldOf, request: HookRequest, values: Mapping[str, Any]) -> str | None:
    if where.header is not None:
        return request.headers.get(where.header.lower())
    found: Any = values["query"] if where.query is not None else values["body"]
    for key in [where.query] if where.query is not None else str(where.body).split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None
