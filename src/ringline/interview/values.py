"""What the keys of a question flow may hold: each reader gives the value or says what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any
from unicodedata import normalize

from ringline.durations import parse_duration
from ringline.interview.flow import END

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class UnexpectedValueError(Exception):
    """The value is another than was *expected*; *example* is one that would do."""

    def __init__(self, expected: str, example: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.example = example


Reader = Callable[[Any], Any]


def text(value: Any) -> str:
    """A text with something in it."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise UnexpectedValueError("a text", "a few words")


def identifier(value: Any) -> str:
    """A name that a template can read."""
    if isinstance(value, str) and ID.fullmatch(value) and value != END:
        return value
    if value == END:
        raise UnexpectedValueError(
            f"a name other than `{END}`, which as a target means the end of the interview", "ending"
        )
    plain = normalize("NFKD", value).encode("ascii", "ignore").decode() if isinstance(value, str) else ""
    example = re.sub(r"[^A-Za-z0-9_-]+", "_", plain.strip()).strip("_")
    raise UnexpectedValueError(
        "a name of the letters a to z, digits, `_` and `-` that begins with a letter or `_`",
        example if ID.fullmatch(example) else "issue_type",
    )


def yes_or_no(value: Any) -> bool:
    """True or false."""
    if isinstance(value, bool):
        return value
    raise UnexpectedValueError("true or false", "true")


def whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UnexpectedValueError("a whole number", "3")


def number(value: Any) -> float:
    """A number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise UnexpectedValueError("a number", "10")


def seconds(value: Any) -> float:
    """A duration; a bare number is seconds, as in the interviews people have already."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return _duration(value, "10s")


def duration(value: Any) -> float:
    """A duration with its unit."""
    return _duration(value, "2s")


def _duration(value: Any, example: str) -> float:
    try:
        return parse_duration(value)
    except ValueError:
        raise UnexpectedValueError(f"a duration with its unit, such as `{example}`", example) from None


def one_of(*names: str) -> Reader:
    """One of these words."""

    def read(value: Any) -> str:
        if isinstance(value, str) and value in names:
            return value
        shown = [f"`{name}`" for name in names]
        likely = get_close_matches(value, names, 1) if isinstance(value, str) else []
        raise UnexpectedValueError(f"{', '.join(shown[:-1])} or {shown[-1]}", likely[0] if likely else names[0])

    return read


def texts(value: Any) -> tuple[str, ...]:
    """Texts, or one."""
    if isinstance(value, str) and value.strip():
        return (value.strip(),)
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) and one.strip() for one in value):
        return tuple(one.strip() for one in value)
    raise UnexpectedValueError("a text or a list of texts", "[first, second]")


def by_language(value: Any) -> tuple[tuple[str, str], ...]:
    """A text for each language."""
    if isinstance(value, Mapping) and value and all(isinstance(one, str) and one.strip() for one in value.values()):
        return tuple((str(language), one.strip()) for language, one in value.items())
    raise UnexpectedValueError("a text for each language", "{es: ¿Cómo se llama usted?}")


def keys(value: Any) -> str:
    """Keys of a telephone."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(written, str) and re.fullmatch(r"[0-9*#]+", written):
        return written
    raise UnexpectedValueError("keys of a telephone: digits, `*` and `#`", '"1"')


def scale(value: Any) -> bool:
    """Whether a scale in the words of the question bounds its answers: `none` says no."""
    if value is False or value == "none":
        return False
    if value is True or value == "auto":
        return True
    raise UnexpectedValueError("`auto` or `none`", "none")


def anything(value: Any) -> Any:
    """Whatever is written."""
    return value


def shown(value: Any) -> str:
    """A value as it is quoted in a sentence."""
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 60 else f"“{value[:59]}…”"
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    return "a mapping" if isinstance(value, Mapping) else "a list"
