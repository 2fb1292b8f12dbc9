"""What people write and what it means, by the tables in ``tests/cases/understanding/<language>.yaml``."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ringline.understanding import LANGUAGES, TYPES, understand

TABLES = Path(__file__).parents[1] / "cases" / "understanding"

KNOWN_GAPS: dict[str, set[tuple[str, str]]] = {
    "en": {("multiple_choice", "small talk is not for me")},
    **{language: set() for language in ("es", "fr", "de", "pt", "it")},
}
"""Rows that are understood otherwise: (type, text). A row that comes right must leave the list."""


def rows(language: str) -> list[tuple[dict[str, Any], str, str, Any, Any]]:
    groups = YAML(typ="safe").load((TABLES / f"{language}.yaml").read_text(encoding="utf-8"))
    return [
        (asked(group["ask"]), text, status, value, more[0] if more else None)
        for group in groups
        if group["ask"]["type"] in TYPES
        for text, status, value, *more in group["rows"]
    ]


def asked(ask: dict[str, Any]) -> dict[str, Any]:
    return {**ask, "now": datetime.fromisoformat(ask["now"])} if "now" in ask else ask


def cases() -> list[Any]:
    return [
        pytest.param(language, *row, id=f"{language}-{row[0]['type']}-{row[1]}")
        for language in LANGUAGES
        for row in rows(language)
    ]


def is_right(ask: dict[str, Any], text: str, status: str, value: Any, alternatives: Any, language: str) -> bool:
    found = understand(text=text, language=language, **ask)
    same_type = type(found.value) is type(value)
    others = set(found.alternatives) == set(alternatives or ())
    return (found.status, found.value) == (status, value) and same_type and others


@pytest.mark.parametrize(("language", "ask", "text", "status", "value", "alternatives"), cases())
def test_an_answer_means_what_the_table_says(
    language: str, ask: dict[str, Any], text: str, status: str, value: Any, alternatives: Any
) -> None:
    right = is_right(ask, text, status, value, alternatives, language)

    assert right == ((ask["type"], text) not in KNOWN_GAPS[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_by_type(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nine of ten are understood, of each type; and none of what is not understood is taken for a sure answer."""
    total, right, sure = Counter[str](), Counter[str](), []
    for ask, text, status, value, alternatives in rows(language):
        total[ask["type"]] += 1
        if is_right(ask, text, status, value, alternatives, language):
            right[ask["type"]] += 1
        else:
            found = understand(text=text, language=language, **ask)
            sure += [text] if found.status == "ok" and found.confidence >= 0.8 else []
    with capsys.disabled():
        print()
        for kind in TYPES:
            print(f"{language} {kind:<16}{right[kind]:>4} of {total[kind]}")

    assert all(right[kind] >= 0.9 * total[kind] for kind in TYPES)
    assert len(sure) <= 0.01 * sum(total.values()), sure
