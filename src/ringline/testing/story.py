"""A scenario while it is played: who there is, what has happened, and what of it was expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ringline.clock import utc
from ringline.templating import compile_template, standard_helpers
from ringline.testing.moments import is_time_of_day, moment
from ringline.testing.scenario_file import Person

if TYPE_CHECKING:
    from ringline.simulator import Call, Handset
    from ringline.simulator.calls.records import Line
    from ringline.testing.scenario_file import ScenarioForm
    from ringline.testing.world import Arrival, World


_HEARD = {"us": "hears", "them": "says", "keys": "presses"}


class Unmet(Exception):  # noqa: N818 - it is no error of the program
    """An expectation that did not come true, as a sentence."""


@dataclass(slots=True)
class Entry:
    """One line of what happened."""

    at: float
    text: str


@dataclass(slots=True)
class Story:
    """The world of one scenario and what has been said about it so far."""

    world: World
    form: ScenarioForm
    zone: ZoneInfo
    entries: list[Entry] = field(default_factory=list)
    met: set[str] = field(default_factory=set)
    """SIDs of messages and calls that a step has expected."""
    last_click: str | None = None

    # --- people and places ---------------------------------------------------------------------------------------

    def person(self, name: str) -> Person:
        """Who is called so."""
        return self.form.people[name]

    def handset(self, name: str) -> Handset:
        """Their phone."""
        return self.world.simulator.handset(self.person(name).number)

    def zone_of(self, name: str | None) -> ZoneInfo:
        """Their time zone."""
        zone = self.form.people[name].timezone if name is not None else None
        return ZoneInfo(zone) if zone else self.zone

    def name_of(self, number: str) -> str:
        """Who has this number, else the number."""
        return next((name for name, person in self.form.people.items() if person.number == number), number)

    def workflow_name(self, given: str | None) -> str:
        """The workflow's name; that of the only one if none is given."""
        names = list(self.world.workflows)
        if given is None:
            if len(names) != 1:
                raise Unmet(f"there are several workflows ({', '.join(names)}), so the step must name one")
            return names[0]
        if given not in names:
            raise Unmet(f"there is no workflow `{given}`; there are {', '.join(names)}")
        return given

    def filled(self, value: Any) -> Any:
        """The value with its `{{ }}` filled in, at any depth."""
        if isinstance(value, str):
            return compile_template(value).value(self._scope, self._helpers()) if "{{" in value else value
        if isinstance(value, Mapping):
            return {key: self.filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.filled(inner) for inner in value]
        return value

    def _scope(self, name: str) -> Any:
        if name == "now":
            return self.world.now
        if name in self.form.people:
            person = self.form.people[name]
            return {**person.fields, "number": person.number, "name": person.name or name, "language": person.language}
        raise LookupError(name)

    def _helpers(self) -> Mapping[str, Callable[..., Any]]:
        return standard_helpers(country="US", language="en", timezone=self.zone.key, now=self.world.clock.now)

    # --- time ----------------------------------------------------------------------------------------------------

    def moment(self, text: str, who: str | None = None) -> float:
        """The moment that *text* names, in the person's zone; a time of day is the next one that comes."""
        zone = self.zone_of(who)
        if not is_time_of_day(text):
            return moment(text, zone).timestamp()
        now = self.world.now.astimezone(zone)
        hour, minute = (int(part) for part in text.split(":")[:2])
        found = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        # A message due at that minute may have come a moment ago.
        if found < now - timedelta(minutes=1, seconds=self.world.slack):
            found = (found.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
        return found.timestamp()

    def told(self, at: float, who: str | None = None) -> str:
        """A moment for people to read."""
        return utc(at).astimezone(self.zone_of(who)).strftime("%a %b %d %H:%M:%S")

    # --- what happened -------------------------------------------------------------------------------------------

    def note(self, text: str) -> None:
        """Keep a line for the report."""
        self.entries.append(Entry(self.world.clock.time(), text))

    def unexpected(self, who: str | None = None) -> list[Arrival]:
        """Messages that no step has expected yet, in the order in which they arrived."""
        number = self.person(who).number if who is not None else None
        return [
            arrival
            for arrival in self.world.arrivals
            if arrival.sid not in self.met and number in (None, arrival.number)
        ]

    def unexpected_calls(self, who: str | None = None) -> list[Call]:
        """Calls with people that no step has expected yet, oldest first; a leg to who takes over counts too."""
        numbers = {self.person(who).number} if who is not None else {one.number for one in self.form.people.values()}
        calls = self.world.simulator.calls
        return [call for call in calls if call.sid not in self.met and call.phone in numbers]

    def timeline(self, since: float = 0.0) -> list[Entry]:
        """What the steps did and what reached phones, in order."""
        arrivals = [
            Entry(
                arrival.at,
                f"{self.name_of(arrival.number)} gets: {one_line(arrival.body)}"
                + ("" if arrival.channel == "sms" else f"  ({arrival.channel})"),
            )
            for arrival in self.world.arrivals
        ]
        spoken = [
            Entry(line.at, f"{self.name_of(call.phone)} {_heard(line)}: {one_line(line.text)}  (call)")
            for call in self.world.simulator.calls
            for line in call.transcript
        ]
        missed = [
            Entry(call.end, f"{self.name_of(call.phone)} is not reached: {call.status}  (call)")
            for call in self.world.simulator.calls
            if call.end is not None and call.answered is None
        ]
        # Arrivals stand first and the sort keeps that: what somebody does at one moment follows what has reached them.
        told = (entry for entry in (*arrivals, *spoken, *missed, *self.entries) if entry.at >= since)
        return sorted(told, key=lambda entry: round(entry.at, 3))


def _heard(line: Line) -> str:
    return _HEARD["keys" if line.kind == "keys" else line.who]


def one_line(text: str, limit: int = 90) -> str:
    """Text in quotes on one line."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= limit else flat[: limit - 1] + '…'}”"
