"""Which version of a workflow is published: its triggers are in force, and those of every other version are not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.triggers import store
from ringline.triggers.published import PublishedTrigger
from ringline.workflow.triggers import InboundMessageTrigger, ScheduleTrigger, Trigger, WebhookTrigger

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

CHANNEL = "triggers"
"""Under this name processes tell each other that triggers have changed."""


@dataclass(frozen=True, slots=True)
class Published:
    """Which version of a workflow is in force, and what its author should know."""

    workflow: str
    version: int
    warnings: tuple[str, ...] = ()


def publish_in(
    tx: Transaction,
    *,
    workflow: str,
    version: int,
    triggers: Sequence[Trigger],
    defaults: Mapping[str, Any],
    now: float,
) -> Published:
    """Put the triggers of *version* in place of those of the version before.

    A trigger that both have goes on: a schedule keeps the times it still owes.
    """
    before = {row["key"]: row for row in store.triggers_of(tx, workflow)}
    for trigger in triggers:
        earlier = before.pop(trigger.key, None)
        row = _row(workflow, version, trigger, defaults, now, earlier)
        (store.add_trigger if earlier is None else store.replace_trigger)(tx, row)
    for key in before:
        store.remove_trigger(tx, workflow, key)
    store.set_published(tx, workflow=workflow, version=version, now=now)
    tx.notify(CHANNEL, workflow)
    return Published(workflow, version, tuple(_shared_keywords(tx, workflow, triggers)))


def unpublish_in(tx: Transaction, workflow: str) -> None:
    """Take the triggers of a workflow out of force; its versions and runs stay."""
    store.retire(tx, workflow)
    tx.notify(CHANNEL, workflow)


def _row(
    workflow: str, version: int, trigger: Trigger, defaults: Mapping[str, Any], now: float, earlier: Row | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "workflow": workflow,
        "key": trigger.key,
        "version": version,
        "place": trigger.place,
        "type": trigger.type,
        "config": json.dumps(trigger.as_data()),
        "defaults": json.dumps(dict(defaults)),
        "path": trigger.path if isinstance(trigger, WebhookTrigger) else None,
        "timing": None,
        "anchor": now if earlier is None else earlier["anchor"],
        "next_at": None,
    }
    if isinstance(trigger, ScheduleTrigger):
        row["timing"] = json.dumps([trigger.cron, trigger.at, trigger.every, trigger.zone(defaults)])
        if earlier is not None and earlier["timing"] == row["timing"]:
            row["next_at"] = earlier["next_at"]
        else:
            row["anchor"] = now
            row["next_at"] = trigger.schedule(defaults, anchor=now).next_after(now)
    return row


def _shared_keywords(tx: Transaction, workflow: str, triggers: Sequence[Trigger]) -> list[str]:
    """What others wait for as well: of two that fit a message equally well, the one published first gets it."""
    own = [trigger for trigger in triggers if isinstance(trigger, InboundMessageTrigger)]
    if not own:
        return []
    found = []
    for row in store.triggers_of_type(tx, "inbound_message"):
        if row["workflow"] == workflow:
            continue
        other = PublishedTrigger.of(row).trigger
        assert isinstance(other, InboundMessageTrigger)
        for trigger in own:
            for what in _both_take(trigger, other):
                found.append(
                    f"`{row['workflow']}` also takes {what}; of two workflows that fit equally well, the one "
                    "published first gets the message."
                )
    return found


def _both_take(one: InboundMessageTrigger, other: InboundMessageTrigger) -> list[str]:
    if (set(one.to) != set(other.to)) or (set(one.from_) != set(other.from_)) or one.channel != other.channel:
        return []
    if not one.words and not other.words:
        return ["every message"]
    words = {word.casefold() for word in other.words}
    return [f"the keyword `{word}`" for word in one.words if word.casefold() in words]
