"""`roboflow_core/current_time@v1`: what time it is somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest
from ringline.workflow.block import Block, Manifest, Output, SelectorOf

if TYPE_CHECKING:
    from ringline.clock import Clock

Zone = Literal[
    "Etc/GMT+12", "Pacific/Pago_Pago", "Pacific/Honolulu", "Pacific/Marquesas", "America/Anchorage", "Pacific/Gambier",
    "America/Los_Angeles", "America/Denver", "America/Phoenix", "America/Chicago", "America/Mexico_City",
    "America/New_York", "America/Bogota", "America/Halifax", "America/Puerto_Rico", "America/St_Johns",
    "America/Sao_Paulo", "Atlantic/South_Georgia", "Atlantic/Azores", "Atlantic/Cape_Verde", "UTC", "Europe/London",
    "Africa/Lagos",
    "Europe/Berlin", "Africa/Cairo", "Africa/Johannesburg", "Europe/Kyiv", "Europe/Moscow", "Europe/Istanbul",
    "Africa/Nairobi", "Asia/Tehran", "Asia/Dubai", "Asia/Kabul", "Asia/Karachi", "Asia/Kolkata", "Asia/Kathmandu",
    "Asia/Dhaka", "Asia/Yangon", "Asia/Bangkok", "Asia/Shanghai", "Asia/Tokyo", "Australia/Eucla", "Australia/Darwin",
    "Australia/Adelaide", "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Port_Moresby", "Pacific/Guadalcanal",
    "Pacific/Norfolk", "Pacific/Fiji", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Tongatapu", "Pacific/Apia",
    "Pacific/Kiritimati",
]  # fmt: skip


class CurrentTimeManifest(RoboflowManifest):
    """Tells the date and time in a zone."""

    type: Literal["roboflow_core/current_time@v1"]
    timezone: Annotated[Zone, SelectorOf("string")] = Field(default="UTC", description="The zone, by its IANA name.")


class CurrentTime(Block):
    """One moment, in four forms."""

    manifest: ClassVar[type[Manifest]] = CurrentTimeManifest
    title = "Current time"
    icon = "clock"
    outputs = (
        Output("timestamp", ("timestamp",)),
        Output("iso_string", ("string",)),
        Output("date", ("string",)),
        Output("time", ("string",)),
    )

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock

    def run(self, *, timezone: str) -> Mapping[str, Any]:
        try:
            zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"`{timezone}` is not a time zone; write an IANA name such as Europe/Berlin") from error
        moment = self._clock.now().astimezone(zone)
        return {
            "timestamp": moment,
            "iso_string": moment.isoformat(),
            "date": moment.strftime("%Y-%m-%d"),
            "time": moment.strftime("%H:%M:%S"),
        }
