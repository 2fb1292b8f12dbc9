"""The text of Roboflow's notification blocks: ``{{ $parameters.x }}`` filled in one pass, then cut to a limit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, overload

CUT_MARK = " [...]"
SMS_LENGTH = 160
"""Version 2 sends anything longer as a multimedia message."""
LONGEST_MESSAGE = 1600
"""What Twilio takes at most, in characters."""

MAX_KEPT = 10_000
"""Characters of the longest message that is remembered."""

Chain = Callable[[Any, Mapping[str, Any]], Any]
"""A compiled chain of operations: value and global parameters in, value out."""

_PLACEHOLDER = re.compile(r"{{\s*\$parameters\.(\w+)\s*}}")


class NotificationText:
    """A message with placeholders, read once and filled often.

    A placeholder without a parameter of its name stays as it is written; the operations of a parameter that does not
    occur are not run. Values are put in as ``str()`` gives them, and never looked through for placeholders again.
    """

    __slots__ = ("_placeholders", "_texts", "names")

    def __init__(self, message: str) -> None:
        self._texts: list[str] = []
        self._placeholders: list[tuple[int, str]] = []
        end = 0
        for found in _PLACEHOLDER.finditer(message):
            self._texts += (message[end : found.start()], found[0])
            self._placeholders.append((len(self._texts) - 1, found[1]))
            end = found.end()
        self._texts.append(message[end:])
        self.names = tuple(dict.fromkeys(name for _, name in self._placeholders))

    def fill(self, parameters: Mapping[str, Any], operations: Mapping[str, Chain]) -> str:
        """The message with its placeholders filled. An error of an operation is raised as it is."""
        if not self._placeholders:
            return self._texts[0]
        values: dict[str, str] = {}
        for name in self.names:
            if name in parameters:
                chain = operations.get(name)
                value = parameters[name]
                values[name] = str(value if chain is None else chain(value, {}))
        texts = self._texts.copy()
        for index, name in self._placeholders:
            if name in values:
                texts[index] = values[name]
        return "".join(texts)


def notification_text(message: str) -> NotificationText:
    """The message read for filling; reading the same one again costs nothing, unless it is very long."""
    return _kept(message) if len(message) <= MAX_KEPT else NotificationText(message)


@lru_cache(maxsize=1024)
def _kept(message: str) -> NotificationText:
    return NotificationText(message)


def cut(text: str, limit: int) -> str:
    """*text* in at most *limit* code points; where it is cut, it ends in ``" [...]"`` if the limit has room for it."""
    if len(text) <= limit:
        return text
    if limit < len(CUT_MARK):
        return text[:limit]
    return text[: limit - len(CUT_MARK)] + CUT_MARK


@overload
def render_notification(
    message: str,
    parameters: Mapping[str, Any],
    operations: Mapping[str, Chain | Sequence[Any]],
    length_limit: int | None,
    version: Literal[1] = 1,
) -> str: ...
@overload
def render_notification(
    message: str,
    parameters: Mapping[str, Any],
    operations: Mapping[str, Chain | Sequence[Any]],
    length_limit: int | None,
    version: Literal[2],
) -> tuple[str, bool]: ...
def render_notification(
    message: str,
    parameters: Mapping[str, Any],
    operations: Mapping[str, Chain | Sequence[Any]],
    length_limit: int | None,
    version: Literal[1, 2] = 1,
) -> str | tuple[str, bool]:
    """The text a notification block sends.

    *operations* holds, by parameter, a chain of the query language: compiled, or as a list of operations. Version 1
    cuts at *length_limit* (None: not at all). Version 2 ignores it, cuts at 1600, and says beside the text whether it
    is too long for one plain SMS.
    """
    text = notification_text(message).fill(parameters, _compiled(operations))
    if version == 2:
        return cut(text, LONGEST_MESSAGE), len(text) > SMS_LENGTH
    return text if length_limit is None else cut(text, length_limit)


def _compiled(operations: Mapping[str, Chain | Sequence[Any]]) -> Mapping[str, Chain]:
    if all(callable(chain) for chain in operations.values()):
        return operations  # type: ignore[return-value]  # each was just seen to be callable
    return {name: chain if callable(chain) else _compiled_when_used(chain) for name, chain in operations.items()}


def _compiled_when_used(operations: Sequence[Any]) -> Chain:
    """A chain of a parameter that does not occur is never run, so it need not even be right."""

    def run(value: Any, names: Mapping[str, Any]) -> Any:
        from ringline.query import compile_operations

        return compile_operations(operations)(value, names)

    return run
