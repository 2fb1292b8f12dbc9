"""What has just changed, for whoever watches a simulator: messages, phones, the clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Listener = Callable[[str, Any], None]


class News:
    """Tells everybody who listens; used on the simulator's thread only."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def tell(self, topic: str, what: Any = None) -> None:
        """Tell that something of *topic* has changed, and what."""
        for listener in list(self._listeners):
            listener(topic, what)

    @contextmanager
    def heard_by(self, listener: Listener) -> Iterator[None]:
        """Have *listener* told meanwhile."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)
