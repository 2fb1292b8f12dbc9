"""Which run gets a reply, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.workflow.replies import OpenQuestion, Reply, choose

OURS, OTHER = "+15550001111", "+15550002222"
SERVICE = "MG" + "0" * 32
ACCOUNT = "AC" + "1" * 32
YES_NO: dict[str, Any] = {"type": "yes_no"}
NUMBER: dict[str, Any] = {"type": "number"}


def reply(text: str, **about: Any) -> Reply:
    values = {"to": OURS, "account": ACCOUNT, "service": None, "quoted_sid": None, "texts": [text], **about}
    return Reply(channel="sms", person="+14155550123", data={}, at=100.0, **values)


def question(since: float, sender: str | None = OURS, expect: Any = None, **about: Any) -> OpenQuestion:
    return OpenQuestion(since, sender, account=ACCOUNT, expect=expect or {"type": "text"}, **about)


@pytest.mark.parametrize(
    ("said", "questions", "chosen", "rule"),
    [
        pytest.param(
            reply("yes"),
            [question(1, expect=YES_NO), question(2, expect=NUMBER), question(3, expect=NUMBER)],
            0,
            f"the newest question from {OURS} that it answers",
            id="of those from the number written to, the newest that it answers",
        ),
        pytest.param(
            reply("yes"),
            [question(1, expect=YES_NO), question(3, expect=YES_NO), question(2, expect=YES_NO)],
            1,
            f"the newest question from {OURS} that it answers",
            id="newest is by when it was asked",
        ),
        pytest.param(
            reply("purple"),
            [question(1, expect=YES_NO), question(2, expect=NUMBER)],
            1,
            f"the newest question from {OURS}",
            id="what answers none goes to the newest",
        ),
        pytest.param(
            reply("yes"),
            [question(1, expect=NUMBER), question(2, sender=OTHER, expect=YES_NO)],
            0,
            f"the newest question from {OURS}",
            id="a question from another number does not count, however well it fits",
        ),
        pytest.param(
            reply("yes", service=SERVICE),
            [question(1, expect=NUMBER), question(2, sender=None, service=SERVICE, expect=YES_NO)],
            0,
            f"the newest question from {OURS}",
            id="the number goes before the service",
        ),
        pytest.param(
            reply("yes", service=SERVICE),
            [
                question(1, sender=None, service=SERVICE, expect=YES_NO),
                question(2, sender=None, service=SERVICE, expect=NUMBER),
                question(3, sender=None, service="MG" + "9" * 32, expect=YES_NO),
                question(4, sender=OTHER, expect=YES_NO),
            ],
            0,
            f"the newest question through {SERVICE} that it answers",
            id="without one from the number, the service's",
        ),
        pytest.param(
            reply("purple", service=SERVICE),
            [question(1, sender=None, service=SERVICE, expect=YES_NO)],
            0,
            f"the newest question through {SERVICE}",
            id="of the service's too, the newest where none is answered",
        ),
        pytest.param(
            reply("yes"),
            [question(1, sender=None, expect=YES_NO)],
            0,
            "the newest question to any number that it answers",
            id="last, a wait for whatever the person writes",
        ),
        pytest.param(
            reply("yes", quoted_sid="SM1"),
            [question(1, expect=NUMBER, sid="SM1"), question(2, expect=YES_NO, sid="SM2")],
            0,
            "the question that it quotes",
            id="the question that was quoted goes before all",
        ),
        pytest.param(
            reply("", texts=["Confirm", "YES"]),
            [question(1, expect=NUMBER), question(2, expect={"type": "keyword", "choices": ["yes"]})],
            1,
            f"the newest question from {OURS} that it answers",
            id="a button answers by what it stands for",
        ),
    ],
)
def test_a_reply_goes_to(said: Reply, questions: list[OpenQuestion], chosen: int, rule: str) -> None:
    assert choose(said, questions) == (chosen, rule)


@pytest.mark.parametrize(
    "questions",
    [
        pytest.param([], id="nobody waits"),
        pytest.param([question(1, sender=OTHER)], id="only another number asked"),
        pytest.param([question(1, sender=None, service=SERVICE)], id="only a service asked that it did not come to"),
        pytest.param([OpenQuestion(1.0, OURS, account="AC" + "2" * 32)], id="another account has that number"),
    ],
)
def test_a_reply_goes_to_the_inbox_where(questions: list[OpenQuestion]) -> None:
    assert choose(reply("yes"), questions) is None
