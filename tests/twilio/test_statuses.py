from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twilio.rest.api.v2010.account.message import MessageInstance

from ringline.twilio.statuses import CANCELABLE, FINAL, MESSAGE_STATUSES, RANK, TRANSITIONS, is_final, rank


def test_the_statuses_are_those_of_the_sdk() -> None:
    theirs = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}
    assert theirs == MESSAGE_STATUSES


def test_a_message_only_ever_rises() -> None:
    for status, following in TRANSITIONS.items():
        for next_one in following:
            climbs = RANK[next_one] > RANK[status]
            assert climbs or (status, next_one) in {
                ("scheduled", "accepted"),  # both stand before the queue
                ("partially_delivered", "delivered"),
            }


def test_nothing_but_reading_follows_a_final_status() -> None:
    assert {status: TRANSITIONS[status] for status in FINAL & set(TRANSITIONS)} == {"delivered": {"read"}}
    assert all(is_final(status) for status in FINAL)
    assert not any(is_final(status) for status in (*(MESSAGE_STATUSES - FINAL), None, "", "novel"))
    assert not CANCELABLE & FINAL


@given(st.permutations(sorted(MESSAGE_STATUSES)))
def test_the_highest_rank_does_not_depend_on_the_order_of_reports(reports: list[str]) -> None:
    assert max(reports, key=rank) == "read"
    assert rank(None) == rank("novel") == 0 < min(RANK.values())


def test_an_error_is_outranked_by_reading_alone() -> None:
    for error in ("undelivered", "failed", "canceled"):
        assert {status for status in RANK if RANK[status] > RANK[error]} - {"failed", "canceled"} == {"read"}
