"""How long the send path waits for what, and how much it takes at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ringline.compliance.caps import Cap

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class OutboxSettings:
    """All spans in seconds. What the bounds are worth: `docs/reference/send-path.md`."""

    write_deadline: float = 5.0
    """`D`: how long after its claim a worker may begin to write."""
    http_timeout: float = 15.0
    """What the Twilio clients were made with; an attempt that is open for longer belongs to a dead worker."""
    open_margin: float = 5.0
    horizon: float = 90.0
    """`H`: only a list read begun this long after an attempt was opened may say that Twilio does not have it."""
    checks: tuple[float, ...] = (5.0, 15.0, 45.0)
    """After an attempt became unknown: when Twilio's list is read in the hope of finding it."""
    negative_gap: float = 10.0
    """Between the two reads that must both lack a message before it counts as not accepted."""
    give_up: float = 1_800.0
    """`G`: how long an attempt stays unknown for want of a list that settles it, before a person has to."""
    urgent_after: float = 20.0
    """How long an urgent message waits for evidence before it is sent again."""
    max_unknown: dict[str, int] = field(default_factory=lambda: {"once": 2, "strict": 1, "urgent": 3})
    """By policy: how many attempts of a message may stay without an answer before a person has to decide."""
    list_slack: float = 120.0
    """How much earlier than our attempt Twilio may have dated the message."""
    list_drift: float = 5.0
    """How much earlier by Twilio's own clock it may be to be taken for ours; what is older may be somebody else's."""
    list_page: int = 100
    list_pages: int = 10
    """A list of more pages than this is not read to its end, and so proves no absence."""
    owed_for: float = _DAY
    """How long an attempt that was given up may still own a message that turns up."""
    confirm_after: float = 900.0
    """How long a message found in the list may lack a callback of its own while others come."""
    settle_rows: int = 100
    lists_at_once: int = 10
    clock_slack: float = 1.0
    """How far the clock may move against the machine's own between two sweeps; beyond, ages are not believed."""
    rate: float | Literal["twilio"] | None = "twilio"
    """Segments a second of a sender without a rate of its own: what Twilio allows its kind, or ``None`` for no pace."""
    call_rate: float | None = 1.0
    """Calls a second of an account without a rate of its own; ``None`` for no pace."""
    rate_factor: float = 1.0
    """What share of its rate every sender uses; a little less than 1 for a carrier that counts strictly."""
    caps: tuple[Cap, ...] = ()
    """How many messages a person, or a credential, may have within a window."""
    ahead: float = 1.0
    """How long before a slot is due it is taken."""
    rest: float = 5.0
    """The longest that a drain waits for its sender's next slot; then it ends, and the ticker wakes the sender."""
    rest_at_most: int = 40
    """Drains in one process that wait for their next slot; further ones end, and the ticker wakes their senders."""
    stick_through: float = 600.0
    """A person's sender in a pool may be paused for so long before another one takes over."""
    claim_rows: int = 500
    max_in_flight: int = 100
    """Requests under way at once, per sender and process."""
    hand_back: float = 15.0
    """How long one job works on one sender before another may have the place."""
    twin_pause: float = 2.0
    """How long a message waits when one just like it to the same person is undecided."""
    result_rows: int = 500
    result_pause: float = 0.02
    """How long results wait for others to be committed with; a lone one does not wait."""
    expire_after: float = _DAY
    expire_after_by_purpose: dict[str, float] = field(default_factory=lambda: {"otp": 300.0, "two_factor": 300.0})
    backoff: tuple[float, ...] = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
    """After each setback in a row (429, no connection, "try later"); the last one repeats until the row expires."""
    jitter: float = 0.25
    """By what share at most a pause that Twilio asks for is drawn out, for each message differently."""
    carrier_pause: float = 60.0
    """How long a sender rests when a carrier turned a message away for coming too fast."""
    max_retries_now: int = 3
    schedule_at_twilio: bool = True
    """Hand a message for later to Twilio, where it has a messaging service and the time is within Twilio's bounds."""
    schedule_from: float = 900.0
    schedule_until: float = 35 * _DAY
    poll_delays: tuple[float, ...] = (1.0, 5.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
    """Between questions about a status where Twilio cannot call back; the last one repeats."""
    reconcile_delays: tuple[float, ...] = (600.0, 3600.0, 6 * 3600.0, _DAY)
    """Where Twilio can: after the last report, for those that did not come. After the last one nobody asks any more."""
    call_poll_delays: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
    """The same for calls, which are over within minutes."""
    call_reconcile_delays: tuple[float, ...] = (120.0, 600.0, 1800.0, 3600.0, 4 * 3600.0 + 60.0, _DAY)
    reconcile_rows: int = 200
    """At most so many such questions per account and minute."""
    price_delays: tuple[float, ...] = (2.0, 60.0, 3600.0, _DAY)
    """After the final status, until Twilio says what it cost."""
    give_up_polling: float = 3 * _DAY
    poll_rows: int = 100
    polls_at_once: int = 10
    apply_rows: int = 500
    sweep_rows: int = 5_000
    heal_after: float = 30.0
    """A wake-up that nobody has followed for so long was lost."""
    tick: float = 30.0
    """The longest sleep of the ticker; on Postgres, where other processes make rows, see `tick_shared`."""
    tick_shared: float = 1.0
    keep_raw_callbacks: float = 30 * _DAY
    keep_texts: float | None = None
    """How long the text and media of messages that are done are kept; ``None`` for ever."""
    redact_at_twilio: bool = False
    """Whether a text that is no longer kept here is erased at Twilio as well."""

    def backoff_of(self, setbacks: int) -> float:
        """The pause after that many setbacks in a row, counted from 1."""
        return self.backoff[min(setbacks, len(self.backoff)) - 1]

    def open_limit(self) -> float:
        """The age from which an open attempt is nobody's."""
        return self.write_deadline + self.http_timeout + self.open_margin
