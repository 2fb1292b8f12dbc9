"""How often the parts of an installation look up by themselves; what they are told or know to be due comes at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from ringline.outbox.settings import OutboxSettings


@dataclass(frozen=True, slots=True)
class Timing:
    """Spans in seconds. Tests with virtual time make them long, so that time passes in few steps."""

    outbox: OutboxSettings = field(default_factory=OutboxSettings)
    tidy: float = 3600.0
    """Between two rounds of deleting what nobody needs any more."""
    tick: float = 30.0
    """The longest sleep of a sweep when nothing is due; on Postgres, where other processes make rows, `tick_shared`."""
    tick_shared: float = 1.0
    beat: float = 10.0
    """Between two times that this process says that it works."""

    def longest_sleep(self, dialect: str) -> float:
        """How long a sweep sleeps at most on such a database."""
        return self.tick_shared if dialect == "postgresql" else self.tick

    @classmethod
    def alone(cls, longest: float) -> Timing:
        """For one process that nothing else works beside: it wakes only when something is due, or after *longest*."""
        outbox = OutboxSettings(tick=longest, tick_shared=longest)
        return cls(outbox, tidy=longest, tick=longest, tick_shared=longest, beat=longest)
