"""Where the compiler puts what it finds: every fault, and what the raised error needs to know of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ringline.errors import BlockError, DefinitionError, Fault
from ringline.workflow.document import Document

Path = tuple[str | int, ...]

ENGINE = "workflow_compilation | engine_initialisation"
PARSING = "workflow_compilation | workflow_definition_parsing"
SPECIFICATION = "workflow_compilation | specification_validation"
GRAPH = "workflow_compilation | execution_graph_construction"
INPUT_DEPTHS = f"{GRAPH} | collecting_step_input_data"
INPUT_LINEAGE = f"{GRAPH} | collecting_step_inputs_lineage"
DECISION_LINEAGE = f"{GRAPH} | verification_of_control_flow_lineage"
INITIALISATION = "workflow_compilation | steps_initialisation"


@dataclass(frozen=True, slots=True)
class Finding:
    """An error together with the class, phase and places it is raised with."""

    fault: Fault
    error: type[DefinitionError]
    context: str
    blocks: tuple[BlockError, ...] = ()


@dataclass
class Findings:
    """Errors in the order of the phases, and warnings."""

    document: Document
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def error(
        self,
        error: type[DefinitionError],
        context: str,
        message: str,
        fix: str = "",
        *,
        at: Path = (),
        on_key: bool = False,
        step: str | None = None,
        field: str | None = None,
        blocks: Sequence[BlockError] = (),
    ) -> None:
        """Note that the definition cannot run; *at* is the path of the offending value, or of its key."""
        line, column = self._place(at, on_key)
        fault = Fault("error", message, fix, step, field, line, column, error.__name__)
        self.errors.append(Finding(fault, error, context, tuple(blocks)))

    def warning(
        self,
        code: str,
        message: str,
        fix: str = "",
        *,
        at: Path = (),
        on_key: bool = False,
        step: str | None = None,
        field: str | None = None,
    ) -> None:
        """Note something that runs and is hardly meant; *code* is its short name."""
        line, column = self._place(at, on_key)
        self.warnings.append(Fault("warning", message, fix, step, field, line, column, code))

    def has_warning(self, step: str, field: str | None) -> bool:
        """Whether this field has been remarked on already."""
        return any(fault.step == step and (fault.field or "").partition(".")[0] == field for fault in self.warnings)

    def all(self) -> list[Fault]:
        """Errors in phase order, then warnings in the order of the text."""
        warnings = [*self.document.warnings, *self.warnings]
        warnings.sort(key=lambda fault: (fault.line or 0, fault.column or 0))
        return [*(finding.fault for finding in self.errors), *warnings]

    def exception(self) -> DefinitionError | None:
        """The error to raise: of the class of the first fault, holding all of them."""
        if not self.errors:
            return None
        first = self.errors[0]
        alike = [finding for finding in self.errors if (finding.error, finding.context) == (first.error, first.context)]
        if len(self.errors) == 1:
            message = first.fault.as_text()
        else:
            lines = [f"- {finding.fault.as_text()}" for finding in self.errors]
            message = "\n".join([f"The definition has {len(lines)} faults.", *lines])
        blocks = [place for finding in alike for place in finding.blocks]
        return first.error(message, first.context, blocks_errors=blocks, faults=self.all())

    def _place(self, path: Path, on_key: bool) -> tuple[int | None, int | None]:
        place = self.document.key_position(path) if on_key else self.document.position(path)
        return place if place is not None else (None, None)
