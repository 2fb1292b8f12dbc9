"""What Twilio tells the application about a call: the fields of its requests, and its status callbacks."""

from __future__ import annotations

import math

from ringline.simulator.calls.plan import CallPlan
from ringline.simulator.calls.records import Call, Recording
from ringline.simulator.calls.wires import Wires
from ringline.simulator.webhooks import Parameters
from ringline.simulator.wire import API_VERSION, rfc2822

_STATUS_OF_EVENT = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress"}


def call_parameters(call: Call, status: str | None = None) -> list[tuple[str, str]]:
    """The fields that every request about a call carries."""
    parameters = [
        ("CallSid", call.sid),
        ("AccountSid", call.account_sid),
        ("From", call.from_),
        ("To", call.to),
        ("Caller", call.from_),
        ("Called", call.to),
        ("CallStatus", status or call.status),
        ("ApiVersion", API_VERSION),
        ("Direction", call.direction),
    ]
    if call.parent_sid is not None:
        parameters.append(("ParentCallSid", call.parent_sid))
    for name, number in (("From", call.from_), ("To", call.to)):
        if number.startswith("+1"):
            parameters.append((f"{name}Country", "US"))
    return parameters


def report(wires: Wires, call: Call, plan: CallPlan, event: str) -> None:
    """Send the status callback of an event, if somebody asked for it. ``SequenceNumber`` counts those sent."""
    if not plan.status_callback or event not in plan.events or not wires.carrier.callbacks:
        return
    parameters = call_parameters(call, _STATUS_OF_EVENT.get(event))
    parameters += [
        ("Timestamp", rfc2822(wires.timeline.time()) or ""),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", str(plan.reported)),
    ]
    if event == "completed":
        parameters += [("CallDuration", str(call.duration)), ("Duration", str(math.ceil(call.duration / 60)))]
        if call.sip_code is not None:
            parameters.append(("SipResponseCode", str(call.sip_code)))
        recording = wires.state.recordings.get(call.recordings[0]) if call.recordings else None
        if recording is not None and plan.recording is not None:
            parameters += [
                ("RecordingUrl", recording_url(wires, recording)),
                ("RecordingSid", recording.sid),
                ("RecordingDuration", seconds(recording.duration)),
            ]
    if call.answered_by is not None:
        parameters.append(("AnsweredBy", call.answered_by))
    plan.reported += 1
    reordered = event != "completed" and wires.carrier.happens(wires.carrier.reordered)
    wires.post(call, plan.status_callback, plan.status_callback_method, parameters, late=30.0 if reordered else 0.0)


def report_recording(wires: Wires, call: Call, recording: Recording, url: str, method: str, status: str) -> None:
    """Tell where a recording stands."""
    parameters: Parameters = [
        ("AccountSid", call.account_sid),
        ("CallSid", call.sid),
        ("RecordingSid", recording.sid),
        ("RecordingUrl", recording_url(wires, recording)),
        ("RecordingStatus", status),
        ("RecordingDuration", seconds(recording.duration)),
        ("RecordingChannels", str(recording.channels)),
        ("RecordingStartTime", rfc2822(recording.start) or ""),
        ("RecordingSource", recording.source),
        ("RecordingTrack", recording.track),
        ("ErrorCode", "0"),
    ]
    wires.post(call, url, method, parameters, queue="/recording")


def recording_url(wires: Wires, recording: Recording) -> str:
    """Where a recording's sound is."""
    return f"{wires.base_url}/{API_VERSION}/Accounts/{recording.account_sid}/Recordings/{recording.sid}"


def seconds(duration: float | None) -> str:
    """Whole seconds, as Twilio tells them; -1 while a recording goes on."""
    return "-1" if duration is None else str(math.ceil(duration - 1e-6))
