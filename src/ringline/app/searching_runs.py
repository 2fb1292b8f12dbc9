"""Runs by what people remember of them: an id, a workflow, a number, a name, or words that were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.app.conversing import find
from ringline.ids import number_of_name

if TYPE_CHECKING:
    from ringline.app.system import Ringline

MOST = 500
"""Messages and calls that are looked at for the runs they belong to."""


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """Runs of these workflows, and these runs."""

    workflows: Sequence[str] = ()
    ids: Sequence[str] = ()


async def find_runs(parts: Ringline, text: str) -> FoundRuns:
    """What a search for *text* means."""
    if text.startswith("run_"):
        return FoundRuns(ids=(text,) if number_of_name("run", text) is not None else ())
    named = [one.name for one in await parts.workflows.list() if text.lower() in one.name.lower()]
    found = await find(parts, text)
    ids: list[str | None] = []
    if found.people or found.ids:
        chosen: dict[str, Any] = {"people": list(found.people), "ids": list(found.ids)}
        messages = await parts.outbox.list(limit=MOST, filters=chosen)
        calls = await parts.calls.list(limit=MOST, **chosen)
        ids = [*(one.run_id for one in messages), *(one.run_id for one in calls)]
        received = [one for one in found.ids if one.startswith("inb_")]
        ids += [(await parts.inbound.get(one)).run_id for one in received[:MOST]]
    runs = dict.fromkeys(one for one in ids if one is not None and one.startswith("run_"))
    return FoundRuns(named, tuple(runs))
