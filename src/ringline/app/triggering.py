"""The triggers of an installation: what they need of runs, messages and people is handed in here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.contacts.reading import contacts_of, find_in
from ringline.ids import number_of_name
from ringline.outbox.store import reading
from ringline.triggers.starting import fill_inputs
from ringline.triggers.statuses import SentBy
from ringline.triggers.triggers import Triggers
from ringline.workflow.run import run_of_row
from ringline.workflow.store.runs import GET as GET_RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.workflow import Plan
    from ringline.workflow.runs import Runs


def assemble_triggers(
    database: Database,
    clock: Clock,
    runs: Runs,
    *,
    make_helpers: Callable[[Mapping[str, Any]], Mapping[str, Callable[..., Any]]],
    environment: Mapping[str, str],
    public_url: str | None,
) -> Triggers:
    """The triggers, with runs to start and messages to look at."""

    def find_run(tx: Transaction, run_id: str) -> SentBy | None:
        number = number_of_name("run", run_id)
        row = tx.one(GET_RUN, {"id": number}) if number is not None else None
        if row is None:
            return None
        run = run_of_row(row)
        return SentBy(run.workflow, run.trigger or {})

    def find_message(tx: Transaction, message_id: str) -> Mapping[str, Any]:
        return tx.one(reading.GET, {"id": message_id}) or {}

    def find_contact(tx: Transaction, _channel: str, number: str) -> Mapping[str, Any] | None:
        row = find_in(tx, number)
        if row is None:
            return None
        (contact,) = contacts_of(tx, [row])
        shown = {name: getattr(contact, name) for name in ("id", "name", "language", "time_zone", "country")}
        return {**shown, "fields": dict(contact.fields), "lists": list(contact.lists)}

    return Triggers(
        database,
        clock,
        start_run=runs.start_in,
        find_run=find_run,
        find_message=find_message,
        make_helpers=make_helpers,
        environment=environment,
        public_url=public_url,
        find_contact=find_contact,
    )


def inputs_by_request(plan: Plan, given: Mapping[str, Any], key: str | None) -> dict[str, Any]:
    """The inputs of a run that was asked for: what was *given*, and what the `api` trigger fills in beside it.

    Raises `RequestError` naming an input whose template has no value.
    """
    trigger = next((trigger for trigger in plan.triggers if trigger.type == "api"), None)
    if trigger is None:
        return dict(given)
    left = {name: value for name, value in trigger.inputs.items() if name not in given}
    known = {"type": "api", "name": trigger.label, "event_id": key, "key": key, "body": dict(given)}
    return {**fill_inputs(left, known, plan.helpers), **given}
