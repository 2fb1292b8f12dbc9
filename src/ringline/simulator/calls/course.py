"""What happens on a call in its order: an async function that events of the timeline carry on.

On an event loop it would run some time after the moment it waited for. Carried by the events themselves, each line of
it runs at the very moment it belongs to, also where a step of the clock brings an hour about at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Moment(Generic[T]):
    """Something a course awaits: it comes once, with a value; coming again changes nothing."""

    __slots__ = ("_course", "_has_come", "_value")

    def __init__(self) -> None:
        self._course: Course | None = None
        self._has_come = False
        self._value: T | None = None

    def come(self, value: T) -> None:
        """Let whoever awaits this go on at once, with the value."""
        if self._has_come:
            return
        self._has_come, self._value = True, value
        if self._course is not None:
            self._course.go_on()

    def __await__(self) -> Generator[Moment[Any], None, T]:
        if not self._has_come:
            yield self
        return cast("T", self._value)

    def belongs_to(self, course: Course | None) -> None:
        """Say who is to go on."""
        self._course = course


class Course:
    """Runs an async function that awaits nothing but `Moment`s. *when_done* is told once it has ended by itself."""

    def __init__(self, work: Coroutine[Moment[Any], None, None], when_done: Callable[[], None]) -> None:
        self._work = work
        self._when_done = when_done
        self._awaits: Moment[Any] | None = None
        self._runs = False
        self._ended = False
        self._interruption: BaseException | None = None

    def go_on(self) -> None:
        """Run until the next moment that has not come yet."""
        if self._ended or self._runs:
            return
        self._runs = True
        self._awaits = None
        try:
            while True:
                interruption, self._interruption = self._interruption, None
                awaited = self._work.send(None) if interruption is None else self._work.throw(interruption)
                if self._interruption is None:
                    awaited.belongs_to(self)
                    self._awaits = awaited
                    return
        except StopIteration:
            self._ended = True
        except Exception:
            self._ended = True
            _log.exception("a call of the simulator failed")
        finally:
            self._runs = False
        self._when_done()

    def interrupt(self, why: BaseException) -> None:
        """Raise *why* where the course stands, now, or as soon as it waits again."""
        if self._ended:
            return
        self._interruption = why
        if self._awaits is not None:
            self._awaits.belongs_to(None)
        self.go_on()

    def drop(self) -> None:
        """Forget it, wherever it stands."""
        if self._ended or self._runs:
            self._ended = True
            return
        self._ended = True
        if self._awaits is not None:
            self._awaits.belongs_to(None)
        self._work.close()
