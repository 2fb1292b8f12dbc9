"""What a block answered: held against what it declares, and written into the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringline.errors import ExecutionEngineRuntimeError, InvalidBlockBehaviourError
from ringline.workflow.block import Done, Select
from ringline.workflow.execution.calling import EXECUTION, Failed
from ringline.workflow.execution.parts import Lineage, StepPlan
from ringline.workflow.execution.state import PerElement, RunState, StepFailure
from ringline.workflow.explanations import listed

REGISTRATION = "workflow_execution | step_output_registration"
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """How one execution of a step ended."""

    outputs: Mapping[str, Any]
    outcome: str | None = None
    selected: Sequence[str] | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    otherwise: str | None = None
    failure: Exception | None = None

    @property
    def error(self) -> Mapping[str, Any] | None:
        """What the step's output `error` holds."""
        if self.failure is None:
            error: Mapping[str, Any] | None = self.outputs.get("error")
            return error
        failure = self.failure
        return {
            "code": getattr(failure, "code", None) or type(failure).__name__,
            "message": str(failure) or type(failure).__name__,
            "fix": getattr(failure, "fix", ""),
            "retryable": bool(getattr(failure, "retryable", isinstance(failure, TimeoutError | ConnectionError))),
        }


def read_answer(step: StepPlan, result: Any) -> Answer:
    """A block's result, held against what the block declares."""
    if isinstance(result, Mapping):
        return Answer(_own_outputs(step, result), _good_outcome(step))
    if isinstance(result, Done):
        outcome = result.outcome or _good_outcome(step)
        if outcome is not None and outcome not in step.spec.block.outcomes_of(step.manifest):
            raise InvalidBlockBehaviourError(
                f"The step `{step.name}` ended with the outcome `{outcome}`, which `{step.type}` does not declare.",
                EXECUTION,
            )
        outputs = _own_outputs(step, result.outputs)
        return Answer(outputs, outcome, variables=result.variables, otherwise=result.otherwise)
    if isinstance(result, Select):
        known = {target for target, _ in step.selects}
        for target in result.targets:
            if target not in known:
                raise InvalidBlockBehaviourError(
                    f"The step `{step.name}` chose `{target}`, which is none of the steps it names.", EXECUTION
                )
        return Answer(_own_outputs(step, _NOTHING), selected=result.targets)
    if isinstance(result, Failed):
        return Answer(_NOTHING, "error", failure=result.error)
    if step.spec.block.whole_batch and isinstance(result, list) and len(result) == 1:
        return read_answer(step, result[0])
    raise InvalidBlockBehaviourError(
        f"The step `{step.name}` ({step.type}) gave {type(result).__name__}; a block gives a mapping of its outputs, "
        "Done or Select, and Wait only in a run that can wait.",
        EXECUTION,
    )


def read_row(step: StepPlan, row: Any) -> Mapping[str, Any]:
    """The outputs for one element of the batch that a step makes."""
    answer = read_answer(step, row)
    return {name: answer.outputs.get(name) for name, _ in step.outputs}


def store(step: StepPlan, state: RunState, answer: Answer) -> None:
    """Write the answer of a step on single values into the run."""
    values = state.values
    for name, slot in step.outputs:
        values[slot] = answer.outputs.get(name)
    if step.outcome_slot is not None:
        values[step.outcome_slot] = answer.outcome
    if step.error_slot is not None:
        values[step.error_slot] = answer.error
    for edge in taken_edges(step, answer):
        state.edges[edge] = True
    state.variables.update(_written(step, answer))
    _note_failure(step, state, answer, ())


def store_batch(step: StepPlan, state: RunState, lineage: Lineage, answers: Sequence[Answer | None]) -> None:
    """Write the answers of a step on a batch into the run; None stands for an element it did not run for."""
    values = state.values
    for name, slot in step.outputs:
        values[slot] = [None if answer is None else answer.outputs.get(name) for answer in answers]
    if step.outcome_slot is not None:
        values[step.outcome_slot] = [None if answer is None else answer.outcome for answer in answers]
    if step.error_slot is not None:
        values[step.error_slot] = [None if answer is None else answer.error for answer in answers]
    decide_batch(step, state, lineage, answers)


