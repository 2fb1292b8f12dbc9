from __future__ import annotations

import re
from pathlib import Path

import pytest

from ringline.twilio.error_catalogue import CATALOGUE, COMMON_PROBLEMS, Entry, common_problem, find

LINES = [
    tuple(cell.strip() for cell in line.split(" | "))
    for line in (Path(__file__).parent / "error_codes.txt").read_text().splitlines()
    if not line.startswith("#")
]


def expanded(codes: str) -> list[int]:
    """``64101-64112`` and ``30020/30021`` written out."""
    found: list[int] = []
    for part in re.split(r"\s*/\s*", codes):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


TABLE = {code: (mode, retry) for codes, mode, retry in LINES for code in expanded(codes)}


def test_every_code_of_the_table_has_its_entry_and_no_entry_is_without_one() -> None:
    assert set(CATALOGUE) == set(TABLE)


def test_no_code_is_described_twice() -> None:
    from ringline.twilio.error_catalogue import calls, delivery, requests, sending

    every = [entry.code for part in (calls, delivery, requests, sending) for entry in part.ENTRIES]
    assert len(every) == len(set(every)) == len(CATALOGUE)
    assert list(CATALOGUE) == sorted(CATALOGUE)


RETRIES = {
    "P": {"never", "other_sender"},
    "P/T": {"never"},
    "-": {"never"},
    "T": {"later", "next_day"},
    "T?": {"later"},
    "T safe": {"now"},
    "T safe (not sent)": {"later"},
    "T unsafe for POST": {"unsafe"},
    "T with care": {"unsafe"},
    "T slow": {"later", "next_day"},
    "T (next day)": {"next_day"},
    "T (next window)": {"later"},
}


@pytest.mark.parametrize("code", sorted(TABLE))
def test_an_entry_retries_and_appears_as_the_table_says(code: int) -> None:
    mode, retry = TABLE[code]
    entry = CATALOGUE[code]
    if retry in RETRIES:
        assert entry.retry in RETRIES[retry]
    if re.fullmatch(r"\d{3}(/\d{3})*", mode):
        assert entry.mode in ("sync", "both")
        assert str(entry.http) in mode.split("/")
    elif mode == "async":
        assert (entry.mode, entry.http) == ("async", None)
    elif "async" in mode:
        assert entry.mode == "both"
        assert str(entry.http) in mode
    elif "warn" in mode or "err" in mode:
        assert entry.mode == "notice"


@pytest.mark.parametrize(("code", "retry"), [(32016, "later"), (32017, "never"), (64102, "never"), (64103, "later")])
def test_rows_that_hold_several_verdicts_are_told_apart(code: int, retry: str) -> None:
    assert CATALOGUE[code].retry == retry


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: str(entry.code))
def test_an_entry_speaks_in_whole_sentences_and_says_what_to_do(entry: Entry) -> None:
    for text in (entry.sentence, entry.fix):
        assert re.fullmatch(r"[A-Z`].+\.", text)
        assert "  " not in text
    assert not entry.title[0].islower()
    assert not entry.title.endswith(".")
    assert entry.more_info == f"https://www.twilio.com/docs/errors/{entry.code}"


def test_an_unknown_code_says_so_and_where_to_read_about_it() -> None:
    entry = find(99999)
    assert entry.sentence == "Twilio reports error 99999, which Ringline has no words for."
    assert entry.fix == "Read about it at https://www.twilio.com/docs/errors/99999."
    assert not entry.can_be_sent_again


def test_only_what_was_surely_not_sent_is_called_safe_to_send_again() -> None:
    assert find(20429).can_be_sent_again
    assert find(30001).can_be_sent_again
    assert not any(find(code).can_be_sent_again for code in (20500, 20503, 30410, 21610, 21606))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (20003, "Authentication failed"),
        (21211, "Invalid phone number"),
        (21606, "From number not owned"),
        (21608, "Phone number not available"),
        (30004, "Message blocked"),
        (30005, "Message not delivered"),
        (20005, "Insufficient funds"),
        (20429, "Rate limit exceeded"),
    ],
)
def test_everyday_problems_are_found_by_their_codes(code: int, problem: str) -> None:
    found = common_problem(code)
    assert found is not None
    assert found.name == problem
    assert len(found.checks) >= 3


def test_everyday_problems_name_known_codes_and_each_once() -> None:
    codes = [code for problem in COMMON_PROBLEMS for code in problem.codes]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(CATALOGUE)
    assert "High message costs" in {problem.name for problem in COMMON_PROBLEMS}
    assert common_problem(64101) is None
