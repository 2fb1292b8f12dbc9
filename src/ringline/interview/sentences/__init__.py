"""What an interview says of itself, a file per language: re-asks, confirmations, keys, goodbyes."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ringline.interview.sentences.sentences import Sentences

__all__ = ["LANGUAGES", "Sentences", "sentences_of"]

LANGUAGES = ("en", "es", "fr", "de", "pt", "it")
"""Codes of the languages there are files for."""


@cache
def sentences_of(language: str) -> Sentences:
    """The sentences of a language, by its code or a region's (`en-GB`); English where there is no file."""
    code = language.replace("_", "-").partition("-")[0].lower()
    module = import_module(f"{__name__}.{code if code in LANGUAGES else 'en'}")
    found: Sentences = module.SENTENCES
    return found
