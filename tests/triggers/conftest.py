"""Installations with workflows in force, on each database, and what starts their runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from ringline import Ringline
from ringline.simulator import Simulator
from ringline.twilio.webhooks import InboundMessage, parse_inbound
from ringline.workflow.runs import Run

PHONE = "+14155550123"
OURS = "+15550001111"
WITHIN = 20.0


def flow(name: str, *triggers: Mapping[str, Any], inputs: Sequence[str] = ("got",), **keys: Any) -> dict[str, Any]:
    """A workflow that gives back what it was started with; its inputs may be left out."""
    return {
        "version": "1.0",
        "name": name,
        "triggers": [dict(trigger) for trigger in triggers],
        "inputs": [{"type": "WorkflowParameter", "name": each, "default_value": ""} for each in inputs],
        "steps": [],
        "outputs": [{"type": "JsonField", "name": each, "selector": f"$inputs.{each}"} for each in inputs],
        **keys,
    }


def texting(name: str, *triggers: Mapping[str, Any], message: str = "Hello", to: str = PHONE) -> dict[str, Any]:
    """A workflow that sends one message."""
    step = {"type": "twilio/sms@v1", "name": "text", "to": to, "from": OURS, "message": message}
    return flow(name, *triggers, steps=[step])


async def publish(ringline: Ringline, definition: Mapping[str, Any]) -> int:
    """Register a definition and put it in force; gives its version."""
    kept = await ringline.workflows.register(definition)
    return (await ringline.workflows.publish(kept.name, kept.version)).version


async def runs_of(ringline: Ringline, workflow: str, count: int) -> list[Run]:
    """The runs of a workflow, oldest first, once there are *count* of them and all have ended."""
    async with asyncio.timeout(WITHIN):
        while True:
            found = await ringline.runs.list(workflow=workflow)
            if len(found) >= count and all(run.finished_at is not None for run in found):
                assert len(found) == count, found
                return found[::-1]
            await asyncio.sleep(0.01)


def written(body: str, number: int = 1, *, from_: str = PHONE, to: str = OURS, **form: str) -> InboundMessage:
    """A message to one of our numbers, as Twilio hands it over."""
    return parse_inbound(
        {
            "AccountSid": "AC" + "1" * 32,
            "MessageSid": f"SM{number:032x}",
            "From": from_,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": "1",
            **form,
        }
    )


def opened(database_url: str, simulator: Simulator, *, worker: bool = True) -> Ringline:
    """An installation on that database, with the simulator's account."""
    return Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
        public_url="http://127.0.0.1:1",
        worker=worker,
    )


@pytest.fixture
async def ringline(database_url: str, simulator: Simulator) -> AsyncIterator[Ringline]:
    """An installation on each database in turn."""
    async with opened(database_url, simulator) as installation:
        yield installation
