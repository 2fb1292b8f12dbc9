"""Who is alerted in which order, and which words acknowledge."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringline.errors import RequestError
from ringline.phone_numbers import mask

MAX_LEVELS = 50
CHANNELS = ("sms", "whatsapp", "voice")
ACKNOWLEDGE_WORDS = ("ack", "acknowledge", "acknowledged", "yes", "ok", "okay", "on it", "got it", "mine", "👍")
RESOLVE_WORDS = ("done", "resolved", "fixed", "closed", "✅")

_EDGES = re.compile(r"^[\s.,!;:…\"'()-]+|[\s.,!;:…\"'()-]+$")


@dataclass(frozen=True, slots=True)
class Words:
    """Replies that count: one of *words*, alone or in front of more text; or any text at all."""

    words: tuple[str, ...] = ()
    is_any: bool = False

    def __bool__(self) -> bool:
        return self.is_any or bool(self.words)

    def fit(self, text: str) -> bool:
        """Whether a reply counts."""
        said = _plain(text)
        if self.is_any:
            return bool(said)
        for word in map(_plain, self.words):
            if word and said.startswith(word) and not said[len(word) : len(word) + 1].isalnum():
                return True
        return False

    def as_data(self) -> list[str] | str:
        """In JSON's types."""
        return "any" if self.is_any else list(self.words)

    @classmethod
    def of(cls, data: Any) -> Words:
        """What `as_data` gave, or an author wrote: a list, one word, ``any``, or False for none."""
        if data == "any":
            return cls(is_any=True)
        if data is None or data is False:
            return cls()
        listed = [data] if isinstance(data, str) else list(data)
        return cls(tuple(str(word) for word in listed if _plain(str(word))))


def _plain(text: str) -> str:
    return " ".join(_EDGES.sub("", text.casefold()).split())


@dataclass(frozen=True, slots=True)
class Person:
    """One to be alerted; *name* is what others are told."""

    to: str
    name: str | None = None

    @property
    def shown(self) -> str:
        """What others may see of them."""
        return self.name or mask(self.to)


@dataclass(frozen=True, slots=True)
class Level:
    """People who are alerted together, on each of the channels, and how long they have.

    *repeat* is how often they are alerted again before the next level.
    """

    people: tuple[Person, ...]
    channels: tuple[str, ...]
    wait_for: float
    repeat: int = 0
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The whole escalation. *rounds* is how often the levels are gone through; *resolve_within* None asks nobody."""

    levels: tuple[Level, ...]
    acknowledge: Words = field(default_factory=lambda: Words(ACKNOWLEDGE_WORDS))
    resolve: Words = field(default_factory=lambda: Words(RESOLVE_WORDS))
    resolve_within: float | None = None
    rounds: int = 1

    def as_data(self) -> dict[str, Any]:
        """In JSON's types, for a wait to keep."""
        return {
            "levels": [
                {
                    "people": [[person.to, person.name] for person in level.people],
                    "channels": list(level.channels),
                    "wait_for": level.wait_for,
                    "repeat": level.repeat,
                    "message": level.message,
                }
                for level in self.levels
            ],
            "acknowledge": self.acknowledge.as_data(),
            "resolve": self.resolve.as_data(),
            "resolve_within": self.resolve_within,
            "rounds": self.rounds,
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Policy:
        """What `as_data` gave."""
        levels = tuple(
            Level(
                tuple(Person(to, name) for to, name in level["people"]),
                tuple(level["channels"]),
                level["wait_for"],
                level["repeat"],
                level["message"],
            )
            for level in data["levels"]
        )
        return cls(
            levels,
            Words.of(data["acknowledge"]),
            Words.of(data["resolve"]),
            data["resolve_within"],
            data["rounds"],
        )


def read_levels(
    written: Any,
    *,
    channels: Sequence[str],
    wait_for: float,
    repeat: int,
    read_duration: Callable[[Any], float],
) -> tuple[Level, ...]:
    """The levels as an author, or a run's data, has them; `RequestError` names the level that is wrong.

    *read_duration* makes seconds of a written span, or raises `ValueError`. A level is a number, a list of them, or
    ``{to, name?, channels?, message?, wait_for?, repeat?}``.
    """
    from_run = written if isinstance(written, list | tuple) else [written]
    if not from_run or from_run == [None]:
        raise _wrong("`contacts` is empty, so there is nobody to alert.", "Name at least one person.")
    if len(from_run) > MAX_LEVELS:
        raise _wrong(f"`contacts` has {len(from_run)} levels; at most {MAX_LEVELS} make sense.", "Leave some out.")
    return tuple(
        _read_level(number, level, channels, wait_for, repeat, read_duration)
        for number, level in enumerate(from_run, start=1)
    )


def _read_level(
    number: int,
    written: Any,
    channels: Sequence[str],
    wait_for: float,
    repeat: int,
    read_duration: Callable[[Any], float],
) -> Level:
    given = dict(written) if isinstance(written, Mapping) else {"to": written}
    known = {"to", "name", "channel", "channels", "message", "wait_for", "repeat"}
    if odd := sorted(str(key) for key in given.keys() - known):
        raise _wrong(
            f"Level {number} of `contacts` has the key `{odd[0]}`, which no level has.",
            f"A level has: {', '.join(sorted(known))}.",
        )
    people = _read_people(number, given.get("to"), given.get("name"))
    on = given.get("channels", given.get("channel")) or channels
    chosen = tuple(dict.fromkeys([on] if isinstance(on, str) else on))
    for channel in chosen:
        if channel not in CHANNELS:
            raise _wrong(
                f"Level {number} of `contacts` names the channel `{channel}`, on which nobody can be alerted.",
                "Use sms, whatsapp or voice.",
            )
    message = given.get("message")
    again = given.get("repeat", repeat)
    if isinstance(again, bool) or not isinstance(again, int) or not 0 <= again <= 20:
        raise _wrong(f"Level {number} of `contacts` has `repeat: {again}`.", "Write a whole number from 0 to 20.")
    seconds = wait_for
    if given.get("wait_for") is not None:
        try:
            seconds = read_duration(given["wait_for"])
        except ValueError as error:
            raise _wrong(f"Level {number} of `contacts`: {error}.", "Write `wait_for: 5m`.") from None
    return Level(people, chosen, seconds, again, str(message) if message else None)


def _read_people(number: int, to: Any, name: Any) -> tuple[Person, ...]:
    listed = list(to) if isinstance(to, list | tuple) else [to]
    people = []
    for one in listed:
        given = one if isinstance(one, Mapping) else {"to": one, "name": name if len(listed) == 1 else None}
        address = given.get("to")
        if address is None or not str(address).strip():
            raise _wrong(f"Level {number} of `contacts` says nothing about whom to alert.", "Give it `to`, a number.")
        people.append(Person(str(address).strip(), None if given.get("name") is None else str(given["name"])))
    if not people:
        raise _wrong(f"Level {number} of `contacts` is an empty list.", "Name at least one person, or leave it out.")
    return tuple(people)


def _wrong(message: str, fix: str) -> RequestError:
    return RequestError(message, field="contacts", fix=fix)
