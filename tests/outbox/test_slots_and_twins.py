from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ringline.outbox.slots import fitting, free_slots, next_look, take_slots, tolerance
from ringline.outbox.twins import ANY_TEXT, skeleton, text_class, twin_of

AHEAD = 1.0


@given(
    st.floats(0.05, 10),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 20), st.integers(1, 24)), min_size=1, max_size=30),
)
@example(0.0625, [(0.0, 13, 3), (0.0, 1, 1), (1.0, 1, 1)])  # further ahead than any clock was set back
def test_slots_are_never_closer_than_the_messages_before_them_allow(
    interval: float, claims: list[tuple[float, int, int]]
) -> None:
    now, tat, taken = 1000.0, 0.0, []
    for pause, most, segments in claims:
        now += pause
        units = [segments] * free_slots(tat, interval, now, AHEAD, most)
        assert len(units) <= most
        count = fitting(tat, interval, now, AHEAD, units)
        assert (count > 0) == bool(units)
        moments, tat = take_slots(tat, interval, now, AHEAD, units[:count])
        assert all(now <= moment <= now + AHEAD for moment in moments)
        taken += [(moment, segments) for moment in moments]
    for (earlier, segments), (later, _) in itertools.pairwise(taken):
        assert later - earlier >= segments * interval - 1e-6


def test_a_sender_without_a_rate_has_all_slots_now() -> None:
    assert free_slots(0.0, 0.0, 5.0, AHEAD, 500) == 500
    assert take_slots(0.0, 0.0, 5.0, AHEAD, [1, 2, 3]) == ([5.0] * 3, 0.0)


def test_after_the_clock_was_set_back_a_sender_does_not_wait_for_the_old_time() -> None:
    assert free_slots(1_000_000.0, 1.0, 1000.0, AHEAD, 10) == 0
    moments, _ = take_slots(1_000_000.0, 1.0, 1000.0, AHEAD, [1])
    assert moments == [1002.0]


@pytest.mark.parametrize(
    ("tat", "interval", "look"),
    [
        (1000.0, 0.0, None),
        (1000.0, 1.0, 1000.0),  # a slot is free
        (1002.0, 1.0, 1001.0),  # when the next one may be taken
        (1001.0, 0.01, 1000.5),  # when half of them may
        (1000.3, 0.01, 1000.0),
    ],
)
def test_the_next_look_comes_when_it_is_worth_it(tat: float, interval: float, look: float | None) -> None:
    assert next_look(tat, interval, 1000.0, AHEAD) == look


@pytest.mark.parametrize(("interval", "late"), [(0.0, float("inf")), (0.05, 0.1), (0.2, 0.1), (10.0, 0.25)])
def test_a_slot_is_given_up_soon_after_its_moment(interval: float, late: float) -> None:
    assert tolerance(interval) == late


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Your code: 1234", "your code 1234"),
        ("It’s ready – come", "It's ready - come"),
        ("Hello", "Sent from your Twilio trial account - Hello"),
        ("See https://example.com/a?b=1", "See https://twil.io/x"),
        ("See example.com/path now", "See http://short.ly/1 now"),
        ("café", "cafe"),
        ("a  b\n", "A B"),
    ],
)
def test_what_twilio_changes_does_not_make_another_text(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
    assert text_class(one, None) == text_class(other, None)


@pytest.mark.parametrize(("one", "other"), [("code 1234", "code 1235"), ("yes", "no"), ("Привет", "Пока")])
def test_what_people_change_does(one: str, other: str) -> None:
    assert text_class(one, None) != text_class(other, None)


@given(st.text())
def test_any_text_has_a_class(text: str) -> None:
    assert text_class(text, None)
    assert skeleton(f" {text} ") == skeleton(text)


@pytest.mark.parametrize(
    ("body", "template"), [(None, "HX1"), ("text", "HX1"), (None, None), ("", None), ("🎉!!", None)]
)
def test_what_twilio_shows_otherwise_may_be_like_anything(body: str | None, template: str | None) -> None:
    assert text_class(body, template) == ANY_TEXT


def test_twins_share_account_channel_and_person_and_never_name_a_sender() -> None:
    one = twin_of("AC1", "sms", "+14155550101", "hello", None)
    assert one == twin_of("AC1", "sms", "+14155550101", "HELLO!", None)
    others = [
        twin_of("AC2", "sms", "+14155550101", "hello", None),
        twin_of("AC1", "whatsapp", "+14155550101", "hello", None),
        twin_of("AC1", "sms", "+14155550102", "hello", None),
    ]
    assert one not in others


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_reduced_as_any_other_is(plain: str) -> None:
    # Anything beyond ASCII takes the whole text the long way round.
    assert skeleton(plain + " \N{LATIN SMALL LETTER E WITH ACUTE}") == skeleton(plain) + "e"
