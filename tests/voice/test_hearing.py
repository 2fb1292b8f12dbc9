"""What whoever holds the phone is told of the question that is open, and of the keys it takes."""

from __future__ import annotations

from typing import Any

from interview.harness import Talk, agent, choices
from ringline.interview.flow import Question
from ringline.voice.sessions.hearing import Open, hearing_of


def open_question(*questions: Question, said: tuple[str, ...] = (), **more: Any) -> Open:
    talk = Talk(agent(*questions, linear=True, **more))
    for text in said:
        talk.say(text)
    found = hearing_of("ses_1", talk.spec, talk.state, ()).open
    assert found is not None
    return found


def test_the_keys_of_choices_are_told_with_what_leads_elsewhere() -> None:
    when = Question("when", "When?", "multiple_choice", choices=choices("Morning", "Evening"), optional=True)
    found = open_question(when, transfer_to="+15550009999")
    assert [(one.keys, one.text) for one in found.answers] == [("1", "Morning"), ("2", "Evening")]
    assert found.navigation == {"*": "repeat", "#": "skip", "0": "operator"}


def test_figures_are_answers_where_figures_are_asked_for() -> None:
    found = open_question(Question("age", "How old?", "number"), transfer_to="+15550009999")
    assert found.navigation == {"*": "repeat"}


def test_back_is_told_once_there_is_a_question_to_go_back_to() -> None:
    first, second = Question("ok", "Is it fine?", "yes_no"), Question("why", "Why?", "text")
    assert open_question(first, second, said=("yes",)).navigation == {"*": "repeat", "9*": "back"}


def test_no_key_means_anything_where_none_are_taken() -> None:
    assert open_question(Question("ok", "Is it fine?", "yes_no", keypad=False)).navigation == {}
