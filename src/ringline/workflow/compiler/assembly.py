"""Turns a definition that has nothing wrong with it into a plan: slots, sources, edges, all numbered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringline.clock import Clock, SystemClock
from ringline.workflow.compiler.control_flow import reachable
from ringline.workflow.compiler.draft import Draft, OutputDraft, Reference, StepDraft
from ringline.workflow.compiler.lineage import lineage_of_input
from ringline.workflow.compiler.ordering import full_graph
from ringline.workflow.compiler.questions import replies_before
from ringline.workflow.execution.parts import (
    CheckedInput,
    Container,
    Gate,
    Lineage,
    OutputPlan,
    Source,
    StepPlan,
    TemplateField,
)
from ringline.workflow.plan import Plan
from ringline.workflow.template_functions import functions_for


def assemble(draft: Draft) -> Plan:
    """The plan of a draft whose blocks are built."""
    return _Assembly(draft).plan()


class _Assembly:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.slots = 0
        self.input_slots: dict[str, tuple[int, Lineage]] = {
            name: (self._slot(), lineage_of_input(value)) for name, value in draft.inputs.items()
        }
        self.output_slots: dict[str, dict[str, int]] = {
            step.name: {name: self._slot() for name in step.outputs or ()} for step in draft.order
        }
        self.edges = 0
        for step in draft.order:
            for edge in step.outgoing:
                if not edge.is_jump:
                    edge.index = self.edges
                    self.edges += 1
        self.checked: list[CheckedInput] = []
        self.positions = {step.name: position for position, step in enumerate(draft.order)}
        self.read = _read_outputs(draft)

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def plan(self) -> Plan:
        draft = self.draft
        steps = tuple(self._step(step) for step in draft.order)
        outputs = tuple(self._output(output) for output in draft.outputs)
        services = draft.services or {}
        clock: Clock = services.get("clock") or SystemClock()
        defaults = draft.defaults.given()
        singles = all(not output.lineage and not output.is_wildcard for output in outputs)
        return Plan(
            document=draft.document,
            name=draft.name,
            description=draft.description,
            defaults=defaults,
            triggers=tuple(draft.triggers),
            inputs=dict(draft.inputs),
            outputs=outputs,
            steps=steps,
            downstream=self._downstream(),
            variables=dict(draft.variables),
            faults=draft.findings.all(),
            durable_reasons=tuple(_durable_reasons(draft)),
            clock=clock,
            make_helpers=lambda: functions_for(services, defaults, clock),
            slot_count=self.slots,
            edge_count=self.edges,
            parameters=tuple(
                (name, self.input_slots[name][0], value.default_value)
                for name, value in draft.inputs.items()
                if value.type in ("WorkflowParameter", "InferenceParameter")
            ),
            batches=tuple(
                (value, *self.input_slots[name]) for name, value in draft.inputs.items() if value.batch_dimensions
            ),
            checked_inputs=tuple(self.checked),
            output_slots=self.output_slots,
            input_slots=self.input_slots,
            step_lineages={step.name: step.output_lineage for step in draft.order},
            single_outputs=tuple((output.name, output.slots[0][1]) for output in outputs) if singles else None,
        )

    def _downstream(self) -> dict[int, tuple[int, ...]]:
        """For each step that is led back to: itself and all that comes after it."""
        targets = {edge.target.name for step in self.draft.order for edge in step.outgoing if edge.is_jump}
        graph = full_graph(self.draft) if targets else {}
        return {
            self.positions[name]: tuple(sorted(self.positions[one] for one in (name, *reachable(graph, name))))
            for name in targets
        }

    def _step(self, draft: StepDraft) -> StepPlan:
        spec, manifest, block = draft.spec, draft.manifest, draft.block
        assert spec is not None
        assert manifest is not None
        assert block is not None
        outputs = self.output_slots[draft.name]
        own = [output.name for output in spec.block.outputs_of(manifest)]
        options = draft.options
        step = StepPlan(
            index=draft.index,
            name=draft.name,
            option_keys=tuple(draft.option_data),
            spec=spec,
            manifest=manifest,
            block=block,
            run=block.run,  # type: ignore[attr-defined]  # the registry has seen that it is there
            constants={
                field.name: getattr(manifest, field.name) for field in spec.fields if field.name in spec.run_parameters
            },
            direct=(),
            containers=(),
            templates=tuple(
                TemplateField(
                    name=use.field.name,
                    template=use.compiled,
                    always_text=use.always_text,
                    element=use.element,
                    is_checked=not use.always_text and use.element is None and not use.field.is_unchecked,
                )
                for use in draft.templates
                if use.compiled is not None and use.field.name in spec.run_parameters
            ),
            checked=(),
            takes_step=spec.takes_step,
            accepts_none=spec.block.accepts_none,
            lineage=draft.lineage,
            output_lineage=draft.output_lineage,
            outputs=tuple(
                (name, outputs[name]) for name in own if name not in ("outcome", "error") or spec.is_roboflow
            ),
            own_names=frozenset(own),
            outcome_slot=None if spec.is_roboflow else outputs.get("outcome"),
            error_slot=None if spec.is_roboflow else outputs.get("error"),
            gate=self._gate(draft),
            selects=tuple(
                (f"$steps.{edge.target.name}", edge.index) for edge in draft.outgoing if edge.kind == "select"
            ),
            next_edges=tuple(edge.index for edge in draft.outgoing if edge.kind == "next"),
            outcome_edges={
                outcome: tuple(
                    edge.index
                    for edge in draft.outgoing
                    if edge.kind == "outcome" and edge.label == outcome and not edge.is_jump
                )
                for outcome in options.outcomes
            },
            error_edges=tuple(edge.index for edge in draft.outgoing if edge.kind == "error" and not edge.is_jump),
            on_error=options.on_error,
            retry=options.retry,
            timeout=options.step_timeout,
            writes=tuple(draft.writes.items()),
            replies=replies_before(self.draft, draft),
            position=self.positions[draft.name],
            needs=self._needs(draft),
            named=tuple(self.positions[name] for name in draft.after),
            edge_names=_edge_names(draft),
            jumps=self._jumps(draft),
            max_visits=options.max_visits,
            bounds_visits="max_visits" in draft.option_data and not draft.lineage,
            kept=frozenset(
                name for name in outputs if (draft.name, name) in self.read or (draft.name, "") in self.read
            ),
        )
        step.direct, step.containers = self._sources(draft, step)
        if not spec.is_roboflow and not spec.block.whole_batch and spec.block.dimensionality_offset >= 0:
            step.checked = tuple(
                reference.field.name
                for reference in draft.references
                if reference.element is None
                and reference.selector is not None
                and reference.selector.kind == "output"
                and reference.field.direct.literal
                and not reference.field.is_unchecked
                and reference.field.name in spec.run_parameters
            )
        step.is_simple = (
            not step.lineage
            and not step.templates
            and not step.writes
            and not step.checked
            and not spec.block.outcomes
            and spec.block.dimensionality_offset == 0
            and step.outcome_slot is None
            and step.error_slot is None
            and step.retry is None
            and step.own_timeout is None
            and step.on_error == "fail"
        )
        return step

    def _sources(
        self, draft: StepDraft, step: StepPlan
    ) -> tuple[tuple[tuple[str, Source], ...], tuple[Container, ...]]:
        direct: list[tuple[str, Source]] = []
        inner: dict[str, list[tuple[Any, Source]]] = {}
        for reference in draft.references:
            if reference.field.name not in step.constants:
                continue
            source = self._source(reference, step)
            if reference.element is None:
                direct.append((reference.field.name, source))
            else:
                inner.setdefault(reference.field.name, []).append((reference.element, source))
        containers = []
        for name, sources in inner.items():
            base = step.constants.pop(name)
            containers.append(Container(name, dict(base) if isinstance(base, Mapping) else list(base), tuple(sources)))
        for name, _ in direct:
            step.constants.pop(name, None)
        return tuple(direct), tuple(containers)

    def _source(self, reference: Reference, step: StepPlan) -> Source:
        selector = reference.selector
        assert selector is not None
        if selector.kind == "output":
            assert selector.output is not None
            lineage = self.draft.steps[selector.name].output_lineage
            slot = self.output_slots[selector.name][selector.output]
            # A field of our blocks that may be left out may also come from a step that did not run.
            if step.accepts_none:
                return Source(slot, bool(lineage), skips=False)
            if step.spec.is_roboflow or reference.field.is_required or reference.element is not None:
                return Source(slot, bool(lineage), skips=True)
            info = type(step.manifest).model_fields[reference.field.name]
            return Source(slot, bool(lineage), skips=False, absent=info.get_default(call_default_factory=True))
        slot, lineage = self.input_slots[selector.name]
        if (
            not lineage
            and reference.element is None
            and reference.field.direct.literal
            and not reference.field.is_unchecked
        ):
            checked = self._slot()
            self.checked.append(CheckedInput(slot, checked, step, reference.field.name, selector.name))
            slot = checked
        return Source(slot, bool(lineage), bool(lineage) and not step.accepts_none)

    def _gate(self, step: StepDraft) -> Gate | None:
        arriving = [edge for edge in step.incoming if not edge.is_jump]
        if not arriving:
            return None
        edges = tuple((edge.index, edge.source.decision_lineage) for edge in arriving)
        sources = tuple(self.positions[edge.source.name] for edge in arriving)
        return Gate(edges, needs_all=step.join == "all", sources=sources)

    def _needs(self, step: StepDraft) -> tuple[int, ...]:
        names = {*step.data_sources(), *step.after, *step.soft}
        return tuple(sorted(self.positions[name] for name in names))

    def _jumps(self, step: StepDraft) -> dict[str, tuple[int, ...]]:
        jumps: dict[str, tuple[int, ...]] = {}
        for edge in step.outgoing:
            if edge.is_jump:
                way = edge.label if edge.kind == "outcome" else "on_error"
                jumps[way] = (*jumps.get(way, ()), self.positions[edge.target.name])
        return jumps

    def _output(self, output: OutputDraft) -> OutputPlan:
        selector, name = output.selector, output.model.name
        assert selector is not None
        if selector.kind == "input":
            slot, lineage = self.input_slots[selector.name]
            return OutputPlan(name, ((None, slot, tuple(self.draft.inputs[selector.name].kind)),), lineage, False)
        step = self.draft.steps[selector.name]
        slots, outputs = self.output_slots[step.name], step.outputs or {}
        if selector.output == "*" and "*" not in outputs:
            every = tuple((key, slots[key], value.kinds) for key, value in outputs.items())
            return OutputPlan(name, every, step.output_lineage, True)
        key = str(selector.output)
        return OutputPlan(name, ((None, slots[key], outputs[key].kinds),), step.output_lineage, False)


def _read_outputs(draft: Draft) -> set[tuple[str, str]]:
    """Every (step, output) that a selector, a template or an output of the workflow reads; "" for all of a step's."""
    read = {
        (reference.selector.name, reference.selector.output or "")
        for step in draft.order
        for reference in step.references
        if reference.selector is not None and reference.selector.kind == "output"
    }
    read |= {pair for step in draft.order for template in step.templates for pair in template.steps}
    selectors = [output.selector for output in draft.outputs if output.selector is not None]
    read |= {(selector.name, selector.output or "") for selector in selectors if selector.kind == "output"}
    return {(step, "" if output == "*" else output) for step, output in read}


def _edge_names(step: StepDraft) -> dict[str, int]:
    names: dict[str, int] = {}
    for edge in step.outgoing:
        if not edge.is_jump:
            name = f"{edge.kind} {edge.label}>{edge.target.name}"
            names[f"{name}#{len(names)}" if name in names else name] = edge.index
    return names


def _durable_reasons(draft: Draft) -> list[str]:
    reasons = [
        f"the step `{step.name}` ({step.type}) waits."
        for step in draft.order
        if step.spec is not None and step.spec.block.can_wait
    ]
    reasons += [
        f"the step `{step.name}` leads back to `{edge.target.name}`."
        for step in draft.order
        for edge in step.outgoing
        if edge.is_jump
    ]
    return reasons
