"""What holds for every answer, and for the arguments."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.errors import RequestError
from ringline.understanding import TYPES, Status, understand

CHOICES = ["Billing", "Technical support", 7, {"id": "other", "label": "Something else"}]
WORDS = st.sampled_from(
    [
        *("yes", "no", "not", "five", "twenty", "half", "dozen", "and", "or", "to", "minus", "between", "the", "one"),
        *("second", "7", "3.5", ",", "-", "/", "k", "hundred", "million", "wait", "i", "mean", "billing", "support"),
        *("b", "last", "👍", "um", "%", "point"),
    ]
)


@settings(deadline=None)  # the first of a type loads what it needs
@given(text=st.one_of(st.text(), st.lists(WORDS).map(" ".join)), type=st.sampled_from(TYPES), keys=st.booleans())
def test_whatever_is_said_has_a_meaning(text: str, type: str, keys: bool) -> None:
    found = understand(type, text, choices=CHOICES, keys=keys)

    assert found.status in get_args(Status)
    assert 0 <= found.confidence <= 1
    assert (found.value is None) == (found.status not in ("ok", "out_of_range", "meta"))
    assert found.status != "ok" or found.evidence
    assert bool(found.alternatives) == (found.status == "ambiguous")


@given(value=st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda value: round(value, 2))))
def test_a_number_in_digits_is_that_number(value: float) -> None:
    assert understand("number", str(value)).value == value


@given(choice=st.sampled_from(CHOICES))
def test_a_choice_by_its_own_name_is_that_choice(choice: Any) -> None:
    name = choice["label"] if isinstance(choice, dict) else str(choice)
    found = understand("multiple_choice", name, choices=CHOICES)

    assert (found.status, found.confidence) == ("ok", 1.0)
    assert found.value == (choice["id"] if isinstance(choice, dict) else choice)


def test_what_is_taken_back_makes_the_rest_less_sure() -> None:
    plain = understand("number", "thirty")
    corrected = understand("number", "twenty five, no, thirty")

    assert corrected.value == plain.value == 30
    assert corrected.confidence == round(plain.confidence - 0.15, 2)
    assert corrected.evidence[0] == "corrected to “thirty”"


@pytest.mark.parametrize(
    ("arguments", "field", "sentence"),
    [
        ({"type": "colour", "text": "red"}, "type", "There is no type of answer `colour`."),
        ({"type": "multiple_choice", "text": "a"}, "choices", "needs something to choose from"),
        ({"type": "keyword", "text": "a", "choices": []}, "choices", "needs something to choose from"),
        ({"type": "yes_no", "text": "ja", "language": "nl"}, "language", "Answers in `nl` are not understood."),
        ({"type": "multiple_choice", "text": "a", "choices": [{"keys": [1]}]}, "choices", "neither `label` nor `id`"),
    ],
)
def test_what_cannot_be_asked_is_said(arguments: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence) as caught:
        understand(**arguments)

    assert caught.value.field == field
    assert caught.value.fix


def test_a_region_has_its_languages_words() -> None:
    assert understand("yes_no", "yep", language="en-GB").value is True
