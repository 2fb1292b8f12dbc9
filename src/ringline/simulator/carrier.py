"""How the simulated telephone network behaves: delays, losses, errors by number, and untidy callbacks."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from ringline.errors import RequestError

Ending = Literal["delivered", "undelivered", "failed", "sent"]
_ENDINGS = ("delivered", "undelivered", "failed", "sent")
_SHARES = ("loss", "undelivered", "reordered", "duplicated")


@dataclass(slots=True)
class Behaviour:
    """What happens to messages for one number.

    ``ending`` is the last status (``sent`` means that nothing more is ever heard); ``error`` goes with ``failed`` and
    ``undelivered``; ``refuse`` is the code with which the request itself is refused; ``delivered_after`` replaces the
    carrier's own delay, in seconds. With ``times`` it holds for so many messages, then all is as before.
    """

    ending: Ending = "delivered"
    error: int | None = None
    refuse: int | None = None
    delivered_after: float | None = None
    reaches_phone: bool | None = None
    times: int | None = None


@dataclass(slots=True)
class Outcome:
    """What is to become of one message."""

    ending: Ending
    error: int | None
    delivered_after: float
    reaches_phone: bool


@dataclass
class Carrier:
    """The network's settings; change them at any time, they hold for what happens from then on.

    Delays are in seconds, each counted from the step before; shares are between 0 and 1.
    """

    queued_after: float = 0.01
    """From ``accepted`` to ``queued``, where a messaging service chooses the sender."""
    sending_after: float = 0.02
    """From ``queued`` to ``sending``, if the sender's queue is empty."""
    sent_after: float = 0.03
    delivered_after: float = 0.1
    price_after: float = 0.2
    """From ``sent`` until the price is known."""
    listed_after: float = 0.0
    """From acceptance until lists show the message; fetching it by its sid works at once."""
    callback_after: float = 0.0
    duplicate_after: float = 0.05
    loss: float = 0.0
    """Share that reaches nobody and stays ``sent``."""
    undelivered: float = 0.0
    undelivered_error: int = 30003
    reordered: float = 0.0
    """Share whose ``sent`` callback comes after the final one."""
    duplicated: float = 0.0
    """Share of callbacks that come twice."""
    reports_sending: bool = False
    """Whether ``sending`` has a callback of its own, as happens now and then."""
    callbacks: bool = True
    segments_per_second: float | None = None
    """Pace of each sender that has none of its own; ``None`` sends at once."""
    queue_seconds: float = 36_000.0
    """How much work may wait for one sender before it is refused."""
    dialled_after: float = 0.05
    """From a call's turn until it is ``initiated``."""
    ringing_after: float = 0.2
    recorded_after: float = 1.0
    """From the end of a recording until its file is there."""
    answers_take: float = 0.0
    """How long an application takes to answer for a document; 15 seconds and more are too long."""
    price_per_minute: float = 0.014
    price_per_segment: float = 0.0083
    price_per_mms: float = 0.022
    price_per_whatsapp: float = 0.005
    fetches_media: Literal["loopback", "always", "never"] = "loopback"
    """Which media URLs are really fetched; the others are only noted, so that one can work offline."""
    seed: int = 1
    numbers: dict[str, Behaviour] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def on(
        self,
        number: str,
        ending: Ending = "delivered",
        *,
        error: int | None = None,
        delivered_after: float | None = None,
        reaches_phone: bool | None = None,
    ) -> None:
        """Decide what becomes of messages to *number*; *error* is the code in the callback."""
        if ending not in _ENDINGS:
            raise RequestError(
                f"a message cannot end as {ending!r}", field="ending", fix=f"use one of {', '.join(_ENDINGS)}"
            )
        self.numbers[_plain(number)] = Behaviour(ending, error, None, delivered_after, reaches_phone)

    def refuse(self, number: str, code: int) -> None:
        """Have requests to send to *number* refused at once with that error code."""
        self.numbers[_plain(number)] = Behaviour(refuse=code)

    def behave(self, number: str) -> None:
        """Forget what was decided for *number*."""
        self.numbers.pop(_plain(number), None)

    def refusal_for(self, number: str) -> int | None:
        """The code with which requests to send to *number* are refused, if they are."""
        behaviour = self.numbers.get(number)
        if behaviour is None or behaviour.refuse is None:
            return None
        self._use(number, behaviour)
        return behaviour.refuse

    def _use(self, number: str, behaviour: Behaviour) -> None:
        if behaviour.times is not None:
            behaviour.times -= 1
            if behaviour.times <= 0:
                self.numbers.pop(number, None)

    def outcome_for(self, number: str) -> Outcome:
        """What becomes of a message to *number*; by chance where shares are set."""
        behaviour = self.numbers.get(number)
        if behaviour is not None:
            error = behaviour.error
            if error is None and behaviour.ending in ("failed", "undelivered"):
                error = self.undelivered_error
            reaches = behaviour.ending == "delivered" if behaviour.reaches_phone is None else behaviour.reaches_phone
            after = self.delivered_after if behaviour.delivered_after is None else behaviour.delivered_after
            if behaviour.refuse is None:
                self._use(number, behaviour)
            return Outcome(behaviour.ending, error, after, reaches)
        if self.happens(self.loss):
            return Outcome("sent", None, self.delivered_after, False)
        if self.happens(self.undelivered):
            return Outcome("undelivered", self.undelivered_error, self.delivered_after, False)
        return Outcome("delivered", None, self.delivered_after, True)

    def happens(self, share: float) -> bool:
        """Draw once: whether something that happens to that share of messages happens now."""
        return share > 0 and self._random.random() < share

    def change(self, settings: dict[str, Any]) -> None:
        """Set several settings by name; all of them or, if one is wrong, none."""
        checked = {}
        known = {f.name: f for f in fields(self)}
        for name, value in settings.items():
            if name not in known:
                raise RequestError(
                    f"the carrier has no setting {name!r}", field=name, fix=f"use one of {', '.join(sorted(known))}"
                )
            checked[name] = self._checked(name, value)
        for name, value in checked.items():
            setattr(self, name, value)
        if "seed" in checked:
            self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def reset(self) -> None:
        """Behave as a new carrier does."""
        fresh = Carrier()
        for each in fields(self):
            setattr(self, each.name, getattr(fresh, each.name))
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose

    def as_dictionary(self) -> dict[str, Any]:
        """All settings, as `change` takes them."""
        return asdict(self)

    def _checked(self, name: str, value: Any) -> Any:
        if name == "numbers":
            if not isinstance(value, dict):
                raise RequestError("numbers must map a phone number to its behaviour", field=name)
            return {_plain(number): _behaviour(number, each) for number, each in value.items()}
        if name == "fetches_media":
            if value not in ("loopback", "always", "never"):
                raise RequestError(f"{name} is loopback, always or never, not {value!r}", field=name)
            return value
        if name in ("reports_sending", "callbacks"):
            if not isinstance(value, bool):
                raise RequestError(f"{name} is true or false, not {value!r}", field=name)
            return value
        if name == "segments_per_second" and value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise RequestError(f"{name} must be a number that is not negative, not {value!r}", field=name)
        if name in _SHARES and value > 1:
            raise RequestError(f"{name} is a share between 0 and 1, not {value!r}", field=name)
        if name == "segments_per_second" and value == 0:
            raise RequestError("segments_per_second must be above 0; leave it null for no limit", field=name)
        return int(value) if name in ("seed", "undelivered_error") else float(value)


def _plain(number: str) -> str:
    return number.removeprefix("whatsapp:")


def _behaviour(number: str, value: Any) -> Behaviour:
    if isinstance(value, Behaviour):
        return value
    known = {f.name for f in fields(Behaviour)}
    if not isinstance(value, dict) or not set(value) <= known:
        raise RequestError(
            f"the behaviour of {number} must be an object with {', '.join(sorted(known))}", field=f"numbers.{number}"
        )
    behaviour = Behaviour(**value)
    if behaviour.ending not in _ENDINGS:
        raise RequestError(
            f"a message cannot end as {behaviour.ending!r}; use one of {', '.join(_ENDINGS)}",
            field=f"numbers.{number}.ending",
        )
    return behaviour
