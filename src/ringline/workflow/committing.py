"""What advances have brought, written down in one transaction: runs, their waits, effects, history and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.errors import RinglineError, StoreError
from ringline.workflow.execution.progress import Place, label_of
from ringline.workflow.execution.segment import InboxEvent
from ringline.workflow.moves import Move, Moves
from ringline.workflow.recording import Advance, advance_of
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
"""The channel on which the names of runs that have ended are announced, with blanks between them."""

NAMES_PER_NOTICE = 100
"""So that a notice stays below what Postgres takes."""

OnEnd = Callable[["Transaction", str, str], None]
"""Called in the transaction that ends a run, with its id and its status."""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A step that waited for *keys* when a jump led back over it."""

    run_id: str
    step: str
    keys: Sequence[str]


OnChange = Callable[["Transaction", Sequence[int]], None]
"""Called in the transaction that moves runs on or acts on them, with their numbers."""

OnAbandon = Callable[["Transaction", Abandoned], None]
"""Called in the transaction in which a run goes back over a step that waits."""


class EffectError(Exception):
    """What a step wanted written cannot be; the step ends with *error* when the segment is run again."""

    def __init__(self, place: Place, error: Exception) -> None:
        super().__init__(str(error))
        self.place = place
        self.error = error


class EntangledError(Exception):
    """One of the advances of a batch has changed another's run, so that each must be written by itself."""


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
        on_abandon: Sequence[OnAbandon] = (),
        on_change: Sequence[OnChange] = (),
        moves: Moves | None = None,
    ) -> None:
        self._clock = clock
        self._keeper = keeper
        self._reporter = reporter
        self._note_due = note_due
        self._on_end = on_end
        self._on_abandon = on_abandon
        self._on_change = on_change
        self.moves = moves or Moves()

    def prepare(self, row: Row, segment: Segment, *, lease: tuple[str, float] | None) -> Advance:
        """What `write` is to write, reckoned beforehand, since on SQLite one thread writes for all."""
        return advance_of(row, segment, self._keeper, lease=lease)

    def write(self, tx: Transaction, advances: Sequence[Advance]) -> list[Written | None]:
        """Write down advances of different runs; None for a run that is not as its advance took it to be.

        The statements are for all at once, in the order that each run needs: its row is locked and looked at, then its
        waits are there before its effects, and its effects before what they may have reported is read. Raises
        `EffectError`, and `EntangledError` where one cannot be written beside the others.
        """
        fresh = self._as_they_were(tx, advances)
        still_open = [one for one in fresh if not one.has_ended]
        abandoned = any(one.segment.abandoned for one in fresh)
        if abandoned:
            self._abandon(tx, fresh)
        self._replace_waits(tx, still_open)
        reports: list[dict[str, Any]] = []
        for one in fresh:
            for place, effect, _ in one.segment.effects:
                self._do(tx, one, place, effect, reports)
        if len(fresh) > 1 and (abandoned or any(one.segment.effects for one in fresh)):
            self._see_untouched(tx, fresh)
        self._empty_inboxes(tx, [one for one in fresh if one.has_ended and one.may_have_rows])
        inbox = self._renew_inboxes(tx, still_open, reports)
        written = {one.number: self._written(one, inbox.get(one.number, [])) for one in fresh}
        # Saved before anybody is told: what is reported to a run of this very batch must find its row as it is now.
        tx.many(store.SAVE, [self._columns(one, written[one.number]) for one in fresh])
        tx.many(rows.ADD_EVENTS, [{"run": one.number, "entries": one.entries} for one in fresh if one.entries])
        if self.moves.listeners:
            self.moves.tell(tx, [_move_of(one) for one in fresh if one.has_ended or one.entries])
        self._after_ends(tx, [one for one in fresh if one.has_ended])
        self._tell(tx, [one.number for one in fresh])
        due = [one.record["due_at"] for one in still_open if one.record["due_at"] is not None]
        if due:
            tx.after_commit(lambda: self._note_due(due))
        return [written.get(one.number) for one in advances]

    def _as_they_were(self, tx: Transaction, advances: Sequence[Advance]) -> list[Advance]:
        """Those whose runs nobody has changed, and for whose ended waits no event has come; their rows are locked."""
        seen = {row["id"]: row["revision"] for row in tx.all(store.REVISIONS, _ids_of(advances))}
        fresh = [one for one in advances if seen.get(one.number) == one.row["revision"]]
        timed_out = [one for one in fresh if one.segment.timed_out]
        if not timed_out:
            return fresh
        inbox = _by_run(tx.all(store.INBOX, _ids_of(timed_out)))
        return [one for one in fresh if not _has_missed(inbox.get(one.number, ()), one.segment)]

    def _see_untouched(self, tx: Transaction, advances: Sequence[Advance]) -> None:
        """An effect may have acted on another run of the batch, by canceling it say; then each goes by itself."""
        seen = {row["id"]: row["revision"] for row in tx.all(store.REVISIONS, _ids_of(advances))}
        if any(seen.get(one.number) != one.row["revision"] for one in advances):
            raise EntangledError

    def _abandon(self, tx: Transaction, advances: Sequence[Advance]) -> None:
        """End the runs that steps have started over which a jump led back, and let others take back what is theirs."""
        for one in advances:
            for place in one.segment.abandoned & one.segment.ended:
                step = one.segment.state.plan.steps[place[0]]
                given = {"run": one.number, "step": label_of(step, place[1])}
                keys = [row["key"] for row in tx.all(store.AWAITED, given)]
                # Before anybody is told of their ends; and what was reported to this wait is not for the step's next.
                tx.run(store.END_WAIT, given)
                tx.run(store.EMPTY_INBOX_OF_STEP, given)
                for key in keys:
                    if key.startswith("run/"):
                        why = f"the run it belongs to has gone back over `{step.name}`"
                        self.cancel(tx, number_of_run(key.removeprefix("run/")), now=one.segment.now, why=why)
                for listener in self._on_abandon:
                    listener(tx, Abandoned(name_of_run(one.number), step.name, keys))

    def _empty_inboxes(self, tx: Transaction, ended: Sequence[Advance]) -> None:
        if ended:
            tx.run(store.END_WAITS_OF, _ids_of(ended))
            tx.run(store.EMPTY_INBOXES, _ids_of(ended))

    def _renew_inboxes(
        self, tx: Transaction, still_open: Sequence[Advance], reports: Sequence[Mapping[str, Any]]
    ) -> dict[int, list[Row]]:
        """Take out what was applied, add what effects reported, and see what is there by now."""
        applied = [event for one in still_open for event in one.segment.applied]
        if applied:
            tx.run(store.TAKEN, {"ids": as_list(applied)})
        ended = {report["run"] for report in reports} - {one.number for one in still_open}
        tx.many(store.ADD_TO_INBOX, [report for report in reports if report["run"] not in ended])
        return _by_run(tx.all(store.INBOX, _ids_of(still_open))) if still_open else {}

    @staticmethod
    def _written(one: Advance, inbox: Sequence[Row]) -> Written:
        record = one.record
        pending = [event_of(event) for event in inbox]
        return Written(record["revision"], pending, record["due_at"], record if one.has_ended else None)

    @staticmethod
    def _columns(one: Advance, written: Written) -> Mapping[str, Any]:
        return {**one.record, "woken_at": one.segment.now} if written.pending else one.record

    def _replace_waits(self, tx: Transaction, advances: Sequence[Advance]) -> None:
        gone, fresh = [], []
        for one in advances:
            steps = one.segment.state.plan.steps
            gone += [{"run": one.number, "step": label_of(steps[place[0]], place[1])} for place in one.segment.ended]
            fresh += [
                {
                    "key": key,
                    "run": one.number,
                    "step": label_of(steps[place[0]], place[1]),
                    "since": frame.since,
                    "data": None,
                }
                for place, frame in one.segment.progress.frames.items()
                if frame.is_new
                for key in frame.keys
            ]
        tx.many(store.END_WAIT, gone)
        tx.many(store.ADD_WAIT, fresh)

    def _do(self, tx: Transaction, one: Advance, place: Place, effect: Effect, reports: list[dict[str, Any]]) -> None:
        segment = one.segment
        step = label_of(segment.state.plan.steps[place[0]], place[1])
        said: list[tuple[str, Mapping[str, Any]]] = []
        try:
            effect(EffectTransaction(tx, segment.state.run_id, segment.now, step, said))
        except StoreError:
            raise
        except (RinglineError, ValueError, LookupError, TypeError) as error:
            raise EffectError(place, error) from error
        reports += [
            {"run": one.number, "step": step, "key": key, "at": segment.now, "data": json.dumps(dict(data))}
            for key, data in said
        ]

    def _after_ends(self, tx: Transaction, ended: Sequence[Advance]) -> None:
        for one in ended:
            self._after_end(tx, one.number, one.row["parent"], one.record, now=one.segment.now)
        _announce(tx, [one.number for one in ended])

    def _after_end(
        self, tx: Transaction, number: int, parent: int | None, record: Mapping[str, Any], *, now: float
    ) -> None:
        """Tell everybody who wants to know within the transaction that a run has ended."""
        name = name_of_run(number)
        if parent is not None:
            news = {"status": record["status"], "has_failures": bool(record["has_failures"])}
            self._reporter.report(tx, [(f"run/{name}", news)], at=now, now=now)
        for listener in self._on_end:
            listener(tx, name, record["status"])
        if record["status"] != "completed":
            for child in tx.all(rows.CHILDREN, {"parent": number}):
                self.cancel(tx, child["id"], now=now, why="the run it belongs to has ended")

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
        self.moves.tell(tx, [Move(id, row["definition"], row["created_at"], status="canceled")])
        self._after_end(tx, id, row["parent"], {**change, "has_failures": row["has_failures"]}, now=now)
        _announce(tx, [id])
        return True

    def note(self, tx: Transaction, id: int, kind: str, at: float, **details: Any) -> None:
        """An entry of a run's history."""
        given = {name: value for name, value in details.items() if value}
        tx.run(rows.ADD_EVENTS, {"run": id, "entries": json.dumps([{"at": round(at, 3), "kind": kind, **given}])})
        self._tell(tx, [id])

    def _tell(self, tx: Transaction, runs: Sequence[int]) -> None:
        if runs:
            for listener in self._on_change:
                listener(tx, runs)

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
        self.moves.tell(tx, [Move(row["id"], row["definition"], row["created_at"], status="failed")])
        self._after_end(tx, row["id"], row["parent"], record, now=now)
        self._tell(tx, [row["id"]])
        _announce(tx, [row["id"]])
        return True


