"""How many messages one person, or one credential, may have within a window of time.

Windows are fixed: a day begins at midnight UTC. A message counts in the window in which it is to be sent, from the
moment it is written down, and no longer once it is certain that it did not go.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from ringline.compliance import store
from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.database import Transaction

_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 7 * 86_400.0}
_CAP = re.compile(
    r"(?P<purpose>\*|[a-z][a-z0-9_]*) +(?P<most>[0-9]+) */ *(?P<window>minute|hour|day|week)"
    r" +per +(?P<per>person|credential)(?P<hold> +hold)?"
)
EVERY_PURPOSE = "*"


@dataclass(frozen=True, slots=True)
class Cap:
    """At most *most* messages of *purpose* (``*`` for all) per *per* and *window*; what is over waits if *holds*."""

    purpose: str
    most: int
    window: str
    per: Literal["person", "credential"]
    holds: bool = False

    @property
    def seconds(self) -> float:
        return _UNITS[self.window]

    @property
    def scope(self) -> str:
        """What its counter is called. Another limit for the same is the same counter."""
        return f"{self.per}/{self.purpose}/{self.window}"

    def __str__(self) -> str:
        return f"{self.purpose} {self.most}/{self.window} per {self.per}{' hold' if self.holds else ''}"


def parse_caps(text: str) -> tuple[Cap, ...]:
    """Caps as they are written in the setting: ``marketing 3/day per person; * 20000/day per credential hold``."""
    caps = []
    for part in re.split(r"[;\n]", text.lower()):
        if not part.strip():
            continue
        found = _CAP.fullmatch(" ".join(part.split()))
        if found is None or int(found["most"]) == 0:
            raise RequestError(
                f"`{part.strip()}` is no cap",
                field="caps",
                fix="write a purpose (or *), how many, per what, such as `marketing 3/day per person` or "
                "`* 20000/day per credential hold`; separate several with ;",
            )
        per: Literal["person", "credential"] = "person" if found["per"] == "person" else "credential"
        caps.append(Cap(found["purpose"], int(found["most"]), found["window"], per, found["hold"] is not None))
    return tuple(caps)


class Asked(NamedTuple):
    """A message that would like to go. *at* is when; an urgent one passes what is not a cap on its own purpose."""

    recipient: str
    credential_id: str
    purpose: str
    at: float
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a message has been counted (for `give_back`), or which cap it would be over and when that window ends."""

    counted: str | None = None
    over: Cap | None = None
    until: float = 0.0

    @property
    def sentence(self) -> str:
        """Why it may not go."""
        cap = self.over
        assert cap is not None
        kind = "messages" if cap.purpose == EVERY_PURPOSE else f"{cap.purpose} messages"
        if cap.per == "person":
            return f"The recipient has had {cap.most} {kind} this {cap.window}, which is as many as the cap allows."
        return f"This credential has sent {cap.most} {kind} this {cap.window}, which is as many as the cap allows."


class _Key(NamedTuple):
    scope: str
    recipient: str
    start: float


def count(tx: Transaction, caps: Sequence[Cap], asked: Sequence[Asked]) -> list[Answer]:
    """Count each message against every cap on it, or against none if one of them is reached; in the order given."""
    wanted: Counter[_Key] = Counter()
    ends: dict[_Key, float] = {}
    of: list[list[tuple[Cap, _Key]]] = []
    for one in asked:
        on = [(cap, _key(cap, one)) for cap in caps if cap.purpose in (EVERY_PURPOSE, one.purpose)]
        of.append(on)
        for cap, key in on:
            wanted[key] += 1
            ends[key] = key.start + cap.seconds
    if not wanted:
        return [Answer()] * len(asked)
    # In one order, so that two who count the same never wait for each other crosswise.
    rows = [[*key, ends[key], wanted[key]] for key in sorted(wanted)]
    had = {
        _Key(row["scope"], row["recipient"], row["window_start"]): row["count"]
        for row in tx.all(store.COUNT[tx.dialect], {"rows": json.dumps(rows)})
    }
    before = {key: had[key] - wanted[key] for key in wanted}
    answers: list[Answer] = []
    unused: Counter[_Key] = Counter()
    for one, on in zip(asked, of, strict=True):
        over = [
            (cap, key)
            for cap, key in on
            if before[key] >= cap.most and not (one.is_urgent and cap.purpose == EVERY_PURPOSE)
        ]
        if over:
            unused.update(key for _, key in on)
            cap = next((cap for cap, _ in over if not cap.holds), over[0][0])
            answers.append(Answer(None, cap, max(ends[key] for _, key in over)))
            continue
        for _, key in on:
            before[key] += 1
        answers.append(Answer(json.dumps([list(key) for _, key in on]) if on else None))
    _take_back(tx, unused)
    return answers


def give_back(tx: Transaction, counted: Iterable[str]) -> None:
    """These messages did not go after all; each is what `count` answered."""
    times: Counter[_Key] = Counter()
    for text in counted:
        times.update(_Key(scope, recipient, start) for scope, recipient, start in json.loads(text))
    _take_back(tx, times)


def count_of(tx: Transaction, cap: Cap, one: Asked) -> int:
    """How many count against the cap in that window."""
    row = tx.one(store.COUNTED, _key(cap, one)._asdict())
    return 0 if row is None else int(row["count"])


def reached(tx: Transaction, caps: Sequence[Cap], asked: Sequence[Asked]) -> list[Cap | None]:
    """The cap per person that each message would be over as things stand, counting nothing."""
    own = [cap for cap in caps if cap.per == "person"]
    return [
        next(
            (cap for cap in own if cap.purpose in (EVERY_PURPOSE, one.purpose) and count_of(tx, cap, one) >= cap.most),
            None,
        )
        for one in asked
    ]


def forget(tx: Transaction, *, now: float) -> None:
    """Delete the counters of windows that have ended a while ago."""
    tx.run(store.FORGET_COUNTERS, {"now": now - _UNITS["week"]})


def _key(cap: Cap, one: Asked) -> _Key:
    who = one.recipient if cap.per == "person" else one.credential_id
    return _Key(cap.scope, who, one.at // cap.seconds * cap.seconds)


def _take_back(tx: Transaction, times: Counter[_Key]) -> None:
    tx.many(store.UNCOUNT, [{**key._asdict(), "times": times[key]} for key in sorted(times)])
