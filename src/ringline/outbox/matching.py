"""Which messages in Twilio's list may be what an attempt made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.outbox.calling import is_call
from ringline.outbox.twins import ANY_TEXT, skeleton
from ringline.twilio.messages import wire_address

if TYPE_CHECKING:
    from ringline.twilio.listing import Listed, ListRead

BY_REQUEST = "outbound-api"
"""The direction of what was made by a request, as our calls are."""
SHORTEST_PART = 20
"""Letters and digits that two texts must share from the start for one to pass as a cut of the other."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of the message that an attempt may have made."""

    message_id: str
    n: int
    opened_at: float
    channel: str
    to: str
    sender: str | None
    service: str | None
    body: str | None
    twin: str

    @property
    def has_any_text(self) -> bool:
        """Whether its text cannot be recognised in the list: a template, pictures only, a text that is not kept."""
        return self.twin.endswith(f"|{ANY_TEXT}")


@dataclass(frozen=True, slots=True)
class Matches:
    """What fits an attempt, oldest first: *strong* by its very text, *early* too, but Twilio made it before the attempt
    began, *weak* by everything but its text.
    """

    strong: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()

    def without(self, taken: frozenset[str]) -> Matches:
        """Those whose sids are not among *taken*."""
        left = (tuple(sid for sid in sids if sid not in taken) for sids in (self.strong, self.early, self.weak))
        return Matches(*left)

    @property
    def sids(self) -> tuple[str, ...]:
        return self.strong + self.early + self.weak


def matches_of(sought: Sought, read: ListRead, *, now: float, slack: float, drift: float) -> Matches:
    """The messages in *read*, which was begun at *now*, that the attempt may have made.

    What is older than the attempt by more than *slack* is none of them. By more than *drift* it is early, where Twilio
    says what time it has: then nothing but a clock that was set explains its age.
    """
    # Twilio's dates are by its own clock, which its answer tells.
    ahead = read.twilio_time - now if read.twilio_time is not None else 0.0
    since = sought.opened_at + ahead - slack
    begun = sought.opened_at + ahead - drift if read.twilio_time is not None else since
    strong: list[Listed] = []
    early: list[Listed] = []
    weak: list[Listed] = []
    bare = skeleton(sought.body) if sought.body and not sought.has_any_text else ""
    for listed in read.messages:
        if not listed.is_outbound or not _may_be_from(sought, listed):
            continue
        if is_call(sought.channel) and listed.direction != BY_REQUEST:
            continue  # a leg that another call has dialled
        if listed.created_at is not None and listed.created_at < since:
            continue
        alike = early if listed.created_at is not None and listed.created_at < begun else strong
        if is_call(sought.channel):
            # Nothing but who calls whom, and when: of calls to one person only one is under way.
            alike.append(listed)
        elif bare:
            shown = skeleton(listed.body)
            if shown == bare:
                alike.append(listed)
            elif not shown or _is_part(bare, shown):
                weak.append(listed)
        else:
            weak.append(listed)
    return Matches(_sids(strong), _sids(early), _sids(weak))


def _may_be_from(sought: Sought, listed: Listed) -> bool:
    if listed.from_ is None:
        return True  # a service has not chosen yet
    if sought.service is not None and listed.service == sought.service:
        return True
    if sought.sender is not None:
        return listed.from_.casefold() == wire_address(sought.sender, sought.channel).casefold()
    # Sent through a service, and this was not, or Twilio does not say: then only the text can tell.
    return listed.service is None


def _is_part(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST_PART and longer.startswith(shorter)


def _sids(found: Sequence[Listed]) -> tuple[str, ...]:
    return tuple(listed.sid for listed in sorted(found, key=lambda listed: (listed.created_at or 0.0, listed.sid)))
