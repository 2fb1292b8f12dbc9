"""What the questions agent does, behaviour by behaviour, played by callers in plain Python."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from interview.harness import Talk, agent, choices, when
from ringline.interview.actions import EndLeg, PauseRecording, ResumeRecording, Say, StartRecording, Suppress
from ringline.interview.agent import Navigation, OnDrop
from ringline.interview.events import Commanded, LegEnded, LegStarted, PlaybackDone, Silence, UserSaid
from ringline.interview.flow import Choice, Question

SCALE = Question("rating", "On a scale of 1 to 10, how was it?", "number")
AGAIN = Question("again", "Would you come again?", "yes_no")
TOPIC = Question("topic", "What is it about?", "multiple_choice", choices=choices("billing", "technical", "other"))
WORDS = Question("words", "What could be better?", "text")
DONE = Question("done", "Anything else?", "text")
PERSON = "+15557654321"


def edited(question: Question, **changes: Any) -> Question:
    return replace(question, **changes)


# --- the beginning ---


def test_it_greets_announces_the_recording_before_it_starts_and_asks() -> None:
    talk = Talk(agent(SCALE, greeting="Hello from Acme.", record=True, recording_notice="We record this."))
    assert talk.kinds() == ["StartTimer", "Say", "Say", "StartRecording", "Say", "Ask"]
    assert [say.text for say in talk.actions if isinstance(say, Say)] == [
        "Hello from Acme.",
        "We record this.",
        SCALE.question,
    ]


def test_a_recording_is_announced_also_where_nobody_wrote_a_notice() -> None:
    talk = Talk(agent(SCALE, record=True, language="de"))
    assert talk.told.startswith("Dieses Gespräch wird aufgezeichnet.")
    assert StartRecording() in talk.actions


def test_a_flow_without_questions_ends_at_once() -> None:
    assert Talk(agent(greeting="Hello.")).ended == "completed"


# --- answers and how sure they are ---


@pytest.mark.parametrize(
    ("said", "confidence", "value"),
    [("nine", 0.95, 9), ("nine", None, 9), ("nine", 0.0, 9), ("I would say seven", 0.9, 7)],
)
def test_a_sure_answer_is_taken(said: str, confidence: float | None, value: int) -> None:
    talk = Talk(agent(SCALE)).say(said, confidence)
    assert talk.ended == "completed"
    assert talk.answer("rating").value == value
    assert talk.answer("rating").raw == said
    assert talk.answer("rating").how == "speech"
    assert 0.8 <= talk.answer("rating").confidence <= 1
    talk.check_replay()


def test_an_unsure_answer_on_which_something_depends_is_confirmed() -> None:
    question = edited(SCALE, actions=(when("equals", "9", next="words"),))
    talk = Talk(agent(question, WORDS, DONE)).say("nine", 0.4)
    assert talk.told == "I heard 9. Is that right?"
    assert talk.ask.expect == {"type": "yes_no", "language": "en"}
    talk.say("yes")
    assert talk.asked == "words"
    assert talk.answer("rating").confirmed
    talk.check_replay()


def test_an_answer_confirmed_with_no_is_asked_for_again() -> None:
    talk = Talk(agent(edited(SCALE, confirm="always"))).say("nine").say("no")
    assert talk.asked == "rating"
    assert talk.told == "Sorry, my mistake. Please give me a number from 1 to 10."
    talk.say("eight").press("1")
    assert talk.ended == "completed"
    assert talk.values == {"rating": 8}


def test_a_no_that_names_the_right_answer_is_understood() -> None:
    talk = Talk(agent(edited(SCALE, confirm="always"))).say("nine").say("no, seven")
    assert talk.told == "I heard 7. Is that right?"
    assert talk.say("yes").values == {"rating": 7}


def test_at_most_two_confirmations_and_then_what_was_heard_counts() -> None:
    talk = Talk(agent(edited(SCALE, confirm="always"))).say("nine").silent()
    assert talk.told == "Please say yes or no: is it 9?"
    talk.silent()
    assert talk.ended == "completed"
    assert talk.values == {"rating": 9}
    assert not talk.answer("rating").confirmed


@pytest.mark.parametrize("confidence", [0.05, 0.4])
def test_without_confirmation_an_unsure_answer_is_taken(confidence: float) -> None:
    assert Talk(agent(edited(SCALE, confirm="never"))).say("nine", confidence).values == {"rating": 9}


def test_a_keyed_answer_needs_no_confirmation() -> None:
    talk = Talk(agent(Question("pin", "Which number?", "digits"))).press("4071")
    assert talk.ended == "completed"
    assert talk.answer("pin").how == "keypad"
    assert talk.answer("pin").confidence == 1.0


def test_an_unsure_answer_of_low_risk_is_said_before_the_next_question() -> None:
    talk = Talk(agent(SCALE, Question("people", "How many people?", "number"))).say("nine", 0.4)
    assert talk.told == "9, then. How many people?"
    assert talk.asked == "people"
    talk.say("no")
    assert talk.asked == "rating"
    assert talk.values == {}
    talk.say("five").say("three")
    assert talk.values == {"rating": 5, "people": 3}
    talk.check_replay()


def test_a_spoken_date_is_said_back() -> None:
    talk = Talk(agent(Question("day", "Which day?", "date"), AGAIN)).say("the third of May 2027")
    assert talk.told == "May 3, 2027, then. Would you come again?"
    assert talk.values == {"day": "2027-05-03"}


def test_a_spoken_time_has_plain_blanks() -> None:
    talk = Talk(agent(Question("at", "When?", "time"), AGAIN)).say("half past four pm")
    assert talk.told == "4:30 PM, then. Would you come again?"


def test_before_a_yes_no_question_it_is_confirmed_openly() -> None:
    assert Talk(agent(SCALE, AGAIN)).say("nine", 0.4).told == "I heard 9. Is that right?"


# --- asking again ---

QUESTIONS = [SCALE, AGAIN, TOPIC, WORDS]
NOISE = {"number": "purple elephant", "yes_no": "purple elephant", "multiple_choice": "purple elephant", "text": ""}


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "it"])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.type)
@pytest.mark.parametrize("kind", ["silence", "noise", "mixed"])
def test_it_never_says_the_same_sentence_twice(question: Question, language: str, kind: str) -> None:
    talk = Talk(agent(question, language=language, goodbye="Bye."))
    for attempt in range(4):
        is_silent = kind == "silence" or (kind == "mixed" and attempt % 2) or not NOISE[question.type]
        talk = talk.silent() if is_silent else talk.say(NOISE[question.type])
        assert (talk.ended is None) == (attempt < 3)
    assert talk.heard[-1] == "Bye."
    sentences = [part.strip() for text in talk.heard for part in re.split(r"(?<=[.?!]) ", text)]
    assert len(sentences) == len(set(sentences))


def test_the_ladder_is_short_then_with_example_and_keys_then_keys_only() -> None:
    talk = Talk(agent(TOPIC))
    assert talk.ask.speech
    assert talk.say("purple").told == "Sorry, I did not get that. You can choose billing, technical or other."
    talk.say("green")
    assert "For example: billing." in talk.told
    assert "press 1 for billing, press 2 for technical, press 3 for other" in talk.told
    talk.say("blue")
    assert "only the keypad" in talk.told
    assert not talk.ask.speech
    assert talk.ask.keys
    assert talk.press("2").values == {"topic": "technical"}


def test_what_the_author_wrote_for_the_next_attempts_comes_first() -> None:
    talk = Talk(agent(edited(SCALE, prompts=("A number, please.", "Just a number."))))
    assert talk.say("purple").told == "A number, please."
    assert talk.say("purple").told == "Just a number."


def test_out_of_range_has_its_own_words_and_shares_the_retries() -> None:
    talk = Talk(agent(edited(SCALE, retries=1), DONE)).say("forty")
    assert talk.told == "Sorry, that is not possible here. Please give me a number from 1 to 10."
    talk.silent()
    assert talk.asked == "done"
    assert talk.state.answers["rating"].status == "no_match"
    assert talk.answer("rating").value is None


def test_two_answers_are_named() -> None:
    assert Talk(agent(SCALE)).say("five or six").told == "Do you mean 5 or 6?"


def test_counts_are_kept_apart() -> None:
    talk = Talk(agent(SCALE)).silent().say("purple").say("forty")
    assert talk.state.counts == {"silence": 1, "no_match": 1, "out_of_range": 1}


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ({"on_exhausted": "next"}, ("done", None, "no_match", None)),
        ({"on_exhausted": "skip"}, ("done", None, "skipped", None)),
        ({"on_exhausted": "default", "default": 5}, ("done", None, "defaulted", 5)),
        ({"on_exhausted": "end"}, (None, "partial", "no_match", None)),
    ],
)
def test_what_happens_when_a_question_is_given_up(way: dict[str, Any], expected: tuple[Any, ...]) -> None:
    talk = Talk(agent(edited(SCALE, retries=0, **way), DONE)).say("purple")
    assert (talk.asked, talk.ended, talk.answer("rating").status, talk.answer("rating").value) == expected


def test_a_question_given_up_can_go_to_a_person() -> None:
    talk = Talk(agent(edited(SCALE, retries=0, on_exhausted="transfer"), DONE, transfer_to=PERSON)).say("purple")
    assert talk.dialled == PERSON


def test_a_question_given_up_takes_any_other() -> None:
    question = edited(SCALE, retries=0, actions=(when("equals", "9", next="words"), when("any_other", next="done")))
    assert Talk(agent(question, WORDS, DONE)).say("purple").asked == "done"


def test_who_says_nothing_at_all_is_not_asked_everything() -> None:
    talk = Talk(agent(*[edited(SCALE, id=f"q{n}", retries=1) for n in range(9)]))
    for _ in range(4):
        talk.silent()
    assert talk.ended == "no_answer"
    assert talk.state.path == ["q0", "q1"]


def test_silence_is_how_optional_questions_are_passed_over() -> None:
    optional = [edited(WORDS, id=f"q{n}", retries=0, optional=True) for n in range(4)]
    talk = Talk(agent(*optional, SCALE))
    for _ in optional:
        talk.silent()
    assert talk.asked == "rating"


# --- noise ---


@pytest.mark.parametrize(("said", "confidence"), [("um", 0.9), ("", 0.9), ("brrk", 0.1)])
def test_a_stray_sound_is_let_pass_once_for_nothing(said: str, confidence: float) -> None:
    talk = Talk(agent(SCALE)).say(said, confidence)
    assert talk.kinds() == ["Ask"]
    assert talk.state.counts == {"stray": 1}
    talk.say(said, confidence)
    assert talk.state.counts == {"silence": 1}
    assert talk.told.startswith("I did not hear anything.")
    assert talk.say("seven").values == {"rating": 7}


# --- conditions, jumps, visits ---


def test_words_that_a_condition_looks_for_are_no_reason_to_ask_again() -> None:
    experience = Question(
        "experience", "How many years?", "number", actions=(when("contains", "senior", next="words"),)
    )
    talk = Talk(agent(experience, WORDS, DONE)).say("I'm a senior engineer")
    assert talk.asked == "words"
    assert talk.answer("experience").raw == "I'm a senior engineer"
    assert talk.answer("experience").status == "ok"


def test_an_action_can_end_the_call_with_its_own_words() -> None:
    question = edited(AGAIN, actions=(when("equals", "no", action="end_call", message="We will do better."),))
    talk = Talk(agent(question, DONE, goodbye="Bye.")).say("no")
    assert talk.ended == "ended_by_rule"
    assert talk.told == "We will do better."


def test_an_action_says_its_words_before_it_goes_on() -> None:
    question = edited(AGAIN, actions=(when("equals", "yes", next="done", message="Lovely."),))
    assert Talk(agent(question, WORDS, DONE)).say("yes").told == "Lovely. Anything else?"


def test_an_action_can_hand_over_and_ends_where_nobody_takes_it() -> None:
    question = edited(AGAIN, actions=(when("equals", "no", action="transfer"),))
    talk = Talk(agent(question, DONE, transfer_to=PERSON)).say("no")
    assert talk.dialled == PERSON
    assert talk.transferred("busy").ended == "partial"


def test_a_jump_back_is_taken_only_so_often() -> None:
    loop = edited(AGAIN, actions=(when("equals", "no", next="rating"),), max_visits=9)
    talk = Talk(agent(edited(SCALE, max_visits=3), loop, DONE))
    for _ in range(3):
        assert talk.asked == "rating"
        talk.say("five").say("no")
    assert talk.asked == "again"
    assert talk.state.visits == {"rating": 3, "again": 4}
    assert talk.say("yes").asked == "done"
    talk.check_replay()


def test_a_flow_that_runs_in_circles_by_itself_ends() -> None:
    circle = edited(SCALE, next="rating", max_visits=1, retries=0)
    assert Talk(agent(circle)).say("five").ended == "partial"


# --- asides ---


def test_three_asides_are_free_and_then_they_count() -> None:
    talk = Talk(agent(SCALE))
    heard = [talk.say(words).told for words in ("what?", "say that again", "repeat")]
    assert len(set(heard)) == 3
    assert all(text.endswith(SCALE.question) for text in heard)
    assert talk.state.counts == {"free": 3}
    talk.say("repeat")
    assert talk.state.counts == {"free": 4, "no_match": 1}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("slower please", "I will take it slowly. "),
        ("what do you mean", "From one to ten stars. "),
        ("hold on", "Take your time."),
        ("operator", "There is nobody I can put you through to."),
        ("skip", "I cannot leave this one out."),
        ("go back", "This is the first question."),
    ],
)
def test_asides_are_answered_and_the_question_stays_open(said: str, told: str) -> None:
    talk = Talk(agent(edited(SCALE, help="From one to ten stars."))).say(said)
    assert talk.told.startswith(told)
    assert talk.asked == "rating"
    assert talk.state.counts == {"free": 1}


def test_who_asks_to_wait_is_given_time() -> None:
    assert Talk(agent(SCALE)).say("hold on").ask.timeout == 60


def test_going_back_asks_the_question_before_anew() -> None:
    talk = Talk(agent(SCALE, AGAIN, DONE)).say("five").say("yes").say("go back")
    assert talk.asked == "again"
    talk.say("back")
    assert talk.asked == "rating"
    assert talk.values == {}


def test_only_an_optional_question_can_be_skipped() -> None:
    talk = Talk(agent(edited(SCALE, optional=True), DONE)).say("skip")
    assert talk.asked == "done"
    assert talk.answer("rating").status == "skipped"


def test_a_plain_stop_ends_the_call_and_nothing_more() -> None:
    talk = Talk(agent(SCALE, goodbye="Bye.")).say("stop")
    assert (talk.ended, talk.told) == ("partial", "Bye.")
    assert "Suppress" not in talk.kinds()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "stop calling me!"),
        ("en", "please don't call me again"),
        ("en", "Take me off your list."),
        ("es", "no me llamen más"),
        ("es", "dejen de llamarme"),
        ("fr", "Arrêtez de m'appeler"),
        ("fr", "ne m'appelez plus"),
        ("de", "Rufen Sie mich nicht mehr an"),
        ("de", "hören Sie auf mich anzurufen"),
        ("pt", "parem de me ligar"),
        ("pt", "não me ligue mais"),
        ("it", "smettetela di chiamarmi"),
        ("it", "non chiamatemi più"),
    ],
)
def test_who_wants_no_more_calls_gets_none(language: str, said: str) -> None:
    talk = Talk(agent(WORDS, language=language)).say(said)
    assert talk.ended == "opted_out"
    assert Suppress("voice") in talk.actions


@pytest.mark.parametrize("said", ["call me at noon", "do not call me before noon", "my phone stopped calling people"])
def test_other_words_about_calls_are_an_answer(said: str) -> None:
    assert Talk(agent(WORDS)).say(said).values == {"words": said}


def test_refusing_is_an_answer_and_not_knowing_is_asked_about_once() -> None:
    talk = Talk(agent(SCALE, edited(SCALE, id="second"), DONE)).say("I'd rather not say")
    assert talk.answer("rating").status == "refused"
    talk.say("I don't know")
    assert talk.asked == "second"
    assert talk.say("no idea").asked == "done"
    assert talk.answer("second").status == "dont_know"


# --- keys ---


def test_keys_navigate() -> None:
    talk = Talk(agent(SCALE, edited(AGAIN, optional=True), edited(WORDS, optional=True), DONE, transfer_to=PERSON))
    assert talk.press("*").told.endswith(SCALE.question)
    talk.press("7").press("#")
    assert talk.answer("again").status == "skipped"
    talk.press("9*")
    assert talk.asked == "again"
    assert talk.press("0").dialled == PERSON


def test_a_key_that_answers_wins() -> None:
    people = Question("people", "How many, from 0 to 9?", "number", minimum=0, maximum=9)
    assert Talk(agent(people, transfer_to=PERSON)).press("0").values == {"people": 0}
    star = edited(TOPIC, choices=(Choice("billing", keys="0"), Choice("other", keys="*")))
    assert Talk(agent(star, transfer_to=PERSON)).press("0").values == {"topic": "billing"}
    assert Talk(agent(star)).press("*").values == {"topic": "other"}


def test_a_key_switched_off_means_nothing() -> None:
    assert Talk(agent(SCALE, transfer_to=PERSON, navigation=Navigation(operator=""))).press("0").dialled is None


@pytest.mark.parametrize(
    ("question", "digits", "finish_on"),
    [
        (SCALE, None, "#"),
        (edited(SCALE, optional=True), None, ""),
        (AGAIN, 1, ""),
        (TOPIC, 1, ""),
        (edited(SCALE, minimum=1, maximum=5), 1, ""),
        (Question("pin", "PIN?", "digits", length=4), 4, "#"),
        (WORDS, None, "#"),
    ],
)
def test_how_many_keys_are_listened_for(question: Question, digits: int | None, finish_on: str) -> None:
    talk = Talk(agent(question))
    assert (talk.ask.digits, talk.ask.finish_on) == (digits, finish_on)


def test_keys_that_are_no_choice_are_asked_again() -> None:
    talk = Talk(agent(TOPIC)).press("8")
    assert talk.asked == "topic"
    assert talk.state.counts == {"no_match": 1}


# --- a person takes over ---


def test_a_transfer_that_succeeds_ends_it() -> None:
    talk = Talk(agent(SCALE, transfer_to=PERSON, transfer_message="Here comes Ann.")).say("operator")
    assert (talk.told, talk.dialled) == ("Here comes Ann.", PERSON)
    assert talk.transferred("completed").ended == "transferred"


def test_a_transfer_that_fails_goes_back_to_the_question_twice_at_most() -> None:
    talk = Talk(agent(SCALE, transfer_to=PERSON)).say("operator").transferred("no-answer")
    assert talk.told.startswith("Nobody could take the call.")
    assert talk.asked == "rating"
    talk.say("operator").transferred("busy")
    assert talk.say("operator").dialled is None
    assert talk.asked == "rating"


def test_who_talks_to_a_person_is_not_cut_off() -> None:
    talk = Talk(agent(SCALE, transfer_to=PERSON, max_duration=60)).say("operator").wait(100)
    assert talk.state.phase == "transferring"
    assert talk.transferred("failed").ended == "partial"


# --- machines ---


@pytest.mark.parametrize("verdict", ["machine_end_beep", "machine_end_silence", "machine_end_other"])
def test_a_machine_is_told_the_message_and_asked_nothing(verdict: Any) -> None:
    talk = Talk(agent(SCALE, voicemail="Please call back.")).detect(verdict)
    assert (talk.told, talk.ended, talk.asked) == ("Please call back.", "voicemail", None)
    early = Talk(agent(SCALE, greeting="Hi", voicemail="Please call back."), answered_by=verdict)
    assert (early.told, early.ended) == ("Please call back.", "voicemail")


def test_at_the_start_of_a_greeting_it_waits_for_the_beep() -> None:
    talk = Talk(agent(SCALE, voicemail="Call back.")).detect("machine_start")
    assert (talk.told, talk.asked, talk.ended) == ("", None, None)
    assert talk.detect("machine_end_beep").told == "Call back."
    waited = Talk(agent(SCALE, voicemail="Call back.")).detect("machine_start").wait(30)
    assert (waited.told, waited.ended) == ("Call back.", "voicemail")


def test_a_fax_is_hung_up_on() -> None:
    assert Talk(agent(SCALE)).detect("fax").ended == "failed"


@pytest.mark.parametrize("verdict", ["human", "unknown"])
def test_a_human_is_asked_on(verdict: Any) -> None:
    talk = Talk(agent(SCALE)).detect(verdict)
    assert talk.actions == ()
    assert talk.say("five").values == {"rating": 5}


def test_a_verdict_after_a_real_answer_is_late() -> None:
    assert Talk(agent(SCALE, AGAIN)).say("five").detect("machine_start").actions == ()


def test_what_a_machine_said_is_no_answer() -> None:
    talk = Talk(agent(WORDS, DONE)).say("hi").detect("machine_end_beep")
    assert talk.ended == "voicemail"
    assert talk.values == {}


@pytest.mark.parametrize(
    "greeting",
    [
        "Hi, you have reached Ann, please leave a message after the tone",
        "Hola, soy Ana, ahora no puedo hablar, deje su mensaje después de la señal",
        "Bonjour, vous êtes bien chez Anne, laissez un message après le bip",
        "Guten Tag, hier ist Anna, bitte sprechen Sie nach dem Ton",
    ],
)
def test_a_greeting_that_was_heard_tells_a_machine_too(greeting: str) -> None:
    assert Talk(agent(WORDS, voicemail="Call back.")).say(greeting).ended == "voicemail"
    assert Talk(agent(WORDS), direction="inbound").say(greeting).values == {"words": greeting}


# --- legs ---


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "failed")],
)
def test_a_call_that_was_never_answered(status: str, outcome: str) -> None:
    talk = Talk(agent(SCALE), start=False).event(LegEnded(1, status))
    assert talk.ended == outcome


def test_who_hangs_up_leaves_it_unfinished() -> None:
    talk = Talk(agent(SCALE, DONE)).say("five").hang_up()
    assert (talk.ended, talk.told) == ("partial", "")
    assert talk.values == {"rating": 5}


def test_who_picks_up_and_hangs_up_has_answered_the_call() -> None:
    assert Talk(agent(SCALE)).hang_up().ended == "partial"


def test_a_dropped_call_goes_on_by_another_call_at_the_open_question() -> None:
    talk = Talk(agent(SCALE, DONE, greeting="Hello.", record=True, on_drop=(OnDrop("call", 120),)))
    talk.say("five").hang_up()
    assert talk.ended is None
    assert talk.wait(119).next_leg is None
    talk.wait(1)
    assert talk.next_leg is not None
    assert (talk.next_leg.kind, talk.next_leg.leg) == ("call", 2)
    talk.new_leg()
    assert talk.told == "Sorry, we were cut off. Let us go on where we were. This call is recorded. Anything else?"
    assert talk.asked == "done"
    assert talk.say("no, thanks").ended == "completed"
    talk.check_replay()


def test_then_by_text() -> None:
    spec = agent(TOPIC, DONE, on_drop=(OnDrop("call", 120), OnDrop("text", 300)))
    talk = Talk(spec).hang_up().wait(120)
    talk.event(LegEnded(2, "no-answer")).wait(300)
    assert talk.next_leg is not None
    assert (talk.next_leg.kind, talk.next_leg.leg) == ("text", 3)
    talk.new_leg("sms")
    assert "reply 2 for technical" in talk.told
    talk.say("2")
    assert talk.values == {"topic": "technical"}
    assert talk.answer("topic").how == "text"
    talk.check_replay()


def test_when_no_way_is_left_it_ends() -> None:
    talk = Talk(agent(SCALE, DONE, on_drop=(OnDrop("call", 120),))).say("five").hang_up().wait(120)
    assert talk.event(LegEnded(2, "busy")).ended == "partial"


def test_who_calls_back_first_goes_on_too() -> None:
    talk = Talk(agent(SCALE, DONE, on_drop=(OnDrop("call", 120),))).hang_up().new_leg(direction="inbound")
    assert talk.asked == "rating"
    assert talk.wait(500).next_leg is None


def test_a_machine_on_a_later_call_only_takes_the_message() -> None:
    spec = agent(SCALE, DONE, voicemail="Call us.", on_drop=(OnDrop("call", 1), OnDrop("text", 1)))
    talk = Talk(spec).say("five").hang_up().wait(1).new_leg(answered_by="machine_end_beep")
    assert talk.told == "Call us."
    assert EndLeg() in talk.actions
    talk.hang_up().wait(1)
    assert talk.next_leg is not None
    assert talk.values == {"rating": 5}


def test_late_turns_and_legs_change_nothing() -> None:
    talk = Talk(agent(SCALE, AGAIN, on_drop=(OnDrop("call", 1),))).say("five")
    before = talk.state
    for event in (UserSaid(1, 1, "no"), Silence(1, 1), PlaybackDone(1, 2), UserSaid(7, 2, "no"), LegStarted(1)):
        assert talk.event(event).actions == ()
        assert talk.state == before
    talk.hang_up().wait(1).new_leg()
    after = talk.state
    assert talk.event(LegEnded(1, "completed")).state == after
    assert talk.event(UserSaid(1, after.turn, "no")).state == after


# --- text ---


def test_over_text_choices_are_numbered_and_silence_is_nothing() -> None:
    talk = Talk(agent(TOPIC, AGAIN, channel="whatsapp", greeting="Hi!", record=True))
    assert talk.told.endswith("Reply 1 for billing, reply 2 for technical, reply 3 for other.")
    assert "StartRecording" not in talk.kinds()
    assert not talk.ask.keys
    assert talk.silent().actions == ()
    talk.say("3", None).say("1", None)
    assert talk.values == {"topic": "other", "again": True}


def test_over_text_a_reminder_goes_out_and_then_it_ends() -> None:
    talk = Talk(agent(SCALE, channel="sms", reply_within=100, reminders=1)).wait(50)
    assert talk.told == f"We are still waiting for your answer. {SCALE.question}"
    assert talk.asked is None
    assert talk.wait(49).ended is None
    assert talk.wait(1).ended == "no_answer"


def test_a_reply_after_the_reminder_counts() -> None:
    talk = Talk(agent(SCALE, channel="sms", reply_within=100, reminders=1)).wait(60).say("8")
    assert talk.values == {"rating": 8}
    assert talk.wait(1000).state.outcome == "completed"


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_stop_over_text_opts_out_without_another_word(channel: Any) -> None:
    talk = Talk(agent(SCALE, channel=channel)).say("STOP", None)
    assert (talk.ended, talk.told) == ("opted_out", "")
    assert Suppress(channel) in talk.actions
    assert Talk(agent(SCALE, channel=channel)).hang_up("opted_out").ended == "opted_out"


# --- time and people of ours ---


def test_a_call_lasts_no_longer_than_it_may() -> None:
    talk = Talk(agent(SCALE, max_duration=60, goodbye="Bye.")).wait(59)
    assert talk.ended is None
    talk.wait(1)
    assert (talk.ended, talk.told) == ("no_answer", "I am afraid our time is up. Bye.")


def test_commands() -> None:
    assert Talk(agent(SCALE)).event(Commanded("end", "ann")).ended == "no_answer"
    talk = Talk(agent(SCALE, DONE)).say("five").event(Commanded("hang_up"))
    assert EndLeg() in talk.actions
    assert talk.say("six").actions == ()
    assert talk.hang_up().ended == "partial"


# --- sensitive answers ---

CARD = Question("card", "Your card number?", "digits", sensitive=True)


def test_recording_stands_still_around_a_sensitive_question() -> None:
    talk = Talk(agent(SCALE, CARD, DONE, record=True)).say("five")
    assert talk.kinds() == ["PauseRecording", "Say", "Ask"]
    assert talk.ask.sensitive
    talk.press("4242424242424242")
    assert talk.told == "The answer that I have ends in 4 2. Is that right?"
    talk.say("yes")
    assert ResumeRecording() in talk.actions
    assert talk.asked == "done"
    assert not talk.state.is_paused
    assert talk.state.is_recording


def test_where_recording_cannot_be_paused_it_is_over() -> None:
    talk = Talk(agent(SCALE, CARD, DONE, record=True))
    talk.can_pause = False
    talk.say("five")
    assert talk.asked == "card"
    assert not talk.state.is_recording
    talk.press("4242424242424242").press("1")
    assert talk.asked == "done"
    assert ResumeRecording() not in talk.all_actions


def test_a_sensitive_answer_is_read_back_by_its_last_two_characters() -> None:
    talk = Talk(agent(CARD, DONE)).say("4242 4242 4242 4271")
    assert talk.told == "The answer that I have ends in 7 1. Is that right?"
    talk.say("yes")
    answer = talk.answer("card")
    assert (answer.value, answer.raw, answer.text) == ("…4271", "…4271", "…4271")
    assert answer.sealed == "4242424242424271"


def test_conditions_see_a_sensitive_answer() -> None:
    secret = Question("pin", "PIN?", "digits", sensitive=True, actions=(when("equals", "4711", next="words"),))
    talk = Talk(agent(secret, WORDS, DONE)).press("4711").press("1")
    assert talk.asked == "words"
    assert PauseRecording() not in talk.all_actions
