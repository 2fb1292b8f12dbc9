"""Whether conditions hold, by the table in ``tests/cases/interview/conditions.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ringline.interview.conditions import condition_text, holds, words_match
from ringline.interview.flow import Condition, ConditionalAction, Question, QuestionFlow
from ringline.interview.operands import choices_for_understanding, folded, parts_of
from ringline.interview.reading import read_flow
from ringline.interview.scales import scale_in
from ringline.interview.state import Answer
from ringline.understanding import understand

TABLE = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "cases" / "interview" / "conditions.yaml").read_text(encoding="utf-8")
)


def cases() -> list[Any]:
    return [
        pytest.param(group["ask"], *row, id=f"{group['ask']['type']}-{row[0]}-{row[1]}-{row[2]}")
        for group in TABLE
        for row in group["rows"]
    ]


def answer_of(question: Question, said: Any) -> Answer:
    if isinstance(said, dict) and "status" in said:
        return Answer(said["status"])
    keys = isinstance(said, dict)
    text = said["keys"] if keys else said
    found = understand(
        question.type,
        text,
        keys=keys,
        language=question.language or "en",
        choices=choices_for_understanding(question) or None,
    )
    # Words that are no answer are kept as words, as the interview keeps those that a condition looks for.
    return Answer("ok", found.value if found.status == "ok" else None, text, text)


@pytest.mark.parametrize(("ask", "operator", "value", "said", "expected"), cases())
def test_a_condition_holds_as_the_table_says(
    ask: dict[str, Any], operator: Any, value: Any, said: Any, expected: bool
) -> None:
    flow, faults = read_flow([{"id": "q", "question": "q?", **ask}])
    assert flow is not None, faults
    question = flow["q"]

    assert holds(flow, question, Condition(operator, "q", value), {"q": answer_of(question, said)}) is expected


def test_a_condition_may_be_about_another_question() -> None:
    flow = QuestionFlow((Question("first", "How many?", "number"), Question("second", "What?")))
    condition = Condition("equals", "first", "two")

    assert holds(flow, flow["second"], condition, {"first": Answer("ok", 2, "2", "2")})
    assert not holds(flow, flow["second"], condition, {"second": Answer("ok", "two", "two", "two")})
    assert not holds(flow, flow["second"], Condition("not_equals", "first", "two"), {})
    assert not holds(flow, flow["second"], Condition("not_equals", "gone", "two"), {"gone": Answer("ok", 1)})


def test_a_default_counts_as_an_answer() -> None:
    flow, _ = read_flow([{"id": "q", "question": "q?", "type": "number", "default": "five", "on_exhausted": "default"}])
    assert flow is not None
    answer = Answer("defaulted", flow["q"].default, "five")

    assert holds(flow, flow["q"], Condition("equals", None, "5"), {"q": answer})
    assert holds(flow, flow["q"], Condition("not_equals", None, "6"), {"q": answer})


@pytest.mark.parametrize(
    ("words", "expected"),
    [("senior", True), ("I am a senior one", True), ("quite a few", False), ("", False), ("none of it", False)],
)
def test_words_that_a_condition_looks_for_are_no_reason_to_ask_again(words: str, expected: bool) -> None:
    actions = (
        ConditionalAction(Condition("contains", "years", "senior"), next="end"),
        ConditionalAction(Condition("equals", "years", "none"), next="end"),
        ConditionalAction(Condition("not_equals", "years", "junior"), next="end"),
    )
    flow = QuestionFlow((Question("years", "How many years?", "number", actions=actions),))

    assert words_match(flow, flow["years"], words) is expected


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("equals", "q", "none"), "is none"),
        (Condition("contains", None, "1,2,3"), "contains 1, 2 or 3"),
        (Condition("not_equals", "other", True), "other is not yes"),
        (Condition("contains_word", None, ["a", "b"]), "contains the word a or b"),
        (Condition("equals", None, ">=9"), "is >=9"),
        (Condition("any_other"), "anything else"),
    ],
)
def test_a_condition_in_words(condition: Condition, text: str) -> None:
    assert condition_text(Question("q", "q?"), condition) == text


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("a", ["a"]),
        ("a, b ,c", ["a", "b", "c"]),
        ('"a, b", c', ["a, b", "c"]),
        ("“a, b”,c", ["a, b", "c"]),
        ('say "a, b"', ['say "a', 'b"']),
        ('5"', ['5"']),
        ("a,,b,", ["a", "b"]),
        ("", [""]),
        (["a, b", 3], ["a, b", 3]),
        (3, [3]),
        (None, []),
    ],
)
def test_commas_mean_any_of(value: Any, parts: list[Any]) -> None:
    assert parts_of(value) == parts


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("On a scale of 1 to 10, how would you rate us?", (1, 10)),
        ("From one to five, how was it?", (1, 5)),
        ("Rate us 0-10.", (0, 10)),
        ("Between 1 and 5, how likely are you to come back?", (1, 5)),
        ("How satisfied are you, 1 to 7?", (1, 7)),
        ("En una escala del 1 al 10, ¿cómo fue?", (1, 10)),
        ("Auf einer Skala von 1 bis 6, wie war es?", (1, 6)),
        ("Sur une échelle de 0 à 10, quelle est votre satisfaction ?", (0, 10)),
        ("Numa escala de 1 a 5, como foi?", (1, 5)),
        ("Su una scala da 1 a 10, come è andata?", (1, 10)),
        ("How many years of experience do you have?", None),
        ("We are open from 9 to 5. How many hours do you need?", None),
        ("Our plans are for 1 to 10 users. How many are you?", None),
        ("Rate us 1 to 5, and your stay 1 to 10.", None),
        ("Since 2019, how often did you call?", None),
    ],
)
def test_the_scale_that_a_question_names(text: str, scale: tuple[float, float] | None) -> None:
    assert scale_in(text) == scale


@given(st.text(max_size=30))
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(
    st.sampled_from(["text", "number", "yes_no", "digits"]),
    st.sampled_from(["equals", "contains", "contains_word"]),
    st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.lists(st.text(max_size=5), max_size=3)),
    st.text(max_size=20),
)
def test_nothing_equals_and_not_equals_at_once(type: Any, operator: Any, value: Any, said: str) -> None:
    flow = QuestionFlow((Question("q", "q?", type),))
    answers = {"q": Answer("ok", said, said, said)}
    equals = holds(flow, flow["q"], Condition("equals", None, value), answers)

    assert holds(flow, flow["q"], Condition("not_equals", None, value), answers) is not equals
    assert holds(flow, flow["q"], Condition(operator, None, value), answers) in (True, False)
    assert not holds(flow, flow["q"], Condition(operator, None, value), {"q": Answer("refused", raw=said)})
