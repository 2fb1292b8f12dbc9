"""Every way through an interview has its test call, and the call takes that way; and the graph that shows them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from interview.test_routing import INTERVIEWS, answer_to, flow_of, flows
from ringline.interview.flow import QuestionFlow
from ringline.interview.graph import describe, mermaid
from ringline.interview.paths import paths_of
from ringline.interview.reading import read_flow
from ringline.interview.routing import exits, next_question
from ringline.interview.state import Answer

OWN = "I will say it in my own words"


def read(data: Any) -> QuestionFlow:
    flow, faults = read_flow(data)
    assert flow is not None, faults
    return flow


def test_the_calls_of_the_customer_service_interview() -> None:
    assert [(path.questions, path.end, path.answers) for path in paths_of(flow_of("customer_service"))] == [
        (
            ("issue_type", "billing_details"),
            "end",
            (("issue_type", "billing", "1"), ("billing_details", OWN, None)),
        ),
        (
            ("issue_type", "technical_details"),
            "end",
            (("issue_type", "technical", "2"), ("technical_details", OWN, None)),
        ),
        (("issue_type",), "end", (("issue_type", "general inquiry", "3"),)),
    ]


def test_the_calls_of_the_job_interview() -> None:
    found = {path.questions: (path.end, path.answers[1]) for path in paths_of(flow_of("job_interview"))}

    assert found == {
        ("name", "experience", "leadership_experience", "availability"): ("end", ("experience", "senior", None)),
        ("name", "experience"): ("end_call", ("experience", "none", "0")),
        ("name", "experience", "availability"): ("end", ("experience", "1", "1")),
    }


def test_the_calls_of_the_customer_satisfaction_survey() -> None:
    assert [path.answers[0] for path in paths_of(flow_of("customer_satisfaction"))] == [
        ("satisfaction_rating", "9", "9"),
        ("satisfaction_rating", "1", "1"),
        ("satisfaction_rating", "6", "6"),
    ]


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("name", INTERVIEWS)
def test_who_answers_as_a_call_says_is_asked_what_it_says(name: str, keyed: bool, linear: bool) -> None:
    flow = flow_of(name, linear=linear)
    paths = paths_of(flow)
    assert paths

    for path in paths:
        answers: dict[str, Answer] = {}
        here: str | None = flow.ids[0]
        asked, end = [], ""
        for question, text, keys in path.answers:
            assert here == question
            asked.append(question)
            said = {"keys": keys} if keyed and keys is not None else text
            answers[question] = answer_to(flow, flow[question], said)
            route = next_question(flow, answers, question, "en")
            here, end = route.question, route.kind
        assert (tuple(asked), end, here) == (path.questions, path.end, None)


def test_what_only_silence_leads_to_has_a_call_with_silence() -> None:
    flow = read(
        [
            {
                "id": "a",
                "question": "a?",
                "type": "yes_no",
                "actions": [
                    {"condition": {"operator": "equals", "value": "yes"}, "next": "b"},
                    {"condition": {"operator": "equals", "value": "no"}, "next": "c"},
                    {"condition": {"operator": "any_other"}, "action": "transfer"},
                ],
            },
            {"id": "b", "question": "b?"},
            {"id": "c", "question": "c?"},
        ]
    )

    assert [(path.answers[0], path.end) for path in paths_of(flow)] == [
        (("a", "yes", "1"), "end"),
        (("a", "no", "2"), "end"),
        (("a", "", None), "transfer"),
    ]


def test_an_answer_that_decides_later_has_its_calls() -> None:
    flow = read(
        [
            {"id": "member", "question": "Are you a member?", "type": "yes_no"},
            {
                "id": "city",
                "question": "Where?",
                "actions": [
                    {"condition": {"field": "member", "operator": "equals", "value": "no"}, "action": "end_call"}
                ],
            },
            {"id": "card", "question": "Which card?"},
        ]
    )

    assert [(path.answers[0][1], path.questions, path.end) for path in paths_of(flow)] == [
        ("no", ("member", "city"), "end_call"),
        ("yes", ("member", "city", "card"), "end"),
    ]


def test_a_circle_is_walked_as_often_as_its_questions_may_be_asked() -> None:
    flow = read(
        [
            {
                "id": "a",
                "question": "a?",
                "max_visits": 2,
                "actions": [{"condition": {"operator": "equals", "value": "again"}, "next": "a"}],
            }
        ]
    )

    assert [(path.questions, path.end) for path in paths_of(flow)] == [
        (("a", "a"), "max_visits"),
        (("a", "a"), "end"),
        (("a",), "end"),
    ]


def test_with_more_ways_than_are_wanted_every_exit_is_taken_all_the_same() -> None:
    asked = [
        {
            "id": f"q{number}",
            "question": "Well?",
            "type": "yes_no",
            "actions": [{"condition": {"operator": "equals", "value": "yes"}, "next": f"q{number}_more"}],
        }
        for number in range(12)
    ]
    data = [one for question in asked for one in (question, {"id": f"{question['id']}_more", "question": "And?"})]
    paths = paths_of(read(data), most=50)

    assert len(paths) == len({path.questions for path in paths}) == 50
    for number in range(12):
        assert any(f"q{number}_more" in path.questions for path in paths)
        assert any(f"q{number}_more" not in path.questions for path in paths)


@given(flows())
@settings(max_examples=50)
def test_ways_are_bounded_and_differ(made: QuestionFlow) -> None:
    paths = paths_of(made, most=30)

    assert 1 <= len(paths) <= 30
    assert all(path.end in ("end", "end_call", "transfer", "max_visits") for path in paths)
    assert all(path.questions[0] == made.ids[0] for path in paths)


@given(flows())
@settings(max_examples=50)
def test_the_graph_has_every_exit(made: QuestionFlow) -> None:
    graph = describe(made)

    assert [question["id"] for question in graph["questions"]] == list(made.ids)
    assert len(graph["edges"]) == sum(len(exits(made, name)) for name in made.ids)
    drawn = mermaid(made).splitlines()
    assert sum(" --> " in line or " -.-> " in line or "|" in line for line in drawn) == len(graph["edges"]) + 1


def test_the_graph_of_the_satisfaction_survey() -> None:
    assert mermaid(flow_of("customer_satisfaction")) == (
        "flowchart TD\n"
        "  start([start]) --> q0\n"
        '  q0["satisfaction_rating<br/>On a scale of 1 to 10, how would you rate your recent exper…<br/>'
        'number 1 to 10 (scale from its words)"]\n'
        '  q1["testimonial_request<br/>Would you be willing to provide a testimonial about your ex…<br/>yes or no"]\n'
        '  q2["improvement_feedback<br/>What could we have done better to improve your experience?<br/>text"]\n'
        "  done([end])\n"
        '  q0 -->|"contains 9"| q1\n'
        '  q0 -->|"contains 1, 2, 3, 4 or 5"| q2\n'
        '  q0 -.->|"otherwise"| done\n'
        "  q1 -.-> done\n"
        "  q2 -.-> done\n"
    )


def test_the_graph_as_data() -> None:
    graph = describe(flow_of("customer_satisfaction"))

    assert graph["start"] == "satisfaction_rating"
    assert graph["questions"][0]["scale"] == {"minimum": 1, "maximum": 10, "inferred": True}
    assert graph["edges"][:3] == [
        {
            "from": "satisfaction_rating",
            "to": "testimonial_request",
            "kind": "question",
            "by": "condition",
            "label": "contains 9",
            "why": "contains 9",
            "message": None,
        },
        {
            "from": "satisfaction_rating",
            "to": "improvement_feedback",
            "kind": "question",
            "by": "condition",
            "label": "contains 1, 2, 3, 4 or 5",
            "why": "contains 1, 2, 3, 4 or 5",
            "message": None,
        },
        {
            "from": "satisfaction_rating",
            "to": None,
            "kind": "end",
            "by": "otherwise",
            "label": "otherwise",
            "why": "the last question",
            "message": None,
        },
    ]


def test_what_ends_a_call_has_its_words_in_the_graph() -> None:
    drawn = mermaid(flow_of("job_interview"))

    assert '  q1x1(["end of the call<br/>“Thank you for your interest. We\'ll review entry-level posit…”"])\n' in drawn
    assert '  q1 -->|"is none"| q1x1\n' in drawn
    assert "  q2 -.-> q3\n" in drawn


def test_nothing_an_author_writes_breaks_the_drawing() -> None:
    flow = read([{"id": "a", "question": 'Say "x" | <b>`now`</b> #1;\n end', "choices": None}])

    assert '"a<br/>Say #quot;x#quot; #124; #lt;b#gt;#96;now#96;#lt;/b#gt; #35;1; end<br/>text"' in mermaid(flow)
