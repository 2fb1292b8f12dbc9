"""What one advance has brought, written down in one transaction: the run, its waits, effects, history and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.errors import ExecutionEngineRuntimeError, RinglineError, StoreError
from ringline.workflow.execution.document import document_of
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.execution.progress import Place, label_of
from ringline.workflow.execution.segment import InboxEvent
from ringline.workflow.run import RunError, name_of_run, number_of_run
from ringline.workflow.store import advancing as store
from ringline.workflow.store import runs as rows

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.workflow.block import Effect
    from ringline.workflow.execution.keeping import Keeper
    from ringline.workflow.execution.segment import Segment
    from ringline.workflow.reporting import Reporter

ENDED = "ringline_runs"
"""The channel on which the names of runs that have ended are announced."""

encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode
"""JSON without blanks; made once, since `json.dumps` makes an encoder for each such call."""

OnEnd = Callable[["Transaction", str, str], None]
"""Called in the transaction that ends a run, with its id and its status."""


class EffectError(Exception):
    """What a step wanted written cannot be; the step ends with *error* when the segment is run again."""

    def __init__(self, place: Place, error: Exception) -> None:
        super().__init__(str(error))
        self.place = place
        self.error = error


@dataclass(frozen=True, slots=True)
class Written:
    """How a run stands after the commit; *pending* are events that came meanwhile, or that effects reported."""

    revision: int
    pending: list[InboxEvent]
    due_at: float | None
    ended: Mapping[str, Any] | None
    """The columns that were written, where that was the run's end."""


