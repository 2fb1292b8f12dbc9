"""Every error Ringline raises, cut by who must act on it.

::

    RinglineError                              catch this to catch them all
    ├── WorkflowError                          a workflow; carries public_message, context, inner_error
    │   ├── DefinitionError                    as written it cannot run: the author fixes it; .faults lists every fault
    │   │   ├── WorkflowSyntaxError  WorkflowDefinitionError  DuplicatedNameError
    │   │   ├── ExecutionGraphStructureError  InvalidReferenceTargetError  ReferenceTypeError
    │   │   ├── ControlFlowDefinitionError  StepInputDimensionalityError
    │   │   ├── StepInputLineageError  StepOutputLineageError
    │   │   ├── BlockInterfaceError  BlockInitParameterNotProvidedError
    │   │   ├── PluginLoadingError  PluginInterfaceError  UnknownManifestType
    │   │   ├── NotSupportedExecutionEngineError
    │   │   └── DurableRunRequired             it can wait, so it needs Ringline rather than a bare Workflow
    │   └── WorkflowExecutionEngineError       it compiled, and this run of it failed
    │       ├── RuntimeInputError  ExecutionEngineRuntimeError  InvalidBlockBehaviourError
    │       ├── StepExecutionError             carries block_id and block_type
    │       │   └── ClientCausedStepExecutionError
    │       └── RoboflowQueryLanguageError
    │           ├── UndeclaredSymbolError  InvalidInputTypeError  OperationTypeNotRecognisedError
    │           └── OperationError  EvaluationEngineError
    ├── TemplateError                          a {{ }} template cannot be read, or a name in it has no value
    ├── PhoneNumberError                       a number is not one Twilio can reach; says what is wrong
    ├── RequestError                           an argument or API field is wrong; carries field and fix
    │   └── IdempotencyConflict                the same key came with another content
    ├── TwilioError                            Twilio answered no, or nothing; carries code, status, request_id
    │   ├── TwilioRejectedError                4xx: sending it again cannot help
    │   └── TwilioUnavailableError             429, 5xx, time-out
    ├── CredentialError                        missing, wrong or unreadable; never prints the secret
    ├── NotFoundError                          no such message, run, workflow, credential
    └── StoreError                             the database could not do it (the driver's error is __cause__)
    ConfigurationError                         a wrong deployment; deliberately outside the tree, so that no
                                               ``except RinglineError`` hides it

A message Ringline chose not to send (opt-out, cooldown) raises nothing: it is stored as ``refused`` with its reason.
The names below ``WorkflowError`` are Roboflow's, so code written against them keeps working.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal


class RinglineError(Exception):
    """Catch this to catch everything Ringline raises on purpose."""


class ConfigurationError(Exception):
    """A setting of this deployment is wrong or missing; says which, and how to set it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a definition.

    ``line`` and ``column`` count from 1 and are ``None`` for definitions that did not come from text.
    ``code`` is the error class the fault alone would raise, or a warning's short name.
    """

    severity: Literal["error", "warning"]
    message: str
    fix: str = ""
    step: str | None = None
    field: str | None = None
    line: int | None = None
    column: int | None = None
    code: str = ""

    def as_text(self) -> str:
        """The fault as one or two lines for a terminal: where, what, and how to mend it."""
        where = []
        if self.line is not None:
            where.append(f"line {self.line}")
        if self.step is not None:
            where.append(f"step `{self.step}`")
        if self.field is not None:
            where.append(f"field `{self.field}`")
        place = ", ".join(where)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}\n  fix: {self.fix}" if self.fix else text


@dataclass(frozen=True, slots=True)
class BlockError:
    """Where in a definition an error lies, in Roboflow's form."""

    block_id: str | None = None
    block_type: str | None = None
    property_name: str | None = None
    property_details: str | None = None


class WorkflowError(RinglineError):
    """Something about a workflow; ``str()`` gives the sentence meant for people.

    ``context`` is the phase as a pipe-separated path, e.g. ``workflow_execution | step_execution``.
    """

    def __init__(
        self,
        public_message: str,
        context: str = "",
        inner_error: BaseException | None = None,
    ) -> None:
        super().__init__(public_message)
        self.public_message = public_message
        self.context = context
        self.inner_error = inner_error

    @property
    def inner_error_type(self) -> str | None:
        """Class name of the error underneath, if there is one."""
        return type(self.inner_error).__name__ if self.inner_error is not None else None


class DefinitionError(WorkflowError):
    """The workflow as written cannot run.

    ``faults`` holds every fault found, the first of them being the reason for this class;
    ``blocks_errors`` holds the same places in Roboflow's form.
    """

    def __init__(
        self,
        public_message: str,
        context: str = "workflow_compilation",
        inner_error: BaseException | None = None,
        *,
        blocks_errors: Sequence[BlockError] = (),
        faults: Sequence[Fault] = (),
    ) -> None:
        super().__init__(public_message, context, inner_error)
        self.blocks_errors = list(blocks_errors)
        self.faults = list(faults)


class WorkflowSyntaxError(DefinitionError):
    """The document, or a step in it, does not have the form its schema asks for."""


class WorkflowDefinitionError(DefinitionError):
    """The document's version cannot be read."""


class DuplicatedNameError(DefinitionError):
    """Two inputs, steps or outputs share a name."""


class ExecutionGraphStructureError(DefinitionError):
    """The steps do not form a graph that can be run: a cycle, a missing output, a doubled target."""


