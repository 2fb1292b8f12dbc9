"""A recording under way: what can be heard, when it pauses, and when it ends."""

from __future__ import annotations

from ringline.simulator.calls.plan import RecordingWish
from ringline.simulator.calls.records import Call, Recording, Sound
from ringline.simulator.calls.reporting import report_recording
from ringline.simulator.calls.wires import Wires
from ringline.simulator.records import new_sid

PRICE_PER_MINUTE = 0.0025


class Tape:
    """Takes the sounds of one call until it is stopped."""

    def __init__(self, wires: Wires, call: Call, wish: RecordingWish) -> None:
        self._wires = wires
        self._call = call
        self._wish = wish
        now = wires.timeline.time()
        self.recording = Recording(
            sid=new_sid("RE"),
            account_sid=call.account_sid,
            call_sid=call.sid,
            source=wish.source,
            status="in-progress",
            created=now,
            updated=now,
            start=now,
            channels=wish.channels,
            track=wish.track,
        )
        # Recorded seconds before the last pause, and since when it runs (None while it is paused).
        self._recorded = 0.0
        self._runs_since: float | None = now
        self._paused_at = 0.0
        self._skips = False
        call.recordings.append(self.recording.sid)
        wires.state.add(self.recording)
        wires.state.save(call)
        self._report("in-progress")

    @property
    def length(self) -> float:
        """Seconds recorded so far."""
        running = 0.0 if self._runs_since is None else self._wires.timeline.time() - self._runs_since
        if self._runs_since is None and not self._skips:
            running = self._wires.timeline.time() - self._paused_at
        return self._recorded + running

    def put(self, who: str, kind: str, text: str, now: float, lasts: float) -> int:
        """Record something that begins now; gives its place."""
        tracks = {"inbound": "them", "outbound": "us"}
        heard = self._runs_since is not None and tracks.get(self.recording.track, who) == who
        if heard:
            sound = Sound("us" if who == "us" else "them", kind, text, self.length, lasts)  # type: ignore[arg-type]
            self.recording.sounds.append(sound)
        return len(self.recording.sounds) - 1 if heard else -1

    def cut(self, place: int, text: str, lasts: float) -> None:
        """What was put there broke off."""
        if place >= 0:
            self.recording.sounds[place] = self.recording.sounds[place]._replace(text=text, lasts=lasts)

    def pause(self, *, skips: bool) -> None:
        """Record nothing until `resume`: silence, or no time at all if it *skips*."""
        if self._runs_since is not None:
            now = self._wires.timeline.time()
            self._recorded += now - self._runs_since
            self._cut_what_lasts()
            self._runs_since, self._paused_at, self._skips = None, now, skips
            self._set_status("paused")

    def resume(self) -> None:
        """Record again."""
        if self._runs_since is None:
            now = self._wires.timeline.time()
            if not self._skips:
                self._recorded += now - self._paused_at
            self._runs_since = now
            self._set_status("in-progress")

    def stop(self, *, less: float = 0.0) -> None:
        """End it; *less* seconds at its end are left out. The file is ready a moment later."""
        if self.recording.duration is not None:
            return
        length = max(0.0, self.length - less)
        self._recorded, self._runs_since, self._skips = length, None, True
        self.recording.duration = length
        self.recording.price = f"-{PRICE_PER_MINUTE * max(1, -(-length // 60)):.5f}"
        self._cut_what_lasts()
        if self._wish.trim:
            self._trim()
        self._set_status("processing")
        self._wires.timeline.plan(self._wires.carrier.recorded_after, self._complete)

    def _cut_what_lasts(self) -> None:
        sounds = self.recording.sounds
        for place, sound in enumerate(sounds):
            if sound.start + sound.lasts > self._recorded:
                sounds[place] = sound._replace(lasts=max(0.0, self._recorded - sound.start))

    def _trim(self) -> None:
        """Leave out the silence before the first and after the last sound."""
        sounds = self.recording.sounds
        first = min((each.start for each in sounds), default=0.0)
        last = max((each.start + each.lasts for each in sounds), default=0.0)
        self.recording.sounds[:] = [each._replace(start=each.start - first) for each in sounds]
        self.recording.duration = last - first

    def _complete(self) -> None:
        if self.recording.sid in self._wires.state.recordings:
            status = "completed" if self.recording.duration else "absent"
            self._set_status(status)
            self._report(status)

    def _set_status(self, status: str) -> None:
        self.recording.status = status
        self.recording.updated = self._wires.timeline.time()
        self._wires.state.save(self.recording)

    def _report(self, status: str) -> None:
        wish = self._wish
        if wish.status_callback and status in wish.events:
            method = wish.status_callback_method
            report_recording(self._wires, self._call, self.recording, wish.status_callback, method, status)
