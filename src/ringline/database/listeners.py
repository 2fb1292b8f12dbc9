"""Who wants to hear about what, within this process."""

from __future__ import annotations

from collections.abc import Callable

Listeners = dict[str, list[Callable[[str], None]]]


def add_listener(listeners: Listeners, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
    """Add one, and return what takes it away again."""
    listeners.setdefault(channel, []).append(callback)

    def end() -> None:
        callbacks = listeners.get(channel, [])
        if callback in callbacks:
            callbacks.remove(callback)
        if not callbacks:
            listeners.pop(channel, None)

    return end


def call_all(listeners: Listeners, channel: str, payload: str) -> None:
    """Tell each of them."""
    for callback in tuple(listeners.get(channel, ())):
        callback(payload)
