"""What the check finds in interviews: every error and warning with its sentence and its fix, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from ruamel.yaml import YAML

from interview.test_routing import flows
from ringline.interview.checking import check_flow
from ringline.interview.checks.wording import sentences_in
from ringline.interview.flow import QuestionFlow
from ringline.interview.reading import read_and_check

SEED = YAML(typ="safe").load(
    (Path(__file__).parents[1] / "cases" / "interview" / "seed_interviews.yaml").read_text(encoding="utf-8")
)


def q(name: str, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "question": f"What about {name}?"} | ({"actions": list(actions)} if actions else {}) | more


def on(value: Any, to: str | None = None, operator: str = "equals", **more: Any) -> dict[str, Any]:
    condition = {"operator": operator, "value": value} | ({"field": more.pop("field")} if "field" in more else {})
    return {"condition": condition, **({"next": to} if to else {}), **more}


def other(to: str) -> dict[str, Any]:
    return {"condition": {"operator": "any_other"}, "next": to}


def check(data: Any, **more: Any) -> list[tuple[str, str, str, str]]:
    _, faults = read_and_check(data, **more)
    return [(fault.severity, fault.path, fault.message, fault.fix) for fault in faults]


ERRORS = [
    (
        [q("a"), q("a")],
        "questions.1.id",
        "Two questions are called `a`: number 1 and number 2.",
        "Rename one of them; answers, conditions and targets go by this name.",
    ),
    (
        [q("first", next="secnd"), q("second")],
        "questions.0.next",
        "Question `first` leads to `secnd`, which there is not.",
        "Write `second`, if that is meant.",
    ),
    (
        [q("a", on("x", "zzz")), q("b")],
        "questions.0.actions.0.next",
        "Question `a` leads to `zzz`, which there is not.",
        "There is: a, b, and `end`.",
    ),
    (
        [q("city"), q("b", on("x", "end", field="citty"))],
        "questions.1.actions.0.condition.field",
        "A condition of question `b` is about `citty`, which is no question.",
        "Write `city`, if that is meant.",
    ),
    (
        [q("a", on("x", "end", field="b")), q("b")],
        "questions.0.actions.0.condition.field",
        "A condition of question `a` is about `b`, which is never answered before it.",
        "Ask `b` before `a`, or let the condition be about another question.",
    ),
    (
        [q("code", sensitive=True), q("b", on("x", "end", field="code"))],
        "questions.1.actions.0.condition.field",
        "A condition of question `b` is about `code`, of which only the last characters are kept openly.",
        "Put the condition at `code` itself, where its answer is still known.",
    ),
    (
        [q("a", type="multiple_choice")],
        "questions.0.choices",
        "Question `a` is of type `multiple_choice` and has no choices.",
        "Write `choices: [one, another]`.",
    ),
    (
        [q("a", type="multiple_choice", choices=["Yes please", "yes, please"])],
        "questions.0.choices.1",
        "“yes, please” stands for two choices of question `a`: `Yes please` and `yes, please`.",
        "Give each choice words of its own.",
    ),
    (
        [q("a", type="multiple_choice", choices=[{"label": "Car", "synonyms": ["vehicle"]}, "vehicle"])],
        "questions.0.choices.1",
        "“vehicle” stands for two choices of question `a`: `Car` and `vehicle`.",
        "Give each choice words of its own.",
    ),
    (
        [q("a", type="multiple_choice", choices=[{"label": "Car", "keys": "1"}, {"label": "Bus", "keys": "1"}])],
        "questions.0.choices.1.keys",
        "The keys 1 stand for two choices of question `a`: `Car` and `Bus`.",
        "Give each choice keys of its own.",
    ),
    (
        [q("a", retries=-1)],
        "questions.0.retries",
        "`retries` of question `a` is -1, and a question is asked again 0 to 10 times.",
        "Write `retries: 3`, or remove it.",
    ),
    (
        [q("a", timeout=-5)],
        "questions.0.timeout",
        "`timeout` of question `a` is -5 seconds, in which nobody can answer.",
        "Write `timeout: 5s`, or remove it.",
    ),
    (
        [q("a", max_visits=0)],
        "questions.0.max_visits",
        "`max_visits` of question `a` is 0, so it could never be asked.",
        "Write `max_visits: 3`, or remove it.",
    ),
    (
        [q("a", type="number", minimum=5, maximum=1)],
        "questions.0.minimum",
        "No answer to question `a` is at least 5 and at most 1.",
        "Swap the two.",
    ),
    (
        [q("a", type="digits", length=0)],
        "questions.0.length",
        "`length` of question `a` is 0, and an answer has at least one digit.",
        "Write how many digits it has, or remove it.",
    ),
    (
        [q("a", on_exhausted="default")],
        "questions.0.on_exhausted",
        "Question `a` takes its default when nobody answers, and has none.",
        "Write `default:` and the answer to take.",
    ),
    (
        [q("a", type="number", default="plenty")],
        "questions.0.default",
        "The default of question `a` is `plenty`, which is no answer of type `number`.",
        "Write an answer that a person could give.",
    ),
    (
        [q("a", minimum=1)],
        "questions.0.minimum",
        "`minimum` goes with the type `number`, and question `a` is of type `text`.",
        "Write `type: number`, or remove `minimum`.",
    ),
    (
        [q("a", choices=["x"])],
        "questions.0.choices",
        "`choices` goes with the type `multiple_choice`, and question `a` is of type `text`.",
        "Write `type: multiple_choice`, or remove `choices`.",
    ),
    (
        [q("a", keys_only=True, keypad=False)],
        "questions.0.keys_only",
        "Question `a` takes keys only and has no keypad.",
        "Remove one of `keys_only: true` and `keypad: false`.",
    ),
    (
        [q("a", other("a")), q("b")],
        "questions.0.actions.0.next",
        "Question `a` leads to itself whatever is answered, so the interview never ends.",
        "Lead to another question, or put a condition about `a` on the way back.",
    ),
    (
        [q("b"), q("a", on("x", "a", field="b"))],
        "questions.1.actions.0.next",
        "Question `a` leads to itself whatever is answered, so the interview never ends.",
        "Lead to another question, or put a condition about `a` on the way back.",
    ),
    (
        [q("a", next="a")],
        "questions.0.next",
        "Question `a` leads to itself whatever is answered, so the interview never ends.",
        "Lead to another question, or put a condition about `a` on the way back.",
    ),
    (
        [q("a"), q("b", next="a")],
        "questions.0",
        "`a` and `b` lead to each other without a condition, so the interview never ends.",
        "Write `next: end` at the last of them, or put a condition on the way back.",
    ),
    (
        [q("a", other("b"), other("end")), q("b")],
        "questions.0.actions.1",
        "Question `a` says twice what follows any other answer.",
        "Keep one action with `any_other`.",
    ),
    (
        [q("a", on("5-1", "b"), type="number"), q("b")],
        "questions.0.actions.0.condition.value",
        "No number lies in `5-1`, with which question `a` compares.",
        "Write `1-5`.",
    ),
    (
        [q("a", on(None, "b")), q("b")],
        "questions.0.actions.0.condition.value",
        "`equals` of question `a` has nothing to compare with.",
        "Write `value:` and an answer, or use `any_other`.",
    ),
    (
        [q("a", on("?!", "b")), q("b")],
        "questions.0.actions.0.condition.value",
        "`equals` of question `a` has nothing to compare with.",
        "Write `value:` and an answer, or use `any_other`.",
    ),
    (
        [q("a", on({"min": 3}, "b")), q("b")],
        "questions.0.actions.0.condition.value",
        "`equals` of question `a` compares with one answer or a list of them.",
        'Write a text, a number, or a list such as ["one", "another"].',
    ),
]
CHOICES = {"type": "multiple_choice", "choices": ["red", "green", "blue"]}
WARNINGS = [
    (
        [q("a", next="c"), q("b"), q("c")],
        "questions.1",
        "Nothing leads to question `b`, so it is never asked.",
        "Lead an action or the `next` of another question to it, or remove it.",
    ),
    (
        [q("a", on("again", "a")), q("b")],
        "questions.0",
        "`a` can lead back to itself; it is asked 3 times at most.",
        "Say in `max_visits` how often a question may be asked, and in `on_exhausted` what comes then.",
    ),
    (
        [q("a"), q("b", on("again", "a"), max_visits=2)],
        "questions.0",
        "`a` and `b` can lead back to each other; each is asked 3 times at most.",
        "Say in `max_visits` how often a question may be asked, and in `on_exhausted` what comes then.",
    ),
    (
        [q("rating", on("9", "b"), on("11", "end"), other("end"), type="number", minimum=1, maximum=10), q("b")],
        "questions.0.actions.1.condition.value",
        "`11` is never an answer to `rating`, which goes from 1 to 10.",
        "Correct it, or set `minimum` and `maximum`; `scale: none` takes no scale from the words.",
    ),
    (
        [q("a", on(">10", "end"), other("end"), type="number", question="On a scale of 1 to 10, how was it?")],
        "questions.0.actions.0.condition.value",
        "`>10` is never an answer to `a`, which goes from 1 to 10.",
        "Correct it, or set `minimum` and `maximum`; `scale: none` takes no scale from the words.",
    ),
    (
        [q("a", on("n/a", "end"), type="number"), q("b")],
        "questions.0.actions.0.condition.value",
        "`n/a` is no number and nothing that is said, so it is never an answer to `a`.",
        "Write numbers in digits or words, a range such as `1-5`, or words that people say.",
    ),
    (
        [q("a", on("rde", "end"), other("b"), **CHOICES), q("b")],
        "questions.0.actions.0.condition.value",
        "`rde` is none of the choices of `a`.",
        "There is: red, green, blue.",
    ),
    (
        [q("a", on("yes, no", "b", "not_equals"), other("end"), type="yes_no"), q("b")],
        "questions.0.actions.0.condition",
        "No answer to `a` is not yes or no.",
        "Correct the value, or remove the condition.",
    ),
    (
        [q("a", on(">=5", "b"), on("7", "end"), type="number"), q("b")],
        "questions.0.actions.1.condition",
        "The condition `is 7` of `a` never decides: those before it take 7.",
        "Remove it, or move it before the others.",
    ),
    (
        [q("a", on("refund", "b", "contains"), on("refund now", "end")), q("b")],
        "questions.0.actions.1.condition",
        "The condition `is refund now` of `a` never decides: those before it take refund now.",
        "Remove it, or move it before the others.",
    ),
    (
        [q("a", on("1-5", "b"), on("5-8", "c"), other("end"), type="number", minimum=1, maximum=8), q("b"), q("c")],
        "questions.0.actions.1.condition",
        "5 of `a` matches both `is 1-5` and `is 5-8`; the first of them wins.",
        "Let each answer match one condition.",
    ),
    (
        [q("a", on("yes", "b"), type="yes_no"), q("b")],
        "questions.0.actions",
        "no matches no condition of `a`; it goes on to the end.",
        "Say what follows: add a condition, or an action with `any_other`.",
    ),
    (
        [q("a", on("yes", "b"), on("no", "b"), type="yes_no", allow_unsure=True), q("b")],
        "questions.0.actions",
        "maybe matches no condition of `a`; it goes on to the end.",
        "Say what follows: add a condition, or an action with `any_other`.",
    ),
    (
        [q("a", on("red", "b"), **CHOICES), q("b"), q("c")],
        "questions.0.actions",
        "green and blue match no condition of `a`; they go on to `c`.",
        "Say what follows: add a condition, or an action with `any_other`.",
    ),
    (
        [q("a", on("1-5", "b"), type="number", minimum=1, maximum=20), q("b")],
        "questions.0.actions",
        "6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 and 3 more match no condition of `a`; they go on to the end.",
        "Say what follows: add a condition, or an action with `any_other`.",
    ),
    (
        {"flow": "linear", "questions": [q("a", on("x", "b"), on("y", "c")), q("b"), q("c")]},
        "questions.1",
        "`b` and `c` are both branches of `a`, and in list order who is asked the first is asked the second too.",
        "Write `next:` at `b`, or leave out `flow: linear`.",
    ),
    (
        [q("a", other("b"), on("x", "c")), q("b"), q("c")],
        "questions.0.actions.0",
        "`any_other` of question `a` stands before other conditions, and is looked at last.",
        "Move it to the end of the list.",
    ),
    (
        [q("a", on("x", None, action="continue_flow")), q("b")],
        "questions.0.actions.0",
        "An action of question `a` continues and does not say with what; it goes on as if nothing had matched.",
        "Write `next:` and the question, or `next: end`.",
    ),
    (
        [q("a", on("x", "b", action="end_call")), q("b")],
        "questions.0.actions.0.next",
        "`end_call` of question `a` ends the questions, so `next` says nothing there.",
        "Remove `next`, or write `action: continue_flow`.",
    ),
    (
        [q("a", on("x", "b"), other("d")), q("b"), q("c"), q("d", on("y", "end", field="b"))],
        "questions.3.actions.0.condition.field",
        (
            "A condition of question `d` is about `b`, which is not asked on every way to it; where it is not, "
            "the condition does not hold."
        ),
        "Ask `b` on every way, or give it a `default`.",
    ),
    (
        [q("a", question="Hello there. We have news. How are you?")],
        "questions.0.question",
        "Question `a` has 3 sentences; by ear, people follow about 2.",
        "Make it shorter, and put the rest into `help`.",
    ),
    (
        [q("a", question="What " * 700)],
        "questions.0.question",
        "A text of question `a` has 3499 bytes, and a voice speaks 3000 at once.",
        "Make it shorter, or ask in several questions.",
    ),
    (
        [q("a", type="multiple_choice", choices=["red", "green", "blue", "pink", "white", "black"])],
        "questions.0.choices",
        "Question `a` offers 6 choices; by ear, people keep 5.",
        "Ask in two steps, the first for a group of choices.",
    ),
    (
        [q("a", type="multiple_choice", choices=["fifteen", "fiftee"])],
        "questions.0.choices.1",
        "“fifteen” and “fiftee” of question `a` sound alike.",
        "Use words that cannot be confused, or give each `synonyms`.",
    ),
    (
        [q("a", translations={"es": "¿Y a?"}), q("b")],
        "questions.1.translations",
        "Question `b` has no translation for `es`, and others have.",
        "Add it to `translations`; without it the question is asked as it stands.",
    ),
    (
        [q("a", question="What is your credit card number?")],
        "questions.0",
        "Question `a` asks for something that nobody else should read (“credit card”).",
        "Write `sensitive: true`: then the answer is masked wherever it is kept or shown.",
    ),
]


@pytest.mark.parametrize(("data", "path", "message", "fix"), ERRORS, ids=[row[2][:60] for row in ERRORS])
def test_errors(data: Any, path: str, message: str, fix: str) -> None:
    assert [fault for fault in check(data) if fault[0] == "error"] == [("error", path, message, fix)]


@pytest.mark.parametrize(("data", "path", "message", "fix"), WARNINGS, ids=[row[2][:60] for row in WARNINGS])
def test_warnings(data: Any, path: str, message: str, fix: str) -> None:
    assert check(data) == [("warning", path, message, fix)]


def test_a_question_without_an_end() -> None:
    way_back = [q("a"), q("b", on("x", "a"), other("c")), q("c", on("y", "a"), other("b"))]
    told = [(path, message) for _, path, message, _ in check(way_back)]

    assert ("questions.1", "No way from question `b` leads to an end.") in told


def test_every_question_whose_interview_just_stops_is_told_once() -> None:
    assert check([q("a")], has_goodbye=False) == [
        (
            "warning",
            "questions.0",
            "After question `a` the interview ends with a plain thanks.",
            "Write a `goodbye` for the interview, or a `message` here.",
        )
    ]
    assert check([q("a", other("end") | {"message": "Bye"})], has_goodbye=False) == []


def test_a_language_that_is_not_understood_can_be_asked_for_text_only() -> None:
    (fault,) = check([q("a", type="number"), q("b")], language="ja")

    assert fault[:3] == ("error", "questions.0.type", "Answers of type `number` are not understood in `ja`.")
    assert fault[3].startswith("There is: en")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("customer_service", ["general inquiry matches no condition of `issue_type`; it goes on to the end."]),
        ("job_interview", []),
        (
            "customer_satisfaction",
            ["6, 7, 8 and 10 match no condition of `satisfaction_rating`; they go on to the end."],
        ),
    ],
)
def test_what_is_said_of_the_interviews_people_have(name: str, expected: list[str]) -> None:
    assert [fault[2] for fault in check(SEED[name])] == expected


@pytest.mark.parametrize(
    "data",
    [
        [q("a", on("yes", "b"), on("no", "c"), type="yes_no"), q("b"), q("c")],
        [q("a", on("yes", "b"), other("c"), type="yes_no"), q("b"), q("c")],
        [q("a", on("<5", "b"), on(">=5", "c"), type="number"), q("b"), q("c")],
        [q("a", on("1-5", "b"), on("6-10", "c"), type="number", minimum=1, maximum=10), q("b"), q("c")],
        [q("a", on("refund", "b", "contains"), on("cancel", "c", "contains")), q("b"), q("c")],
        [q("a"), q("b", on("Berlin", "end", field="a"))],
        [q("a", on("x", "b")), q("b"), q("c", on("y", "end", field="a"))],
        [q("card", question="What is your card number?", type="digits", sensitive=True)],
        [q("a", question="Ask for Dr. Smith at 3.30 p.m. Is that fine?")],
        [q("a", on("senior", "end", "contains"), type="number")],
    ],
)
def test_nothing_is_said_of_a_sound_interview(data: Any) -> None:
    assert check(data) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("How are you?", 1), ("Hello. How are you?", 2), ("It costs 3.50 now", 1), ("Really?! Yes.", 2), ("", 0)],
)
def test_sentences(text: str, count: int) -> None:
    assert sentences_in(text) == count


@given(flows())
def test_whatever_is_checked_is_told_in_words(made: QuestionFlow) -> None:
    for fault in check_flow(made):
        assert fault.message.endswith(".")
        assert fault.fix.endswith(".")
        assert fault.path.startswith("questions.")
