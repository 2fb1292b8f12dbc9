"""What reaches Twilio from the phone while it listens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from ringline.simulator.calls.course import Moment
from ringline.simulator.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Spoken:
    """The person begins to speak, and will for so many seconds."""

    text: str
    confidence: float | None
    lasts: float


@dataclass(frozen=True, slots=True)
class Pressed:
    """The person presses a key; with *more* they are not done yet, and nobody hurries them."""

    key: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class GivesUp:
    """Whoever holds the phone says that nothing will come: as if the time were over."""


Sign = Spoken | Pressed | GivesUp


class Ear:
    """Takes signs from the phone, and gives them to a verb one by one."""

    def __init__(self, timeline: Timeline, *, keys: bool, speech: bool) -> None:
        self._timeline = timeline
        self._keys = keys
        self._speech = speech
        self._waiting: deque[Sign] = deque()
        self._moment: Moment[Sign | None] | None = None
        self.patient = False
        """Whether a person holds the phone, who may take all the time there is to begin."""
        self.deaf = False
        """Whether what comes is lost."""

    def take(self, sign: Sign) -> None:
        """Something comes from the phone; what is not asked for is not heard."""
        unasked = (isinstance(sign, Pressed) and not self._keys) or (isinstance(sign, Spoken) and not self._speech)
        if unasked or (self.deaf and not isinstance(sign, GivesUp)):
            return
        moment, self._moment = self._moment, None
        if moment is None:
            self._waiting.append(sign)
        else:
            moment.come(sign)

    async def next(self, within: float | None) -> Sign | None:
        """The next sign, or ``None`` if there is none within so many seconds; ``None`` waits as long as it takes."""
        if self._waiting:
            return self._waiting.popleft()
        moment: Moment[Sign | None] = Moment()
        self._moment = moment
        if within is not None:
            self._timeline.plan(within, self._too_late, moment)
        return await moment

    def _too_late(self, moment: Moment[Sign | None]) -> None:
        if self._moment is moment:
            self._moment = None
            moment.come(None)
