"""`flow/escalate@v1` in durable runs, on each database."""

from __future__ import annotations

import re
from typing import Any

import pytest

OURS = "+15550001111"
ANN, BOB, CAT = "+14155550101", "+14155550102", "+14155550103"


def escalation(**fields: Any) -> dict[str, Any]:
    return {
        "type": "flow/escalate@v1",
        "name": "alert",
        "contacts": [ANN, BOB],
        "message": "Fire in hall 3",
        "wait_for": "5m",
        "from": OURS,
        **fields,
    }


async def bodies(rig: Any, count: int) -> list[tuple[str, str]]:
    return [(message.to, message.body) for message in await rig.accepted(count)]


async def settled(rig: Any, run_id: str, alerts: int) -> None:
    """Return when so many alerts are out and the run knows it."""
    await rig.accepted(alerts)

    async def look() -> bool:
        history = await rig.ringline.runs.history(run_id)
        return sum(event.kind == "woken" and (event.details.get("key") or "").startswith("message/") for event in history) >= alerts

    await rig.until(look)
    await rig.waiting(run_id)


async def test_the_first_to_reply_has_it(rig: Any) -> None:
    run = await rig.start([escalation()])
    assert await bodies(rig, 1) == [(ANN, "Fire in hall 3")]
    await rig.waiting(run)

    await rig.says(ANN, "Ack, on my way")

    got = (await rig.outputs(run))["alert"]
    assert (got["outcome"], got["acknowledged_by"], got["level"], got["how"]) == ("acknowledged", ANN, 1, "reply")
    assert (got["answer"], got["error"]) == ("Ack, on my way", None)
    assert len(await rig.ringline.messages.list()) == 1
