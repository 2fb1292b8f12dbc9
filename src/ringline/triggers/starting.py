"""From an event to a run: once for each event, with the inputs that the trigger's templates make of it."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from ringline.errors import RequestError, RinglineError, TemplateError
from ringline.triggers import store

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.triggers.published import PublishedTrigger

_log = logging.getLogger(__name__)

LONGEST_EVENT_ID = 200


class StartRun(Protocol):
    """Writes a run down in a transaction, and gives its id; what wakes it is part of the same transaction."""

    def __call__(
        self,
        tx: Transaction,
        *,
        workflow: str,
        version: int,
        inputs: Mapping[str, Any],
        key: str,
        trigger: Mapping[str, Any],
    ) -> str: ...


MakeHelpers = Callable[[Mapping[str, Any]], Mapping[str, Callable[..., Any]]]
"""The functions of templates, from the definition's ``defaults``."""


@dataclass(frozen=True, slots=True)
class Started:
    """What became of an event: the run, whether it is new, or why there is none, with the input that is to blame."""

    run_id: str | None
    is_new: bool = True
    error: str | None = None
    fix: str = ""
    field: str | None = None


class Starter:
    """Starts runs for events, in the transaction of whoever noticed them."""

    def __init__(self, start_run: StartRun, make_helpers: MakeHelpers) -> None:
        self._start_run = start_run
        self._make_helpers = make_helpers

    def start(
        self,
        tx: Transaction,
        published: PublishedTrigger,
        *,
        event_id: str,
        values: Mapping[str, Any],
        now: float,
        again_after: float | None = None,
    ) -> Started:
        """Start a run, unless this event has started one before.

        *values* is what ``{{trigger.…}}`` reads. With *again_after* an event that came that many seconds ago is another
        one that only looks the same. An event that started nothing, because its values did not fit, may come again.
        """
        event_id = fit_event_id(event_id)
        place = {"workflow": published.workflow, "trigger": published.key, "event_id": event_id}
        times = 1
        if not store.add_event(tx, **place, now=now):
            earlier = store.event(tx, **place)
            assert earlier is not None
            is_over = again_after is not None and earlier["at"] <= now - again_after
            if earlier["run_id"] is not None and not is_over:
                return Started(earlier["run_id"], is_new=False)
            times = earlier["times"] + 1
            if not store.renew_event(tx, id=earlier["id"], times=earlier["times"], now=now):
                settled = store.event(tx, **place)
                return Started(settled["run_id"] if settled else None, is_new=False)
        known = {"type": published.trigger.type, "name": published.trigger.label, "event_id": event_id, **values}
        try:
            inputs = self.inputs_of(published, known)
            run_id = self._start_run(
                tx,
                workflow=published.workflow,
                version=published.version,
                inputs=inputs,
                # Of an event that counts anew the first key is taken.
                key=f"{published.key}/{event_id}" + (f"#{times}" if times > 1 else ""),
                trigger=known,
            )
        except RinglineError as error:
            said, fix = str(error), str(getattr(error, "fix", "") or "")
            _log.warning("trigger %s of %s started nothing: %s", published.key, published.workflow, said)
            store.settle_event(tx, **place, run_id=None, error=said)
            return Started(None, error=said, fix=fix, field=getattr(error, "field", None))
        store.settle_event(tx, **place, run_id=run_id, error=None)
        return Started(run_id)

    def refuse(self, tx: Transaction, published: PublishedTrigger, *, event_id: str, why: str, now: float) -> Started:
        """Note that an event starts nothing, and why, where people look for it."""
        place = {"workflow": published.workflow, "trigger": published.key, "event_id": fit_event_id(event_id)}
        store.add_event(tx, **place, now=now)
        store.settle_event(tx, **place, run_id=None, error=why)
        return Started(None, error=why)

    def inputs_of(self, published: PublishedTrigger, known: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs of a run; raises `RequestError` naming the input whose template has no value."""
        return fill_inputs(published.trigger.inputs, known, self._make_helpers(published.defaults))

    def text(self, published: PublishedTrigger, template: str, known: Mapping[str, Any]) -> str:
        """A text with its templates filled in."""
        from ringline.templating import compile_template

        return compile_template(template).render({"trigger": known}, self._make_helpers(published.defaults))


def fill_inputs(
    inputs: Mapping[str, Any], known: Mapping[str, Any], helpers: Mapping[str, Callable[..., Any]]
) -> dict[str, Any]:
    """A trigger's ``inputs`` with their templates filled in; raises `RequestError` naming the one that has no value."""
    return {name: _filled(name, value, {"trigger": known}, helpers) for name, value in inputs.items()}


def _filled(name: str, value: Any, scope: Mapping[str, Any], helpers: Mapping[str, Callable[..., Any]]) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(name, one, scope, helpers) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(name, one, scope, helpers) for one in value]
    if not isinstance(value, str) or "{{" not in value:
        return value
    from ringline.templating import compile_template

    try:
        found = compile_template(value).value(scope, helpers)
    except TemplateError as error:
        raise RequestError(
            f"The input `{name}` cannot be filled: {error.message}", field=f"inputs.{name}", fix=error.fix
        ) from error
    return _plain(found)


def _plain(value: Any) -> Any:
    """A value in the terms of JSON."""
    return json.loads(json.dumps(value, default=_written))


def _written(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def fit_event_id(text: str) -> str:
    """An id as it is kept: its hash where it is too long or holds what no database keeps."""
    if len(text) <= LONGEST_EVENT_ID and text.isprintable():
        return text
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
