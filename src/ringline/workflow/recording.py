"""What a segment leaves behind, as the columns of its run: all that can be reckoned before the transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.errors import ExecutionEngineRuntimeError
from ringline.workflow.execution.document import document_of, secrets_of
from ringline.workflow.execution.keeping import as_json, hidden
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.run import RunError

if TYPE_CHECKING:
    from ringline.database import Row
    from ringline.workflow.execution.keeping import Keeper
    from ringline.workflow.execution.segment import Segment


@dataclass(slots=True)
class Advance:
    """One advance of a run that is to be written down, if the run is still as *row* says."""

    row: Row
    segment: Segment
    record: dict[str, Any]
    """The columns of the run as they will be."""
    entries: str | None
    """What it adds to the run's history."""
    has_ended: bool

    @property
    def number(self) -> int:
        """The run's."""
        number: int = self.row["id"]
        return number

    @property
    def may_have_rows(self) -> bool:
        """Whether waits or events of the run may be there; of one that ends at once there are none to be looked for."""
        segment = self.segment
        return bool(self.row["state"] or segment.ended or segment.applied or segment.effects)


def advance_of(row: Row, segment: Segment, keeper: Keeper, *, lease: tuple[str, float] | None) -> Advance:
    """What *segment* leaves behind; with *lease* only that somebody acts for the run, and until when."""
    document = None
    if segment.error is None and (lease is not None or segment.progress.open_frames()):
        try:
            document = _document(row, segment, keeper, lease)
        except ExecutionEngineRuntimeError as error:
            segment.error = error
    has_ended = document is None
    if has_ended:
        record = _ended(row, segment, keeper)
    else:
        record = _open(row, segment, document)
        if lease is not None:
            record["status"], record["due_at"] = "running", lease[1]
    # How it ended stands in its row; a run that only begins to wait has nothing to tell either.
    told = segment.history.entries
    secrets = secrets_of(segment.state)
    if secrets:
        told = hidden(told, secrets)
        if record["error"] is not None:
            record["error"] = json.dumps(hidden(json.loads(record["error"]), secrets))
    return Advance(row, segment, record, as_json(told) if told else None, has_ended)


def _open(row: Row, segment: Segment, document: str | None) -> dict[str, Any]:
    frames = segment.progress.open_frames().values()
    return {
        "id": row["id"],
        "revision": row["revision"] + 1,
        "status": "waiting",
        "due_at": min((frame.deadline for frame in frames if frame.deadline is not None), default=None),
        "woken_at": None,
        "finished_at": None,
        "has_failures": int(any(not failure.is_handled for failure in segment.state.failures)),
        "state": document,
        "outputs": None,
        "error": None,
    }


def _ended(row: Row, segment: Segment, keeper: Keeper) -> dict[str, Any]:
    state, error = segment.state, segment.error
    record = _open(row, segment, None)
    record["due_at"], record["finished_at"] = None, segment.now
    if error is not None:
        record["status"], record["error"], record["has_failures"] = "failed", RunError.of(error).as_text(), 1
    else:
        record["status"] = "completed"
        record["outputs"] = as_text(build_outputs(state.plan, state, serialize=True))
    if record["has_failures"]:
        # For a retry: what was done stays done and is followed on, and what waited begins anew.
        progress = segment.progress
        progress.frames = {place: frame for place, frame in progress.frames.items() if frame.kind == "follow"}
        try:
            record["state"] = _document(row, segment, keeper, None)
        except ExecutionEngineRuntimeError:
            record["state"] = None  # it can be looked at, but not be tried again
    return record


def _document(row: Row, segment: Segment, keeper: Keeper, lease: tuple[str, float] | None) -> str:
    document = document_of(segment.state, keeper)
    before = json.loads(row["state"]) if row["state"] else {}
    if "i" in before:
        document["i"] = before["i"]
    if lease is not None:
        document["l"] = lease[0]
    return as_json(document)


def as_text(value: Any) -> str:
    """Outputs as JSON; what JSON has no form for is named by its type."""
    return _encode_outputs(value)


_encode_outputs = json.JSONEncoder(default=lambda odd: f"<{type(odd).__name__}>").encode