@dataclass(slots=True)
class EffectTransaction:
    """See `ringline.workflow.block.StepTransaction`."""

    tx: Transaction
    run_id: str
    _now: float
    _step: str
    _reports: list[tuple[str, Mapping[str, Any]]]

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None:
        """See `StepTransaction.wait_for`."""
        row = {"key": key, "run": number_of_run(self.run_id), "step": self._step, "since": self._now}
        self.tx.run(store.ADD_WAIT, {**row, "data": None if data is None else json.dumps(dict(data))})

    def report(self, key: str, data: Mapping[str, Any]) -> None:
        """See `StepTransaction.report`."""
        self._reports.append((key, data))


def event_of(record: Row) -> InboxEvent:
    """From a row of `run_inbox`."""
    return InboxEvent(record["id"], record["step"], record["key"], record["at"], json.loads(record["data"]))


def _move_of(one: Advance) -> Move:
    row, status = one.row, one.record["status"] if one.has_ended else None
    entries = one.segment.history.entries if one.entries else ()
    return Move(one.number, row["definition"], row["created_at"], status=status, entries=entries)


def _has_missed(inbox: Sequence[Row], segment: Segment) -> bool:
    """Whether an event came, after the inbox was read, for a wait that then ended by its deadline: the event wins."""
    return any(event["step"] in segment.timed_out and event["id"] not in segment.applied for event in inbox)


def _announce(tx: Transaction, ended: Sequence[int]) -> None:
    for start in range(0, len(ended), NAMES_PER_NOTICE):
        tx.notify(ENDED, " ".join(map(name_of_run, ended[start : start + NAMES_PER_NOTICE])))


def _by_run(inbox: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for event in inbox:
        found.setdefault(event["run"], []).append(event)
    return found


def _ids_of(advances: Sequence[Advance]) -> dict[str, str]:
    return {"ids": as_list([one.number for one in advances])}
