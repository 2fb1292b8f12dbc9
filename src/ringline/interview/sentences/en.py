"""English."""

from __future__ import annotations

import re

from ringline.interview.sentences.sentences import Sentences

SENTENCES = Sentences(
    recording="This call is recorded.",
    goodbye="Thank you. Goodbye.",
    resumed="Sorry, we were cut off. Let us go on where we were.",
    too_long="I am afraid our time is up.",
    not_heard=("I did not hear anything.", "I still cannot hear you.", "There is still no sound from you."),
    not_understood=("Sorry, I did not get that.", "I still did not understand.", "That did not work either."),
    out_of_range=("Sorry, that is not possible here.", "That does not fit either.", "I cannot take that answer."),
    which=("Do you mean {first} or {second}?", "Which is it: {first} or {second}?", "{first}, or {second}?"),
    rejected=("Sorry, my mistake.", "Then I got it wrong again.", "Then let us try once more."),
    question_was="The question was: {question}",
    attempt="This is try number {n}.",
    again=("Of course. {question}", "Here it is again. {question}", "Gladly, once more. {question}"),
    slower=("I will take it slowly. {question}", "Slowly, then. {question}", "Step by step. {question}"),
    short={
        "text": "Please say it in your own words.",
        "number": "Please give me a number{range}.",
        "yes_no": "Please say yes or no.",
        "multiple_choice": "You can choose {choices}.",
        "date": "Please tell me the day.",
        "time": "Please tell me the time of day.",
        "duration": "Please tell me how long.",
        "phone": "Please tell me the phone number, digit by digit.",
        "email": "Please tell me the e-mail address.",
        "digits": "Please tell me the digits one by one.",
    },
    example={
        "text": "A few words are enough.",
        "number": "For example: {example}.",
        "yes_no": "Just one word is enough: yes, or no.",
        "multiple_choice": "For example: {example}.",
        "date": "For example: the third of May.",
        "time": "For example: half past four in the afternoon.",
        "duration": "For example: two hours and a half.",
        "phone": "Begin with the area code, for example: five five five, one two three.",
        "email": "For example: anna at example dot com.",
        "digits": "For example: four, zero, seven.",
    },
    keys={
        "number": "You can type the number on the keypad and press the hash key.",
        "yes_no": "On the keypad, 1 is yes and 2 is no.",
        "multiple_choice": "On the keypad: {keys}.",
        "phone": "You can type the number on the keypad and press the hash key.",
        "digits": "You can type the digits on the keypad and press the hash key.",
    },
    only_keys="From here only the keypad, please: {how}.",
    type_in="type the number and then the hash key",
    key_is="{key} for {label}",
    parts="Let us take it in small pieces: speak slowly, a few words at a time.",
    is_it="Is it {label}? Please say yes or no.",
    first_digits="Please tell me only the first three digits.",
    more_digits="{heard}. And the next ones? Say “done” when that was all.",
    which_day="First only the day of the month, as a number.",
    which_month="And which month?",
    which_year="And which year?",
    before_at="First only what stands before the at sign.",
    after_at="And what stands after the at sign?",
    key_for="press {key} for {label}",
    reply_with="reply {key} for {label}",
    between=" from {low} to {high}",
    at_least=" of at least {low}",
    at_most=" of at most {high}",
    yes="yes",
    no="no",
    unsure="not sure",
    or_="or",
    confirm=("I heard {value}. Is that right?", "Did you say {value}?", "So it is {value}, is it?"),
    confirm_ending="The answer that I have ends in {last}. Is that right?",
    confirm_hidden="I have your answer. Shall I keep it?",
    yes_or_no="Please say yes or no: is it {value}?",
    implied="{value}, then.",
    star="star",
    hash="hash",
    repeat_key="press {key} to hear the question again",
    skip_key="press {key} to skip it",
    operator_key="press {key} to speak to a person",
    back_key="press {key} to go back",
    no_operator="There is nobody I can put you through to.",
    no_back="This is the first question.",
    no_skip="I cannot leave this one out.",
    hold=("Take your time. Speak when you are ready.", "No hurry, I am waiting.", "I am still here."),
    transferring="One moment, I am putting you through.",
    transfer_failed="Nobody could take the call. Let us go on here.",
    written_transfer="A person will get in touch with you.",
    change="To change an earlier answer, say “go back”.",
    screened="This is an automated call with a few questions.",
    stop_calling="I understand. We will not call you again. Goodbye.",
    reminder="We are still waiting for your answer. {question}",
    machine=re.compile(
        r"leave (?:me |us )?(?:a|your) message|after the (?:tone|beep)|at the tone|mailbox|voice ?mail"
        r"|record your (?:name|message)|(?:is|are) not available|cannot take your call|cant take your call|press 1"
    ),
    screening=re.compile(
        r"who(?: i|)s (?:calling|this calling|speaking)|who may i say|who shall i say|whos calling"
        r"|state your name|say your name|(?:record|give|tell (?:me|us)|leave) your name|call screening"
        r"|screening service|(?:reason|purpose) (?:for|of) (?:your|the|this) call|(?:reason|purpose) (?:for"
        r"|of) calling|why (?:you are|youre) calling|what is this (?:call )?(?:about|regarding)"
    ),
    on_hold=re.compile(
        r"\b(?:please hold|hold (?:on|the line|please)|stay on the line|(?:one|just a|a) (?:moment|second"
        r"|minute)|connecting you|put (?:you|him|her|them) (?:through|on)|let me (?:get|see)|ill (?:get"
        r"|see if)|trying to (?:connect|reach))\b"
    ),
    foreign=re.compile(
        r"\b(?:dont|do not|cant|cannot) (?:speak|understand)\b|\bno (?:spanish|french|german|portuguese"
        r"|italian)$"
    ),
    earlier=re.compile(
        r"\b(?:said|meant|mean|change|changed|wanted|correct)\b.{0,40}\b(?:first|second|third|last|previous"
        r"|earlier|other) (?:one|question|answer)\b|\b(?:first|last|previous|earlier) (?:question|answer)\b"
        r"|\b(?:question|one) before(?: (?:that|this))?$"
    ),
    took_back=re.compile(
        r"^(?:(?:no|nope|wait|sorry|oh|actually|hold on|hang on) )+(?:but )?i (?:said|meant|told you)\b"
    ),
    done=re.compile(
        r"^(?:im |i am )?(?:done|finished)$|^(?:thats|that is|that was) (?:all|it)$|^(?:no more|nothing more"
        r"|complete)$"
    ),
    do_not_call=re.compile(
        r"\b(?:stop|quit) calling (?:me|us|here|this)\b|\b(?:stop|quit) calling$"
        r"|\b(?:dont|do not|never) (?:ever )?call (?:me|us|here|this number)(?: again| any ?more| ever|$)"
        r"|\b(?:take|remove) (?:me|us|my number|this number) (?:off|from)\b|\bdo not call list\b"
    ),
)
