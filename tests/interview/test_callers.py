"""Callers who do not answer as one would like: what must never be taken for an answer, and what it leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interview.harness import Talk, agent, choices, when
from ringline.interview.actions import Ask, EndLeg, PauseRecording, StartRecording, Suppress
from ringline.interview.agent import OnDrop
from ringline.interview.events import LegEnded
from ringline.interview.flow import Choice, Question

SCALE = Question("rating", "On a scale of 1 to 10, how was it?", "number")
PEOPLE = Question("people", "How many people?", "number")
AGAIN = Question("again", "Would you come again?", "yes_no")
TOPIC = Question("topic", "What is it about?", "multiple_choice", choices=choices("billing", "technical", "other"))
WORDS = Question("words", "What could be better?", "text")
GREETING = "Hello, this is Acme."


# --- two answers at once, and answers to another question ---


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (SCALE, "nine, and yes I would come again", 9),
        (SCALE, "that was fucking great, ten", 10),
        (AGAIN, "hell no", False),
        (AGAIN, "no fucking way", False),
        (TOPIC, "billing damn it", "billing"),
    ],
)
def test_an_answer_with_more_around_it_is_taken(question: Question, said: str, value: Any) -> None:
    assert Talk(agent(question)).say(said).values == {question.id: value}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (SCALE, "nine or seven"),
        (SCALE, "nine and seven"),
        (AGAIN, "yes and no"),
        (TOPIC, "billing and technical"),
        (TOPIC, "yes"),
        (TOPIC, "no"),
        (TOPIC, "yes please"),
        (SCALE, "yes"),
        (SCALE, "hello?"),
        (AGAIN, "hello?"),
        (AGAIN, "fuck off"),
        (SCALE, "you idiots"),
        (TOPIC, "leave it"),
        (AGAIN, "seven"),
    ],
)
def test_what_says_nothing_clear_is_asked_again(question: Question, said: str) -> None:
    talk = Talk(agent(question)).say(said)
    assert talk.asked == question.id
    assert talk.values == {}
    assert sum(talk.state.counts.values()) == 1


@pytest.mark.parametrize(
    ("first", "then", "value"),
    [
        ("five or six", "the second", 6),
        ("five or six", "the first one", 5),
        ("five or six", "six", 6),
        ("five or six", "the latter or what, eight", 8),
    ],
)
def test_of_two_numbers_that_were_offered_a_place_chooses(first: str, then: str, value: int) -> None:
    talk = Talk(agent(SCALE)).say(first)
    assert talk.told == "Do you mean 5 or 6?"
    assert talk.say(then).values == {"rating": value}


def test_of_two_choices_that_were_offered_the_second_is_the_second_of_them() -> None:
    talk = Talk(agent(TOPIC)).say("billing or other")
    assert talk.told == "Do you mean billing or other?"
    assert talk.say("the second").values == {"topic": "other"}
    by_id = replace(TOPIC, choices=(Choice("billing", id="b"), Choice("technical", id="t"), Choice("other", id="o")))
    assert Talk(agent(by_id)).say("billing or other").say("the second one").values == {"topic": "o"}


def test_an_offer_is_over_after_the_next_words() -> None:
    talk = Talk(agent(SCALE)).say("five or six").say("purple").say("the second")
    assert talk.values != {"rating": 6}


# --- taking an earlier answer back ---


@pytest.mark.parametrize(
    "said",
    [
        "no wait, I said nine for the first one",
        "I meant nine for the previous question",
        "can I change my last answer",
        "no, I said nine",
        "sorry, I meant nine",
    ],
)
@pytest.mark.parametrize("question", [PEOPLE, AGAIN], ids=lambda question: question.type)
def test_words_about_an_earlier_answer_are_none_to_this_question(question: Question, said: str) -> None:
    talk = Talk(agent(SCALE, question)).say("five").say(said)
    assert talk.values == {"rating": 5}
    assert talk.asked == question.id
    assert talk.told.startswith("To change an earlier answer, say “go back”.")
    assert talk.say("go back").asked == "rating"
    talk.check_replay()


@pytest.mark.parametrize(
    ("language", "first", "said"),
    [
        ("es", "cinco", "no, espere, dije nueve en la primera pregunta"),
        ("fr", "cinq", "non, j'ai dit neuf pour la première question"),
        ("de", "fünf", "nein, ich habe neun gesagt bei der ersten Frage"),
        ("pt", "cinco", "não, eu disse nove na primeira pergunta"),
        ("it", "cinque", "no, ho detto nove per la prima domanda"),
    ],
)
def test_the_same_in_other_languages(language: str, first: str, said: str) -> None:
    talk = Talk(agent(SCALE, AGAIN, language=language)).say(first).say(said)
    assert talk.values == {"rating": 5}
    assert talk.asked == "again"


def test_who_takes_back_what_was_just_said_back_is_asked_anew() -> None:
    talk = Talk(agent(SCALE, PEOPLE)).say("nine", 0.4)
    assert talk.told == "9, then. How many people?"
    talk.say("no, I said five")
    assert talk.asked == "rating"
    assert talk.values == {}


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (AGAIN, "no wait, yes", True),
        (AGAIN, "yes, no I meant no", False),
        (PEOPLE, "eight, no wait, I said nine", 9),
        (TOPIC, "the first one", "billing"),
        (TOPIC, "I'll go for the last one", "other"),
    ],
)
def test_who_corrects_this_answer_is_understood(question: Question, said: str, value: Any) -> None:
    talk = Talk(agent(SCALE, question)).say("five").say(said, 1.0)
    if talk.state.phase == "confirming":
        talk.say("yes")
    assert talk.values == {"rating": 5, question.id: value}


@pytest.mark.parametrize(
    ("language", "question", "said", "value"),
    [
        ("de", AGAIN, "nein, ich habe keine Zeit", False),
        ("en", AGAIN, "no, I have no time", False),
        ("en", WORDS, "the first question was unclear", "the first question was unclear"),
        ("en", WORDS, "I never know who is calling", "I never know who is calling"),
        ("es", WORDS, "no sé quién es", "no sé quién es"),
    ],
)
def test_plain_answers_are_not_taken_for_something_else(
    language: str, question: Question, said: str, value: Any
) -> None:
    talk = Talk(agent(SCALE, question, language=language)).press("5").say(said, 1.0)
    assert talk.values == {"rating": 5, question.id: value}


def test_a_first_question_has_nothing_before_it() -> None:
    assert Talk(agent(SCALE)).say("no, I said nine").values == {"rating": 9}


def test_who_goes_back_often_loses_no_question() -> None:
    talk = Talk(agent(SCALE, AGAIN, TOPIC))
    for _ in range(5):
        assert talk.asked == "rating"
        assert talk.say("five").asked == "again"
        talk.say("go back")
    assert talk.say("five").say("yes").asked == "topic"
    assert talk.state.visits == {"rating": 1, "again": 1, "topic": 1}


# --- confirmations ---


def test_a_yes_with_another_answer_in_it_is_asked_about() -> None:
    talk = Talk(agent(replace(SCALE, confirm="always"))).say("nine").say("yes, eight")
    assert talk.told == "I heard 8. Is that right?"
    assert talk.say("yes").values == {"rating": 8}


def test_who_neither_confirms_nor_denies_an_unsure_answer_is_asked_again() -> None:
    question = replace(SCALE, actions=(when("equals", "9", next="words"),))
    talk = Talk(agent(question, WORDS)).say("nine", 0.4).silent().silent()
    assert talk.asked == "rating"
    assert talk.values == {}
    assert talk.state.counts["low"] == 1


def test_an_unsure_answer_that_can_be_read_back_no_more_is_not_taken() -> None:
    question = replace(SCALE, actions=(when("equals", "9", next="words"),))
    talk = Talk(agent(question, WORDS, AGAIN)).say("nine", 0.4).say("no").say("seven", 0.4).say("no")
    talk.say("eight", 0.4)
    assert talk.values == {}
    assert talk.asked == "rating"
    assert talk.press("8").asked == "again"


def test_an_answer_hardly_heard_is_confirmed_openly() -> None:
    talk = Talk(agent(SCALE, PEOPLE)).say("nine", 0.2)
    assert talk.told == "I heard 9. Is that right?"


def test_a_confirmation_is_not_asked_a_third_time_on_a_new_call() -> None:
    spec = agent(replace(SCALE, confirm="always"), on_drop=(OnDrop("call", 1),))
    talk = Talk(spec).say("nine").silent().hang_up().wait(1).new_leg()
    assert talk.state.counts["confirm"] == 2
    assert talk.ask.expect["type"] == "number"


def test_what_is_masked_is_not_read_back() -> None:
    talk = Talk(agent(replace(WORDS, confirm="always"))).say("my card is 4242 4242 4242 4242")
    assert talk.told == "I have your answer. Shall I keep it?"
    assert talk.say("yes").ended == "completed"


# --- keys of no meaning ---


@pytest.mark.parametrize("digits", ["8", "99", "*9", "0*0", "**", "##", "12345678901234567890", "#*"])
@pytest.mark.parametrize("question", [TOPIC, AGAIN], ids=lambda question: question.type)
def test_keys_of_no_meaning_are_no_answer(question: Question, digits: str) -> None:
    talk = Talk(agent(question)).press(digits)
    assert talk.values == {}
    assert talk.asked == question.id
    assert talk.state.counts == {"no_match": 1}


def test_keys_where_there_are_none_are_no_answer() -> None:
    talk = Talk(agent(replace(TOPIC, keypad=False))).press("1")
    assert talk.values == {}
    assert talk.state.counts == {"no_match": 1}


# --- noise ---


@pytest.mark.parametrize("said", ["brrk", "the", "la la", "hm"])
def test_a_sound_hardly_heard_is_no_answer_in_own_words_either(said: str) -> None:
    talk = Talk(agent(WORDS)).say(said, 0.15)
    assert talk.kinds() == ["Ask"]
    assert talk.values == {}
    assert talk.say("the opening hours").values == {"words": "the opening hours"}


def test_masked_swearing_is_no_answer() -> None:
    assert Talk(agent(WORDS)).say("****").values == {}


def test_who_only_chatters_is_let_go() -> None:
    talk = Talk(agent(SCALE, AGAIN, TOPIC))
    said = 0
    while talk.ended is None:
        talk.say("and then she went to the market with her sister")
        said += 1
    assert said <= 12
    assert talk.ended == "partial"
    assert all(answer.value is None for answer in talk.state.answers.values())


def test_hold_music_ends_after_two_questions() -> None:
    talk = Talk(agent(SCALE, AGAIN, TOPIC))
    listened = 0
    while talk.ended is None:
        talk.say("", 0.0)
        listened += 1
    assert talk.ended == "no_answer"
    assert talk.state.path == ["rating", "again"]
    # Each attempt lets one sound pass for nothing.
    assert listened == 2 * 2 * 4


# --- other languages ---

SPANISH = (("es", "¿Cómo fue, del 1 al 10?"),)
BOTH = replace(SCALE, translations=SPANISH)
BOTH_AGAIN = replace(AGAIN, translations=(("es", "¿Volvería?"),))


@pytest.mark.parametrize(
    "said",
    [
        "Spanish please",
        "can we speak Spanish",
        "en español por favor",
        "español",
        "no hablo inglés",
        "no entiendo",
        "habla español?",
        "I'd like to continue in Spanish",
    ],
)
def test_the_language_changes_where_the_question_is_translated(said: str) -> None:
    talk = Talk(agent(BOTH, BOTH_AGAIN, goodbye="Bye.")).say(said)
    assert talk.told == "Claro. ¿Cómo fue, del 1 al 10?"
    assert talk.ask.language == "es"
    assert talk.ask.expect["language"] == "es"
    talk.say("nueve")
    assert talk.told == "¿Volvería?"
    talk.say("sí")
    assert talk.values == {"rating": 9, "again": True}
    assert [action.language for action in talk.actions if hasattr(action, "kind")] == ["en"]  # the author's own words
    talk.check_replay()


def test_the_language_changes_back() -> None:
    talk = Talk(agent(BOTH)).say("español").say("in English please")
    assert talk.told == f"Of course. {SCALE.question}"
    assert talk.ask.language == "en"


def test_what_is_not_translated_is_asked_as_it_stands() -> None:
    talk = Talk(agent(BOTH, PEOPLE)).say("español").say("nueve")
    assert talk.told == PEOPLE.question
    assert talk.ask.language == "en"


@pytest.mark.parametrize("said", ["no hablo inglés", "no entiendo", "I do not speak English", "je ne comprends pas"])
@pytest.mark.parametrize("question", [AGAIN, SCALE], ids=lambda question: question.type)
def test_who_does_not_speak_the_language_has_not_said_no(question: Question, said: str) -> None:
    talk = Talk(agent(question)).say(said)
    assert talk.values == {}
    assert talk.asked == question.id


@pytest.mark.parametrize(
    ("question", "said", "value"),
    [
        (Question("speaks", "Do you speak English?", "yes_no"), "I do not speak English", False),
        (
            Question("language", "Your language?", "multiple_choice", choices=choices("English", "Spanish")),
            "Spanish please",
            "Spanish",
        ),
        (replace(WORDS, translations=SPANISH), "Spanish", "Spanish"),
    ],
)
def test_a_language_can_be_an_answer(question: Question, said: str, value: Any) -> None:
    assert Talk(agent(replace(question, translations=SPANISH))).say(said).values == {question.id: value}


# --- slowly, and in parts ---


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "it"])
def test_slower_pauses_between_groups_of_words(language: str) -> None:
    slower = {"en": "slower", "es": "más despacio", "fr": "plus lentement", "de": "langsamer"}
    said = {**slower, "pt": "mais devagar", "it": "più lentamente"}[language]
    question = replace(SCALE, question="How would you say our service was last week, all in all?")
    talk = Talk(agent(question, language=language)).say(said)
    assert talk.told.endswith("How would you, say our service, was last week, all in all?")
    assert talk.state.counts == {"free": 1}


def test_what_is_marked_up_and_what_is_written_stays_as_it_is() -> None:
    marked = replace(SCALE, question="<speak>How would you say it was?</speak>")
    assert marked.question in Talk(agent(marked)).say("slower").told
    assert SCALE.question in Talk(agent(SCALE, channel="sms")).say("slower").told


ONE_BY_ONE = replace(TOPIC, keypad=False)


def lost(question: Question, **more: Any) -> Talk:
    """A caller whom three askings did not help."""
    talk = Talk(agent(question, **more))
    for _ in range(3):
        talk.say("purple")
    return talk


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (["yes"], "billing"),
        (["no", "yes"], "technical"),
        (["no", "no", "yes"], "other"),
        (["technical"], "technical"),
        (["no, technical"], "technical"),
        (["purple", "yes"], "billing"),
        (["no", "repeat", "yes"], "technical"),
    ],
)
def test_at_last_one_choice_at_a_time(said: list[str], value: str) -> None:
    talk = lost(ONE_BY_ONE)
    assert talk.told == "That did not work either. Is it billing? Please say yes or no."
    assert talk.ask.expect["type"] == "yes_no"
    for words in said:
        assert talk.ended is None
        talk.say(words)
    assert talk.values == {"topic": value}
    talk.check_replay()


def test_none_of_the_choices_gives_up() -> None:
    talk = lost(ONE_BY_ONE).say("no").say("no").say("no")
    assert talk.ended == "partial"
    assert talk.answer("topic").status == "no_match"


def test_silence_in_parts_is_heard_out_once_and_gives_up() -> None:
    talk = lost(ONE_BY_ONE).silent()
    assert talk.asked == "topic"
    assert talk.silent().ended == "partial"


def test_a_choice_called_no_is_not_meant_by_a_no() -> None:
    question = replace(ONE_BY_ONE, choices=choices("yes please", "no thanks", "later"))
    assert lost(question).say("no").asked == "topic"


@pytest.mark.parametrize("said", [["the third", "May", "2027"], ["3", "fifth", "twenty twenty seven"]])
def test_a_date_in_parts(said: list[str]) -> None:
    talk = lost(Question("day", "Which day?", "date"))
    assert "First only the day of the month" in talk.told
    assert talk.say(said[0]).told == "And which month?"
    assert talk.say(said[1]).told == "And which year?"
    assert talk.say(said[2]).values == {"day": "2027-05-03"}
    talk.check_replay()


def test_a_day_that_there_is_not_is_no_answer() -> None:
    talk = lost(Question("day", "Which day?", "date")).say("31").say("February").say("2027")
    assert talk.answer("day").status == "out_of_range"
    assert talk.answer("day").value is None


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt", "it"])
def test_the_months_of_other_languages(language: str) -> None:
    said = {"es": "mayo", "fr": "mai", "de": "Mai", "pt": "maio", "it": "maggio"}[language]
    talk = lost(Question("day", "Which day?", "date"), language=language).say("3").say(said).say("2027")
    assert talk.values == {"day": "2027-05-03"}


def test_an_address_in_parts() -> None:
    talk = lost(Question("mail", "Your e-mail?", "email")).say("anna dot berg").say("example dot com")
    assert talk.state.phase == "confirming"
    assert talk.say("yes").values == {"mail": "anna.berg@example.com"}


def test_digits_in_parts_end_by_their_number_or_by_a_word() -> None:
    six = Question("code", "Your code?", "digits", length=6, keypad=False)
    talk = lost(six).say("one two three")
    assert talk.told == "1 2 3. And the next ones? Say “done” when that was all."
    assert talk.say("four five six").say("yes").values == {"code": "123456"}
    free = Question("code", "Your code?", "digits", keypad=False)
    assert lost(free).say("one two three").say("four five").say("done").say("yes").values == {"code": "12345"}
    assert lost(free).say("one two three").silent().say("yes").values == {"code": "123"}


def test_a_telephone_number_in_parts() -> None:
    phone = Question("phone", "Your number?", "phone", country="US", keypad=False)
    talk = lost(phone).say("two one two").say("five five five").say("zero one four two")
    assert talk.state.phase == "confirming"
    assert talk.say("yes").values == {"phone": "+12125550142"}


def test_too_few_digits_are_no_answer() -> None:
    six = Question("code", "Your code?", "digits", length=6, keypad=False)
    assert lost(six).say("one two three").say("done").answer("code").value is None


def test_nothing_sensitive_is_asked_in_parts() -> None:
    secret = Question("pin", "Your PIN?", "digits", length=6, keypad=False, sensitive=True)
    talk = lost(secret)
    assert "small pieces" in talk.told
    assert talk.state.parts == []


def test_who_has_keys_is_sent_to_them() -> None:
    assert "only the keypad" in lost(TOPIC).told


# --- who answers the call ---

SERVICE = "Hi, if you record your name and reason for calling, I'll see if this person is available."
GOOGLE = (
    "The person you are calling is using a screening service from Google. Please say your name and why you're calling."
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", SERVICE),
        ("en", GOOGLE),
        ("es", "Hola, por favor diga su nombre y el motivo de su llamada después"),
        ("fr", "Bonjour, merci de dire votre nom et la raison de votre appel"),
        ("de", "Guten Tag, bitte sagen Sie Ihren Namen und den Grund Ihres Anrufs"),
        ("pt", "Olá, por favor diga o seu nome e o motivo da sua ligação"),
        ("it", "Buongiorno, per favore dica il suo nome e il motivo della chiamata"),
    ],
)
def test_who_screens_calls_is_told_who_and_what_for_and_asked_nothing(language: str, said: str) -> None:
    talk = Talk(agent(WORDS, language=language, greeting=GREETING, voicemail="Call back.")).say(said)
    assert talk.ended is None
    assert talk.told.startswith(GREETING)
    assert WORDS.question not in talk.told
    assert talk.values == {}
    assert talk.ask.timeout == 60
    talk.say("hallo?")
    assert talk.told == f"{GREETING} {WORDS.question}"
    assert talk.say("everything was fine thank you").values == {"words": "everything was fine thank you"}
    talk.check_replay()


def test_a_screening_service_may_ask_to_hold_and_take_a_message_after_all() -> None:
    talk = Talk(agent(SCALE, greeting=GREETING, voicemail="Call back.")).say(SERVICE)
    assert talk.say("Thank you, please stay on the line").kinds() == ["Ask"]
    talk.say("The person is not available, please leave a message after the tone")
    assert (talk.ended, talk.told) == ("voicemail", "Call back.")


def test_a_screened_call_that_nobody_takes_was_not_answered() -> None:
    talk = Talk(agent(SCALE, greeting=GREETING, on_drop=(OnDrop("call", 1),))).say(SERVICE).hang_up()
    assert (talk.ended, talk.state.reason) == ("no_answer", "the call was screened, and nobody came")


def test_a_screening_service_that_asks_for_ever_is_left() -> None:
    talk = Talk(agent(SCALE, greeting=GREETING))
    for _ in range(20):
        if talk.ended is None:
            talk.say(SERVICE)
    assert talk.ended is not None
    assert talk.values == {}


def test_keys_and_silence_end_the_waiting_for_a_person() -> None:
    assert Talk(agent(SCALE)).say(SERVICE).press("7").values == {"rating": 7}
    assert Talk(agent(SCALE)).say(SERVICE).silent().asked == "rating"


@pytest.mark.parametrize(
    "said", ["who is calling please", "who's calling?", "what is this about?", "who may I say is calling"]
)
def test_a_person_who_wants_to_know_who_calls_is_told_and_asked(said: str) -> None:
    talk = Talk(agent(WORDS, greeting=GREETING)).say(said)
    assert talk.told.startswith(f"{GREETING} This is an automated call with a few questions.")
    assert WORDS.question in talk.told
    assert talk.state.counts == {"free": 1}
    assert talk.values == {}


def test_on_a_call_to_us_nobody_screens() -> None:
    assert Talk(agent(WORDS), direction="inbound").say(SERVICE).values == {"words": SERVICE}


@pytest.mark.parametrize("verdict", ["human", "unknown"])
def test_a_person_after_all_is_asked_on(verdict: Any) -> None:
    talk = Talk(agent(SCALE, greeting=GREETING, voicemail="Call back.")).detect("machine_start")
    talk.detect(verdict)
    assert talk.told == f"The question was: {SCALE.question}"
    assert talk.wait(31).ended is None
    assert talk.say("seven").values == {"rating": 7}
    talk.check_replay()


def test_a_person_after_all_hears_the_greeting_that_was_held_back() -> None:
    spec = agent(SCALE, greeting=GREETING, record=True, recording_notice="We record this.")
    talk = Talk(spec, answered_by="machine_start")
    assert StartRecording() not in talk.actions
    talk.detect("human")
    assert talk.told == f"{GREETING} We record this. {SCALE.question}"
    assert StartRecording() in talk.actions


def test_something_sensitive_is_not_asked_on_before_recording_stands_still() -> None:
    secret = Question("pin", "Your PIN?", "digits", sensitive=True)
    talk = Talk(agent(secret, record=True)).detect("machine_start")
    talk.state.is_paused = False
    assert PauseRecording() in talk.detect("human").actions


def test_a_late_fax_does_not_end_what_somebody_answers() -> None:
    talk = Talk(agent(SCALE, AGAIN)).say("five").detect("fax")
    assert talk.ended is None
    assert talk.say("yes").ended == "completed"


def test_a_machine_that_was_hung_up_on_is_not_talked_to() -> None:
    spec = agent(SCALE, AGAIN, voicemail="Call us.", on_drop=(OnDrop("call", 1), OnDrop("text", 1)))
    talk = Talk(spec).say("five").hang_up().wait(1).new_leg(answered_by="machine_end_beep")
    assert EndLeg() in talk.actions
    assert talk.detect("machine_end_beep").actions == ()


# --- legs and opting out ---


def test_a_line_that_drops_thrice_goes_on_twice_and_ends() -> None:
    spec = agent(SCALE, AGAIN, TOPIC, on_drop=(OnDrop("call", 60), OnDrop("call", 60)))
    talk = Talk(spec).say("five").hang_up().wait(60).new_leg()
    assert talk.asked == "again"
    talk.say("yes").hang_up().wait(60).new_leg()
    assert talk.asked == "topic"
    talk.hang_up()
    assert talk.ended == "partial"
    assert talk.values == {"rating": 5, "again": True}
    talk.check_replay()


def test_who_answered_on_the_first_call_and_is_silent_on_the_second_has_answered_in_part() -> None:
    spec = agent(SCALE, replace(AGAIN, retries=0), replace(TOPIC, retries=0), on_drop=(OnDrop("call", 60),))
    talk = Talk(spec).say("five").hang_up().wait(60).new_leg().silent().silent()
    assert talk.ended == "partial"


def test_a_call_that_only_met_silence_was_not_answered_by_anybody() -> None:
    talk = Talk(agent(replace(SCALE, retries=0), AGAIN, max_duration=60)).silent().wait(60)
    assert talk.ended == "no_answer"


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_stop_calling_me_over_text_ends_calls_too(channel: Any) -> None:
    talk = Talk(agent(SCALE, channel=channel)).say("stop calling me", None)
    assert talk.ended == "opted_out"
    assert [action.channel for action in talk.actions if isinstance(action, Suppress)] == [channel, "voice"]
    plain = Talk(agent(SCALE, channel=channel)).say("STOP", None)
    assert [action.channel for action in plain.actions if isinstance(action, Suppress)] == [channel]


def test_stop_calling_me_wins_over_whatever_is_open() -> None:
    screened = Talk(agent(SCALE, greeting=GREETING)).say(SERVICE).say("stop calling me")
    assert screened.ended == "opted_out"
    confirming = Talk(agent(replace(SCALE, confirm="always"))).say("nine").say("no, and don't call me again")
    assert confirming.ended == "opted_out"
    assert lost(ONE_BY_ONE).say("stop calling me").ended == "opted_out"


def test_a_call_that_never_was_is_not_a_drop() -> None:
    talk = Talk(agent(SCALE, on_drop=(OnDrop("call", 1),)), start=False).event(LegEnded(1, "no-answer"))
    assert talk.ended == "no_answer"
    assert not any(isinstance(action, Ask) for action in talk.all_actions)
