"""The text of a notification: filled in one pass, never longer than its limit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.templating import cut, notification_text, render_notification


def test_a_value_is_never_searched_for_placeholders() -> None:
    parameters = {"a": "{{ $parameters.b }}", "b": "{{ $parameters.a }}"}

    assert render_notification("{{ $parameters.a }}|{{ $parameters.b }}", parameters, {}, None) == (
        "{{ $parameters.b }}|{{ $parameters.a }}"
    )


def test_only_parameters_that_occur_are_worked_on() -> None:
    seen: list[Any] = []

    def note(value: Any, names: Any) -> Any:
        seen.append((value, names))
        return value * 2

    text = render_notification(
        "{{ $parameters.a }}{{$parameters.a}}{{ $parameters.c }}", {"a": 1, "b": 2}, {"a": note, "b": note}, None
    )

    assert text == "22{{ $parameters.c }}"
    assert seen == [(1, {})]


@pytest.mark.parametrize(
    ("limit", "text"),
    [(1, "a"), (2, "ab"), (5, "abcde"), (6, " [...]"), (7, "a [...]"), (25, "abcdefghijklmnopqrs [...]"), (26, None)],
)
def test_a_limit_is_kept_however_small(limit: int, text: str | None) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"

    assert cut(letters, limit) == (text or letters)


@pytest.mark.parametrize(("length", "cut_to", "is_long"), [(160, 160, False), (161, 161, True), (1600, 1600, True),
                                                           (1601, 1600, True)])  # fmt: skip
def test_version_2_cuts_at_what_twilio_takes(length: int, cut_to: int, is_long: bool) -> None:
    text, needs_mms = render_notification("y" * length, {}, {}, 5, version=2)

    assert (len(text), needs_mms) == (cut_to, is_long)
    assert text.endswith(" [...]") == (length > 1600)


def test_a_message_is_read_once() -> None:
    assert notification_text("a {{ $parameters.b }}") is notification_text("a {{ $parameters.b }}")


@given(st.text(), st.integers(1, 40))
def test_cutting_never_lengthens_and_keeps_the_beginning(text: str, limit: int) -> None:
    result = cut(text, limit)

    assert len(result) == min(len(text), limit)
    assert text.startswith(result.removesuffix(" [...]"))


@given(st.text())
def test_a_text_without_placeholders_is_itself(text: str) -> None:
    assert render_notification(text.replace("$parameters", ""), {"x": 1}, {}, None) == text.replace("$parameters", "")


@given(st.text(), st.text(), st.text(), st.text())
def test_values_arrive_untouched_between_untouched_text(before: str, value: str, between: str, after: str) -> None:
    # No text around a placeholder may become part of one.
    before, between, after = (part.replace("{", "(").replace("}", ")") for part in (before, between, after))
    message = before + "{{ $parameters.v }}" + between + "{{\t$parameters.v\n}}" + after

    assert render_notification(message, {"v": value}, {}, None) == before + value + between + value + after
