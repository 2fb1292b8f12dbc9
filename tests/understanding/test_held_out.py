"""How well answers are understood that the rules were not written for: the tables in the ``held_out``
folders.

They count apart from the others. `unsure` there is anything but a sure answer: people disagree about what it is.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ringline.understanding import LANGUAGES, TYPES, Interpretation, understand

TABLES = Path(__file__).parents[1] / "cases" / "understanding"
FOLDERS = ("held_out", "held_out_later", "held_out_everyday", "held_out_everyday_later")
SURE = 0.8

KNOWN_GAPS: dict[str, set[tuple[str, str]]] = {
    "en": {
        ("multiple_choice", "my name is Bill Sale"),
        ("yes_no", "not that I remember"),
        ("yes_no", "maybe, maybe not"),
        ("number", "let me count, one two three, three of them"),
        ("number", "it takes two to tango"),
        ("multiple_choice", "good morning"),
        ("multiple_choice", "my basic problem is the internet is down"),
        ("multiple_choice", "the small talk is over"),
        ("date", "I watch Monday night football"),
    },
    "es": {("multiple_choice", "abra las ventanas"), ("yes_no", "no lo tengo nada claro")},
    "fr": {("yes_no", "je n'ai rien reçu")},
    "de": {("number", "aller guten Dinge sind drei")},
    "pt": {("date", "domingo eu não posso"), ("number", "um dois")},
    "it": {
        ("number", "siamo in sei in casa"),
        ("date", "mia cugina Domenica"),
        ("yes_no", "non ho ricevuto niente"),
        ("yes_no", "non se ne parla"),
        ("yes_no", "non glielo saprei dire"),
        ("number", "non c'è due senza tre"),
    },
}
"""Rows that are understood otherwise: (type, text). A row that comes right must leave the list."""

WRONGLY_SURE = {
    ("en", "number", "it takes two to tango"),
    ("en", "multiple_choice", "good morning"),
    ("en", "multiple_choice", "my basic problem is the internet is down"),
    ("en", "multiple_choice", "the small talk is over"),
    ("en", "date", "I watch Monday night football"),
    ("de", "number", "aller guten Dinge sind drei"),
    ("pt", "date", "domingo eu não posso"),
    ("pt", "number", "um dois"),
    ("it", "date", "mia cugina Domenica"),
    ("it", "number", "non c'è due senza tre"),
}
"""Those of them that are taken for an answer nobody asks about again."""


def rows(language: str, *folders: str) -> list[tuple[dict[str, Any], str, str, Any, list[Any]]]:
    yaml = YAML(typ="safe")
    return [
        (asked(group["ask"]), text, status, value, more[0] if more else [])
        for folder in folders or FOLDERS
        for group in yaml.load((TABLES / folder / f"{language}.yaml").read_text(encoding="utf-8"))
        for text, status, value, *more in group["rows"]
    ]


def asked(ask: dict[str, Any]) -> dict[str, Any]:
    return {**ask, "now": datetime.fromisoformat(ask["now"])} if "now" in ask else ask


def is_right(found: Interpretation, status: str, value: Any, alternatives: list[Any]) -> bool:
    if status == "unsure":
        return found.status != "ok" or found.confidence < SURE
    same = (found.status, found.value) == (status, value) and type(found.value) is type(value)
    return same and set(found.alternatives) == set(alternatives)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_understood_otherwise_is_known(language: str) -> None:
    wrong = {
        (ask["type"], text)
        for ask, text, status, value, alternatives in rows(language)
        if not is_right(understand(text=text, language=language, **ask), status, value, alternatives)
    }

    assert wrong == KNOWN_GAPS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_taken_wrongly_for_a_sure_answer_is_known(language: str) -> None:
    sure = set()
    for ask, text, status, value, _ in rows(language):
        found = understand(text=text, language=language, **ask)
        if found.status == "ok" and found.confidence >= SURE and (status, value) != ("ok", found.value):
            sure.add((language, ask["type"], text))

    assert sure == {one for one in WRONGLY_SURE if one[0] == language}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_type_has_held_out_answers(language: str) -> None:
    held_out = rows(language, "held_out")

    assert {ask["type"] for ask, *_ in held_out} == set(TYPES) - {"keyword"}
    assert len(held_out) >= 120
