"""The languages in which answers are understood: a file each."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.understanding.lexicons.lexicon import Lexicon

LANGUAGES = ("en", "es", "fr", "de", "pt", "it")
"""Codes of the languages there are files for."""

_WITH_DECIMAL_POINTS = frozenset(["MX", "US", "PR", "GT", "HN", "NI", "SV", "DO", "PA", "PE", "419"])
"""Where Spanish is written with `1,250.50`."""


def is_known(language: str) -> bool:
    """Whether there are words for a language, by its code or a region's (`en-GB`)."""
    return _code(language) in LANGUAGES


@cache
def lexicon_of(language: str, country: str | None = None) -> Lexicon:
    """The words of a language, by its code or a region's (`en-GB`); raises `RequestError` naming those there are.

    How numbers are written is the custom of *country*, or of the region.
    """
    code = _code(language)
    if code not in LANGUAGES:
        raise RequestError(
            f"Answers in `{language}` are not understood.",
            field="language",
            fix=f"There are: {', '.join(LANGUAGES)}. In another language, ask for `text`.",
        )
    lexicon: Lexicon = import_module(f"ringline.understanding.lexicons.{code}").LEXICON
    where = (country or language.replace("_", "-").rpartition("-")[2]).upper()
    if lexicon.decimal == "," and code == "es" and where in _WITH_DECIMAL_POINTS:
        return replace(lexicon, decimal=".")
    return lexicon


def _code(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
