"""What commands say: sober text, tables, or JSON; never colour where nobody sees it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.clock import SystemClock
from ringline.web.sentences import sentence as as_sentence
from ringline.web.tones import BAD, GOOD

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_A_PIPE = 160


@cache
def console(*, stderr: bool = False) -> Console:
    """Where people read; markup is off, so that texts with brackets stay as they are."""
    from rich.console import Console

    class Lines(Console):
        def on_broken_pipe(self) -> None:
            raise  # as an error of ours and not as the end of the process, which may have more to close

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_PIPE
    return Lines(stderr=stderr, markup=False, highlight=False, soft_wrap=True, width=width)


def say(text: str = "", style: str | None = None) -> None:
    """One line for people."""
    console().print(text, style=style)


def say_error(sentence: str, fix: str = "") -> None:
    """One plain sentence on stderr, and what to do about it."""
    from rich.text import Text

    line = Text.assemble(("error: ", "bold red"), as_sentence(sentence))
    console(stderr=True).print(line)
    if fix:
        console(stderr=True).print(Text.assemble(("  fix: ", "bold"), as_sentence(fix)))


def say_table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str, numbers: Sequence[int] = ()
) -> None:
    """Rows in columns; *numbers* are the columns set to the right. *empty* is said when there are none."""
    if not rows:
        say(empty)
        return
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for position, head in enumerate(heads):
        table.add_column(head, justify="right" if position in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell), style=tone(str(cell))) for cell in row))
    console().print(table, soft_wrap=False)


def say_list(
    found: Sequence[dict[str, Any]],
    heads: Sequence[str],
    row: Callable[[dict[str, Any]], Sequence[object]],
    *,
    as_json: bool,
    empty: str,
    numbers: Sequence[int] = (),
) -> None:
    """What the API listed, as JSON or as a table with a *row* for each."""
    if as_json:
        print_json(found)
    else:
        say_table(heads, [row(one) for one in found], empty=empty, numbers=numbers)


def tone(status: str) -> str:
    """The colour of a status; the word itself is always there too."""
    return "green" if status in GOOD else "red" if status in BAD else ""


def short(text: str | None, length: int = 40) -> str:
    """*text* on one line, cut where it is longer than *length* characters."""
    line = " ".join((text or "").split())
    return line if len(line) <= length else line[: length - 1] + "…"


def when(moment: str | None) -> str:
    """A moment the API gave, in this machine's time; with its year where that is not this one."""
    if not moment:
        return ""
    local = datetime.fromisoformat(moment).astimezone()
    is_this_year = local.year == SystemClock().now().astimezone().year
    return local.strftime("%m-%d %H:%M:%S" if is_this_year else "%Y-%m-%d %H:%M")


def counted(number: int, word: str) -> str:
    """So many of something: ``no errors``, ``1 row``, ``1,200 rows``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}" if number else f"no {word}s"


def span(seconds: float) -> str:
    """A span of time in one unit: ``13.2 days``."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size or (seconds >= size and unit != "minute"):
            count = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{count} {unit}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds"


def print_json(value: object) -> None:
    """*value* as JSON on stdout, and nothing else there."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def write_out(piece: bytes) -> None:
    """Bytes of a file on stdout, as they are."""
    sys.stdout.buffer.write(piece)


def plain(value: object) -> Any:
    """*value* in JSON's terms: dates in ISO 8601, decimals as text, dataclasses as objects."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    return value


def is_interactive() -> bool:
    """Whether a person sits in front of this: a terminal on both ends, and no CI."""
    from ringline.settings import is_ci

    return sys.stdin.isatty() and sys.stdout.isatty() and not is_ci()
