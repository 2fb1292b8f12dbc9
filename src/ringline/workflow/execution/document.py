"""A run's state as a JSON document: small where little has happened, and by names that outlive a new release.

Slots and edges are numbered by the compiler, and another release may number them otherwise while a run waits; so the
document speaks of steps, outputs and ways by name. What the inputs and the definition tell is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ringline.errors import ExecutionEngineRuntimeError
from ringline.workflow.execution.answers import Answer
from ringline.workflow.execution.inputs import read_inputs
from ringline.workflow.execution.keeping import CONTEXT, Keeper
from ringline.workflow.execution.parts import StepPlan
from ringline.workflow.execution.progress import DONE, SKIPPED, TODO, WAITING, Frame, Place, Progress
from ringline.workflow.execution.state import Axis, PerElement, RunState, StepFailure

if TYPE_CHECKING:
    from ringline.workflow.plan import Plan

SHORTEST_SECRET = 4
"""What is shorter stands in too many texts by chance to be looked for in them."""

_KINDS = ("wait", "pause", "follow")


def new_state(
    plan: Plan, run_id: str, inputs: Mapping[str, Any], trigger: Mapping[str, Any] | None, began: float = 0.0
) -> RunState:
    """A durable run before its first step; raises `RuntimeInputError` for inputs the workflow does not take."""
    state = RunState(plan, [None] * plan.slot_count, [False] * plan.edge_count, True, run_id, trigger)
    count = len(plan.steps)
    state.progress = Progress([TODO] * count, [0] * count, began=began)
    read_inputs(plan, state, inputs)
    return state


# --- writing ---------------------------------------------------------------------------------------------------------


def document_of(state: RunState, keeper: Keeper) -> dict[str, Any]:
    """The document; raises `ExecutionEngineRuntimeError` naming the step and output that cannot be kept."""
    plan, progress = state.plan, state.progress
    assert progress is not None
    keeper = keeper.sealing(secrets_of(state))
    steps: dict[str, Any] = {}
    ways: dict[str, Any] = {}
    for step in plan.steps:
        status = progress.status[step.position]
        if status == SKIPPED:
            steps[step.name] = 0
        elif status == DONE:
            steps[step.name] = _step(step, state, keeper)
        elif taken := _taken(step, state):
            ways[step.name] = taken
    document: dict[str, Any] = {}
    if steps:
        document["s"] = steps
    if ways:
        # Of steps that lead back and forward at once: they begin again, and what comes after them does too.
        document["e"] = ways
    began = progress.began
    frames = {
        _place_text(plan, place): _frame(plan, place, frame, keeper, began) for place, frame in progress.frames.items()
    }
    if frames:
        document["w"] = frames
    variables = {
        name: _variable(name, value, keeper)
        for name, value in state.variables.items()
        if name not in plan.variables or plan.variables[name] is not value
    }
    if variables:
        document["v"] = variables
    if state.failures:
        document["x"] = [
            [one.step, list(one.element), one.outcome, keeper.write(_plain(one.error)), int(one.is_handled)]
            for one in state.failures
        ]
    turns = {plan.steps[place].name: count for place, count in enumerate(progress.turns) if count}
    if turns:
        document["n"] = turns
    if progress.idle:
        document["z"] = {plan.steps[position].name: count for position, count in progress.idle.items()}
    for key, counts in (("t", progress.tries), ("r", progress.trials)):
        if counts:
            document[key] = {_place_text(plan, place): count for place, count in counts.items()}
    if progress.answers:
        document["a"] = {
            plan.steps[position].name: {
                str(element): _answer(plan.steps[position], answer, keeper) for element, answer in answers.items()
            }
            for position, answers in progress.answers.items()
        }
    if progress.forced:
        document["f"] = sorted(plan.steps[position].name for position in progress.forced)
    return document


def _step(step: StepPlan, state: RunState, keeper: Keeper) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    secrets = secret_outputs(step)
    for name, slot in state.plan.output_slots[step.name].items():
        value = state.values[slot]
        if value is None or name not in step.kept:
            continue
        try:
            kept.setdefault("o", {})[name] = keeper.write(value, secret=name in secrets)
        except TypeError as error:
            raise _cannot_keep(f"The output `{name}` of the step `{step.name}`", error) from None
    taken = _taken(step, state)
    if taken:
        kept["t"] = taken
    if step.output_lineage and step.output_lineage != step.lineage:
        axis = state.axes.get(step.output_lineage)
        if axis is not None and step.spec.block.dimensionality_offset > 0:
            kept["b"] = [[list(index) for index in axis.indices], list(axis.parents)]
    return kept


def _taken(step: StepPlan, state: RunState) -> dict[str, Any]:
    """The ways on that were taken, by their names; on a batch for each element."""
    taken = {name: state.edges[edge] for name, edge in step.edge_names.items() if state.edges[edge] is not False}
    return {name: 1 if value is True else [int(one) for one in value] for name, value in taken.items()}


def _answer(step: StepPlan, answer: Answer, keeper: Keeper) -> dict[str, Any]:
    secrets = secret_outputs(step)
    try:
        return {
            "o": {name: keeper.write(one, secret=name in secrets) for name, one in answer.outputs.items()},
            "c": answer.outcome,
            "s": list(answer.selected) if answer.selected is not None else None,
            "v": keeper.write(dict(answer.variables)),
            "w": answer.otherwise,
            "e": keeper.write(_plain(answer.error)) if answer.failure is not None else None,
        }
    except TypeError as error:
        raise _cannot_keep(f"What the step `{step.name}` gave", error) from None


def _frame(plan: Plan, place: Place, frame: Frame, keeper: Keeper, began: float) -> dict[str, Any]:
    kept: dict[str, Any] = {"s": round(frame.since - began, 3)}
    if frame.kind != "wait":
        kept["k"] = _KINDS.index(frame.kind)
    if frame.deadline is not None:
        kept["d"] = round(frame.deadline - began, 3)
    if frame.keys:
        kept["q"] = list(frame.keys)
    if frame.has_rows:
        kept["r"] = 1
    if frame.state is not None:
        try:
            kept["m"] = keeper.write(frame.state)
        except TypeError as error:
            raise _cannot_keep(f"What the step `{plan.steps[place[0]].name}` keeps while it waits", error) from None
    fields = _fields(plan.steps[place[0]], frame.fields, keeper)
    if fields:
        kept["f"] = fields
    return kept


def _fields(step: StepPlan, fields: Mapping[str, Any], keeper: Keeper) -> dict[str, Any]:
    kept = {}
    for name, value in fields.items():
        # What stands in the definition is read from there again.
        if name in step.constants and step.constants[name] is value:
            continue
        try:
            kept[name] = keeper.write(value, secret=step.spec.by_key[name].is_secret)
        except TypeError:
            continue  # as promised: without those that cannot be held
    return kept


def _variable(name: str, value: Any, keeper: Keeper) -> Any:
    try:
        if isinstance(value, PerElement):
            return {"l": list(value.lineage), "e": keeper.write(value.values)}
        return {"v": keeper.write(value)}
    except TypeError as error:
        raise _cannot_keep(f"The variable `{name}`", error) from None


def _plain(error: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if error is None else dict(error)


def _cannot_keep(what: str, error: TypeError) -> ExecutionEngineRuntimeError:
    return ExecutionEngineRuntimeError(
        f"{what} is {error}, so the run cannot be kept while it waits. Let a step turn it into text, a number, a list "
        "or a mapping before the wait.",
        CONTEXT,
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def load_document(state: RunState, document: Mapping[str, Any], keeper: Keeper) -> None:
    """Put what a document says into a state that has its inputs."""
    plan, progress = state.plan, state.progress
    assert progress is not None
    by_name = {step.name: step for step in plan.steps}
    for name, kept in document.get("s", {}).items():
        step = by_name[name]
        if kept == 0:
            progress.status[step.position] = SKIPPED
            continue
        progress.status[step.position] = DONE
        slots = plan.output_slots[name]
        for output, value in kept.get("o", {}).items():
            if output in slots:
                state.values[slots[output]] = keeper.read(value)
        _take(step, state, kept.get("t", {}))
        if "b" in kept:
            indices, parents = kept["b"]
            parent = state.axes[step.lineage] if step.lineage else None
            state.axes[step.output_lineage] = Axis([tuple(index) for index in indices], parents, parent)
    for name, taken in document.get("e", {}).items():
        _take(by_name[name], state, taken)
    for text, kept in document.get("w", {}).items():
        place = _place(by_name, text)
        progress.frames[place] = _read_frame(plan.steps[place[0]], kept, keeper, progress.began)
        if progress.frames[place].kind != "follow":
            progress.status[place[0]] = WAITING
    for name, kept in document.get("v", {}).items():
        if "l" in kept:
            state.variables[name] = PerElement(tuple(kept["l"]), keeper.read(kept["e"]))
        else:
            state.variables[name] = keeper.read(kept["v"])
    state.failures = [
        StepFailure(name, tuple(element), outcome, keeper.read(error), bool(is_handled))
        for name, element, outcome, error, is_handled in document.get("x", ())
    ]
    for name, count in document.get("n", {}).items():
        progress.turns[by_name[name].position] = count
    progress.idle = {by_name[name].position: count for name, count in document.get("z", {}).items()}
    progress.tries = {_place(by_name, text): count for text, count in document.get("t", {}).items()}
    progress.trials = {_place(by_name, text): count for text, count in document.get("r", {}).items()}
    for name, answers in document.get("a", {}).items():
        progress.answers[by_name[name].position] = {
            int(element): _read_answer(kept, keeper) for element, kept in answers.items()
        }
    progress.forced = {by_name[name].position for name in document.get("f", ())}


def _take(step: StepPlan, state: RunState, ways: Mapping[str, Any]) -> None:
    for way, taken in ways.items():
        if way in step.edge_names:
            state.edges[step.edge_names[way]] = True if taken == 1 else [bool(one) for one in taken]


def _read_frame(step: StepPlan, kept: Mapping[str, Any], keeper: Keeper, began: float) -> Frame:
    return Frame(
        kind=_KINDS[kept.get("k", 0)],  # type: ignore[arg-type]  # one of the three
        since=began + kept["s"],
        deadline=None if kept.get("d") is None else began + kept["d"],
        keys=tuple(kept.get("q", ())),
        state=keeper.read(kept.get("m")),
        fields={**step.constants, **{name: keeper.read(value) for name, value in kept.get("f", {}).items()}},
        has_rows=bool(kept.get("r")),
    )


class KeptError(Exception):
    """An error of a step as a waiting run keeps it: what the output `error` says of it."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(error.get("message", ""))
        self.code = error.get("code")
        self.fix = error.get("fix", "")
        self.retryable = bool(error.get("retryable"))


