"""A simulated phone held in the terminal: what happens on its calls is printed, what is typed is done."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ringline.cli.terminal import say
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.simulator import CallEvent, Handset
    from ringline.simulator.calls.steps import Step

_COMMENT = "//"


class CallPrinter:
    """Prints what happens on the calls of one phone; *who* is the name of the other side, *person* of who holds it."""

    def __init__(self, number: str, *, who: str, person: str = "you", quiet: bool = False, indent: str = "") -> None:
        self._number = number
        self._quiet = quiet
        width = max(len(who), len(person)) + 2
        us, you, note = (f"{indent}{name:<{width}}" for name in (who, person, ""))
        self._forms: dict[str, tuple[str, str | None]] = {
            "status": (f"{indent}[{{}}]", "dim"),
            "said": (f"{us}{{}}", None),
            "heard": (f"{you}{{}}", "bold"),
            "keys": (f"{you}[keys {{}}]", "bold"),
            "beep": (f"{us}[beep]{{}}", None),
            "notification": (f"{note}[{{}}]", "yellow"),
        }

    def __call__(self, event: CallEvent) -> None:
        form = self._forms.get(event.kind)
        if form is not None and not self._quiet and event.call.phone == self._number:
            say(form[0].format(event.text), form[1])


def script_of(lines: Iterable[str]) -> list[Step]:
    """What a person does, a step a line; lines that begin with `//` are comments."""
    from ringline.simulator import step_from_line

    return [step_from_line(line) for line in lines if not line.startswith(_COMMENT)]


async def held_by_hand(phone: Handset, *, until: asyncio.Future[Any]) -> None:
    """Do with *phone* what is typed, a line each, until *until* is done. The end of the input hangs up."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    threading.Thread(target=_read_lines, args=(loop, lines), daemon=True).start()
    while not until.done():
        typed = loop.create_task(lines.get())
        await asyncio.wait({typed, until}, return_when=asyncio.FIRST_COMPLETED)
        if not typed.done():
            typed.cancel()
            return
        line = typed.result()
        _do(phone, line)
        if line is None:
            await asyncio.wait({until})


def _do(phone: Handset, line: str | None) -> None:
    from ringline.simulator import HangUp, Press, Say, Silent, step_from_line

    try:
        step = HangUp() if line is None else step_from_line(line)
        if isinstance(step, Say):
            phone.say(step.text)
        elif isinstance(step, Press):
            phone.press(step.keys)
        elif isinstance(step, Silent):
            phone.stay_silent()
        elif isinstance(step, HangUp):
            phone.hang_up()
    except RequestError as error:
        say(f"  ({error.message})", "dim")


def _read_lines(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    # A thread that may be left behind: a read from a terminal cannot be broken off.
    for line in sys.stdin:
        if loop.is_closed():
            return
        loop.call_soon_threadsafe(lines.put_nowait, line)
    if not loop.is_closed():
        loop.call_soon_threadsafe(lines.put_nowait, None)
