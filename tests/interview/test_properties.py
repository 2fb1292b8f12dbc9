"""What holds of every conversation, whatever happens in whatever order."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interview.harness import Talk, agent, choices, when
from ringline.interview.actions import Ask, End, Say
from ringline.interview.agent import OnDrop, QuestionsAgent
from ringline.interview.encoding import (
    action_to_json,
    event_to_json,
    spec_from_json,
    spec_to_json,
    state_from_json,
    state_to_json,
)
from ringline.interview.events import (
    Commanded,
    Detected,
    Event,
    KeysPressed,
    LegEnded,
    LegStarted,
    PlaybackDone,
    RecordingPaused,
    Silence,
    TimerFired,
    Transferred,
    UserSaid,
)
from ringline.interview.flow import Choice, Question
from ringline.interview.masking import concealed
from ringline.interview.reducing import reduce
from ringline.interview.replay import Logged, compare, hash_of, replay
from ringline.interview.state import SessionState

MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

EVERYTHING = agent(
    Question(
        "rating",
        "On a scale of 1 to 10, how was it?",
        "number",
        actions=(when("contains", "9,10", next="tell"), when("contains", "1,2,3", next="why", message="Oh.")),
    ),
    Question("tell", "Would you tell others?", "yes_no", allow_unsure=True, confirm="always"),
    Question("why", "Why?", "text", optional=True, prompts=("Tell me why.",)),
    Question(
        "topic",
        "What is it about?",
        "multiple_choice",
        choices=(Choice("billing", id="b", synonyms=("money",)), Choice("other", keys="9")),
        actions=(when("equals", "other", next="rating"), when("any_other")),
        on_exhausted="default",
        default="b",
    ),
    Question("card", "Your card number?", "digits", sensitive=True, on_exhausted="skip"),
    Question("phone", "Your phone?", "phone", retries=1, on_exhausted="transfer"),
    Question("day", "Which day?", "date", keypad=False, on_exhausted="end"),
    greeting="Hello.",
    record=True,
    transfer_to="+15557654321",
    voicemail="Call back.",
    max_duration=600.0,
    on_drop=(OnDrop("call", 60), OnDrop("text", 60)),
)
IN_PARTS = agent(
    Question(
        "topic",
        "What is it about?",
        "multiple_choice",
        choices=choices("billing", "technical"),
        keypad=False,
        translations=(("es", "¿De qué se trata?"),),
    ),
    Question("code", "Your code?", "digits", length=6, keypad=False),
    Question("phone", "Your phone?", "phone", country="US", keypad=False, confirm="never"),
    Question("mail", "Your e-mail?", "email", retries=5, translations=(("es", "¿Su correo?"),)),
    Question("day", "Which day?", "date", language="es"),
    greeting="Hello.",
    goodbye="Bye.",
    on_drop=(OnDrop("call", 60),),
)
NO_BRANCHES = agent(Question("a", "A?", "number", retries=1), Question("b", "B?", "yes_no", retries=0), linear=True)
WRITTEN = replace(EVERYTHING, channel="sms")
SPECS = st.sampled_from([EVERYTHING, IN_PARTS, NO_BRANCHES, WRITTEN])

WORDS = st.one_of(
    st.sampled_from(
        [
            "yes",
            "no",
            "maybe",
            "nine",
            "forty",
            "five or six",
            "no wait, seven",
            "billing",
            "the second one",
            "money",
            "um",
            "",
            "what?",
            "help",
            "operator",
            "skip",
            "go back",
            "stop",
            "hold on",
            "stop calling me",
            "I don't know",
            "I'd rather not say",
            "tomorrow",
            "4242 4242 4242 4242",
            "purple",
            "you have reached Ann please leave a message after the tone",
            "please say your name and the reason for your call",
            "who is calling please",
            "please stay on the line",
            "en español por favor",
            "in English please",
            "no hablo inglés",
            "no wait, I said nine for the first one",
            "no, I said nine",
            "the second one",
            "billing or technical",
            "one two three",
            "done",
            "slower",
            "May",
            "anna",
        ]
    ),
    st.text(max_size=40),
)
LEGS = st.integers(0, 4)
TURNS = st.integers(0, 12)
NUMBERS = st.integers(-2, 5)
VERDICTS = st.sampled_from(
    ["human", "fax", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"]
)
CONFIDENCE = st.one_of(st.none(), st.floats(0, 1))
ANY_EVENT: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        LegStarted,
        LEGS,
        st.sampled_from(["voice", "sms", "whatsapp"]),
        st.sampled_from(["inbound", "outbound"]),
        st.one_of(st.none(), VERDICTS),
    ),
    st.builds(UserSaid, LEGS, TURNS, WORDS, CONFIDENCE),
    st.builds(KeysPressed, LEGS, TURNS, st.text("0123456789*#", max_size=16), st.sampled_from([None, "#"])),
    st.builds(Silence, LEGS, TURNS),
    st.builds(PlaybackDone, LEGS, TURNS),
    st.builds(Detected, LEGS, VERDICTS),
    st.builds(Transferred, LEGS, st.sampled_from(["completed", "busy", "no-answer", "failed", "?"])),
    st.builds(RecordingPaused, LEGS, st.booleans()),
    st.builds(TimerFired, st.sampled_from(["max_duration", "reply", "drop", "beep", "?"]), NUMBERS),
    st.builds(LegEnded, LEGS, st.sampled_from(["completed", "busy", "no-answer", "failed", "opted_out", "?"])),
    st.builds(Commanded, st.sampled_from(["hang_up", "end"]), st.just("ann")),
)


def now_about(state: SessionState, event: Event, draw: Any) -> Event:
    """The event made one that is about the open turn, most of the time: else nearly all of them would be late."""
    if not draw:
        return event
    changes: dict[str, Any] = {}
    if isinstance(event, UserSaid | KeysPressed | Silence | PlaybackDone):
        changes["turn"] = state.turn
    if isinstance(event, TimerFired):
        changes["n"] = state.timers.get(event.name, 0)
    if isinstance(event, LegStarted):
        changes["leg"] = state.leg + 1
    elif hasattr(event, "leg"):
        changes["leg"] = state.leg
    return replace(event, **changes)


STEPS = st.lists(st.tuples(ANY_EVENT, st.sampled_from([True, True, True, False])), max_size=40)
# Those that end a conversation at once come rarely, so that it gets somewhere.
SAYINGS = st.lists(
    st.one_of(
        st.builds(UserSaid, LEGS, TURNS, WORDS, CONFIDENCE),
        st.builds(KeysPressed, LEGS, TURNS, st.text("0123456789*#", max_size=16), st.none()),
        st.builds(Silence, LEGS, TURNS),
        st.builds(Transferred, LEGS, st.sampled_from(["busy", "no-answer"])),
        st.builds(RecordingPaused, LEGS, st.booleans()),
    ),
    max_size=60,
)


@MANY
@given(SPECS, STEPS)
def test_any_event_in_any_order_gives_a_state(spec: QuestionsAgent, steps: list[tuple[Event, bool]]) -> None:
    talk = Talk(spec, start=False)
    talk.event(LegStarted(1, channel=spec.channel))
    for event, is_now in steps:
        was_over = talk.state.phase == "ended"
        before = talk.state
        talk.event(now_about(talk.state, event, is_now))
        assert talk.state.phase in ("new", "asking", "confirming", "transferring", "saying", "between", "ended")
        assert (talk.state.phase == "ended") == (talk.state.outcome is not None)
        if was_over:
            assert talk.state == before
        if talk.state.phase in ("asking", "confirming"):
            assert talk.state.cursor in spec.flow
    assert len([action for action in talk.all_actions if isinstance(action, End)]) <= 1
    talk.check_replay()


@MANY
@given(SPECS, st.lists(ANY_EVENT, max_size=30))
def test_events_before_anything_began_do_no_harm(spec: QuestionsAgent, events: list[Event]) -> None:
    talk = Talk(spec, start=False)
    for event in events:
        talk.event(event)
    talk.check_replay()


@MANY
@given(SPECS, SAYINGS)
def test_no_question_is_asked_more_often_than_its_retries_allow(spec: QuestionsAgent, steps: list[Event]) -> None:
    talk = Talk(spec)
    for event in steps:
        talk.event(now_about(talk.state, event, True))
        question = spec.flow[talk.state.cursor] if talk.state.cursor else None
        counts = talk.state.counts
        failures = sum(counts.get(kind, 0) for kind in ("silence", "no_match", "out_of_range", "low", "rejected"))
        is_open = question is not None and talk.state.phase in ("asking", "confirming")
        assert not is_open or failures <= max(question.retries, 0)
        assert counts.get("confirm", 0) <= 2
    # Asked again in other words at most `retries` times from one coming to it to the next.
    again = 0
    retries = 0
    for action in talk.all_actions:
        if isinstance(action, Say) and action.kind == "question":
            again = 0
        elif isinstance(action, Say) and action.kind == "again":
            again += 1
        elif isinstance(action, Ask):
            retries = max(question.retries for question in spec.flow.questions)
            assert again <= retries


@MANY
@given(SPECS, SAYINGS)
def test_nothing_is_said_twice_in_the_same_words_at_one_coming_to_a_question(
    spec: QuestionsAgent, steps: list[Event]
) -> None:
    talk = Talk(spec)
    for event in steps:
        talk.event(now_about(talk.state, event, True))
        assert len(talk.state.said) == len(set(talk.state.said))


@MANY
@given(SAYINGS)
def test_a_call_ends_within_its_time_whatever_the_caller_does(steps: list[Event]) -> None:
    talk = Talk(replace(EVERYTHING, on_drop=()))
    began = talk.now
    for event in steps:
        if talk.state.phase == "ended":
            break
        if talk.state.phase == "transferring":
            talk.transferred("busy")
        talk.event(now_about(talk.state, event, True)).wait(30)
    if talk.state.phase == "transferring":
        talk.transferred("busy")
    talk.wait(talk.spec.max_duration)
    assert talk.state.phase == "ended"
    ended = next(index for index, action in enumerate(talk.all_actions) if isinstance(action, End))
    assert ended == len(talk.all_actions) - 1
    assert min(entry.at for entry in talk.log) == began


SECRET = "7313 5550 1982 4646"
SPOKEN = "seven three one three five five five zero one nine eight two four six four six"


@MANY
@given(
    st.sampled_from(["digits", "text", "number", "phone"]),
    st.sampled_from(["auto", "always", "never"]),
    st.lists(st.sampled_from(["said", "spelled", "keyed", "yes", "no", "silence", "again"]), min_size=1, max_size=8),
)
def test_a_secret_is_nowhere_but_where_it_is_sealed(type: Any, confirm: Any, steps: list[str]) -> None:
    question = Question("card", "Your number?", type, sensitive=True, confirm=confirm)
    talk = Talk(agent(question, Question("done", "Anything else?", "yes_no"), record=True))
    shown: list[str] = []
    for step in steps:
        leg, turn = talk.state.leg, talk.state.turn
        if talk.state.cursor != "card":
            break
        event: Event = {
            "said": UserSaid(leg, turn, SECRET, 0.9),
            "spelled": UserSaid(leg, turn, SPOKEN, 0.6),
            "keyed": KeysPressed(leg, turn, SECRET.replace(" ", "")),
            "yes": UserSaid(leg, turn, "yes", 0.9),
            "no": UserSaid(leg, turn, f"no, {SECRET}", 0.9),
            "silence": Silence(leg, turn),
            "again": UserSaid(leg, turn, "repeat", 0.9),
        }[step]
        talk.event(event)
        shown.append(json.dumps(event_to_json(concealed(event))))
        shown.append(json.dumps(state_to_json(talk.state, seal=lambda secret: "sealed")))
        shown += [json.dumps(action_to_json(action)) for action in talk.actions]
    everything = " ".join(shown)
    for secret in (SECRET, SECRET.replace(" ", ""), SPOKEN, "1982", "nine eight two"):
        assert secret not in everything


def test_a_sealed_state_can_be_opened_again() -> None:
    talk = Talk(agent(Question("card", "Your number?", "digits", sensitive=True))).press("7313555019824646")
    kept = state_to_json(talk.state, seal=lambda secret: secret[::-1])
    assert kept["pending"]["answer"]["sealed"] == "6464289105553137"
    assert state_from_json(kept, unseal=lambda secret: secret[::-1]) == talk.state


def test_a_specification_survives_json() -> None:
    for spec in (EVERYTHING, NO_BRANCHES, WRITTEN, agent(Question("c", "C?", choices=choices("x", "y")))):
        assert spec_from_json(json.loads(json.dumps(spec_to_json(spec)))) == spec


def test_replay_tells_where_something_else_would_be_done() -> None:
    talk = Talk(NO_BRANCHES).say("purple").say("five").say("yes")
    assert replay(NO_BRANCHES, talk.log) == talk.state
    other = agent(Question("a", "A?", "number", retries=0), *NO_BRANCHES.flow.questions[1:], linear=True)
    differences = compare(other, talk.log).differences
    assert differences[0].index == 1
    assert differences[0].event == talk.log[1].event


def test_replay_stops_at_what_has_been_erased() -> None:
    talk = Talk(NO_BRANCHES).say("five").say("yes")
    erased = [talk.log[0], Logged(None, talk.log[1].at), talk.log[2]]
    replayed = compare(NO_BRANCHES, erased)
    assert replayed.stopped_at == 1
    assert replayed.state == reduce(NO_BRANCHES, SessionState(), LegStarted(1), 0).state


def test_actions_that_differ_have_another_hash() -> None:
    assert hash_of((Say("a"),)) != hash_of((Say("b"),))
    assert hash_of((Say("a"),)) == hash_of((Say("a"),))
