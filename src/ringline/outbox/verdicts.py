"""T12 to T17 and T22: what becomes of an attempt that nobody answered for, once Twilio's list has been read.

Each of these is a decision: it is taken on what is true in its own transaction, after the list was read.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.outbox.matching import Matches
from ringline.outbox.rebinding import release
from ringline.outbox.store import settling as store

if TYPE_CHECKING:
    from ringline.outbox.ledger import AttemptState, Ledger, MessageState
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.transitions import Transitions
    from ringline.twilio.listing import Listed, ListRead

_log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
GIVE_UP_CONFIRMING = 86_400.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at the list for one attempt.

    *read* is ``None`` when the list could not be read, or says nothing for this attempt; *problem* says why.
    *free* are the matches that belong to nobody, and *owed* how many of them others may still own.
    *is_postponed* when something else under way to that person could look just like it.
    """

    began: float
    read: ListRead | None
    free: Matches
    owed: int = 0
    is_postponed: bool = False
    problem: str | None = None


class Verdicts:
    """Decisions on one ledger. While *is_suspended*, ages are not believed and nothing is concluded from absence."""

    def __init__(
        self, ledger: Ledger, transitions: Transitions, settings: OutboxSettings, *, is_suspended: bool
    ) -> None:
        self._ledger = ledger
        self._transitions = transitions
        self._settings = settings
        self._is_suspended = is_suspended

    def weigh(self, message: MessageState, attempt: AttemptState, evidence: Evidence) -> None:
        """Decide on an unknown attempt, or say when to look again."""
        if attempt.outcome != "unknown":
            return  # evidence came while the list was being read
        settings, free = self._settings, evidence.free
        attempt.checks += 1
        attempt.checked_at = evidence.began
        self._ledger.touch(message, attempt)
        self._note(attempt, evidence)
        if evidence.read is None or evidence.is_postponed:
            self._later(message, attempt)
        elif free.strong and len(free.strong) + len(free.early) > evidence.owed:
            self._bind(message, attempt, evidence)
        elif free.sids:
            attempt.none_at = None
            self._later(message, attempt)
        elif (
            evidence.read.is_complete
            and evidence.began >= attempt.opened_at + settings.horizon
            and not self._is_suspended
        ):
            if attempt.never_resend:
                # Twilio said that it took it, so its absence proves only that the list is wrong.
                self._later(message, attempt)
            elif attempt.none_at is not None and evidence.began >= attempt.none_at + settings.negative_gap:
                self._disprove(message, attempt)
            else:
                # The second read decides, however old the attempt is by then.
                attempt.none_at = evidence.began if attempt.none_at is None else attempt.none_at
                self._check_at(attempt, attempt.none_at + settings.negative_gap)
        else:
            self._later(message, attempt)

    def confirm(self, message: MessageState, attempt: AttemptState) -> None:
        """T22: a message found in the list never reported with its own token, while others are."""
        ledger, settings = self._ledger, self._settings
        ledger.touch(message, attempt)
        attempt.next_check_at = None
        if attempt.bound_by != "list" or message.confirmed or message.sid != attempt.sid:
            return
        wanted = {"account_id": message.account_id, "sid": attempt.sid}
        final_since = (ledger.tx.one(store.FINAL_SINCE, wanted) or {}).get("at")
        seen_at = (ledger.tx.one(store.ACCOUNT, {"id": message.account_id}) or {}).get("callbacks_seen_at")
        if final_since is not None and ledger.now >= final_since + settings.confirm_after:
            if seen_at is not None and seen_at > final_since and not self._is_suspended:
                _log.error(
                    "message %s: %s was found in Twilio's list, and never reported; it is probably somebody else's",
                    message.id,
                    attempt.sid,
                )
                self._note(attempt, None, released=attempt.sid)
                release(self._ledger, message, attempt, "unresolved")
                return
            if ledger.now >= final_since + GIVE_UP_CONFIRMING:
                return
        self._check_at(attempt, ledger.now + settings.confirm_after)

    # --- the verdicts --------------------------------------------------------------------------------------------

    def _bind(self, message: MessageState, attempt: AttemptState, evidence: Evidence) -> None:
        assert evidence.read is not None
        sid = evidence.free.strong[0]
        alike = len(evidence.free.strong) + len(evidence.free.early)
        if alike > evidence.owed + 1:
            _log.warning(
                "message %s: Twilio's list holds %d like it; somebody else sends the same text", message.id, alike
            )
        listed = next(listed for listed in evidence.read.messages if listed.sid == sid)
        self._transitions.accept(message, attempt, sid, bound_by="list")
        self._join(message, listed)
        if self._transitions.can_be_called:
            self._check_at(attempt, self._ledger.now + self._settings.confirm_after)

    def _join(self, message: MessageState, listed: Listed) -> None:
        resource: dict[str, Any] = dict(listed.resource)
        code = resource.get("error_code")
        self._transitions.join_status(
            message,
            listed.sid,
            listed.status or "queued",
            int(code) if code else None,
            source="fetch",
            error_message=resource.get("error_message") or None,
        )
        if message.sid == listed.sid:
            self._transitions.note_resource(message, resource)

    def _disprove(self, message: MessageState, attempt: AttemptState) -> None:
        """T14 to T16: Twilio does not have it."""
        attempt.outcome, attempt.next_check_at = "disproved", None
        if not self._transitions.is_current(message, attempt):
            return
        message.unknowns += 1
        if message.cancel_requested_at is not None:
            self._transitions.cancel_before_sending(message)
        elif message.policy == "strict" or message.unknowns >= self._budget(message):
            self._unresolved(message)
        else:
            self._again(message)

    def _supersede(self, message: MessageState, attempt: AttemptState) -> None:
        """T17: better twice than too late."""
        message.unknowns += 1
        attempt.next_check_at = None
        if message.unknowns >= self._budget(message):
            attempt.outcome = "abandoned"
            self._unresolved(message)
        else:
            attempt.outcome = "superseded"
            self._again(message)

    def _abandon(self, message: MessageState, attempt: AttemptState) -> None:
        """T16: no evidence will come any more; the row is for a person, and its twins may go."""
        attempt.outcome, attempt.next_check_at = "abandoned", None
        if self._transitions.is_current(message, attempt):
            message.unknowns += 1
            self._unresolved(message)

    def _again(self, message: MessageState) -> None:
        message.send_at = self._ledger.now
        self._ledger.move(message, "ready")
        self._ledger.wake_sender(message, priority=80 if message.policy == "urgent" else 50)

    def _unresolved(self, message: MessageState) -> None:
        _log.error(
            "message %s: whether Twilio has it could not be found out; see `ringline messages unresolved`", message.id
        )
        self._ledger.move(message, "unresolved")

    # --- pieces --------------------------------------------------------------------------------------------------

    def _later(self, message: MessageState, attempt: AttemptState) -> None:
        now, settings = self._ledger.now, self._settings
        unknown_at = attempt.unknown_at if attempt.unknown_at is not None else attempt.opened_at
        if not self._is_suspended:
            if self._is_urgent(message, attempt) and now >= attempt.opened_at + settings.urgent_after:
                self._supersede(message, attempt)
                return
            if now >= unknown_at + settings.give_up:
                self._abandon(message, attempt)
                return
        moments = [unknown_at + span for span in (*settings.checks, settings.give_up)]
        moments.append(attempt.opened_at + settings.horizon)
        if attempt.none_at is not None:
            moments.append(attempt.none_at + settings.negative_gap)
        if self._is_urgent(message, attempt):
            moments.append(attempt.opened_at + settings.urgent_after)
        pause = min(max(settings.negative_gap, (now - unknown_at) / 4), LONGEST_PAUSE)
        last_planned = max(unknown_at + max(settings.checks), attempt.opened_at + settings.horizon)
        if now >= last_planned:
            moments.append(now + pause)
        self._check_at(attempt, min((moment for moment in moments if moment > now), default=now + pause))

    def _is_urgent(self, message: MessageState, attempt: AttemptState) -> bool:
        return (
            message.policy == "urgent"
            and not attempt.never_resend
            and message.cancel_requested_at is None
            and self._transitions.is_current(message, attempt)
        )

    def _budget(self, message: MessageState) -> int:
        return self._settings.max_unknown[message.policy]

    def _check_at(self, attempt: AttemptState, moment: float) -> None:
        attempt.next_check_at = moment
        self._ledger.due.append(moment)

    @staticmethod
    def _note(attempt: AttemptState, evidence: Evidence | None, **more: Any) -> None:
        note: dict[str, Any] = json.loads(attempt.check_note) if attempt.check_note else {}
        if evidence is not None:
            note = {"problem": evidence.problem} if evidence.problem else {}
            if evidence.read is not None:
                note |= {
                    "pages": evidence.read.pages,
                    "complete": evidence.read.is_complete,
                    "listed": len(evidence.read.messages),
                    "strong": list(evidence.free.strong),
                    "early": list(evidence.free.early),
                    "weak": list(evidence.free.weak),
                    "owed": evidence.owed,
                }
            if evidence.is_postponed:
                note["postponed"] = True
        attempt.check_note = json.dumps(note | more)
