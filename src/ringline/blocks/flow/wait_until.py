"""`flow/wait_until@v1`: go on at a moment, inside hours, in the recipient's own zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from ringline.errors import RequestError
from ringline.local_time import (
    Hours,
    next_time_of_day,
    on_the_wall,
    read_days,
    read_holiday,
    read_hours,
    read_time_of_day,
    read_zone,
)
from ringline.phone_numbers import time_zones_of
from ringline.workflow.block import Block, Done, Manifest, Output, SelectorOf, StepContext, Template, Wait, Woken
from ringline.workflow.durations import Offset
from ringline.workflow.form_hints import PERSON, shown_first

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.contacts.contacts import Contacts

FURTHEST = timedelta(days=3660)

_Fault = tuple[str, str, str, str]


class WaitUntilManifest(Manifest):
    """Waits until a moment, or until hours in which people may be reached, in the recipient's zone."""

    model_config = ConfigDict(json_schema_extra=shown_first("until", "offset", "between"))

    type: Literal["flow/wait_until@v1"]
    until: Annotated[str | datetime | None, Template(), SelectorOf("timestamp", "string")] = Field(
        default=None,
        description="A time of day (09:00: the next one), a day, or a moment in ISO 8601; now, if left out.",
    )
    offset: Annotated[Offset, Template(), SelectorOf("string", "duration")] = Field(
        default=0.0, description="Added to that moment: -24h is a day before it."
    )
    between: Annotated[dict[str, str] | None, Template(), SelectorOf("string")] = Field(
        title="Only between",
        default=None,
        description="Hours to go on in, such as from 09:00 to 17:00; outside them it waits until they begin.",
    )
    days: Annotated[list[str] | None, Template(), SelectorOf("list_of_values")] = Field(
        default=None,
        description="Days of the week to go on at, such as mon-fri, or sat and sun; all, if left out.",
    )
    holidays: Annotated[list[str | date] | None, Template(), SelectorOf("list_of_values")] = Field(
        default=None, description="Days on which it does not go on: 2026-12-25, or 12-25 for every year."
    )
    timezone: Annotated[str | None, Template(), SelectorOf("string")] = Field(
        default=None,
        description="IANA zone all this is meant in; else the recipient's, else that of the workflow's defaults.",
    )
    recipient: Annotated[str | None, Template(), SelectorOf("string", "phone_number")] = Field(
        json_schema_extra=PERSON,
        default=None,
        description="The person's number: the contact's zone is taken, or the number's own where it has only one.",
    )
    if_past: Literal["continue", "skip", "fail"] = Field(
        default="continue",
        description="When the moment has passed already: go on, end with the outcome `past`, or fail.",
    )


class WaitUntil(Block):
    """Times that a clock change skips are taken right after the gap, doubled ones the first time."""

    manifest: ClassVar[type[Manifest]] = WaitUntilManifest
    title = "Wait until"
    icon = "calendar-clock"
    outputs = (Output("moment", ("timestamp",)), Output("timezone", ("string",)), Output("was_past", ("boolean",)))
    outcomes = ("reached", "past")
    can_wait = True

    def __init__(self, *, clock: Clock, contacts: Contacts | None = None) -> None:
        self._clock = clock
        self._contacts = contacts

    async def run(
        self,
        *,
        until: str | datetime | None,
        offset: float,
        between: Mapping[str, str] | None,
        days: Sequence[str] | None,
        holidays: Sequence[str | date] | None,
        timezone: str | None,
        recipient: str | None,
        if_past: str,
        step: StepContext,
    ) -> Done | Wait:
        now = self._clock.now()
        hours = _hours(between, days, holidays)
        zone = _Zone(await self._zone_name(timezone, recipient, step))
        wanted = _moment(until, zone, now, offset) + timedelta(seconds=offset)
        was_past = until not in (None, "") and wanted < now
        if was_past and if_past == "fail":
            raise RequestError(
                f"The moment to wait for, {wanted.isoformat()}, has passed.",
                field="until",
                fix="Start the run earlier, or say what to do then: `if_past: continue` or `if_past: skip`.",
            )
        outputs = {"moment": wanted, "timezone": zone.name, "was_past": was_past}
        if was_past and if_past == "skip":
            return Done(outputs, outcome="past")
        target = max(wanted, now)
        if hours is not None:
            opening = hours.first_open(target, zone.required("the hours"))
            if opening is None:
                raise RequestError(
                    "The days and holidays leave no day on which the run could go on.",
                    field="days",
                    fix="Name at least one day of the week that is no holiday.",
                )
            target = opening
        if target - now > FURTHEST:
            raise RequestError(
                f"The moment to wait for, {target.isoformat()}, is more than ten years away.",
                field="until",
                fix="Look at the year; or start the workflow when it is nearer.",
            )
        outputs["moment"] = target
        if target <= now:
            return Done(outputs, outcome="reached")
        return Wait(deadline=target.timestamp(), state={**outputs, "moment": target.isoformat()})

    def resume(self, *, woken: Woken, step: StepContext) -> Done:
        return Done({**woken.state, "moment": datetime.fromisoformat(woken.state["moment"])}, outcome="reached")

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        assert isinstance(manifest, WaitUntilManifest)
        return list(_faults(manifest))

    async def _zone_name(self, timezone: str | None, recipient: str | None, step: StepContext) -> str | None:
        default = step.defaults.get("timezone")
        if timezone and timezone != default:
            return timezone
        if recipient and self._contacts is not None:
            person = await self._contacts.person(recipient)
            if person is not None and person.time_zone:
                return str(person.time_zone)
        if default:
            return str(default)
        zones = time_zones_of(recipient) if recipient else ()
        return zones[0] if len(zones) == 1 else None