def _read_answer(kept: Mapping[str, Any], keeper: Keeper) -> Answer:
    error = keeper.read(kept["e"])
    return Answer(
        keeper.read(kept["o"]),
        kept["c"],
        selected=kept["s"],
        variables=keeper.read(kept["v"]),
        otherwise=kept["w"],
        failure=None if error is None else KeptError(error),
    )


# --- names -----------------------------------------------------------------------------------------------------------


def secrets_of(state: RunState) -> set[str]:
    """The secrets that the run was given or has fetched, which templates may have taken anywhere."""
    values = [state.values[slot] for slot in state.plan.secret_slots]
    return {secret for secret in _texts_in(values) if len(secret) >= SHORTEST_SECRET}


def _texts_in(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list | tuple):
            yield from _texts_in(value)


def secret_outputs(step: StepPlan) -> set[str]:
    """Outputs of the step that hold secrets."""
    return {output.name for output in step.spec.block.outputs_of(step.manifest) if "secret" in output.kinds}


def _place_text(plan: Plan, place: Place) -> str:
    position, element = place
    name = plan.steps[position].name
    return name if element is None else f"{name}[{element}]"


def _place(by_name: Mapping[str, StepPlan], text: str) -> Place:
    name, bracket, element = text.partition("[")
    return by_name[name].position, int(element[:-1]) if bracket else None
