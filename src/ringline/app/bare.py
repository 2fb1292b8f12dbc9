"""Workflows in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.app.registry import block_registry
from ringline.app.services import credential_values, template_helpers
from ringline.clock import Clock, SystemClock
from ringline.settings import load_settings, process_environment
from ringline.workflow import Plan, compile_definition, load_document

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from ringline.app.services import Credentials
    from ringline.errors import Fault
    from ringline.workflow import Definition
    from ringline.workflow.document import Document


class Workflow:
    """A workflow in memory. Cooldowns and what blocks remember live in this process, and messages are sent before
    `run` returns. What may wait, or must not lose anything, belongs to `Ringline`.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        *,
        clock: Clock | None = None,
        twilio_base_url: str | None = None,
        credentials: Credentials | None = None,
    ) -> Workflow:
        """The workflow that a YAML or JSON file declares.

        *credentials* are account SID and auth token by name. *twilio_base_url* sends every request there instead of
        to Twilio; without it ``RINGLINE_TWILIO_BASE_URL`` holds. Raises `DefinitionError` with every fault found.
        """
        return cls(_plan_in_memory(load_document(Path(path)), clock, twilio_base_url, credentials))

    @classmethod
    def from_dict(
        cls,
        definition: Mapping[str, Any] | Definition,
        *,
        clock: Clock | None = None,
        twilio_base_url: str | None = None,
        credentials: Credentials | None = None,
    ) -> Workflow:
        """The workflow that a dict, or a `Definition` of typed steps, declares; else as `from_file`."""
        return cls(_plan_in_memory(definition, clock, twilio_base_url, credentials))

    def run(self, inputs: Mapping[str, Any] | None = None, *, serialize: bool = False) -> list[dict[str, Any]]:
        """Run once and give the outputs: one dict, or one per element of the input batch.

        *serialize* turns values into JSON's and masks secrets. Also works inside a running event loop, which it
        blocks. Raises `WorkflowExecutionEngineError` for the first step that fails.
        """
        return self._plan.run(inputs, serialize=serialize)

    async def arun(self, inputs: Mapping[str, Any] | None = None, *, serialize: bool = False) -> list[dict[str, Any]]:
        """As `run`, without blocking the event loop while a step waits for Twilio."""
        return await self._plan.arun(inputs, serialize=serialize)

    def check(self) -> list[Fault]:
        """What is doubtful about the definition: its warnings. Errors were raised when it was compiled."""
        return self._plan.check()


def _plan_in_memory(
    source: Mapping[str, Any] | Definition | Document,
    clock: Clock | None,
    twilio_base_url: str | None,
    credentials: Credentials | None,
) -> Plan:
    from ringline.egress import HttpClient
    from ringline.messaging.direct import DirectSender

    settings = load_settings(twilio_base_url=twilio_base_url)
    clock = clock or SystemClock()
    sender = DirectSender(
        clock=clock, base_url=settings.twilio_base_url, credentials=credential_values(credentials or {})
    )
    services: dict[str, Any] = {
        "messages": sender,
        "clock": clock,
        "http": HttpClient(allowed=settings.private_hosts),
        "environment": process_environment(),
        "disable_sinks": False,
        "cooldown_scope": "process",
        "template_helpers": template_helpers(clock),
    }
    return compile_definition(source, block_registry(), services)