class InvalidReferenceTargetError(DefinitionError):
    """A selector points at an input or step that does not exist."""


class ReferenceTypeError(DefinitionError):
    """A selector points at a value of a kind the field does not take."""


class ControlFlowDefinitionError(DefinitionError):
    """A decision is taken on other data than the step it decides about."""


class StepInputDimensionalityError(DefinitionError):
    """A step's inputs are nested to depths that do not go together."""


class StepInputLineageError(DefinitionError):
    """A step mixes batches that do not come from the same origin."""


class StepOutputLineageError(DefinitionError):
    """A step's output would leave the batch it belongs to."""


class BlockInterfaceError(DefinitionError):
    """A block's class does not do what a block must."""


class BlockInitParameterNotProvidedError(DefinitionError):
    """A block asks for a service that this way of running workflows does not hand out."""


class PluginLoadingError(DefinitionError):
    """A package that offers blocks could not be loaded."""


class PluginInterfaceError(DefinitionError):
    """A package that offers blocks does not offer them in the agreed form."""


class UnknownManifestType(DefinitionError):  # noqa: N818 - Roboflow's name
    """A block's manifest is of no known type."""


class NotSupportedExecutionEngineError(DefinitionError):
    """The definition asks for a version of the language this release does not run."""


class DurableRunRequired(DefinitionError):  # noqa: N818 - the name says what to do
    """The workflow can wait, so it needs `Ringline` (a database) rather than a bare `Workflow`."""


class WorkflowExecutionEngineError(WorkflowError):
    """The workflow compiled, and this run of it failed."""


class RuntimeInputError(WorkflowExecutionEngineError):
    """A run was given a value its inputs do not take."""


class ExecutionEngineRuntimeError(WorkflowExecutionEngineError):
    """A block answered with something other than the outputs it declares."""


class InvalidBlockBehaviourError(WorkflowExecutionEngineError):
    """A block broke a rule of the engine while running."""


class LoopLimitError(WorkflowExecutionEngineError):
    """A step was led back to more often than its `max_visits` allows."""


class StepExecutionError(WorkflowExecutionEngineError):
    """A step raised; ``block_id`` is its name, ``inner_error`` what it raised."""

    def __init__(
        self,
        public_message: str,
        context: str = "workflow_execution | step_execution",
        inner_error: BaseException | None = None,
        *,
        block_id: str | None = None,
        block_type: str | None = None,
        block_traceback: str | None = None,
    ) -> None:
        super().__init__(public_message, context, inner_error)
        self.block_id = block_id
        self.block_type = block_type
        self.block_traceback = block_traceback


class ClientCausedStepExecutionError(StepExecutionError):
    """A step was refused by a server because of what was asked of it."""

    def __init__(self, *args: Any, status_code: int = 400, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.status_code = status_code


class RoboflowQueryLanguageError(WorkflowExecutionEngineError):
    """An operation or condition of the query language failed."""


class UndeclaredSymbolError(RoboflowQueryLanguageError):
    """An expression names a parameter that was not handed in."""


class InvalidInputTypeError(RoboflowQueryLanguageError):
    """An operation was given a value of a type it does not take."""


class OperationTypeNotRecognisedError(RoboflowQueryLanguageError):
    """There is no operation of that name."""


class OperationError(RoboflowQueryLanguageError):
    """An operation could not do its work on a value of the right type."""


class EvaluationEngineError(RoboflowQueryLanguageError):
    """A condition could not be decided on these values."""


class TemplateError(RinglineError):
    """A template cannot be read, or a name in it has no value.

    ``position`` is the offset of the expression in the template, in characters.
    """

    def __init__(self, message: str, *, position: int | None = None, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.fix = fix


class RequestError(RinglineError, ValueError):
    """An argument or API field is wrong; ``field`` names it and ``fix`` says what to do."""

    def __init__(self, message: str, *, field: str | None = None, fix: str = "", code: str = "invalid_request") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.fix = fix
        self.code = code


class PhoneNumberError(RequestError):
    """A phone number cannot be used; the message says what is wrong with it."""

    def __init__(self, message: str, *, field: str | None = None, fix: str = "") -> None:
        super().__init__(message, field=field, fix=fix, code="invalid_phone_number")


class IdempotencyConflict(RequestError):  # noqa: N818 - a conflict, not a failure
    """The same idempotency key came before with another content."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message, field="Idempotency-Key", fix=fix, code="idempotency_conflict")


class TwilioError(RinglineError):
    """Twilio answered no, or did not answer.

    ``code`` is Twilio's error code (`docs/reference/twilio-errors.md`), ``status`` the HTTP status; either is
    ``None`` when no answer was read.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        status: int | None = None,
        request_id: str | None = None,
        fix: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.request_id = request_id
        self.fix = fix
        self.retry_after = retry_after


class TwilioRejectedError(TwilioError):
    """Twilio refused the request (4xx); sending it again cannot help."""


class TwilioUnavailableError(TwilioError):
    """Twilio could not be reached, was too busy, or failed (429, 5xx, time-out)."""


class CredentialError(RinglineError):
    """A credential is missing, wrong or cannot be decrypted. Never carries the secret."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class NotFoundError(RinglineError, LookupError):
    """There is no message, run, workflow or credential of that name or id."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class StoreError(RinglineError):
    """The database could not do what was asked; the driver's error is ``__cause__``."""
