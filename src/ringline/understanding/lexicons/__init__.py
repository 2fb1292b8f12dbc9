"""The languages in which answers are understood: a file each."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Lexicon

LANGUAGES = ("en",)
"""Codes of the languages there are files for."""


def is_known(language: str) -> bool:
    """Whether there are words for a language, by its code or a region's (`en-GB`)."""
    return _code(language) in LANGUAGES


@cache
def lexicon_of(language: str) -> Lexicon:
    """The words of a language, by its code or a region's (`en-GB`); raises `RequestError` naming those there are."""
    code = _code(language)
    if code not in LANGUAGES:
        raise RequestError(
            f"Answers in `{language}` are not understood.",
            field="language",
            fix=f"There is: {', '.join(LANGUAGES)}. In another language, ask for `text`.",
        )
    lexicon: Lexicon = import_module(f"ringline.understanding.lexicons.{code}").LEXICON
    return lexicon


def _code(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
