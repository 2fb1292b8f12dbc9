"""Interviews as authors write them: both spellings, short forms, and every fault with its place and its fix."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ringline.interview.flow import Choice, Condition, ConditionalAction, Question, QuestionFlow
from ringline.interview.reading import read_and_check, read_flow

SEED = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "cases" / "interview" / "seed_interviews.yaml").read_text(encoding="utf-8")
)
ONE = {"id": "q", "question": "q?"}


def read(data: Any, **more: Any) -> QuestionFlow:
    flow, faults = read_flow(data, **more)
    assert flow is not None, faults
    assert faults == []
    return flow


def faults_of(data: Any, **more: Any) -> list[tuple[str, str, str]]:
    flow, faults = read_flow(data, **more)
    assert flow is None
    assert {fault.severity for fault in faults} == {"error"}
    return [(fault.path, fault.message, fault.fix) for fault in faults]


@pytest.mark.parametrize("name", SEED)
def test_interviews_people_have_are_read_as_they_stand(name: str) -> None:
    flow = read(SEED[name])

    assert list(flow.ids) == [question["id"] for question in SEED[name]]
    assert [question.type for question in flow.questions] == [one["expectedAnswerType"] for one in SEED[name]]


def test_the_customer_service_interview() -> None:
    flow = read(SEED["customer_service"])

    assert flow.questions[0] == Question(
        "issue_type",
        "What type of issue are you experiencing today? You can say billing, technical, or general inquiry.",
        "multiple_choice",
        choices=(Choice("billing"), Choice("technical"), Choice("general inquiry")),
        actions=(
            ConditionalAction(Condition("contains", "issue_type", "billing"), "continue_flow", "billing_details"),
            ConditionalAction(Condition("contains", "issue_type", "technical"), "continue_flow", "technical_details"),
        ),
    )


def test_every_key_in_both_spellings() -> None:
    ours = {
        "id": "rating",
        "question": "How was it?",
        "type": "number",
        "retries": 2,
        "timeout": 10,
        "next": "end",
        "minimum": 1,
        "maximum": 10,
        "scale": "none",
        "on_exhausted": "default",
        "default": 5,
        "max_visits": 2,
        "speech_timeout": "2s",
        "speech_model": "phone_call",
        "profanity_filter": False,
        "actions": [
            {"condition": {"operator": "equals", "value": 1}, "action": "end_call", "message": "Sorry"},
            {"condition": {"operator": "equals", "value": 2}, "action": "continue_flow", "next": "end"},
        ],
    }
    theirs = {
        "id": "rating",
        "question": "How was it?",
        "expectedAnswerType": "number",
        "maxRetries": 2,
        "timeout": "10s",
        "nextQuestionId": "end",
        "minimum": 1,
        "maximum": 10,
        "scale": False,
        "onExhausted": "default",
        "default": 5,
        "maxVisits": 2,
        "speechTimeout": "PT2S",
        "speechModel": "phone_call",
        "profanityFilter": False,
        "conditionalActions": [
            {"condition": {"operator": "equals", "value": 1}, "action": "end_call", "customMessage": "Sorry"},
            {"condition": {"operator": "equals", "value": 2}, "action": "continue_flow", "nextQuestionId": "end"},
        ],
    }
    snake = {"expected_answer_type": "number", "max_retries": 2, "next_question_id": "end"}
    mixed = {key: value for key, value in ours.items() if key not in ("type", "retries", "next")} | snake

    assert read([ours]) == read([theirs]) == read([mixed])
    assert read([ours])["rating"].timeout == 10.0
    assert read([ours])["rating"].scale is False


def test_choices_in_every_form() -> None:
    choices = [
        "Billing",
        2,
        {"label": "Technical", "id": "tech", "synonyms": ["support"], "keys": 9},
        {"id": "other", "synonyms": "anything"},
    ]

    assert read([{**ONE, "type": "multiple_choice", "choices": choices}])["q"].choices == (
        Choice("Billing"),
        Choice("2"),
        Choice("Technical", "tech", ("support",), "9"),
        Choice("other", "other", ("anything",)),
    )


def test_a_mapping_holds_the_order_too() -> None:
    assert read({"questions": [ONE], "flow": "linear"}).linear
    assert not read({"questions": [ONE], "flow": "branching"}).linear
    assert not read({"questions": [ONE]}).linear
    assert not read([ONE]).linear


def test_a_key_without_a_value_is_left_out() -> None:
    assert read([{**ONE, "retries": None, "next": None}]) == read([ONE])


@pytest.mark.parametrize(
    ("type", "default", "value"),
    [("number", "five", 5), ("yes_no", "no", False), ("text", "five", "five"), ("number", 5, 5)],
)
def test_a_default_is_read_as_an_answer(type: str, default: Any, value: Any) -> None:
    assert read([{**ONE, "type": type, "default": default}])["q"].default == value


BAD = [
    (
        [],
        "questions",
        "An interview needs a list of questions, and it is empty.",
        "Write `questions:` and under it a list, each with `id` and `question`.",
    ),
    (
        "ask them",
        "questions",
        "An interview needs a list of questions, and it is “ask them”.",
        "Write `questions:` and under it a list, each with `id` and `question`.",
    ),
    (
        {"questions": [ONE], "flow": "straight"},
        "flow",
        "`flow` must be `branching` or `linear`, and it is “straight”.",
        "Write `flow: linear` to ask in the order of the list, or remove it.",
    ),
    (
        ["What is your name?"],
        "questions.0",
        "Question 1 must be a mapping with `id` and `question`, and it is “What is your name?”.",
        "Write `- id: name` and under it `question: …`.",
    ),
    ([{"question": "q?"}], "questions.0", "Question 1 has no `id`.", "Write `id:` and its value."),
    ([{"id": "q"}], "questions.0", "Question `q` has no `question`.", "Write `question:` and its value."),
    (
        [{"id": "", "question": "q?"}],
        "questions.0.id",
        (
            "`id` of question 1 must be a name of the letters a to z, digits, `_` and `-` that begins with a letter or "
            "`_`, and it is “”."
        ),
        "Write for example `id: issue_type`.",
    ),
    (
        [{"id": "how many?", "question": "q?"}],
        "questions.0.id",
        (
            "`id` of question `how many?` must be a name of the letters a to z, digits, `_` and `-` that begins with a "
            "letter or `_`, and it is “how many?”."
        ),
        "Write for example `id: how_many`.",
    ),
    (
        [{"id": "end", "question": "q?"}],
        "questions.0.id",
        (
            "`id` of question `end` must be a name other than `end`, which as a target means the end of the interview, "
            "and it is “end”."
        ),
        "Write for example `id: ending`.",
    ),
    (
        [{**ONE, "expectedAnswerType": "boolean"}],
        "questions.0.expectedAnswerType",
        (
            "`expectedAnswerType` of question `q` must be `text`, `number`, `yes_no`, `multiple_choice`, `date`, "
            "`time`, `duration`, `phone`, `email` or `digits`, and it is “boolean”."
        ),
        "Write for example `expectedAnswerType: text`.",
    ),
    (
        [{**ONE, "maxRetries": 3, "retries": 2}],
        "questions.0.retries",
        "Question `q` has both `maxRetries` and `retries`, which are two spellings of one key.",
        "Keep one of them, for example `maxRetries`.",
    ),
    (
        [{**ONE, "maxRetries": "three"}],
        "questions.0.maxRetries",
        "`maxRetries` of question `q` must be a whole number, and it is “three”.",
        "Write for example `maxRetries: 3`.",
    ),
    (
        [{**ONE, "speech_timeout": 2}],
        "questions.0.speech_timeout",
        "`speech_timeout` of question `q` must be a duration with its unit, such as `2s`, and it is 2.",
        "Write for example `speech_timeout: 2s`.",
    ),
    (
        [{**ONE, "timeout": "soon"}],
        "questions.0.timeout",
        "`timeout` of question `q` must be a duration with its unit, such as `10s`, and it is “soon”.",
        "Write for example `timeout: 10s`.",
    ),
    (
        [{**ONE, "expectedAnswersType": "text"}],
        "questions.0.expectedAnswersType",
        "Question `q` has no key `expectedAnswersType`.",
        "Write `expectedAnswerType`, if that is meant, or remove it.",
    ),
    (
        [{**ONE, "max": 3}],
        "questions.0.max",
        "Question `q` has no key `max`.",
        "Write `maximum`, if that is meant, or remove it.",
    ),
    ([{**ONE, "colour": "red"}], "questions.0.colour", "Question `q` has no key `colour`.", "Remove it."),
    (
        [{**ONE, "choices": "a, b"}],
        "questions.0.choices",
        "`choices` of question `q` must be a list, and it is “a, b”.",
        "Write `choices:` and under it a list.",
    ),
    (
        [{**ONE, "choices": [True]}],
        "questions.0.choices.0",
        "A choice of question `q` must be a text or a mapping with `label`, and it is true.",
        "Write a text, or `{label: Billing, synonyms: [invoice]}`.",
    ),
    (
        [{**ONE, "choices": [{"synonyms": ["a"]}]}],
        "questions.0.choices.0",
        "A choice of question `q` has no `label`.",
        "Write `label:` and what the person may say.",
    ),
    (
        [{**ONE, "choices": [{"label": "a", "keys": "one"}]}],
        "questions.0.choices.0.keys",
        "`keys` of a choice of question `q` must be keys of a telephone: digits, `*` and `#`, and it is “one”.",
        'Write for example `keys: "1"`.',
    ),
    (
        [{**ONE, "conditionalActions": [{"action": "end_call"}]}],
        "questions.0.conditionalActions.0",
        "An action of question `q` has no `condition`.",
        "Write `condition:` and its value.",
    ),
    (
        [{**ONE, "actions": ["end_call"]}],
        "questions.0.actions.0",
        "An action of question `q` must be a mapping with `condition` and `action`, and it is “end_call”.",
        "Write `- condition: {operator: equals, value: …}` and `action:`.",
    ),
    (
        [{**ONE, "actions": [{"condition": "yes", "action": "end_call"}]}],
        "questions.0.actions.0.condition",
        "The condition of question `q` must be a mapping with `operator`, and it is “yes”.",
        "Write `{operator: equals, value: …}`.",
    ),
    (
        [{**ONE, "actions": [{"condition": {"value": "yes"}, "action": "end_call"}]}],
        "questions.0.actions.0.condition",
        "A condition of question `q` has no `operator`.",
        "Write `operator:` and its value.",
    ),
    (
        [{**ONE, "actions": [{"condition": {"operator": "is", "value": "yes"}, "action": "end_call"}]}],
        "questions.0.actions.0.condition.operator",
        (
            "`operator` of a condition of question `q` must be `equals`, `contains`, `contains_word`, `not_equals` or "
            "`any_other`, and it is “is”."
        ),
        "Write for example `operator: equals`.",
    ),
    (
        [{**ONE, "actions": [{"condition": {"operator": "equals", "value": "yes"}, "action": "hang_up"}]}],
        "questions.0.actions.0.action",
        "`action` of an action of question `q` must be `continue_flow`, `end_call` or `transfer`, and it is “hang_up”.",
        "Write for example `action: continue_flow`.",
    ),
]


@pytest.mark.parametrize(("data", "path", "message", "fix"), BAD, ids=[row[1] + "-" + row[2][:40] for row in BAD])
def test_what_cannot_be_read_is_told_with_place_and_fix(data: Any, path: str, message: str, fix: str) -> None:
    assert faults_of(data) == [(path, message, fix)]


def test_all_faults_at_once() -> None:
    paths = [path for path, _, _ in faults_of([{"id": 1, "retries": "x"}, {"question": "q?", "keypad": "no"}])]

    assert paths == ["questions.0.id", "questions.0.retries", "questions.0", "questions.1.keypad", "questions.1"]


def test_paths_begin_where_the_list_stands_and_keep_the_spelling() -> None:
    data = {"questions": [{**ONE, "expectedAnswerType": "number", "nextQuestionId": "gone"}], "flow": "straight"}
    _, faults = read_flow(data, at="steps.2.questions")
    assert [fault.path for fault in faults] == ["steps.2.flow"]

    _, found = read_and_check(data["questions"], at="steps.2.questions")
    assert [fault.path for fault in found] == ["steps.2.questions.0.nextQuestionId"]
    assert found[0].as_text() == (
        "`steps.2.questions.0.nextQuestionId`: Question `q` leads to `gone`, which there is not.\n"
        "  fix: There is: q, and `end`."
    )


@pytest.mark.parametrize("data", [None, 3, [None], [[]], [{}], {"questions": None}, {"questions": {"a": 1}}, [{1: 2}]])
def test_nonsense_is_refused_in_words(data: Any) -> None:
    assert faults_of(data)


def test_every_key_is_in_the_docs() -> None:
    page = (Path(__file__).parents[2] / "docs" / "question-flows.md").read_text(encoding="utf-8")
    table = page.split("## Keys of a question")[1].split("## Conditions")[0]

    assert [field.name for field in fields(Question) if f"`{field.name}`" not in table] == []


def test_the_interview_in_the_docs_is_sound_but_for_what_nobody_planned() -> None:
    page = (Path(__file__).parents[2] / "docs" / "question-flows.md").read_text(encoding="utf-8")
    written = page.split("```yaml\n")[1].split("```")[0]
    _, faults = read_and_check(YAML(typ="safe").load(written))

    assert [fault.message for fault in faults] == [
        "6, 7 and 8 match no condition of `satisfaction`; they go on to the end."
    ]
