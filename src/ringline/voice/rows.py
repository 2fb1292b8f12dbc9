"""A row of `calls` as the call it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.clock import utc
from ringline.twilio.error_catalogue import find
from ringline.voice.call import Announcement, CallError, CallRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.database import Row

_WHAT_TO_DO = {
    "opted_out": "Do not call; only the person can take that back.",
    "invalid_recipient": "Write the number with + and country code, such as +14155550123.",
    "capped": "Wait until the cap's window has ended, or change the cap (`RINGLINE_CAPS`).",
}


def call_of(row: Row, recordings: Sequence[Row] = ()) -> CallRow:
    """The call as it stands in its table."""
    recording = next((one for one in recordings if one["status"] in ("waiting", "kept")), None)
    return CallRow(
        id=row["id"],
        direction=row["direction"],
        kind=row["kind"],
        ref=row["ref"],
        leg=row["leg"],
        to=row["to"],
        from_=row["from"],
        account_id=row["account_id"],
        credential_id=row["credential_id"],
        sid=row["sid"] or row["talking_sid"],
        stage=row["stage"],
        status=row["status"],
        status_rank=row["status_rank"],
        answered_by=row["answered_by"],
        pressed=row["pressed"],
        started_at=utc(row["started_at"]),
        ended_at=utc(row["ended_at"]),
        duration=row["duration"],
        price=row["price"],
        price_unit=row["price_unit"],
        error=_error(row),
        refusal_reason=row["refusal_reason"],
        purpose=row["purpose"],
        recording=None if recording is None else recording["id"],
        recording_duration=None if recording is None else recording["duration"],
        run_id=row["run_id"],
        step=row["step"],
        created_at=utc(row["created_at"]),
        updated_at=utc(row["updated_at"]),
        announcement=None if row["announcement"] is None else Announcement.from_json(row["announcement"]),
    )


def _error(row: Row) -> CallError | None:
    if row["stage"] == "refused":
        reason = row["refusal_reason"] or ""
        return CallError(None, row["refusal_sentence"] or "The call was not placed.", _WHAT_TO_DO.get(reason, ""))
    if row["error_code"] is not None:
        entry = find(row["error_code"])
        sentence = row["error_message"] or entry.sentence
        return CallError(row["error_code"], sentence, entry.fix, entry.can_be_sent_again)
    if row["stage"] in ("unknown", "unresolved"):
        settle = f"Look it up in Twilio's call log, and say what you found: ringline messages settle {row['id']}"
        return CallError(
            None,
            row["error_message"] or "Twilio gave no answer: the call may or may not have been placed.",
            settle
            if row["stage"] == "unresolved"
            else "Twilio's list is being read to find out; look again in two minutes.",
        )
    if row["stage"] == "failed":
        return CallError(
            None,
            row["error_message"] or "The call could not be placed.",
            "Check the network and the Twilio base URL, then call again.",
            retryable=True,
        )
    if row["status"] == "failed":
        return CallError(
            None, "The call could not be put through.", "Check that the number exists and can be called.", True
        )
    return None
