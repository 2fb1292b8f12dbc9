"""What people want instead of answering: hear it again, help, a person, to skip, go back, wait, or stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.interview import answering, gatekeeping, languages, moving, parts, speaking
from ringline.interview.actions import Suppress
from ringline.interview.asking import FAILURES, in_turn, listen, listen_patiently, tell, unsaid
from ringline.interview.folding import plain
from ringline.interview.sentences import LANGUAGES, sentences_of
from ringline.interview.state import Answer

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.turn import Turn
    from ringline.understanding import Interpretation

_FREE = 3
_OF_A_PART = ("repeat", "slower", "help")
_KNOWN = ("repeat", "slower", "help", "operator", "skip", "back", "stop", "hold")
_LONG_ANSWER = 10
_MACHINE_WORDS = 8


def is_possible(name: Any) -> bool:
    """Whether something is done about it."""
    return name in _KNOWN


def by_key(turn: Turn, keys: str) -> str | None:
    """What keys mean at every question."""
    navigation = turn.spec.navigation
    meaning = {
        navigation.repeat: "repeat",
        navigation.skip: "skip",
        navigation.operator: "operator",
        navigation.back: "back",
    }
    # The key that would send digits sends nothing on its own: it is only navigation where a question may be skipped.
    return meaning.get(keys) if keys else None


def follow(turn: Turn, question: Question, name: str) -> None:
    """Do what was asked for."""
    s = turn.sentences
    if name == "stop":
        _stop(turn)
    elif name == "skip" and question.optional:
        answering.take(turn, question, Answer("skipped", how="text" if turn.is_text else "speech"))
    elif name == "operator" and moving.can_transfer(turn):
        moving.transfer(turn)
    elif name == "back" and _can_go_back(turn):
        moving.back(turn)
    elif turn.count("free") > _FREE:
        answering.failed(turn, question, "no_match")
    elif name in _OF_A_PART and turn.state.part is not None:
        parts.ask_again(turn, question)
    elif name == "hold":
        turn.state.pending = None
        tell(turn, in_turn(turn, s.hold), "message")
        listen_patiently(turn, question)
    else:
        turn.state.pending = None
        turn.state.part = None
        if name == "who":
            gatekeeping.introduce(turn)
        tell(turn, _words(turn, question, name), "question")
        listen(turn, question)


def _words(turn: Turn, question: Question, name: str) -> str:
    s = turn.sentences
    asked = speaking.words_of(question, turn.language)
    was = s.question_was.format(question=asked)
    if name == "repeat":
        return in_turn(turn, s.again, question=asked)
    if name == "slower":
        return in_turn(turn, s.slower, question=asked if turn.is_text else speaking.slowly(asked))
    if name == "who":
        return unsaid(turn, was, f"{was} {speaking.short(question, s)}", asked)
    if name == "earlier":
        return unsaid(turn, f"{s.change} {was}", f"{s.change} {speaking.short(question, s)}", s.change)
    if name == "help":
        written = question.help if turn.language == turn.written_in else None
        own = written or f"{speaking.short(question, s)} {speaking.example(question, s)}"
        return unsaid(turn, f"{own} {_keys(turn, question)}".strip(), f"{own} {was}", was)
    lead = {"operator": s.no_operator, "back": s.no_back, "skip": s.no_skip}[name]
    return unsaid(turn, f"{lead} {was}", f"{lead} {speaking.short(question, s)}", lead)


def _keys(turn: Turn, question: Question) -> str:
    """Which keys do what, as far as they do something here."""
    if turn.is_text:
        return speaking.by_reply(question, turn.sentences)
    if not question.keypad:
        return ""
    s, keys = turn.sentences, turn.spec.navigation
    is_one_key = speaking.how_many_keys(question) == 1
    told = [
        s.repeat_key.format(key=_named(turn, keys.repeat)) if keys.repeat else "",
        s.skip_key.format(key=_named(turn, keys.skip)) if keys.skip and question.optional else "",
        s.operator_key.format(key=_named(turn, keys.operator)) if keys.operator and turn.spec.transfer_to else "",
        s.back_key.format(key=_named(turn, keys.back)) if keys.back and not is_one_key and _can_go_back(turn) else "",
    ]
    listed = ", ".join(filter(None, told))
    navigation = f"{listed[:1].upper()}{listed[1:]}." if listed else ""
    return f"{speaking.by_keys(question, s)} {navigation}".strip()


def _named(turn: Turn, keys: str) -> str:
    return keys.replace("*", f" {turn.sentences.star}").replace("#", f" {turn.sentences.hash}").strip()


def _can_go_back(turn: Turn) -> bool:
    return len(turn.state.path) > 1


def instead(turn: Turn, question: Question, found: Interpretation, text: str) -> bool:
    """Do what the words want if they are no answer to this question: another language, an earlier answer.

    Both hold words that could be taken for one ("no hablo inglés", "no wait, I said nine for the first one").
    """
    if found.status == "meta" or (found.status == "ok" and question.type == "multiple_choice"):
        return False
    code = languages.wanted(turn, question, text)
    if code is not None:
        language = languages.declared(turn, question, code)
        if language is None or turn.count("free") > _FREE:
            answering.failed(turn, question, "no_match")
        else:
            turn.speak(language)
            asked = speaking.words_of(question, turn.language)
            tell(turn, in_turn(turn, turn.sentences.again, question=asked), "question")
            listen(turn, question)
        return True
    if not _corrects_earlier(turn, question, text):
        return False
    if turn.state.implied is not None:
        moving.back(turn)
    else:
        follow(turn, question, "earlier")
    return True


def _corrects_earlier(turn: Turn, question: Question, text: str) -> bool:
    """Whether the words are about an answer that was given before this question."""
    words = plain(text)
    if not _can_go_back(turn) or len(words.split()) > _LONG_ANSWER:
        return False
    took_back = turn.sentences.took_back.match(words)
    # In their own words people may tell of an earlier question without wanting to go back to it.
    if turn.sentences.earlier.search(words) and (question.type != "text" or took_back is not None):
        return True
    if took_back is None or turn.counted(*FAILURES, "free", "confirm"):
        return False
    rest = words[took_back.end() :]
    before = turn.flow[turn.state.path[-2]]
    fits_now = answering.interpret(turn, question, rest).status == "ok"
    fits_before = before.type != "text" and answering.interpret(turn, before, rest).status == "ok"
    return fits_before or not fits_now


def _stop(turn: Turn) -> None:
    if turn.is_text:
        opt_out(turn)
    else:
        turn.end(turn.unfinished, "the person wanted to stop")


def opt_out(turn: Turn, *, by_voice: bool = False) -> None:
    """The person does not want to be written to again, and with *by_voice* not to be called either."""
    if turn.is_text:
        turn.actions.append(Suppress("whatsapp" if turn.state.channel == "whatsapp" else "sms"))
        if by_voice and turn.spec.suppress_spoken_stop:
            turn.actions.append(Suppress("voice"))
        turn.end("opted_out", words="")
        return
    if turn.spec.suppress_spoken_stop:
        turn.actions.append(Suppress("voice"))
        turn.end("opted_out", words=turn.sentences.stop_calling)
    else:
        turn.end(turn.unfinished, "the person wanted no more calls")


def wants_no_calls(turn: Turn, question: Question, text: str) -> bool:
    """Whether the words ask not to be called again. A long free answer may tell of such words."""
    words = plain(text)
    if question.type == "text" and len(words.split()) > _LONG_ANSWER:
        return False
    return any(sentences.do_not_call.search(words) for sentences in (turn.sentences, sentences_of("en")))


def sounds_like_machine(text: str) -> bool:
    """Whether the first words of a call are those of an answering machine, in any language."""
    words = plain(text)
    if len(words.split()) < _MACHINE_WORDS:
        return False
    return any(sentences_of(language).machine.search(words) for language in LANGUAGES)
