"""Whether a message has a keyword, and which trigger is the most specific."""

from __future__ import annotations

import pytest

from ringline.triggers.inbound import Heard, hear, rank
from ringline.workflow.triggers import InboundMessageTrigger, Match

HEARD: list[tuple[str, list[str], Match, tuple[str, str] | None]] = [
    # the message; keywords; where; the keyword and what follows it
    ("JOIN", ["JOIN"], "whole", ("JOIN", "")),
    ("  join! ", ["JOIN"], "whole", ("JOIN", "")),
    ("“Join”.", ["JOIN"], "whole", ("JOIN", "")),
    ("join now", ["JOIN"], "whole", None),
    ("join now", ["JOIN"], "first_word", ("JOIN", "now")),
    ("Join: my name is Ada", ["JOIN"], "first_word", ("JOIN", "my name is Ada")),
    ("JOIN - 2 Tickets, please", ["JOIN"], "first_word", ("JOIN", "2 Tickets, please")),
    ("JOIN\nsecond line", ["JOIN"], "first_word", ("JOIN", "second line")),
    ("joint venture", ["JOIN"], "first_word", None),
    ("please join", ["JOIN"], "first_word", None),
    ("please join us", ["JOIN"], "contains", ("JOIN", "us")),
    ("rejoin us", ["JOIN"], "contains", None),
    ("sign up 2 people", ["SIGN UP", "SIGN"], "first_word", ("SIGN UP", "2 people")),
    ("Sign   up", ["SIGN UP"], "whole", ("SIGN UP", "")),
    ("signup", ["SIGN UP"], "whole", None),
    ("I want to sign up now", ["SIGN UP"], "contains", ("SIGN UP", "now")),
    ("42", ["42"], "whole", ("42", "")),
    ("STRASSE", ["straße"], "whole", ("straße", "")),
    ("cafe\u0301", ["Café"], "whole", ("Café", "")),
    ("ＪＯＩＮ", ["JOIN"], "whole", ("JOIN", "")),
    ("don’t", ["DON'T"], "whole", ("DON'T", "")),
    ("加入", ["加入"], "whole", ("加入", "")),
    ("انضم الآن", ["انضم"], "first_word", ("انضم", "الآن")),
    ("👍", ["👍"], "whole", ("👍", "")),
    ("👍 👍", ["👍"], "whole", None),
    ("", ["JOIN"], "contains", None),
    ("!!!", ["JOIN"], "first_word", None),
    ("what you like", [], "anything", None),
]


@pytest.mark.parametrize(("text", "words", "way", "expected"), HEARD)
def test_a_keyword_is_heard(text: str, words: list[str], way: Match, expected: tuple[str, str] | None) -> None:
    heard = hear(text, words, way)

    if way == "anything":
        assert heard == Heard(None, text)
    else:
        assert heard == (Heard(*expected) if expected else None)


def test_the_most_specific_trigger_ranks_highest() -> None:
    number = "+15550001111"
    in_order = [
        InboundMessageTrigger(),
        InboundMessageTrigger(channel="sms"),
        InboundMessageTrigger(to=number),
        InboundMessageTrigger(keyword="JOIN", match="contains"),
        InboundMessageTrigger(keyword="JOIN", match="first_word"),
        InboundMessageTrigger(keyword="JOIN", match="whole"),
        InboundMessageTrigger(keyword="JOIN", channel="sms", match="contains"),
        InboundMessageTrigger(keyword="JOIN", **{"from": "+14155550123"}),
        InboundMessageTrigger(keyword="JOIN", to=number),
    ]
    ranks = [rank(trigger, Heard("JOIN", "") if trigger.words else Heard(None, "")) for trigger in in_order]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_of_two_keywords_alike_the_longer_ranks_higher() -> None:
    trigger = InboundMessageTrigger(keywords=["SIGN", "SIGN UP"])

    assert rank(trigger, Heard("SIGN UP", "")) > rank(trigger, Heard("SIGN", ""))
