"""Test calls played in virtual time go as the graph says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from interview.harness import agent, choices, when
from interview.test_routing import INTERVIEWS, flow_of
from ringline.interview.agent import QuestionsAgent
from ringline.interview.flow import Question
from ringline.interview.paths import paths_of
from ringline.interview.rehearsal import rehearse


@pytest.mark.parametrize("keyed", [False, True], ids=["spoken", "keyed"])
@pytest.mark.parametrize("name", INTERVIEWS)
def test_every_call_of_every_interview_goes_as_planned(name: str, keyed: bool) -> None:
    flow = flow_of(name)

    played = [rehearse(QuestionsAgent(flow), path, keyed=keyed) for path in paths_of(flow)]

    assert all(one.as_planned for one in played), played
    assert all(0 < one.seconds < 600 for one in played)


def test_what_is_read_back_is_confirmed() -> None:
    spec = agent(Question("phone", "Which number?", type="phone", confirm="always", country="US"))

    (path,) = paths_of(spec.flow)

    assert rehearse(spec, path).as_planned


def test_a_person_takes_over_although_nobody_is_named_yet() -> None:
    asked = Question("help", "Do you want help?", type="yes_no", actions=(when("equals", "yes", action="transfer"),))
    spec = agent(asked)

    ends = {rehearse(spec, path).outcome for path in paths_of(spec.flow)}

    assert ends == {"transferred", "completed"}


def test_silence_is_kept_until_it_goes_on() -> None:
    first = Question(
        "which",
        "Which one?",
        type="multiple_choice",
        choices=choices("red", "blue"),
        actions=(
            when("equals", "red", next="end"),
            when("equals", "blue", next="end"),
            when("any_other", next="why"),
        ),
    )
    spec = agent(first, Question("why", "Why?"))
    path = next(path for path in paths_of(spec.flow) if path.answers[0][1] == "")

    played = rehearse(spec, path)

    assert played.as_planned, played
    assert played.seconds > 4 * first.timeout


def test_a_call_that_goes_another_way_is_told() -> None:
    spec = agent(Question("one", "One?"), Question("two", "Two?"))
    (path,) = paths_of(spec.flow)

    assert not rehearse(spec, replace(path, questions=("one",))).as_planned
