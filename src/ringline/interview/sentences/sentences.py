"""What a language file of sentences holds. Where a person may hear one again there are several to take in turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentences:
    """One language. What stands in braces is filled in; the mappings are by the type of the question."""

    recording: str
    goodbye: str
    resumed: str
    too_long: str
    not_heard: tuple[str, ...]
    not_understood: tuple[str, ...]
    out_of_range: tuple[str, ...]
    which: tuple[str, ...]
    """Two answers were heard: `first`, `second`."""
    rejected: tuple[str, ...]
    """A confirmation was answered with no."""
    question_was: str
    attempt: str
    again: tuple[str, ...]
    """The person asked to hear it once more: `question`."""
    slower: tuple[str, ...]
    short: Mapping[str, str]
    """What is wanted, in few words; a number has `range`, a choice `choices`."""
    example: Mapping[str, str]
    keys: Mapping[str, str]
    """How it is keyed in; only types that can be."""
    only_keys: str
    """Speech is no longer listened to: `how`."""
    type_in: str
    key_is: str
    """One choice in few words: `key`, `label`."""
    parts: str
    """The last attempt at what cannot be keyed in."""
    is_it: str
    """One choice at a time: `label`."""
    first_digits: str
    more_digits: str
    """After some digits: `heard`."""
    which_day: str
    which_month: str
    which_year: str
    before_at: str
    """Of an e-mail address, what stands before the sign; and behind it."""
    after_at: str
    key_for: str
    """One choice: `key`, `label`."""
    reply_with: str
    """The same over text."""
    between: str
    at_least: str
    at_most: str
    yes: str
    no: str
    unsure: str
    or_: str
    confirm: tuple[str, ...]
    confirm_ending: str
    """Of a sensitive answer only `last`, its last characters."""
    confirm_hidden: str
    yes_or_no: str
    """After a confirmation that got neither yes nor no."""
    implied: str
    """The answer, said before the next question: `value`."""
    star: str
    hash: str
    """The names of the keys * and #, which a voice would not say."""
    repeat_key: str
    skip_key: str
    operator_key: str
    back_key: str
    no_operator: str
    no_back: str
    no_skip: str
    hold: tuple[str, ...]
    transferring: str
    transfer_failed: str
    written_transfer: str
    """Over text, where nobody can be put through."""
    change: str
    """How an earlier answer is given anew."""
    screened: str
    """What the call is about, said behind the greeting to who screens calls."""
    stop_calling: str
    reminder: str
    machine: re.Pattern[str]
    """What answering machines say, in words of lower case without accents and apostrophes."""
    screening: re.Pattern[str]
    """What is asked by who screens calls, in the same form; so are all that follow."""
    on_hold: re.Pattern[str]
    """That the person is being fetched."""
    foreign: re.Pattern[str]
    """That who speaks this language does not understand the one that is spoken."""
    earlier: re.Pattern[str]
    """That the words are about an earlier question."""
    took_back: re.Pattern[str]
    """What begins an answer that takes the one before it back."""
    done: re.Pattern[str]
    """That all parts have been said."""
    do_not_call: re.Pattern[str]
    """That the person does not want to be called again, in words of lower case without accents and apostrophes."""
