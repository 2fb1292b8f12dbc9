"""A compiled definition: everything a run needs worked out once, so that running it is only calling blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ringline.clock import Clock
from ringline.errors import DurableRunRequired, Fault
from ringline.workflow.block import Block
from ringline.workflow.definition import Input
from ringline.workflow.execution.inputs import read_inputs
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.execution.parts import CheckedInput, Lineage, OutputPlan, StepPlan
from ringline.workflow.execution.state import PerElement, RunState, StepFailure
from ringline.workflow.execution.steps import run_steps
from ringline.workflow.kinds import written
from ringline.workflow.triggers import Trigger

if TYPE_CHECKING:
    from ringline.workflow.document import Document


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave: its outputs, and what went wrong in it without ending it."""

    outputs: list[dict[str, Any]]
    run_id: str | None
    failures: list[StepFailure]
    variables: dict[str, Any]

    @property
    def has_failures(self) -> bool:
        """Whether a step ended in a failing outcome that the definition does not handle."""
        return any(not failure.is_handled for failure in self.failures)


@dataclass(eq=False)
class Plan:
    """A workflow that can run. One plan serves any number of runs, in any number of threads.

    ``name`` and ``description`` are the author's; ``faults`` the warnings; ``durable_reasons`` says, a sentence each,
    why the workflow needs `Ringline`; ``internet_steps`` names the steps that reach out of this machine.
    """

    document: Document
    name: str | None
    description: str | None
    defaults: Mapping[str, Any]
    triggers: Sequence[Trigger]
    inputs: Mapping[str, Input]
    outputs: tuple[OutputPlan, ...]
    steps: tuple[StepPlan, ...]
    variables: Mapping[str, Any]
    faults: list[Fault]
    durable_reasons: tuple[str, ...]
    clock: Clock
    make_helpers: Callable[[], Mapping[str, Any]]
    slot_count: int
    edge_count: int
    parameters: tuple[tuple[str, int, Any], ...]
    """Name, slot and default of inputs that are one value."""
    batches: tuple[tuple[Input, int, Lineage], ...]
    checked_inputs: tuple[CheckedInput, ...]
    output_slots: Mapping[str, Mapping[str, int]]
    """Slots by step and output, for templates."""
    input_slots: Mapping[str, tuple[int, Lineage]]
    step_lineages: Mapping[str, Lineage]
    downstream: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """For each step that something leads back to: itself and all that comes after it, by their places."""
    single_outputs: tuple[tuple[str, int], ...] | None = None
    """Name and slot of each output, where all are single values."""
    version: int = 0
    """Which version of the workflow this is, where it is kept."""
    first_memories: Mapping[str, Any] | None = field(default=None, repr=False)
    """What `dump_state` gave before the first durable run."""
    _helpers: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def helpers(self) -> Mapping[str, Any]:
        """What templates may call."""
        if self._helpers is None:
            self._helpers = self.make_helpers()
        return self._helpers

    @property
    def internet_steps(self) -> list[str]:
        """Names of the steps that need the internet."""
        return [step.name for step in self.steps if step.spec.block.needs_internet]

    @property
    def needs_durable_run(self) -> bool:
        """Whether the workflow can wait or go back, which takes a database."""
        return bool(self.durable_reasons)

    @cached_property
    def remembers(self) -> bool:
        """Whether a block of it remembers something between runs (language rule R13)."""
        return any(type(step.block).dump_state is not Block.dump_state for step in self.steps)

    def dump_state(self) -> dict[str, Any]:
        """What the steps' blocks remember between runs, by step; without those that remember nothing."""
        states = {step.name: step.block.dump_state() for step in self.steps}
        return {name: state for name, state in states.items() if state is not None}

    def load_state(self, states: Mapping[str, Any]) -> None:
        """Let the blocks go on from what `dump_state` gave, also in another process."""
        for step in self.steps:
            if step.name in states:
                step.block.load_state(states[step.name])

    def check(self) -> list[Fault]:
        """What is odd about the definition without keeping it from running."""
        return list(self.faults)

    def check_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Raise `RuntimeInputError` if a run could not start with these."""
        read_inputs(self, self._start(False, None, None), inputs)

    def written_inputs(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs in the form of JSON; what is declared as a secret, or goes where one belongs, is masked.

        Values the workflow does not declare are left out.
        """
        return {
            name: _written_deep(inputs[name], ("secret",) if name in self.secret_inputs else declared.kind)
            for name, declared in self.inputs.items()
            if name in inputs
        }

    @cached_property
    def secret_slots(self) -> tuple[int, ...]:
        """Where a run holds secrets: inputs, and outputs of steps."""
        inputs = [self.input_slots[name][0] for name in sorted(self.secret_inputs) if name in self.input_slots]
        outputs = [
            self.output_slots[step.name][output.name]
            for step in self.steps
            for output in step.spec.block.outputs_of(step.manifest)
            if "secret" in output.kinds
        ]
        return (*inputs, *outputs)

    @property
    def secret_inputs(self) -> set[str]:
        """Inputs that hold a secret: by their kind, or because a step's field for secrets reads them."""
        declared = {name for name, one in self.inputs.items() if "secret" in one.kind}
        read = {
            str(getattr(step.manifest, field.name))[len("$inputs.") :]
            for step in self.steps
            for field in step.spec.fields
            if field.is_secret and str(getattr(step.manifest, field.name)).startswith("$inputs.")
        }
        return declared | read

    def run(self, inputs: Mapping[str, Any] | None = None, *, serialize: bool = False) -> list[dict[str, Any]]:
        """Run it once and give one dict of outputs, or one for each element of the input batch.

        Works inside a running event loop too, which stands still meanwhile; steps that await do so on a loop of their
        own. *serialize* gives values in the form of JSON, with secrets masked.

        Raises:
            RuntimeInputError: The inputs are not what the workflow takes.
            StepExecutionError: A step raised; other errors below `WorkflowError` come from blocks as they are.
            DurableRunRequired: The workflow can wait, and this run could not.
        """
        return self.execute(inputs, serialize=serialize).outputs

    async def arun(self, inputs: Mapping[str, Any] | None = None, *, serialize: bool = False) -> list[dict[str, Any]]:
        """As `run`, on the caller's event loop."""
        return (await self.aexecute(inputs, serialize=serialize)).outputs

    def execute(
        self,
        inputs: Mapping[str, Any] | None = None,
        *,
        serialize: bool = False,
        run_id: str | None = None,
        trigger: Mapping[str, Any] | None = None,
    ) -> RunResult:
        """As `run`, and tells what went wrong in steps that did not end the run.

        *run_id* is the id the run's messages are written down under; *trigger* is what ``{{trigger.…}}`` reads.
        """
        state = self._start(False, run_id, trigger)
        work = _run(self, state, inputs, serialize)
        # A synchronous run never suspends: what awaits is waited for on the background loop.
        try:
            work.send(None)
        except StopIteration as end:
            return _result(state, end.value)
        finally:
            work.close()
        raise AssertionError("a synchronous run suspended")

    async def aexecute(
        self,
        inputs: Mapping[str, Any] | None = None,
        *,
        serialize: bool = False,
        run_id: str | None = None,
        trigger: Mapping[str, Any] | None = None,
    ) -> RunResult:
        """As `execute`, on the caller's event loop."""
        state = self._start(True, run_id, trigger)
        return _result(state, await _run(self, state, inputs, serialize))

    def _start(self, is_async: bool, run_id: str | None, trigger: Mapping[str, Any] | None) -> RunState:
        if self.durable_reasons:
            raise DurableRunRequired(
                f"This workflow can wait, and a bare Workflow cannot: {' '.join(self.durable_reasons)} "
                "Run it with Ringline: `run = await ringline.workflow(…).start(inputs)`, or `ringline run FILE`.",
                "workflow_execution | run_start",
            )
        return RunState(self, [None] * self.slot_count, [False] * self.edge_count, is_async, run_id, trigger)


def _result(state: RunState, outputs: list[dict[str, Any]]) -> RunResult:
    variables = {
        name: value.values if isinstance(value, PerElement) else value for name, value in state.variables.items()
    }
    return RunResult(outputs, state.given_id, state.failures, variables)


async def _run(plan: Plan, state: RunState, inputs: Mapping[str, Any] | None, serialize: bool) -> list[dict[str, Any]]:
    read_inputs(plan, state, inputs or {})
    await run_steps(plan, state)
    return build_outputs(plan, state, serialize)


def _written_deep(value: Any, kinds: Sequence[str]) -> Any:
    """A value, or each one of a batch."""
    if isinstance(value, list):
        return [_written_deep(element, kinds) for element in value]
    return written(value, kinds)
