"""What an installation has after a good while: as many messages and runs as are asked for, and what goes with them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringline.analytics.measures import COST, DELIVERED, FAILED, SEGMENTS, SENT, UNDELIVERED
from ringline.conversations import words
from ringline.ids import name_of_number, new_id, new_number

PEOPLE = 100_000
FLOWS = 20
DAYS = 90
OURS = "+15550001111"
ACCOUNT = "AC" + "0" * 32
STAGES = (
    (("accepted", "delivered"), 900),
    (("accepted", "sent"), 20),
    (("accepted", "undelivered"), 30),
    (("failed", "failed"), 20),
    (("refused", "refused"), 25),
    (("canceled", "canceled"), 5),
)
STATUSES = (("completed", 950), ("failed", 10), ("waiting", 30), ("canceled", 10))
CALL_STATUSES = (("completed", 800), ("no-answer", 120), ("busy", 50), ("failed", 29), ("canceled", 1))
WORDS = ("order", "parcel", "appointment", "tomorrow", "reminder", "invoice", "welcome", "code", "table", "ready")
SOMETIMES = ("maple", 100)
"""A word of one message in so many."""
OFTEN = ("meadow", 41)
"""Just not often enough to be found among the newest."""
SELDOM = ("garden", 1_000)
RARE = "zebra"
LONG_AGO = "winter"
"""A word of every second message in the first tenth of the time, and of none since."""
NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "John", "Radia", "Ken")

Rows = Iterator[tuple[Any, ...]]


def person(n: int) -> str:
    """A number of somebody."""
    return f"+1415{5_000_000 + n:07d}"


@dataclass
class Filling:
    """Rows for every table; *kept* gets ids and numbers to ask for while they are made."""

    rows: int
    now: float
    kept: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began = self.now - DAYS * 86_400
        self._chance = random.Random(7)
        self._runs = [new_number(at=self._began + n * DAYS * 86_400 / self.rows) for n in range(self.rows)]
        self._texts: list[tuple[str, str, str]] = []
        self._attempts: list[tuple[str, str, float]] = []
        self.kept["run"] = name_of_number("run", self._runs[self.rows // 2])

    def tables(self) -> Iterable[tuple[str, Sequence[str], Rows]]:
        """Each table with its columns, in an order in which what comes later may need what came before."""
        yield "workflows", _FLOW, ((f"flow_{n}", 1, "{}", str(n), self._began) for n in range(FLOWS))
        yield "runs", _RUN, self._each_run()
        yield "messages", _MESSAGE, self._each_message()
        yield "attempts", _ATTEMPT, self._each_attempt()
        yield "calls", _CALL, self._each_call()
        yield "search_texts", ("n", "ref", "person", "words"), self._each_text()
        yield "contacts", ("id", "name", "language", "created_at", "updated_at"), self._each_contact()
        yield "contact_words", ("word", "contact_id"), self._each_name()
        yield "contact_addresses", ("address", "reversed", "channel", "contact_id"), self._each_address()
        yield "conversation_addresses", _ADDRESS, self._each_talked_with()
        yield "conversations", _CONVERSATION, self._each_conversation()
        yield "figures", ("flow", "hour", "credential", "channel", "measure", "amount"), self._each_figure()

    def _each_run(self) -> Rows:
        chosen = self._chance.choices(*_weighed(STATUSES), k=len(self._runs))
        for number, status in zip(self._runs, chosen, strict=True):
            created_at = 1_577_836_800 + (number >> 22) / 1000
            is_waiting, is_failed = status == "waiting", status == "failed"
            yield (
                number,
                1 + number % FLOWS,
                status,
                2,
                created_at,
                None if is_waiting else created_at + 60,
                created_at + 1e8 if is_waiting else None,
                int(is_failed),
                '{"phone":"+14155550123"}',
                "{}" if is_waiting else None,
                "[]" if status == "completed" else None,
                '{"type":"StepExecutionError","message":"no"}' if is_failed else None,
                '{"type": "schedule"}' if number % 7 == 0 else None,
            )

    def _each_message(self) -> Rows:
        chosen = self._chance.choices(*_weighed(STAGES), k=self.rows)
        for n, (stage, status) in enumerate(chosen):
            at = self._began + n * DAYS * 86_400 / self.rows
            is_whatsapp = n % 20 == 0
            if n % (self.rows // 20) == 17:
                stage = status = "unresolved"
            elif n > self.rows - 50:
                stage, status = "held", "pending"
            elif is_whatsapp and status == "delivered" and n % 40 == 0:
                status = "read"
            message_id, to = new_id("msg", at=at), person(self._chance.randrange(PEOPLE))
            body = f"{self._words(n)} number {n}"
            self._texts.append((message_id, to, body))
            is_accepted = stage == "accepted"
            if stage not in ("refused", "canceled", "held"):
                self._attempts.append((message_id, stage, at))
            if n == self.rows // 2:
                self.kept |= {"id": message_id, "to": to}
            has_run = n % 5 < 3
            yield (
                message_id,
                ACCOUNT,
                "cred_1",
                "whatsapp" if is_whatsapp else "sms",
                to,
                OURS,
                f"{ACCOUNT}/sms/{OURS}",
                body,
                "notification",
                "once",
                50,
                1,
                "GSM-7",
                stage,
                status,
                40,
                1,
                f"SM{n:032x}" if is_accepted else None,
                str(n),
                at if stage != "held" else at + 1e8,
                at + 1e9,
                name_of_number("run", self._runs[n]) if has_run else None,
                "hello" if has_run else None,
                "-0.00830" if is_accepted else None,
                "USD" if is_accepted else None,
                at,
                at if is_accepted else None,
                at,
            )

    def _words(self, n: int) -> str:
        said = self._chance.choices(WORDS, k=6)
        said += [word for word, of in (SOMETIMES, OFTEN, SELDOM, (RARE, 50_000)) if n % of == 7]
        if n < self.rows // 10 and n % 2:
            said.append(LONG_AGO)
        return " ".join(said)

    def _each_attempt(self) -> Rows:
        for n, (message_id, stage, at) in enumerate(self._attempts):
            sid = f"SM{n:032x}" if stage == "accepted" else None
            outcome = "unknown" if stage == "unresolved" else stage
            yield ACCOUNT, message_id, 1, "worker", f"{n:032x}", OURS, at, outcome, sid
        self._attempts.clear()

    def _each_call(self) -> Rows:
        calls = self.rows // 10
        for n, status in enumerate(self._chance.choices(*_weighed(CALL_STATUSES), k=calls)):
            at = self._began + n * DAYS * 86_400 / calls
            call_id, them = new_id("call", at=at), person(self._chance.randrange(PEOPLE))
            is_ours = n % 4 > 0
            to, from_ = (them, OURS) if is_ours else (OURS, them)
            if is_ours:
                self._texts.append((call_id, them, f"{self._words(n)} call {n}"))
            if n == calls // 2:
                self.kept |= {"call": call_id, "called": them}
            direction = "outbound" if is_ours else "inbound"
            run = name_of_number("run", self._runs[n * 10]) if is_ours else None
            yield (
                call_id, direction, "session", to, from_, ACCOUNT, "cred_1", f"CA{n:032x}", "accepted", status,
                "notification", at, at + 40, 40, run, "call" if is_ours else None, at, at,
            )  # fmt: skip

    def _each_text(self) -> Rows:
        last = {"msg": words.first_number("msg"), "call": words.first_number("call")}
        for ref, to, text in self._texts:
            kind = ref.partition("_")[0]
            last[kind] += 1
            yield last[kind], ref, to, " ".join(words.words_of(text))
        self._texts.clear()

    def _each_contact(self) -> Rows:
        for n in range(PEOPLE):
            at = self._began + n * DAYS * 86_400 / PEOPLE
            yield f"con_{n:026d}", _name(n), "en", at, at
        self.kept["contact"] = _name(PEOPLE // 2)

    def _each_name(self) -> Rows:
        return ((word, f"con_{n:026d}") for n in range(PEOPLE) for word in words.words_of(_name(n)))

    def _each_address(self) -> Rows:
        return ((person(n), person(n)[::-1], "sms", f"con_{n:026d}") for n in range(PEOPLE))

    def _each_talked_with(self) -> Rows:
        for n in range(PEOPLE):
            to = person(n)
            yield (
                f"cnv_{n:026d}", to, to[::-1], f"con_{n:026d}", OURS, ACCOUNT, self.now - n, "message", f"msg_{n:026d}",
                "sms", "Hello", *self._wrote(n),
            )  # fmt: skip

    def _each_conversation(self) -> Rows:
        for n in range(PEOPLE):
            yield (
                f"cnv_{n:026d}", f"con_{n:026d}", person(n), self.now - n, f"msg_{n:026d}", *self._wrote(n),
            )  # fmt: skip

    def _wrote(self, n: int) -> tuple[int, float | None]:
        return int(n % 500 == 3), self.now - n if n % 10 == 3 else None

    def _each_figure(self) -> Rows:
        last = int(self.now // 3600)
        amounts = (
            (SENT, 1), (DELIVERED, 20), (UNDELIVERED, 1), (FAILED, 1), (SEGMENTS, 22), (f"{COST}USD", 170),
        )  # fmt: skip
        for hour in range(last - DAYS * 24, last):
            for flow in ("", *(f"flow_{n}" for n in range(FLOWS))):
                for channel in ("sms", "whatsapp"):
                    for measure, amount in amounts:
                        yield flow, hour, "cred_1", channel, measure, amount


_FLOW = ("name", "version", "definition", "digest", "created_at")
_RUN = (
    "id", "definition", "status", "revision", "created_at", "finished_at", "due_at", "has_failures", "inputs", "state",
    "outputs", "error", "trigger",
)  # fmt: skip
_MESSAGE = (
    "id", "account_id", "credential_id", "channel", "to", "sender", "sender_id", "body", "purpose", "policy",
    "priority", "segments", "encoding", "stage", "status", "status_rank", "attempt_no", "sid", "twin", "send_at",
    "expires_at", "run_id", "step", "price", "price_unit", "created_at", "sent_at", "updated_at",
)  # fmt: skip
_ATTEMPT = ("account_id", "message_id", "n", "worker", "twin", "sender", "opened_at", "outcome", "sid")
_CALL = (
    "id", "direction", "kind", "to", "from", "account_id", "credential_id", "sid", "stage", "status", "purpose",
    "started_at", "ended_at", "duration", "run_id", "step", "created_at", "updated_at",
)  # fmt: skip
_ADDRESS = (
    "id", "address", "reversed", "whose", "ours", "account_id", "last_at", "last_kind", "last_id", "last_channel",
    "last_words", "unread", "wrote_at",
)  # fmt: skip
_CONVERSATION = ("id", "whose", "address", "last_at", "last_id", "unread", "wrote_at")


def _name(n: int) -> str:
    return f"{NAMES[n % 10]} Number{n}"


def _weighed(of: Sequence[tuple[Any, int]]) -> tuple[list[Any], list[int]]:
    return [one for one, _ in of], [weight for _, weight in of]
