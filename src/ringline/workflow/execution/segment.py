"""One advance of a durable run, in memory: events and deadlines end waits, and every step that may run does.

Nothing here touches a database. What is to be written stands in the segment afterwards: effects, ended and begun
waits, history. A step runs as soon as its own edges are settled (R2), in the order of the plan, so that a run that
never waits does exactly what `run_steps` does.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ringline.clock import utc
from ringline.errors import ExecutionEngineRuntimeError, LoopLimitError, WorkflowError
from ringline.workflow.block import Done, Effect, Wait, Woken
from ringline.workflow.execution.answers import Answer, read_answer, renew, store, store_batch, taken_edges
from ringline.workflow.execution.batches import lacks_single_value, open_elements, run_batch, run_spreading
from ringline.workflow.execution.calling import (
    EXECUTION,
    Failed,
    RetryLater,
    arguments_of,
    call,
    call_back,
    context_of,
    step_error,
)
from ringline.workflow.execution.history import History
from ringline.workflow.execution.parts import StepPlan
from ringline.workflow.execution.progress import DONE, SKIPPED, TODO, WAITING, Frame, Place, Progress, label_of
from ringline.workflow.execution.readiness import verdict_on
from ringline.workflow.execution.state import RunState
from ringline.workflow.execution.steps import run_simple

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """Something that was reported to a run: to the waiting *step*, as `label_of` writes it."""

    id: int
    step: str
    key: str
    at: float
    data: Mapping[str, Any]


@dataclass(slots=True)
class Segment:
    """Advance with `go`; then read what is to be written."""

    state: RunState
    now: float
    history: History = field(default_factory=History)
    effects: list[tuple[Place, Effect, Frame | None]] = field(default_factory=list)
    """What steps write, in their order; with the frame they belong to where the step goes on to wait."""
    ended: set[Place] = field(default_factory=set)
    """Frames whose rows in `waits` are to go."""
    abandoned: set[Place] = field(default_factory=set)
    """Those of them that a jump has led back over: what they waited for is not wanted any more."""
    applied: list[int] = field(default_factory=list)
    """Events of the inbox that have had their effect."""
    timed_out: set[str] = field(default_factory=set)
    """The places, as `label_of` writes them, whose waits ended by their deadlines."""
    error: WorkflowError | None = None
    """What ended the run."""
    claims: list[Place] = field(default_factory=list)
    """Places that stand before a step which acts at once, so that the run must be claimed first."""
    is_claimed: bool = False

    @property
    def progress(self) -> Progress:
        """The state's progress, which a durable run always has."""
        progress = self.state.progress
        assert progress is not None
        return progress

    async def go(self, events: Sequence[InboxEvent]) -> None:
        """Apply what was reported and what time has brought, then run what may run."""
        try:
            await self._apply(events)
            await self._apply_deadlines()
            await self._run_ready()
        except WorkflowError as error:
            self.error = error
        except NeedsClaimError:
            return
        except Exception as error:  # the run must end with what happened rather than be tried for ever
            _log.exception("run %s of %s ended in an error of our own", self.state.run_id, self.state.plan.name)
            self.error = ExecutionEngineRuntimeError(
                f"The run ended in an error of Ringline itself: {error!r}", EXECUTION
            )

    # --- what ends waits ---------------------------------------------------------------------------------------------

    async def _apply(self, events: Sequence[InboxEvent]) -> None:
        """An event that a step has not asked for before it goes on is kept for its next wait."""
        moved: set[Place] = set()
        for event in events:
            place = self._place_of(event.step)
            frame = None if place is None else self.progress.frames.get(place)
            if place in moved and frame is not None and frame.kind == "wait":
                continue
            self.applied.append(event.id)
            if place is None or frame is None or frame.kind == "pause":
                continue
            step = self.state.plan.steps[place[0]]
            woken = Woken(event.key, event.data, frame.state, utc(event.at), frame.fields)
            if frame.kind == "follow":
                await self._follow(step, place, woken)
                continue
            moved.add(place)
            self.history.woken(step, place[1], self.now, event.key, event.data)
            await self._resume(step, place, frame, woken)

    async def _apply_deadlines(self) -> None:
        due = [
            (frame.deadline, place)
            for place, frame in self.progress.open_frames().items()
            if frame.deadline is not None and frame.deadline <= self.now and not frame.is_new
        ]
        for deadline, place in sorted(due, key=lambda one: (one[0], one[1][0], one[1][1] or 0)):
            frame = self.progress.frames.get(place)
            if frame is None or frame.is_new or frame.deadline != deadline:
                continue  # another step's jump has ended it, or it waits anew
            step = self.state.plan.steps[place[0]]
            if frame.kind == "pause":
                self._claim(step)
                self._end(place)
                await self._call_again(step, place)
                continue
            self.timed_out.add(label_of(step, place[1]))
            self.history.woken(step, place[1], self.now, None, {})
            woken = Woken(None, {}, frame.state, utc(frame.deadline), frame.fields)
            await self._resume(step, place, frame, woken)

    async def _resume(self, step: StepPlan, place: Place, frame: Frame, woken: Woken) -> None:
        element = self._element(step, place[1])
        self._end(place)
        try:
            context = context_of(step, self.state, element, place[1])
            result = self._known_error(place) or await call_back(
                step, self.state, step.block.resume, woken, context, place[1]
            )
        except RetryLater as later:
            self._pause(step, place, later)
            return
        await self._take(step, place, result, dict(frame.fields))

    async def _follow(self, step: StepPlan, place: Place, woken: Woken) -> None:
        context = context_of(step, self.state, self._element(step, place[1]), place[1])
        outputs = step.block.follow(woken=woken, step=context)
        if inspect.isawaitable(outputs):
            outputs = await outputs
        if outputs:
            renew(step, self.state, outputs, place[1])
            pending = self.progress.answers.get(place[0], {})
            if place[1] in pending:
                # The step's other elements still wait; when they are done its answers are written once more.
                answer = pending[place[1]]
                pending[place[1]] = replace(answer, outputs={**answer.outputs, **outputs})
            self.history.renewed(step, place[1], self.now, outputs)

    # --- running steps -----------------------------------------------------------------------------------------------

    async def _run_ready(self) -> None:
        """The plan's order settles what a step needs before it, so one round is enough unless something jumps back."""
        turns = -1
        while turns != sum(self.progress.turns):
            turns = sum(self.progress.turns)
            for step in self.state.plan.steps:
                if self.progress.status[step.position] != TODO:
                    continue
                verdict = verdict_on(step, self.state)
                if verdict == "skip":
                    self.progress.status[step.position] = SKIPPED
                elif verdict == "start":
                    await self._start(step)

    async def _start(self, step: StepPlan) -> None:
        state = self.state
        if step.lineage:
            await self._start_batch(step)
            return
        arguments = arguments_of(step, state.values, 0)
        if arguments is None:
            self.progress.status[step.position] = SKIPPED
            self.progress.forced.discard(step.position)
            return
        if step.bounds_visits and self.progress.visits(step.position) >= step.max_visits:
            visits = self.progress.visits(step.position)
            self._end_by_limit(step, f"The step `{step.name}` has run {visits} times, and its `max_visits` is")
            return
        self._claim(step)
        self.progress.forced.discard(step.position)
        if step.is_simple and not step.spec.block.can_wait:
            await run_simple(step, state, arguments)
            self._note_end(step)
            return
        place = (step.position, None)
        try:
            if step.spec.block.dimensionality_offset > 0:
                await run_spreading(step, state, arguments)
                self._note_end(step)
                return
            result = self._known_error(place) or await call(step, state, arguments, None)
        except RetryLater as later:
            self._pause(step, place, later)
            return
        await self._take(step, place, result, arguments)

    async def _start_batch(self, step: StepPlan) -> None:
        state = self.state
        axis = state.axes.get(step.lineage)
        if axis is None or lacks_single_value(step, state.values):
            self.progress.status[step.position] = SKIPPED
            return
        self._claim(step)
        block = step.spec.block
        if block.dimensionality_offset or block.whole_batch:
            place = (step.position, None)
            try:
                await run_batch(step, state)
            except RetryLater as later:
                self._pause(step, place, later)
                return
            self._note_end(step)
            return
        self.progress.answers.setdefault(step.position, {})
        self.progress.status[step.position] = WAITING
        for position in open_elements(step, state, axis):
            arguments = arguments_of(step, state.values, position)
            # In a run that is tried again some elements have their answers already.
            if arguments is not None and position not in self.progress.answers[step.position]:
                await self._call_element(step, (step.position, position), arguments)
        self._settle_batch(step)

    async def _call_element(self, step: StepPlan, place: Place, arguments: dict[str, Any]) -> None:
        try:
            result = self._known_error(place) or await call(step, self.state, arguments, place[1])
        except RetryLater as later:
            self._pause(step, place, later)
            return
        self._take_of_element(step, place, result, arguments)

    async def _call_again(self, step: StepPlan, place: Place) -> None:
        """After the pause of a retry."""
        self.progress.status[step.position] = TODO
        if place[1] is None:
            self.progress.forced.add(step.position)
            await self._start(step)
            return
        self.progress.status[step.position] = WAITING
        arguments = arguments_of(step, self.state.values, place[1])
        if arguments is not None:
            self._claim(step)
            await self._call_element(step, place, arguments)
        self._settle_batch(step)

    def _known_error(self, place: Place) -> Failed | None:
        """What the database said when the step's effects were to be written; raises where it ends the run."""
        error = self.progress.errors.pop(place, None)
        if error is None:
            return None
        step = self.state.plan.steps[place[0]]
        if step.on_error == "fail":
            raise step_error(step, error) from error
        return Failed(error)

    # --- what became of a step ---------------------------------------------------------------------------------------

    async def _take(self, step: StepPlan, place: Place, result: Any, arguments: dict[str, Any]) -> None:
        if place[1] is not None:
            self._take_of_element(step, place, result, arguments)
            self._settle_batch(step)
        elif isinstance(result, Wait):
            self._wait(step, place, result, arguments)
        else:
            answer = read_answer(step, result)
            store(step, self.state, answer)
            self._note(step, place, result, answer)
            self._note_end(step, answer)

    def _take_of_element(self, step: StepPlan, place: Place, result: Any, arguments: dict[str, Any]) -> None:
        position, element = place
        assert element is not None
        if isinstance(result, Wait):
            self._wait(step, place, result, arguments)
            return
        answer = read_answer(step, result)
        self.progress.answers.setdefault(position, {})[element] = answer
        self._note(step, place, result, answer)

    def _settle_batch(self, step: StepPlan) -> None:
        """A step on a batch is done when each of its elements is."""
        position = step.position
        if any(place[0] == position for place in self.progress.open_frames()):
            return
        answers = self.progress.answers.pop(position, {})
        axis = self.state.axes[step.lineage]
        store_batch(step, self.state, step.lineage, [answers.get(element) for element in range(len(axis))])
        self.progress.status[position] = DONE
        self.progress.forced.discard(position)

    def _wait(self, step: StepPlan, place: Place, wait: Wait, arguments: dict[str, Any]) -> None:
        fields = {name: value for name, value in arguments.items() if name != "step"}
        has_rows = bool(wait.keys or wait.effects)
        deadline = None if wait.deadline is None else self.progress.moment(wait.deadline)
        frame = Frame("wait", self.now, deadline, tuple(wait.keys), wait.state, fields, has_rows, is_new=True)
        self.progress.frames[place] = frame
        self.progress.status[place[0]] = WAITING
        self.effects += [(place, effect, frame) for effect in wait.effects]

    def _pause(self, step: StepPlan, place: Place, later: RetryLater) -> None:
        tries = self.progress.tries
        tries[place] = tries.get(place, 0) + 1
        until = self.progress.moment(self.now + later.pause)
        self.progress.frames[place] = Frame("pause", self.now, until, is_new=True)
        self.progress.status[place[0]] = WAITING
        self.history.retries(step, place[1], self.now, later.error, until)

    def _note(self, step: StepPlan, place: Place, result: Any, answer: Answer) -> None:
        """What belongs to the end of one execution beside its outputs."""
        self.progress.tries.pop(place, None)
        if isinstance(result, Done):
            self.effects += [(place, effect, None) for effect in result.effects]
            if result.follow and step.writes:
                self.progress.frames[place] = Frame(
                    "follow", self.now, keys=tuple(result.follow), has_rows=True, is_new=True
                )
        self.history.ended(step, place[1], self.now, answer)

    def _note_end(self, step: StepPlan, answer: Answer | None = None) -> None:
        """A step is done: what comes next becomes ready, or begins again."""
        self.progress.status[step.position] = DONE
        self.progress.forced.discard(step.position)
        if answer is None:
            self.history.ended(step, None, self.now, None)
            return
        for target in self._jumps(step, answer):
            self._jump(step, answer, target)

    # --- jumps (R9) --------------------------------------------------------------------------------------------------

    def _jumps(self, step: StepPlan, answer: Answer) -> Sequence[int]:
        if not step.jumps:
            return ()
        if answer.failure is not None:
            return step.jumps.get("on_error", ())
        for outcome in (answer.outcome, answer.otherwise):
            if outcome is not None and outcome in step.outcome_edges:
                return step.jumps.get(outcome, ())
        return ()

    def _jump(self, step: StepPlan, answer: Answer, position: int) -> None:
        """Begin again from a step upstream: it and all that comes after it are as if they had never run."""
        target = self.state.plan.steps[position]
        taken = taken_edges(step, answer)
        for place in self.state.plan.downstream[position]:
            self._reset(self.state.plan.steps[place])
        turns, visits = self.progress.turns[position], self.progress.visits(position)
        for edge in taken:
            # A branch may lead back and forward at once; what it leads forward to begins all the same.
            self.state.edges[edge] = True
        self.history.jumped(step, target, self.now, turns)
        if visits < target.max_visits:
            self.progress.forced.add(position)
            return
        self._end_by_limit(target, f"The step `{target.name}` was led back to {visits} times, and its `max_visits` is")

    def _end_by_limit(self, step: StepPlan, what: str) -> None:
        error = LoopLimitError(
            f"{what} {step.max_visits}. Give it an `on_error` branch that leaves the loop, or a greater `max_visits`.",
            EXECUTION,
        )
        if step.on_error == "fail":
            raise error
        failed = Answer({}, "error", failure=error)
        store(step, self.state, failed)
        self.history.ended(step, None, self.now, failed)
        self._note_end(step, failed)

    def _reset(self, step: StepPlan) -> None:
        state, progress, position = self.state, self.progress, step.position
        if progress.status[position] in (TODO, SKIPPED):
            progress.idle[position] = progress.idle.get(position, 0) + 1
        progress.status[position] = TODO
        progress.turns[position] += 1
        progress.forced.discard(position)
        progress.answers.pop(position, None)
        for slot in state.plan.output_slots[step.name].values():
            state.values[slot] = None
        for edge in step.edge_names.values():
            state.edges[edge] = False
        for place in [place for place in progress.frames if place[0] == position]:
            if progress.frames[place].kind == "wait":
                self.abandoned.add(place)
            self._end(place)
        for counts in (progress.tries, progress.trials):
            for place in [place for place in counts if place[0] == position]:
                del counts[place]

    # --- pieces ------------------------------------------------------------------------------------------------------

    def _end(self, place: Place) -> None:
        frame = self.progress.frames.pop(place)
        if frame.has_rows and not frame.is_new:
            self.ended.add(place)
        if frame.is_new:
            # It began and ended in this advance: nobody is to hear of what it wanted written.
            self.effects = [one for one in self.effects if one[2] is not frame]

    def _claim(self, step: StepPlan) -> None:
        if step.spec.block.acts_at_once and not self.is_claimed:
            self.claims.append((step.position, None))
            raise NeedsClaimError

    def _place_of(self, label: str) -> Place | None:
        for place in self.progress.frames:
            if label_of(self.state.plan.steps[place[0]], place[1]) == label:
                return place
        return None

    def _element(self, step: StepPlan, position: int | None) -> tuple[int, ...]:
        return () if position is None else self.state.axes[step.lineage].indices[position]


class NeedsClaimError(Exception):
    """The next step acts outside at once, and nobody has claimed the run yet."""
