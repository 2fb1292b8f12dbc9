"""What a person on the phone does, step by step: the words of a handset's script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ringline.errors import RequestError

_KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Say:
    """Speak. Without a time it comes half a second after the prompt.

    *at* is seconds from the end of the prompt, negative before it is over; *into* is seconds from its beginning.
    *confidence* is what the recogniser reports; ``None`` leaves it out, as Twilio does now and then.
    """

    text: str
    confidence: float | None = 0.9
    at: float | None = None
    into: float | None = None


@dataclass(frozen=True, slots=True)
class Press:
    """Press keys one after another: ``0-9``, ``*`` and ``#``. *at* and *into* as for `Say`."""

    keys: str
    at: float | None = None
    into: float | None = None

    def __post_init__(self) -> None:
        if not self.keys or not set(self.keys) <= _KEYS:
            raise RequestError(f"{self.keys!r} are no keys of a phone", field="press", fix="use 0-9, * and #")


@dataclass(frozen=True, slots=True)
class Silent:
    """Let this listening pass without a word."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Take so many seconds more before the next step."""

    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up when one is asked next, or *after* so many seconds from when this step is the next one."""

    after: float | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Leave the rest to whoever steers the phone by hand."""


Step = str | Say | Press | Silent | Wait | HangUp | Hold
Script = Sequence[Step] | Callable[[str], "Step | Sequence[Step] | None"]
"""Steps in order, or a function that is told what was said since the last step and gives the next one."""


def step_from(value: Any) -> Step:
    """A step from JSON: a text to say, or ``{"say": …}``, ``{"press": …}``, ``{"wait": …}``, ``"silent"`` and so on.

    Raises `RequestError` naming what is wrong.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        rest = {name: each for name, each in value.items() if name not in ("say", "press", "wait")}
        numbers = all(each is None or isinstance(each, int | float) for each in rest.values())
        try:
            if isinstance(value.get("say"), str) and numbers:
                return Say(value["say"], **rest)
            if isinstance(value.get("press"), str) and numbers:
                return Press(value["press"], **rest)
            if isinstance(value.get("wait"), int | float) and not rest:
                return Wait(float(value["wait"]))
            if "silent" in value:
                return Silent()
            if "hold" in value:
                return Hold()
            if "hang_up" in value:
                after = value["hang_up"]
                return HangUp(None if after in (True, None) else float(after))
        except (TypeError, ValueError):
            pass
    raise RequestError(
        f"{value!r} is no step of a script",
        field="script",
        fix='use a text to say, {"say": "yes", "confidence": 0.8}, {"press": "1#"}, {"silent": true}, {"wait": 2},'
        ' {"hang_up": true} or {"hold": true}',
    )


def steps_from(value: Any) -> list[Step]:
    """A script from a JSON list."""
    if not isinstance(value, list):
        raise RequestError("a script is a list of steps", field="script")
    return [step_from(each) for each in value]


def step_from_line(line: str) -> Step:
    """A step as it is typed: ``#12*`` presses the keys after the first ``#``, ``!`` hangs up, nothing is silence.

    ``/wait 2`` waits, ``/hold`` leaves the rest to others, anything else is said.
    """
    typed = line.strip()
    if not typed:
        return Silent()
    if typed == "!":
        return HangUp()
    if typed == "/hold":
        return Hold()
    if typed.startswith("/wait "):
        try:
            return Wait(float(typed.removeprefix("/wait ")))
        except ValueError:
            raise RequestError(f"{typed!r} names no seconds to wait", field="script", fix="write /wait 2") from None
    if typed.startswith("#"):
        return Press(typed[1:] or "#")
    return Say(typed)
