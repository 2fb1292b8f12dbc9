"""Where answers lead: the interviews people have already, branch blocks, and that there is always a way on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from ringline.interview.conditions import words_match
from ringline.interview.flow import Choice, Condition, ConditionalAction, Question, QuestionFlow
from ringline.interview.operands import choices_for_understanding
from ringline.interview.reading import read_flow
from ringline.interview.routing import exits, next_question
from ringline.interview.scales import bounds_of
from ringline.interview.state import Answer
from ringline.understanding import understand

CASES = Path(__file__).parents[1] / "cases" / "interview"
INTERVIEWS = YAML(typ="safe").load((CASES / "seed_interviews.yaml").read_text(encoding="utf-8"))
ROUTES = YAML(typ="safe").load((CASES / "routes.yaml").read_text(encoding="utf-8"))


def flow_of(name: str, *, linear: bool = False) -> QuestionFlow:
    flow, faults = read_flow({"questions": INTERVIEWS[name], "flow": "linear" if linear else "branching"})
    assert flow is not None, faults
    return flow


def answer_to(flow: QuestionFlow, question: Question, said: Any) -> Answer:
    """What is understood of one thing said or keyed in; it must be an answer."""
    keys = isinstance(said, dict)
    text = said["keys"] if keys else said
    low, high = bounds_of(question)
    found = understand(
        question.type,
        text,
        choices=choices_for_understanding(question) or None,
        minimum=low,
        maximum=high,
        keys=keys,
    )
    if found.status == "no_match" and words_match(flow, question, text):
        return Answer("ok", None, text, text)
    assert found.status == "ok", (text, found)
    return Answer("ok", found.value, text, text)


def walk(flow: QuestionFlow, said: list[Any]) -> tuple[list[str], str]:
    """The questions that are asked, and how it ends. What is left unsaid is answered with some words."""
    answers: dict[str, Answer] = {}
    asked, here, left = [], flow.ids[0], list(said)
    while True:
        asked.append(here)
        question = flow[here]
        fallback = "yes" if question.type == "yes_no" else "some words"
        answers[here] = answer_to(flow, question, left.pop(0) if left else fallback)
        route = next_question(flow, answers, here, "en")
        if route.question is None:
            return asked, route.kind
        here = route.question


def cases() -> list[Any]:
    return [pytest.param(name, row, id=f"{name}-{row['say']}") for name, rows in ROUTES.items() for row in rows]


@pytest.mark.parametrize(("name", "row"), cases())
def test_an_answer_takes_the_branch_that_is_meant(name: str, row: dict[str, Any]) -> None:
    assert walk(flow_of(name), row["say"]) == (row["asked"], row["end"])


@pytest.mark.parametrize(("name", "row"), cases())
def test_in_linear_mode_what_leads_nowhere_goes_on_in_the_list(name: str, row: dict[str, Any]) -> None:
    # Said in a pause, only the first answers decide; those after are whatever is asked then.
    said = row["say"] if "linear" not in row else row["say"][: 2 if name == "job_interview" else 1]

    assert walk(flow_of(name, linear=True), said) == (row.get("linear", row["asked"]), row["end"])


def test_the_rule_that_ends_a_call_brings_its_words() -> None:
    flow = flow_of("job_interview")
    route = next_question(flow, {"experience": Answer("ok", 0, "none", "none")}, "experience", "en")

    assert (route.kind, route.why) == ("end_call", "is none")
    assert route.message == "Thank you for your interest. We'll review entry-level positions and contact you soon."


def goes(value: Any, target: str | None, operator: Any = "equals", **more: Any) -> ConditionalAction:
    return ConditionalAction(Condition(operator, value=value), next=target, **more)


def ask(name: str, *actions: ConditionalAction, **more: Any) -> Question:
    return Question(name, f"{name}?", actions=actions, **more)


def ways(made: QuestionFlow) -> dict[str, list[str | None]]:
    return {name: [way.route.question for way in exits(made, name)] for name in made.ids}


def flow(*questions: Question, linear: bool = False) -> QuestionFlow:
    return QuestionFlow(questions, linear)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param(
            flow(ask("a", goes("x", "b"), goes("y", "c")), ask("b"), ask("c"), ask("d")),
            {"a": ["b", "c", "d"], "b": ["d"], "c": ["d"], "d": [None]},
            id="branches join after the block",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), goes("y", "d")), ask("b"), ask("c"), ask("d")),
            {"a": ["b", "d", "c"], "b": ["c"], "c": ["d"], "d": [None]},
            id="a target that is not adjacent is a join and is asked in its turn",
        ),
        pytest.param(
            flow(ask("a", goes("x", "c")), ask("b"), ask("c")),
            {"a": ["c", "b"], "b": ["c"], "c": [None]},
            id="skipping ahead",
        ),
        pytest.param(
            flow(ask("a"), ask("b", goes("again", "a")), ask("c")),
            {"a": ["b"], "b": ["a", "c"], "c": [None]},
            id="jumping back",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), next="c"), ask("b"), ask("c")),
            {"a": ["b", "c"], "b": ["c"], "c": [None]},
            id="an explicit next",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), next="end"), ask("b"), ask("c")),
            {"a": ["b", None], "b": ["c"], "c": [None]},
            id="an explicit end",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), goes(None, "c", "any_other")), ask("b"), ask("c"), ask("d")),
            {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": [None]},
            id="any other is a branch like others",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), goes("y", "c")), ask("b", goes("z", "d")), ask("c"), ask("d")),
            {"a": ["b", "c", "d"], "b": ["d", "d"], "c": ["d"], "d": [None]},
            id="a branch whose own conditions do not match joins too",
        ),
        pytest.param(
            flow(ask("a", goes("x", "b"), goes("y", "c")), ask("b"), ask("c"), ask("d"), linear=True),
            {"a": ["b", "c", "b"], "b": ["c"], "c": ["d"], "d": [None]},
            id="linear",
        ),
        pytest.param(
            flow(ask("a", goes("x", None, message="Nice"), goes("y", "b")), ask("b"), ask("c")),
            {"a": ["c", "b", "c"], "b": ["c"], "c": [None]},
            id="continuing without a target goes on as if nothing had matched",
        ),
        pytest.param(flow(ask("a", goes("x", "gone")), ask("b")), {"a": [None, "b"], "b": [None]}, id="no such target"),
    ],
)
def test_ways_on(made: QuestionFlow, expected: dict[str, list[str | None]]) -> None:
    assert ways(made) == expected


def test_any_other_is_looked_at_last_wherever_it_stands() -> None:
    made = flow(ask("a", goes(None, "c", "any_other"), goes("x", "b")), ask("b"), ask("c"))

    assert next_question(made, {"a": Answer("ok", "x", "x", "x")}, "a", "en").question == "b"
    assert next_question(made, {"a": Answer("ok", "z", "z", "z")}, "a", "en").question == "c"
    assert next_question(made, {"a": Answer("silence")}, "a", "en").question == "c"
    assert next_question(made, {}, "a", "en").question == "c"


IDS = ("a", "b", "c", "d")
TYPES = st.sampled_from(["text", "number", "yes_no", "multiple_choice"])
VALUES = st.one_of(st.text(max_size=8), st.integers(-5, 12), st.booleans(), st.lists(st.integers(0, 9), max_size=3))
ACTIONS = st.builds(
    ConditionalAction,
    st.builds(
        Condition,
        st.sampled_from(["equals", "contains", "contains_word", "not_equals", "any_other"]),
        st.sampled_from([None, *IDS, "gone"]),
        VALUES,
    ),
    st.sampled_from(["continue_flow", "end_call", "transfer"]),
    st.sampled_from([None, *IDS, "end", "gone"]),
    st.none() | st.just("Well."),
)
ANSWERS = st.builds(
    Answer,
    st.sampled_from(["ok", "skipped", "refused", "dont_know", "no_match", "silence", "out_of_range", "defaulted"]),
    st.none() | st.booleans() | st.integers(-5, 12) | st.text(max_size=8),
    st.text(max_size=8),
    st.text(max_size=8),
)


@st.composite
def flows(draw: st.DrawFn) -> QuestionFlow:
    size = draw(st.integers(1, len(IDS)))
    return QuestionFlow(
        tuple(
            Question(
                name,
                "How is it from 1 to 5?",
                draw(TYPES),
                choices=(Choice("one"), Choice("two", "2")),
                actions=tuple(draw(st.lists(ACTIONS, max_size=3))),
                next=draw(st.sampled_from([None, None, *IDS, "end", "gone"])),
            )
            for name in IDS[:size]
        ),
        draw(st.booleans()),
    )


@given(flows(), st.dictionaries(st.sampled_from(IDS), ANSWERS))
def test_whatever_is_answered_there_is_one_way_on(made: QuestionFlow, answers: dict[str, Answer]) -> None:
    for name in made.ids:
        route = next_question(made, answers, name, "en")

        assert (route.kind == "question") == (route.question is not None)
        assert route.question is None or route.question in made
        assert route in [way.route for way in exits(made, name)]
        assert route.why


@given(flows())
def test_without_answers_only_what_is_unconditional_is_taken(made: QuestionFlow) -> None:
    for name in made.ids:
        assert next_question(made, {}, name, "en") == exits(made, name)[-1].route
