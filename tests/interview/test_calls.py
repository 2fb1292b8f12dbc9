"""The interviews people have, held from the first word to the last: every way of each, spoken and keyed."""

from __future__ import annotations

from typing import Any

import pytest

from interview.harness import Talk
from interview.test_routing import INTERVIEWS, ROUTES, flow_of
from ringline.interview.agent import QuestionsAgent
from ringline.interview.paths import Path, paths_of

OUTCOMES = {"end": "completed", "end_call": "ended_by_rule"}


def held(talk: Talk, said: list[Any], *, questions: int) -> tuple[list[str], str | None]:
    """What is asked, once each, while it is answered in this order; and how it ends."""
    asked = [talk.asked]
    for one in said[:questions]:
        if isinstance(one, dict):
            talk.press(one["keys"], "#")
        else:
            talk.say(one)
        if talk.ended is None:
            asked.append(talk.asked)
    return [question for question in asked if question], talk.ended


@pytest.mark.parametrize(
    ("name", "row"),
    [pytest.param(name, row, id=f"{name}-{row['say']}") for name, rows in ROUTES.items() for row in rows],
)
def test_the_branch_that_is_meant_is_taken(name: str, row: dict[str, Any]) -> None:
    talk = Talk(QuestionsAgent(flow_of(name)))

    assert held(talk, row["say"], questions=len(row["asked"])) == (row["asked"], OUTCOMES[row["end"]])


@pytest.mark.parametrize("linear", [False, True], ids=["branching", "linear"])
@pytest.mark.parametrize("keyed", [False, True], ids=["spoken", "keyed"])
@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name in INTERVIEWS for number in range(len(paths_of(flow_of(name))))]
)
def test_every_generated_call_goes_as_it_says(name: str, number: int, keyed: bool, linear: bool) -> None:
    flow = flow_of(name, linear=linear)
    path: Path = paths_of(flow)[number]
    said = [{"keys": keys} if keyed and keys is not None else text for _, text, keys in path.answers]
    talk = Talk(QuestionsAgent(flow))

    assert held(talk, said, questions=len(path.questions)) == (list(path.questions), OUTCOMES[path.end])
    assert path.message is None or path.message in talk.told
