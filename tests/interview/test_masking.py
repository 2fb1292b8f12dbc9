"""What is left of numbers and addresses in a transcript."""

from __future__ import annotations

import pytest

from ringline.interview.events import KeysPressed, Silence, UserSaid
from ringline.interview.flow import Question
from ringline.interview.masking import concealed, ending, hidden, mask, opened, read_back
from ringline.interview.state import Answer


@pytest.mark.parametrize(
    ("text", "language", "masked"),
    [
        ("my card is 4242 4242 4242 4242, thanks", "en", "my card is [card …4242], thanks"),
        ("4242-4242-4242-4242", "en", "[card …4242]"),
        ("call +1 (555) 123-4567 please", "en", "call [phone …4567] please"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "en", "IBAN [IBAN …3000] please"),
        ("GB82WEST12345698765432", "en", "[IBAN …5432]"),
        ("write to anna.b+x@example.co.uk today", "en", "write to [e-mail] today"),
        ("anna at example dot com", "en", "[e-mail]"),
        ("ana arroba ejemplo punto com", "es", "[e-mail]"),
        ("my pin is four one one seven nine", "en", "my pin is [digits]"),
        ("it is five five five one two three four five six seven", "en", "it is [phone …4567]"),
        ("oh seven nine one one two three four", "en", "[phone …1234]"),
        ("cuatro dos cuatro dos cuatro dos cuatro dos", "es", "[phone …4242]"),
        ("vier zwei vier zwei vier", "de", "[digits]"),
        ("code 123456", "en", "code [digits]"),
    ],
)
def test_what_should_not_lie_about_is_masked(text: str, language: str, masked: str) -> None:
    assert mask(text, language) == masked


@pytest.mark.parametrize(
    "text",
    [
        "nine",
        "twelve years, maybe 13",
        "on 2026-11-22 at 10:30",
        "22.11.2026",
        "room 4071",
        "one or two of the three",
        "DE12 is no account",
        "we met at noon",
        "in twenty twenty five",
        "",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask(text) == text


def test_a_number_that_is_no_card_is_not_called_one() -> None:
    assert mask("4242 4242 4242 4243") == "[digits …4243]"


@pytest.mark.parametrize(
    ("secret", "shown", "said"),
    [("4242424242424242", "…4242", "4 2"), ("4711", "…", "1 1"), ("123", "…", ""), ("a@example.com", "….com", "o m")],
)
def test_how_much_of_a_secret_is_shown_and_read_back(secret: str, shown: str, said: str) -> None:
    assert ending(secret) == shown
    assert read_back(secret) == said


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("digits", "4242424242424242"),
        ("number", 42),
        ("number", 4.5),
        ("yes_no", True),
        ("yes_no", False),
        ("multiple_choice", "HIV clinic"),
        ("text", "my dog is called Rex"),
        ("date", "1980-03-01"),
    ],
)
def test_a_hidden_answer_can_be_opened_again(type: str, value: object) -> None:
    question = Question("q", "?", type)
    answer = Answer("ok", value, str(value), str(value), evidence=[f"“{value}”"])
    kept = hidden(answer, question)
    assert str(value) not in f"{kept.value} {kept.text} {kept.raw} {kept.evidence}"
    assert opened(kept, question).value == value


def test_an_event_is_shown_without_its_words() -> None:
    assert concealed(UserSaid(1, 2, "my dog is called Rex")) == UserSaid(1, 2, "…")
    assert concealed(KeysPressed(1, 2, "4242424242424242")) == KeysPressed(1, 2, "…4242")
    assert concealed(Silence(1, 2)) == Silence(1, 2)