def decide_batch(step: StepPlan, state: RunState, lineage: Lineage, answers: Sequence[Answer | None]) -> None:
    """Write what the answers mean for other steps: ways taken, variables, failures."""
    indices = state.axes[lineage].indices
    size = len(answers)
    taken = [() if answer is None else taken_edges(step, answer) for answer in answers]
    for edge in {edge for edges in taken for edge in edges}:
        state.edges[edge] = [edge in edges for edges in taken]
    columns: dict[str, list[Any]] = {}
    for position, answer in enumerate(answers):
        if answer is None:
            continue
        for name, value in _written(step, answer).items():
            columns.setdefault(name, [None] * size)[position] = value
        _note_failure(step, state, answer, indices[position])
    for name, column in columns.items():
        state.variables[name] = PerElement(lineage, column)


def renew(step: StepPlan, state: RunState, outputs: Mapping[str, Any], position: int | None) -> None:
    """Write later values of outputs, and the variables that are mapped from them, into the run."""
    slots = state.plan.output_slots[step.name]
    variables = {variable: outputs[output] for variable, output in step.writes if output in outputs}
    if position is None:
        for name, value in outputs.items():
            state.values[slots[name]] = value
        state.variables.update(variables)
        return
    size = len(state.axes[step.lineage])
    for name, value in outputs.items():
        column = state.values[slots[name]] or [None] * size
        state.values[slots[name]] = [*column[:position], value, *column[position + 1 :]]
    for name, value in variables.items():
        known = state.variables.get(name)
        column = known.values if isinstance(known, PerElement) else [None] * size
        state.variables[name] = PerElement(step.lineage, [*column[:position], value, *column[position + 1 :]])


def taken_edges(step: StepPlan, answer: Answer) -> Sequence[int]:
    """The ways on that this answer takes."""
    if answer.failure is not None:
        return step.next_edges if step.on_error == "continue" else step.error_edges
    if answer.selected is not None:
        chosen = set(answer.selected)
        return [*(edge for target, edge in step.selects if target in chosen), *step.next_edges]
    for outcome in (answer.outcome, answer.otherwise):
        if outcome is not None and outcome in step.outcome_edges:
            return step.outcome_edges[outcome]
    return step.next_edges


def _written(step: StepPlan, answer: Answer) -> dict[str, Any]:
    """The variables that the step sets with this answer."""
    if answer.failure is not None or not (step.writes or answer.variables):
        return {}
    mapped = {
        variable: answer.outcome if output == "outcome" else answer.outputs.get(output)
        for variable, output in step.writes
    }
    return {**answer.variables, **mapped}


def _note_failure(step: StepPlan, state: RunState, answer: Answer, element: tuple[int, ...]) -> None:
    outcome = answer.outcome or ""
    is_handled = answer.failure is not None or outcome in step.outcome_edges or answer.otherwise in step.outcome_edges
    if answer.failure is None and outcome not in step.spec.block.failing_outcomes:
        return
    state.failures.append(StepFailure(step.name, element, outcome, answer.error, is_handled))


def _own_outputs(step: StepPlan, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    if outputs.keys() == step.own_names:
        return outputs
    # A step of ours may leave its error and outcome to the engine.
    optional = set() if step.spec.is_roboflow else {"error", "outcome"}
    missing = sorted(step.own_names - outputs.keys() - optional)
    extra = sorted(outputs.keys() - step.own_names - optional)
    if missing or extra:
        problems = [f"does not give {listed(missing)}"] if missing else []
        problems += [f"gives {listed(extra)}, which it does not declare"] if extra else []
        raise ExecutionEngineRuntimeError(
            f"The step `{step.name}` ({step.type}) {' and '.join(problems)}.", REGISTRATION
        )
    return outputs


def _good_outcome(step: StepPlan) -> str | None:
    outcomes = step.spec.block.outcomes_of(step.manifest)
    return outcomes[0] if outcomes else None
