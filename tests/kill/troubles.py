"""What goes wrong outside besides: Twilio's answers, its list, and its callbacks."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from ringline.simulator import Simulator
from ringline.simulator.faults import Fault

IMPATIENT = 0.25
"""Real seconds: for how long a request that is never answered keeps everybody waiting."""
PATIENT = 10.0


@dataclass(frozen=True)
class Trouble:
    """A name for the table, and how it is made."""

    name: str
    make: Callable[[Simulator, random.Random], None]
    http_timeout: float = PATIENT


def _times(chance: random.Random) -> int:
    return chance.choice((1, 1, 2))


def _fault(fault: Callable[[random.Random], Fault]) -> Callable[[Simulator, random.Random], None]:
    def make(simulator: Simulator, chance: random.Random) -> None:
        one = fault(chance)
        one.times = _times(chance)
        simulator.faults.add(one)

    return make


def _carrier(**settings: float) -> Callable[[Simulator, random.Random], None]:
    def make(simulator: Simulator, _: random.Random) -> None:
        for name, value in settings.items():
            setattr(simulator.carrier, name, value)

    return make


def _list_fails(simulator: Simulator, chance: random.Random) -> None:
    simulator.faults.add(Fault("drop", True))
    simulator.faults.add(Fault("error", False, "list", times=3, status=chance.choice((500, 503)), code=20500))


def _list_late(simulator: Simulator, chance: random.Random) -> None:
    simulator.faults.add(Fault("drop", chance.random() < 0.7))
    simulator.carrier.listed_after = 25.0


def _list_hides(simulator: Simulator, _: random.Random) -> None:
    simulator.faults.add(Fault("drop", True))
    simulator.faults.hide("from", times=None)


def _nothing(simulator: Simulator, chance: random.Random) -> None:
    """All is well but for the kill."""


TROUBLES: tuple[Trouble, ...] = (
    Trouble("none", _nothing),
    Trouble("none", _nothing),
    Trouble("201 never comes", _fault(lambda chance: Fault("none", True)), IMPATIENT),
    Trouble("201 lost", _fault(lambda chance: Fault("drop", True))),
    Trouble("201 garbled", _fault(lambda chance: Fault("garbled"))),
    Trouble("5xx, accepted", _fault(lambda c: Fault("error", True, status=c.choice((500, 502, 503)), code=20500))),
    Trouble("5xx, not accepted", _fault(lambda c: Fault("error", False, status=c.choice((500, 503)), code=20500))),
    Trouble(
        "429", _fault(lambda c: Fault("error", False, status=429, code=20429, retry_after=c.choice((None, 0, 2, 30))))
    ),
    Trouble("reset before", _fault(lambda chance: Fault("drop", False))),
    Trouble("accepted late", _fault(lambda c: Fault("drop", execute_after=c.choice((0.5, 8.0, 25.0))))),
    Trouble("answered late", _fault(lambda c: Fault(answer_after=c.choice((0.5, 3.0))))),
    Trouble("list fails", _list_fails),
    Trouble("list late", _list_late),
    Trouble("list hides the sender", _list_hides),
    Trouble("callbacks twice", _carrier(duplicated=1.0)),
    Trouble("callbacks reordered", _carrier(reordered=1.0)),
    Trouble("callbacks late", _carrier(callback_after=300.0)),
    Trouble("no callbacks", _carrier(callbacks=0)),
    Trouble("callbacks twice and reordered", _carrier(duplicated=1.0, reordered=1.0, callback_after=2.0)),
)
