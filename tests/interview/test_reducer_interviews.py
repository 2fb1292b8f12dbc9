"""The three interviews of the guide, held in full: each way spoken and keyed, and in plain list order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from interview.harness import Talk
from ringline.interview.agent import QuestionsAgent
from ringline.interview.reading import read_flow

WRITTEN = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "cases" / "interview" / "seed_interviews.yaml").read_text()
)

# Interview, answers (with k: keyed), questions asked in their order, outcome.
BRANCHING: list[tuple[str, list[str], list[str], str]] = [
    ("customer_service", ["billing", "It is too high"], ["issue_type", "billing_details"], "completed"),
    ("customer_service", ["k1", "It is too high"], ["issue_type", "billing_details"], "completed"),
    ("customer_service", ["it's a billing thing", "Too high"], ["issue_type", "billing_details"], "completed"),
    ("customer_service", ["technical", "It is broken"], ["issue_type", "technical_details"], "completed"),
    ("customer_service", ["k2", "It is broken"], ["issue_type", "technical_details"], "completed"),
    ("customer_service", ["general inquiry"], ["issue_type"], "completed"),
    ("customer_service", ["k3"], ["issue_type"], "completed"),
    ("job_interview", ["Ann Lee", "none"], ["name", "experience"], "ended_by_rule"),
    ("job_interview", ["Ann Lee", "I don't have any"], ["name", "experience"], "ended_by_rule"),
    ("job_interview", ["Ann Lee", "k0"], ["name", "experience"], "ended_by_rule"),
    ("job_interview", ["Ann Lee", "five years", "in May"], ["name", "experience", "availability"], "completed"),
    ("job_interview", ["Ann Lee", "k5", "in May"], ["name", "experience", "availability"], "completed"),
    (
        "job_interview",
        ["Ann Lee", "I'm a senior engineer", "I led a team", "in May"],
        ["name", "experience", "leadership_experience", "availability"],
        "completed",
    ),
    (
        "job_interview",
        ["Ann Lee", "senior, twelve years", "I led a team", "in May"],
        ["name", "experience", "leadership_experience", "availability"],
        "completed",
    ),
    ("satisfaction", ["nine", "yes"], ["satisfaction_rating", "testimonial_request"], "completed"),
    ("satisfaction", ["k9", "k1"], ["satisfaction_rating", "testimonial_request"], "completed"),
    *[
        ("satisfaction", [answer, "The queue"], ["satisfaction_rating", "improvement_feedback"], "completed")
        for answer in ("one", "two", "three", "four", "five", "k1", "k2", "k3", "k4", "k5")
    ],
    *[
        ("satisfaction", [answer], ["satisfaction_rating"], "completed")
        for answer in ("six", "seven", "eight", "ten", "k6", "k7", "k8", "k10")
    ],
]
IN_LIST_ORDER: list[tuple[str, list[str], list[str], str]] = [
    (
        "customer_service",
        ["billing", "Too high", "It is broken"],
        ["issue_type", "billing_details", "technical_details"],
        "completed",
    ),
    ("customer_service", ["technical", "It is broken"], ["issue_type", "technical_details"], "completed"),
    (
        "customer_service",
        ["general inquiry", "Nothing", "Nothing"],
        ["issue_type", "billing_details", "technical_details"],
        "completed",
    ),
    (
        "job_interview",
        ["Ann Lee", "five", "I led a team", "in May"],
        ["name", "experience", "leadership_experience", "availability"],
        "completed",
    ),
    ("job_interview", ["Ann Lee", "none"], ["name", "experience"], "ended_by_rule"),
    (
        "satisfaction",
        ["seven", "yes", "The queue"],
        ["satisfaction_rating", "testimonial_request", "improvement_feedback"],
        "completed",
    ),
    ("satisfaction", ["three", "The queue"], ["satisfaction_rating", "improvement_feedback"], "completed"),
]


def held(name: str, answers: list[str], **more: Any) -> Talk:
    data = next(value for key, value in WRITTEN.items() if key.endswith(name) or name in key)
    flow, faults = read_flow(data)
    assert flow is not None, faults
    talk = Talk(QuestionsAgent(replace(flow, **more), greeting="Hello."))
    for answer in answers:
        talk = talk.press(answer[1:]) if answer.startswith("k") and answer[1:].isdigit() else talk.say(answer)
    talk.check_replay()
    return talk


@pytest.mark.parametrize(("name", "answers", "questions", "outcome"), BRANCHING)
def test_each_way_takes_the_branch_that_was_meant(
    name: str, answers: list[str], questions: list[str], outcome: str
) -> None:
    talk = held(name, answers)
    assert talk.state.path == questions
    assert talk.state.outcome == outcome
    assert list(talk.state.answers) == questions
    assert all(answer.status == "ok" for answer in talk.state.answers.values())


@pytest.mark.parametrize(("name", "answers", "questions", "outcome"), IN_LIST_ORDER)
def test_linear_follows_the_list(name: str, answers: list[str], questions: list[str], outcome: str) -> None:
    talk = held(name, answers, linear=True)
    assert talk.state.path == questions
    assert talk.state.outcome == outcome


@pytest.mark.parametrize("rating", range(1, 11))
def test_a_rating_is_the_number_that_was_keyed(rating: int) -> None:
    assert held("satisfaction", [f"k{rating}"]).answer("satisfaction_rating").value == rating
