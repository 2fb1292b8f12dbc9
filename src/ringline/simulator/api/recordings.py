"""Recordings of calls: start, pause, stop, list, delete, and the sound itself."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.calls import call_of
from ringline.simulator.api.context import Context, answer, deleted, form_of, raw_answer
from ringline.simulator.api.paging import Page
from ringline.simulator.calls.audio import wav_of
from ringline.simulator.calls.creating import CallRequest, recording_wish
from ringline.simulator.calls.records import Recording
from ringline.simulator.calls.tape import Tape
from ringline.simulator.calls.wire import recording_json
from ringline.simulator.refusals import Refusal

_CURRENT = "Twilio.CURRENT"


class Recordings:
    """The routes under ``/Recordings``, of the account and of a call."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        return [
            Route("/Recordings.json", self.page, methods=["GET"]),
            Route("/Recordings/{recording}.json", self.one, methods=["GET", "DELETE"]),
            Route("/Recordings/{recording}.wav", self.sound, methods=["GET"]),
            Route("/Recordings/{recording}", self.sound, methods=["GET"]),
            Route("/Calls/{sid}/Recordings.json", self.of_call, methods=["GET", "POST"]),
            Route("/Calls/{sid}/Recordings/{recording}.json", self.one_of_call, methods=["GET", "POST", "DELETE"]),
        ]

    async def page(self, request: Request) -> Response:
        """The account's recordings, the latest first; ``CallSid`` narrows them."""
        call_sid = request.query_params.get("CallSid")
        found = [
            each
            for each in reversed(self._state.recordings.values())
            if each.account_sid == request.state.account.sid and call_sid in (None, "", each.call_sid)
        ]
        return self._page(request, found)

    async def of_call(self, request: Request) -> Response:
        """The recordings of a call, or a new one of a live call."""
        call = call_of(self._context, request)
        if request.method == "GET":
            return self._page(request, [self._state.recordings[sid] for sid in call.recordings])
        leg = self._context.exchange.live.get(call.sid)
        if leg is None or call.status != "in-progress":
            raise Refusal(21220)
        wish = recording_wish(CallRequest(await form_of(request)), source="StartCallRecordingAPI", trims=False)
        tape = Tape(self._context.wires, call, wish)
        leg.tapes.append(tape)
        self._state.commit()
        return answer(recording_json(tape.recording, self._context.base_url), 201)

    async def one(self, request: Request) -> Response:
        """Fetch a recording, or delete it."""
        recording = self._recording(request)
        if request.method == "DELETE":
            return self._delete(recording)
        return answer(recording_json(recording, self._context.base_url))

    async def one_of_call(self, request: Request) -> Response:
        """Fetch, pause, continue, stop or delete a recording of a call."""
        call = call_of(self._context, request)
        leg = self._context.exchange.live.get(call.sid)
        tapes = leg.tapes if leg is not None else []
        sid = request.path_params["recording"]
        tape = next((each for each in reversed(tapes) if sid in (_CURRENT, each.recording.sid)), None)
        if sid == _CURRENT:
            if tape is None:
                raise Refusal(20404, path=request.url.path)
            recording = tape.recording
        else:
            recording = self._recording(request)
        if request.method == "DELETE":
            return self._delete(recording)
        if request.method == "POST":
            if tape is None or leg is None:
                raise Refusal(21220)
            self._steer(tapes, tape, CallRequest(await form_of(request)))
            self._state.commit()
        return answer(recording_json(recording, self._context.base_url))

    async def sound(self, request: Request) -> Response:
        """The recording as a WAV file, put together when it is asked for the first time."""
        recording = self._recording(request)
        if recording.status != "completed":
            raise Refusal(20404, path=request.url.path)
        data = self._state.blobs.get(recording.sid)
        if data is None:
            data = await asyncio.get_running_loop().run_in_executor(None, wav_of, recording)
            self._state.blobs[recording.sid] = data
        return raw_answer(data, content_type=b"audio/x-wav")

    def _steer(self, tapes: list[Tape], tape: Tape, asked: CallRequest) -> None:
        status, behaviour = asked.text("Status"), asked.text("PauseBehavior") or "silence"
        if behaviour not in ("skip", "silence"):
            raise Refusal(20422, detail=f"PauseBehavior is skip or silence, not {behaviour}")
        if status == "paused":
            tape.pause(skips=behaviour == "skip")
        elif status == "in-progress":
            tape.resume()
        elif status == "stopped":
            tape.stop()
            tapes.remove(tape)
        else:
            raise Refusal(20422, detail=f"Status is paused, in-progress or stopped, not {status}")

    def _page(self, request: Request, found: list[Recording]) -> Response:
        page = Page(found, lambda each: each.sid, request.url.path, request.query_params)
        shown = [recording_json(each, self._context.base_url) for each in page.items]
        return answer(page.envelope_2010("recordings", shown))

    def _delete(self, recording: Recording) -> Response:
        if recording.status in ("in-progress", "paused"):
            raise Refusal(20009)
        self._state.remove(recording)
        self._state.commit()
        return deleted()

    def _recording(self, request: Request) -> Recording:
        recording = self._state.recordings.get(request.path_params["recording"])
        wanted_call = request.path_params.get("sid")
        if (
            recording is None
            or recording.account_sid != request.state.account.sid
            or wanted_call not in (None, recording.call_sid)
        ):
            raise Refusal(20404, path=request.url.path)
        return recording
