"""A trigger of a published version, as it stands in its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ringline.workflow.triggers import ScheduleTrigger, Trigger, read_trigger

if TYPE_CHECKING:
    from ringline.database import Row
    from ringline.workflow.schedules import Schedule


@dataclass(frozen=True, slots=True)
class PublishedTrigger:
    """A trigger, the version it belongs to, and, for a schedule, when it fires next."""

    workflow: str
    version: int
    key: str
    place: int
    trigger: Trigger
    defaults: Mapping[str, Any]
    anchor: float
    next_at: float | None

    @classmethod
    def of(cls, row: Row) -> PublishedTrigger:
        """From a row of the table `triggers`."""
        return cls(
            workflow=row["workflow"],
            version=row["version"],
            key=row["key"],
            place=row["place"],
            trigger=_trigger(row["config"]),
            defaults=_defaults(row["defaults"]),
            anchor=row["anchor"],
            next_at=row["next_at"],
        )

    def schedule(self) -> Schedule:
        """When it fires; of a schedule."""
        assert isinstance(self.trigger, ScheduleTrigger)
        return self.trigger.schedule(self.defaults, anchor=self.anchor)


@lru_cache(maxsize=1024)
def _defaults(text: str) -> Mapping[str, Any]:
    return MappingProxyType(json.loads(text))


@lru_cache(maxsize=1024)
def _trigger(config: str) -> Trigger:
    return read_trigger(json.loads(config))