class Commits:
    """Writes segments down."""

    def __init__(
        self,
        clock: Clock,
        keeper: Keeper,
        reporter: Reporter,
        *,
        note_due: Callable[[Sequence[float]], None],
        on_end: Sequence[OnEnd],
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._reporter = reporter
        self._note_due = note_due
        self._on_end = on_end

    def prepare(
        self, row: Row, segment: Segment, *, lease: tuple[str, float] | None
    ) -> Callable[[Transaction], Written | None]:
        """The work that writes *segment* down, if the run is still as *row* says; it gives None where it is not.

        Whatever can be reckoned beforehand is, since on SQLite one thread writes for all.
        """
        document = None
        if segment.error is None and (lease is not None or segment.progress.open_frames()):
            try:
                document = self._document(row, segment, lease)
            except ExecutionEngineRuntimeError as error:
                segment.error = error
        has_ended = document is None
        if has_ended:
            record = self._ended(row, segment)
        else:
            record = self._open(row, segment, document)
            if lease is not None:
                record["status"], record["due_at"] = "running", lease[1]
        # How it ended stands in its row; a run that only begins to wait has nothing to tell either.
        told = segment.history.entries
        entries = encode(told) if told else None
        return lambda tx: self._write(tx, row, segment, record, entries, has_ended=has_ended)

    def _open(self, row: Row, segment: Segment, document: str | None) -> dict[str, Any]:
        frames = segment.progress.open_frames().values()
        return {
            "id": row["id"],
            "revision": row["revision"] + 1,
            "status": "waiting",
            "due_at": min((frame.deadline for frame in frames if frame.deadline is not None), default=None),
            "woken_at": None,
            "finished_at": None,
            "has_failures": _has_failures(segment),
            "state": document,
            "outputs": None,
            "error": None,
        }

    def _ended(self, row: Row, segment: Segment) -> dict[str, Any]:
        state, error = segment.state, segment.error
        record = self._open(row, segment, None)
        record["due_at"], record["finished_at"] = None, segment.now
        if error is not None:
            record["status"], record["error"], record["has_failures"] = "failed", RunError.of(error).as_text(), 1
        else:
            record["status"] = "completed"
            record["outputs"] = as_text(build_outputs(state.plan, state, serialize=True))
        if record["has_failures"]:
            # For a retry: what was done stays done, and what waited begins anew.
            segment.progress.frames.clear()
            record["state"] = self._document_or_none(row, segment)
        return record

    def _document(self, row: Row, segment: Segment, lease: tuple[str, float] | None) -> str:
        document = document_of(segment.state, self._keeper)
        before = json.loads(row["state"]) if row["state"] else {}
        if "i" in before:
            document["i"] = before["i"]
        if lease is not None:
            document["l"] = lease[0]
        return encode(document)

    def _document_or_none(self, row: Row, segment: Segment) -> str | None:
        try:
            return self._document(row, segment, None)
        except ExecutionEngineRuntimeError:
            return None  # it can be looked at, but not be tried again

    def _write(
        self,
        tx: Transaction,
        row: Row,
        segment: Segment,
        record: dict[str, Any],
        entries: str | None,
        *,
        has_ended: bool,
    ) -> Written | None:
        number, now = row["id"], segment.now
        one = {"ids": as_list([number])}
        seen = tx.one(store.REVISIONS, one)
        if seen is None or seen["revision"] != row["revision"]:
            return None
        if segment.timed_out and _has_missed(tx.all(store.INBOX, one), segment):
            return None
        has_rows = bool(row["state"]) or bool(segment.ended) or bool(segment.applied)
        reports: list[tuple[str, str, Mapping[str, Any]]] = []
        if not has_ended:
            self._replace_waits(tx, number, segment)
        for place, effect, _ in segment.effects:
            self._do(tx, segment, place, effect, reports)
        record = dict(record)
        pending: list[InboxEvent] = []
        if has_ended:
            if has_rows or segment.effects:
                tx.run(store.END_WAITS, {"run": number})
                tx.run(store.EMPTY_INBOX, {"run": number})
        else:
            tx.many(store.TAKEN, [{"id": event} for event in segment.applied])
            tx.many(
                store.ADD_TO_INBOX,
                [
                    {"run": number, "step": step, "key": key, "at": now, "data": json.dumps(dict(data))}
                    for step, key, data in reports
                ],
            )
            pending = [event_of(event) for event in tx.all(store.INBOX, one)]
            if pending:
                record["woken_at"] = now
        tx.run(store.SAVE, record)
        if entries is not None:
            tx.run(rows.ADD_EVENTS, {"run": number, "entries": entries})
        if has_ended:
            self.after_end(tx, number, row["parent"], record, now=now)
        elif record["due_at"] is not None:
            due = record["due_at"]
            tx.after_commit(lambda: self._note_due([due]))
        return Written(record["revision"], pending, record["due_at"], record if has_ended else None)

    def _replace_waits(self, tx: Transaction, id: int, segment: Segment) -> None:
        steps = segment.state.plan.steps
        for place in segment.ended:
            tx.run(store.END_WAIT, {"run": id, "step": label_of(steps[place[0]], place[1])})
        fresh = [
            {"key": key, "run": id, "step": label_of(steps[place[0]], place[1]), "since": frame.since, "data": None}
            for place, frame in segment.progress.frames.items()
            if frame.is_new
            for key in frame.keys
        ]
        tx.many(store.ADD_WAIT, fresh)

    def _do(
        self,
        tx: Transaction,
        segment: Segment,
        place: Place,
        effect: Effect,
        reports: list[tuple[str, str, Mapping[str, Any]]],
    ) -> None:
        step = label_of(segment.state.plan.steps[place[0]], place[1])
        try:
            effect(EffectTransaction(tx, segment.state.run_id, segment.now, step, reports))
        except StoreError:
            raise
        except (RinglineError, ValueError, LookupError, TypeError) as error:
            raise EffectError(place, error) from error

    def after_end(self, tx: Transaction, id: int, parent: int | None, record: Mapping[str, Any], *, now: float) -> None:
        """Tell everybody who wants to know that a run has ended."""
        name = name_of_run(id)
        if parent is not None:
            news = {"status": record["status"], "has_failures": bool(record["has_failures"])}
            self._reporter.report(tx, [(f"run/{name}", news)], at=now, now=now)
        for listener in self._on_end:
            listener(tx, name, record["status"])
        if record["status"] != "completed":
            for child in tx.all(rows.CHILDREN, {"parent": id}):
                self.cancel(tx, child["id"], now=now, why="the run it belongs to has ended")
        tx.notify(ENDED, name)

    def cancel(self, tx: Transaction, id: int, *, now: float, why: str) -> bool:
        """End a run, its waits, its children and its unsent messages; False where it has ended already."""
        row = tx.one(rows.GET_LOCKED, {"id": id})
        if row is None or row["finished_at"] is not None:
            return False
        change = {"id": id, "status": "canceled", "due_at": None, "woken_at": None, "finished_at": now}
        tx.run(rows.CHANGE, change)
        tx.run(store.END_WAITS, {"run": id})
        tx.run(store.EMPTY_INBOX, {"run": id})
        self.note(tx, id, "canceled", now, why=why)
        self.after_end(tx, id, row["parent"], {**change, "has_failures": row["has_failures"]}, now=now)
        return True

    def note(self, tx: Transaction, id: int, kind: str, at: float, **details: Any) -> None:
        """An entry of a run's history."""
        given = {name: value for name, value in details.items() if value}
        tx.run(rows.ADD_EVENTS, {"run": id, "entries": json.dumps([{"at": round(at, 3), "kind": kind, **given}])})

    def fail(self, tx: Transaction, row: Row, error: RunError, *, now: float) -> bool:
        """End a run that cannot even be looked at; False where somebody has changed it."""
        seen = tx.one(store.REVISIONS, {"ids": as_list([row["id"]])})
        if seen is None or seen["revision"] != row["revision"]:
            return False
        record = {
            "id": row["id"],
            "revision": row["revision"] + 1,
            "status": "failed",
            "due_at": None,
            "woken_at": None,
            "finished_at": now,
            "has_failures": 1,
            "state": row["state"],
            "outputs": None,
            "error": error.as_text(),
        }
        tx.run(store.SAVE, record)
        tx.run(store.END_WAITS, {"run": row["id"]})
        tx.run(store.EMPTY_INBOX, {"run": row["id"]})
        self.after_end(tx, row["id"], row["parent"], record, now=now)
        return True


@dataclass(slots=True)
class EffectTransaction:
    """See `ringline.workflow.block.StepTransaction`."""

    tx: Transaction
    run_id: str
    _now: float
    _step: str
    _reports: list[tuple[str, str, Mapping[str, Any]]]

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None:
        """See `StepTransaction.wait_for`."""
        row = {"key": key, "run": number_of_run(self.run_id), "step": self._step, "since": self._now}
        self.tx.run(store.ADD_WAIT, {**row, "data": None if data is None else json.dumps(dict(data))})

    def report(self, key: str, data: Mapping[str, Any]) -> None:
        """See `StepTransaction.report`."""
        self._reports.append((self._step, key, data))


def event_of(record: Row) -> InboxEvent:
    """From a row of `run_inbox`."""
    return InboxEvent(record["id"], record["step"], record["key"], record["at"], json.loads(record["data"]))


def _has_missed(inbox: Sequence[Row], segment: Segment) -> bool:
    """Whether an event came, after the inbox was read, for a wait that then ended by its deadline: the event wins."""
    return any(event["step"] in segment.timed_out and event["id"] not in segment.applied for event in inbox)


def _has_failures(segment: Segment) -> int:
    return int(any(not failure.is_handled for failure in segment.state.failures))


def as_text(value: Any) -> str:
    """Outputs as JSON; what JSON has no form for is named by its type."""
    return _encode_outputs(value)


_encode_outputs = json.JSONEncoder(default=lambda odd: f"<{type(odd).__name__}>").encode
