"""What every way of carrying a conversation must do, as cases that are played over any of them.

A transport is plugged in by a `Line`: it carries the actions of one turn to a caller who reacts, and tells what the
caller heard and what event came of it. `CASES` are played by `play`; the test of a transport is one parametrized call:

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
    async def test_conformance(case): await play(case, MyLine())

What differs lawfully between transports (markup, voices, how time is waited) is not looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ringline.interview.actions import (
    Action,
    Ask,
    CancelTimer,
    End,
    EndLeg,
    NewLeg,
    PauseRecording,
    Play,
    ResumeRecording,
    Say,
    StartRecording,
    StartTimer,
    Suppress,
    Transfer,
)
from ringline.interview.events import (
    Event,
    KeysPressed,
    LegEnded,
    PlaybackDone,
    Silence,
    Transferred,
    UserSaid,
)

LEG, TURN = 2, 7


@dataclass(frozen=True)
class Speaks:
    """The caller says something once the turn listens; *early* while the first words are still spoken."""

    text: str
    confidence: float | None = 0.9
    early: bool = False


@dataclass(frozen=True)
class Presses:
    """The caller presses keys; ``early`` while the first words are still spoken."""

    keys: str
    early: bool = False


@dataclass(frozen=True)
class SaysNothing:
    """The caller is silent."""


@dataclass(frozen=True)
class HangsUp:
    """The caller is gone before an answer."""


@dataclass(frozen=True)
class Colleague:
    """How the person reacts to whom the call is passed on, and for how long they talk."""

    status: str
    seconds: float | None = None


Reaction = Speaks | Presses | SaysNothing | HangsUp | Colleague


@dataclass(frozen=True)
class Heard:
    """Words that reached the caller to their end, in the language they were spoken in (primary tag)."""

    text: str
    language: str = "en"


@dataclass(frozen=True)
class HeardRecording:
    """A recording that was played to the caller."""

    url: str


@dataclass
class Carried:
    """What came of a turn."""

    heard: list[Heard | HeardRecording] = field(default_factory=list)
    event: Event | None = None
    records_from: int | None = None
    """How many things had been heard when recording began."""
    passed_on_to: str | None = None
    is_over: bool = False
    """Whether the transport hung up."""


class Line(Protocol):
    """A transport with a caller at its other end."""

    async def carry(self, actions: list[Action], reaction: Reaction, *, leg: int, turn: int) -> Carried:
        """One turn: what was heard, and what the reaction became."""


@dataclass(frozen=True)
class Case:
    """A turn and what must come of it. *heard* is ``None`` where it does not matter."""

    name: str
    actions: list[Action]
    reaction: Reaction
    event: Event | None
    heard: list[Heard | HeardRecording] | None = None
    records_from: int | None = None
    passed_on_to: str | None = None
    is_over: bool = False


def ask(**fields: object) -> Ask:
    return Ask("q", TURN, **fields)  # type: ignore[arg-type]


QUESTION = Say("How many?", kind="question")
LONG = "This sentence is said to whoever listens for as long as it takes. " * 150

CASES: list[Case] = [
    Case(
        "words alone are heard and it goes on",
        [Say("Hello."), Say("One moment.")],
        SaysNothing(),
        PlaybackDone(LEG, TURN),
        [Heard("Hello."), Heard("One moment.")],
    ),
    Case(
        "a spoken answer comes with its words and confidence",
        [QUESTION, ask()],
        Speaks("twenty five", 0.83),
        UserSaid(LEG, TURN, "twenty five", 0.83),
        [Heard("How many?")],
    ),
    Case("no confidence is none", [QUESTION, ask()], Speaks("yes", None), UserSaid(LEG, TURN, "yes", None)),
    Case("a confidence of nought is none", [QUESTION, ask()], Speaks("yes", 0.0), UserSaid(LEG, TURN, "yes", None)),
    Case(
        "keys end with the key that ends them",
        [QUESTION, ask()],
        Presses("42#"),
        KeysPressed(LEG, TURN, "42", "#"),
    ),
    Case(
        "keys end by silence where no key ends them, and that key is one of them",
        [QUESTION, ask(finish_on="")],
        Presses("42#"),
        KeysPressed(LEG, TURN, "42#"),
    ),
    Case(
        "so many keys and no more",
        [QUESTION, ask(digits=1, finish_on="")],
        Presses("31"),
        KeysPressed(LEG, TURN, "3"),
    ),
    Case(
        "a single key that ends nothing is the answer",
        [QUESTION, ask(digits=1, finish_on="")],
        Presses("#"),
        KeysPressed(LEG, TURN, "#"),
    ),
    Case("an ending key alone is no answer", [QUESTION, ask()], Presses("#"), Silence(LEG, TURN)),
    Case("silence is told", [QUESTION, ask()], SaysNothing(), Silence(LEG, TURN), [Heard("How many?")]),
    Case("a question for keys hears no words", [QUESTION, ask(speech=False)], Speaks("five"), Silence(LEG, TURN)),
    Case("a question for words takes no keys", [QUESTION, ask(keys=False)], Presses("5#"), Silence(LEG, TURN)),
    Case(
        "an answer cuts the question short",
        [Say("Listen well."), QUESTION, ask()],
        Speaks("five", early=True),
        UserSaid(LEG, TURN, "five", 0.9),
        [],
    ),
    Case(
        "a key cuts the question short",
        [QUESTION, ask(digits=1, finish_on="")],
        Presses("5", early=True),
        KeysPressed(LEG, TURN, "5"),
        [],
    ),
    Case(
        "a notice is heard to its end, whoever speaks into it",
        [Say("This call is recorded.", kind="notice"), QUESTION, ask()],
        Speaks("five", early=True),
        UserSaid(LEG, TURN, "five", 0.9),
        [Heard("This call is recorded.")],
    ),
    Case(
        "recording begins after the notice and before the question",
        [Say("This call is recorded.", kind="notice"), StartRecording(), QUESTION, ask()],
        Speaks("five"),
        UserSaid(LEG, TURN, "five", 0.9),
        [Heard("This call is recorded."), Heard("How many?")],
        records_from=1,
    ),
    Case(
        "a recording is played where it stands",
        [Say("Listen."), Play("https://example.com/a.mp3?x=1&y=2"), ask()],
        Speaks("yes"),
        UserSaid(LEG, TURN, "yes", 0.9),
        [Heard("Listen."), HeardRecording("https://example.com/a.mp3?x=1&y=2")],
    ),
    Case(
        "each is spoken in its own language",
        [Say("Hello.", "en"), Say("¿Cuántos?", "es", "question"), ask(language="es")],
        Speaks("cinco"),
        UserSaid(LEG, TURN, "cinco", 0.9),
        [Heard("Hello."), Heard("¿Cuántos?", "es")],
    ),
    *(
        Case(
            f"a question in {language} is heard",
            [Say(words, language, "question"), ask(language=language)],
            Speaks("5"),
            UserSaid(LEG, TURN, "5", 0.9),
            [Heard(words, language)],
        )
        for language, words in {
            "fr": "Combien ?",
            "de": "Wie viele?",
            "pt": "Quantos são?",
            "it": "Quanti sono?",
        }.items()
    ),
    Case(
        "signs of markup are words like others",
        [Say('Is 3<4 "true"? ]]> it\'s so'), ask()],
        Speaks("it's <so>"),
        UserSaid(LEG, TURN, "it's <so>", 0.9),
        [Heard('Is 3<4 "true"? ]]> it\'s so')],
    ),
    Case("a long text is heard whole", [Say(LONG)], SaysNothing(), PlaybackDone(LEG, TURN), [Heard(LONG.strip())]),
    Case(
        "what is no matter of the line does not disturb it",
        [StartTimer("max", 1, 60), CancelTimer("max"), PauseRecording(), QUESTION, Suppress("voice"), ask()],
        Speaks("five"),
        UserSaid(LEG, TURN, "five", 0.9),
        [Heard("How many?")],
    ),
    Case(
        "a turn in which nothing is heard goes on too", [ResumeRecording()], SaysNothing(), PlaybackDone(LEG, TURN), []
    ),
    *(
        Case(
            f"a call is passed on and was {status}",
            [Say("I connect you."), Transfer("+15551234567", TURN)],
            Colleague(status, seconds),
            Transferred(LEG, status, seconds),
            [Heard("I connect you.")],
            passed_on_to="+15551234567",
        )
        for status, seconds in [
            ("completed", 31.0),
            *((one, None) for one in ("busy", "no-answer", "failed", "canceled")),
        ]
    ),
    Case(
        "a goodbye is heard before it ends",
        [Say("Goodbye."), End("completed")],
        SaysNothing(),
        None,
        [Heard("Goodbye.")],
        is_over=True,
    ),
    Case(
        "a leg ends while the session goes on",
        [Say("I write to you."), NewLeg("text", 3), EndLeg()],
        SaysNothing(),
        None,
        [Heard("I write to you.")],
        is_over=True,
    ),
    Case(
        "who hangs up instead of answering has left", [QUESTION, ask()], HangsUp(), LegEnded(LEG, "completed", "them")
    ),
    Case("who hangs up while words are said has left", [Say("Hello.")], HangsUp(), LegEnded(LEG, "completed", "them")),
]


async def play(case: Case, line: Line) -> None:
    """Carry the case's turn over *line* and compare."""
    carried = await line.carry(case.actions, case.reaction, leg=LEG, turn=TURN)
    assert carried.event == case.event, carried
    assert carried.is_over is case.is_over, carried
    assert carried.passed_on_to == case.passed_on_to, carried
    assert carried.records_from == case.records_from, carried
    if case.heard is not None:
        assert joined(carried.heard) == joined(case.heard), carried


def joined(heard: list[Heard | HeardRecording]) -> list[Heard | HeardRecording]:
    """With neighbouring words of one language as one: where a transport cuts them is its own affair."""
    found: list[Heard | HeardRecording] = []
    for one in heard:
        last = found[-1] if found else None
        if isinstance(one, Heard) and isinstance(last, Heard) and one.language == last.language:
            found[-1] = Heard(f"{last.text} {one.text}", one.language)
        else:
            found.append(one)
    return found
