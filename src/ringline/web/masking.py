"""What viewers see of numbers: the last four digits, in every answer and event, and no way to ask by number.

Of secrets that stand in definitions, where they do not belong, they see nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_HIDDEN = "••••"
_ID = r"\b(?:[a-z]{2,5}_[0-9A-HJKMNP-TV-Z]{13,26}|[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b"
_MOMENT = r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_NUMBER = (
    r"\+\d(?:[\s().-]{0,2}\d){5,17}"  # E.164, also with blanks between
    r"|\(?\b\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}\b"  # as North Americans write it
    r"|\(?\b0\d(?:[\s()./-]{0,2}\d){7,11}\b"  # as most others do within their country
    r"|\d{7,}"
)
# Ids and moments come first, so that the digits in them are not taken for numbers.
_PARTS = re.compile(rf"(?P<kept>{_ID}|{_MOMENT})|(?P<number>{_NUMBER})")
_WHOLE_ID = re.compile(_ID)

_AS_THEY_ARE = frozenset({"next", "csrf", "etag", "cursor"})
"""Fields that a page hands back as they came."""

_OF_PEOPLE = frozenset(
    {"inputs", "outputs", "variables", "fields", "answers", "value", "values", "data", "payload", "evidence"}
)
"""Fields under which an integer may be a number, too."""

_SECRET = re.compile(r"(?i)(?:token|secret|password|api_?key|authorization)$")
"""Fields of steps in which a text is shown to nobody who may not see the definition; a selector in it may be."""

_PAGING = frozenset({"limit", "cursor", "before", "after", "since", "until", "offset", "page", "version", "days"})
_DIGITS_OF_A_NUMBER = 3
_LETTERS = re.compile(r"[^\W\d_]")
_SCHEME = re.compile(r"[a-z]{1,12}:")
_FREE = frozenset({"q", "search", "query", "text", "words", "person", "to", "from", "number", "phone", "recipient"})


def masked(text: str) -> str:
    """*text* with all but the last four digits of each number hidden."""
    return _PARTS.sub(_replacement, text)


def masked_json(content: bytes) -> bytes:
    """A JSON document whose texts are `masked`, names of fields as well."""
    return json.dumps(_walk(json.loads(content), "", False), ensure_ascii=False, separators=(",", ":")).encode()


def asks_by_number(query: Iterable[tuple[str, str]], path_parameters: Iterable[object]) -> bool:
    """Whether a request names a number, or part of one, to look for."""
    if any(_is_number_like(str(value)) for value in path_parameters):
        return True
    return any(
        _is_number_like(value) or (name in _FREE and _names_a_number(value))
        for name, value in query
        if name not in _PAGING
    )


def _names_a_number(value: str) -> bool:
    """Whether a text to look for has digits enough for a part of a number, whatever stands between them."""
    rest = _without_kept(value)
    return _digits(rest) >= (_DIGITS_OF_A_NUMBER if _LETTERS.search(rest) else 1)


def _is_number_like(value: str) -> bool:
    rest = _SCHEME.sub("", _without_kept(value), count=1)
    return _LETTERS.search(rest) is None and _digits(rest) >= _DIGITS_OF_A_NUMBER


def _digits(text: str) -> int:
    return sum(one.isdigit() for one in text)


def _without_kept(value: str) -> str:
    return re.sub(rf"{_ID}|{_MOMENT}", "", value)


def _replacement(match: re.Match[str]) -> str:
    if match["number"] is None:
        return match[0]
    digits = re.sub(r"\D", "", match["number"])
    return _HIDDEN + digits[-4:]


def _walk(value: Any, name: str, of_people: bool) -> Any:
    match value:
        case str() if _SECRET.search(name) and value and not value.startswith(("$", "{{")):
            return _HIDDEN
        case str():
            return value if name in _AS_THEY_ARE or _WHOLE_ID.fullmatch(value) else masked(value)
        case dict():
            return {masked(key): _walk(inner, key, of_people or key in _OF_PEOPLE) for key, inner in value.items()}
        case list():
            return [_walk(inner, name, of_people) for inner in value]
        case int() if of_people and not isinstance(value, bool) and abs(value) >= 10**6:
            return masked(str(value))
        case _:
            return value
