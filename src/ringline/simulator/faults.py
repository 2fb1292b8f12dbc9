"""Faults on demand: what a request to the simulated Twilio may run into, on purpose."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields
from itertools import count
from typing import Any, Literal

from ringline.errors import RequestError

Answer = Literal["normal", "none", "drop", "error", "garbled"]
Operation = Literal["create", "list", "fetch", "update", "delete", "any"]
_ANSWERS = ("normal", "none", "drop", "error", "garbled")
_OPERATIONS = ("create", "list", "fetch", "update", "delete", "any")


@dataclass(slots=True)
class Fault:
    """One fault and which requests it hits.

    ``accept`` says whether the request is carried out all the same, ``execute_after`` how many seconds later, and
    ``copies`` how many messages it then makes. ``answer`` is what the client sees: the ``normal`` answer, ``none``
    until it gives up, the connection ``drop``ped, an ``error`` with ``status`` and ``code``, or a ``garbled`` one, cut
    in half. ``answer_after`` holds the answer back that long, and ``hides`` names fields of messages that a normal one
    leaves empty, such as ``from``. ``times`` counts down; ``None`` means until it is cleared.
    """

    answer: Answer = "normal"
    accept: bool = True
    operation: Operation = "create"
    times: int | None = 1
    status: int = 500
    code: int | None = None
    retry_after: float | None = None
    answer_after: float = 0.0
    execute_after: float = 0.0
    copies: int = 1
    chance: float = 1.0
    to: str | None = None
    body_contains: str | None = None
    hides: tuple[str, ...] = ()
    id: int = 0

    def fits(self, operation: str, to: str | None, body: str) -> bool:
        """Whether the request is one this fault is meant for."""
        if self.operation not in (operation, "any"):
            return False
        if self.to is not None and self.to != to:
            return False
        return self.body_contains is None or self.body_contains in body


class Faults:
    """The faults that are set. The first that fits a request hits it; each counts its own hits down.

    All delays run on the simulator's clock.
    """

    def __init__(self, *, seed: int = 1) -> None:
        self._active: list[Fault] = []
        self._ids = count(1)
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self.most_concurrent: int | None = None
        """More requests than this at a time are refused with 429 and error 20429."""

    def __bool__(self) -> bool:
        return bool(self._active) or self.most_concurrent is not None

    def __len__(self) -> int:
        return len(self._active)

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        fault.id = next(self._ids)
        self._active = [*self._active, fault]
        return fault

    def time_out(self, *, accept: bool = True, times: int | None = 1, **more: Any) -> Fault:
        """Never answer; by default the message is sent all the same."""
        return self.add(Fault("none", accept, times=times, **more))

    def throttle(self, *, retry_after: float | None = None, times: int | None = 1, **more: Any) -> Fault:
        """Answer 429, error 20429; with a ``Retry-After`` in seconds if one is given."""
        return self.add(Fault("error", False, times=times, status=429, code=20429, retry_after=retry_after, **more))

    def server_error(self, status: int = 500, *, accept: bool = False, times: int | None = 1, **more: Any) -> Fault:
        """Answer with a 5xx; with *accept* the message is sent all the same."""
        code = {500: 20500, 503: 20503}.get(status)
        return self.add(Fault("error", accept, times=times, status=status, code=code, **more))

    def reject(self, code: int, *, times: int | None = 1, **more: Any) -> Fault:
        """Refuse with that Twilio error code."""
        return self.add(Fault("error", False, times=times, status=0, code=code, **more))

    def drop_connection(self, *, accept: bool = False, times: int | None = 1, **more: Any) -> Fault:
        """Break the connection instead of answering."""
        return self.add(Fault("drop", accept, times=times, **more))

    def garble(self, *, times: int | None = 1, **more: Any) -> Fault:
        """Do what was asked, and answer with a body cut in half."""
        return self.add(Fault("garbled", times=times, **more))

    def answer_late(self, seconds: float, *, times: int | None = 1, **more: Any) -> Fault:
        """Accept at once and answer *seconds* later, so that callbacks may come first."""
        return self.add(Fault(times=times, answer_after=seconds, **more))

    def execute_late(self, seconds: float, *, answer: Answer = "drop", times: int | None = 1, **more: Any) -> Fault:
        """Carry the request out *seconds* after its *answer* was given."""
        return self.add(Fault(answer, times=times, execute_after=seconds, **more))

    def accept_twice(self, *, times: int | None = 1, **more: Any) -> Fault:
        """Make two messages of one request; the answer names the first."""
        return self.add(Fault(times=times, copies=2, **more))

    def hide(self, *names: str, operation: Operation = "list", times: int | None = 1, **more: Any) -> Fault:
        """Leave these fields of messages empty in answers."""
        return self.add(Fault(operation=operation, times=times, hides=names, **more))

    def active(self) -> list[Fault]:
        """The faults that are still set."""
        return list(self._active)

    def clear(self) -> None:
        """Take all faults away."""
        self._active = []
        self.most_concurrent = None

    def hit(self, operation: str, to: str | None = None, body: str = "") -> Fault | None:
        """The fault that hits this request, if any; it is counted."""
        for fault in self._active:
            if fault.fits(operation, to, body) and (fault.chance >= 1 or self._random.random() < fault.chance):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._active = [each for each in self._active if each is not fault]
                return fault
        return None


def fault_from(settings: dict[str, Any]) -> Fault:
    """A fault from its fields, as the control API takes them. Raises `RequestError` naming a wrong one."""
    known = {f.name for f in fields(Fault)} - {"id"}
    for name in settings:
        if name not in known:
            raise RequestError(
                f"a fault has no field {name!r}", field=name, fix=f"use some of {', '.join(sorted(known))}"
            )
    fault = Fault(**settings)
    if fault.answer not in _ANSWERS:
        raise RequestError(f"answer is one of {', '.join(_ANSWERS)}, not {fault.answer!r}", field="answer")
    if fault.operation not in _OPERATIONS:
        raise RequestError(f"operation is one of {', '.join(_OPERATIONS)}, not {fault.operation!r}", field="operation")
    if not isinstance(fault.hides, list | tuple) or not all(isinstance(name, str) for name in fault.hides):
        raise RequestError(f"hides is a list of fields' names, not {fault.hides!r}", field="hides")
    fault.hides = tuple(fault.hides)
    for name in ("answer_after", "execute_after", "chance"):
        value = getattr(fault, name)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise RequestError(f"{name} must be a number that is not negative, not {value!r}", field=name)
    for name in ("times", "copies", "status", "code"):
        value = getattr(fault, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
            raise RequestError(f"{name} must be a whole number that is not negative, not {value!r}", field=name)
    return fault


def as_dictionary(fault: Fault) -> dict[str, Any]:
    """A fault's fields, as `fault_from` takes them, and its id."""
    return asdict(fault)