@dataclass(frozen=True, slots=True)
class _Zone:
    """The zone that times without one are meant in, if anything says which."""

    name: str | None

    def required(self, what: str) -> ZoneInfo:
        if self.name is None:
            raise RequestError(
                f"Nothing says in which time zone {what} are meant.",
                field="timezone",
                fix="Set `timezone`, or `defaults.timezone`, to a name such as America/New_York; a `recipient` is "
                "enough only where its number belongs to one zone.",
            )
        try:
            return read_zone(self.name)
        except ValueError as error:
            raise RequestError(f"{str(error).capitalize()}.", field="timezone") from None


def _moment(until: str | datetime | None, zone: _Zone, now: datetime, offset: float) -> datetime:
    if until is None or until == "":
        return now
    if isinstance(until, datetime):
        return _aware(until, zone)
    text = until.strip()
    of_day = read_time_of_day(text)
    if of_day is not None:
        # The next one that, with the offset, is still ahead.
        after = now - timedelta(seconds=offset)
        return next_time_of_day(of_day, zone.required("times of day"), after=after)
    try:
        return _aware(datetime.fromisoformat(text), zone)
    except ValueError:
        raise RequestError(
            f"`until` is `{until}`, which is neither a time of day nor a moment in ISO 8601.",
            field="until",
            fix="Write 09:00, 2026-05-01, 2026-05-01T09:00 or 2026-05-01T09:00:00-04:00.",
        ) from None


def _aware(moment: datetime, zone: _Zone) -> datetime:
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return on_the_wall(moment.date(), moment.time(), zone.required("moments without an offset"))


def _hours(
    between: Mapping[str, str] | None, days: Sequence[str] | None, holidays: Sequence[str | date] | None
) -> Hours | None:
    if not between and not days and not holidays:
        return None
    opens, closes = time(0), None
    try:
        if between:
            opens, closes = _read_between(between)
        weekdays = read_days(days) if days else frozenset(range(7))
        off = tuple(read_holiday(str(holiday)) for holiday in holidays or ())
    except ValueError as error:
        raise RequestError(f"{error}.", field="between") from None
    return Hours(opens, closes, weekdays, off)


def _read_between(between: Mapping[str, str]) -> tuple[time, time | None]:
    odd = sorted(between.keys() - {"from", "to"})
    if odd or "from" not in between:
        raise ValueError(f'`between` holds {", ".join(odd) or "no `from`"}; write {{from: "09:00", to: "17:00"}}')
    return read_hours(str(between["from"]), str(between.get("to", "24:00")))


def _faults(manifest: WaitUntilManifest) -> Iterator[_Fault]:
    if manifest.until is None and not manifest.between and not manifest.days and not manifest.holidays:
        yield (
            "error",
            "until",
            "The step says neither what to wait for nor in which hours to go on.",
            "Set `until`, or `between`.",
        )
    yield from _literal_faults(manifest)
    needs_zone = bool(manifest.between or manifest.days or manifest.holidays) or _is_local(manifest.until)
    if needs_zone and not manifest.timezone and not manifest.recipient:
        yield (
            "error",
            "timezone",
            "Nothing says in which time zone the times are meant.",
            "Set `timezone` here or in `defaults` to a name such as America/New_York, or name the `recipient`.",
        )


def _literal_faults(manifest: WaitUntilManifest) -> Iterator[_Fault]:
    """What is written out and cannot be."""

    def is_fixed(values: Sequence[Any]) -> bool:
        return not any(isinstance(value, str) and ("{{" in value or value.startswith("$")) for value in values)

    try:
        if isinstance(manifest.between, Mapping) and is_fixed(list(manifest.between.values())):
            _read_between(manifest.between)
    except ValueError as error:
        yield "error", "between", f"{error}.", 'Write {from: "09:00", to: "17:00"}.'
    try:
        if isinstance(manifest.days, list) and is_fixed(manifest.days):
            read_days(manifest.days)
    except ValueError as error:
        yield "error", "days", f"{error}.", "Write [mon-fri], or the days one by one."
    try:
        if isinstance(manifest.holidays, list) and is_fixed(manifest.holidays):
            for holiday in manifest.holidays:
                read_holiday(str(holiday))
    except ValueError as error:
        yield "error", "holidays", f"{error}.", "Write 2026-12-25, or 12-25 for every year."
    if manifest.timezone and is_fixed([manifest.timezone]):
        try:
            read_zone(manifest.timezone)
        except ValueError as error:
            yield "error", "timezone", f"{error}.", "Write a name such as America/New_York."
    if isinstance(manifest.until, str) and is_fixed([manifest.until]):
        try:
            if read_time_of_day(manifest.until) is None:
                datetime.fromisoformat(manifest.until)
        except ValueError:
            yield (
                "error",
                "until",
                f"`{manifest.until}` is neither a time of day nor a moment in ISO 8601.",
                "Write 09:00, 2026-05-01, 2026-05-01T09:00 or 2026-05-01T09:00:00-04:00.",
            )


def _is_local(until: str | datetime | None) -> bool:
    """Whether the moment is written out and depends on a zone."""
    if until is None or (isinstance(until, str) and ("{{" in until or until.startswith("$"))):
        return False
    if isinstance(until, str):
        try:
            return read_time_of_day(until) is not None or datetime.fromisoformat(until).tzinfo is None
        except ValueError:
            return False
    return until.tzinfo is None
