"""A telephone for voice documents: goes through the verbs of one as Twilio does and makes the form of its webhook."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

from ringline.interview.actions import Action
from ringline.voice.transports.gather import event_of, render
from voice.conformance import Carried, Colleague, HangsUp, Heard, HeardRecording, Presses, Reaction, Speaks

CALL = {"CallSid": "CA00000000000000000000000000000001", "CallStatus": "in-progress"}


def address(turn: int, part: str) -> str:
    return f"https://example.com/twilio/turn/ses_1.2.{turn}.{part}#rc=5&rp=ct,rt,5xx"


class GatherLine:
    """The Gather transport with a caller at its other end."""

    def __init__(self, voice: str | None = None) -> None:
        self._voice = voice

    async def carry(self, actions: list[Action], reaction: Reaction, *, leg: int, turn: int) -> Carried:
        carried = Carried()
        root = ElementTree.fromstring(render(actions, address=address, voice=self._voice, turn=turn))
        url, form = self._go_through(root, reaction, carried)
        if url is None:
            carried.is_over = True
            return carried
        name, _, fragment = url.rpartition("/")[2].partition("#")
        *_, of_turn, part = name.split(".")
        assert fragment == "rc=5&rp=ct,rt,5xx"
        assert int(of_turn) == turn
        carried.event = event_of(part, form, leg=leg, turn=int(of_turn))
        return carried

    def _go_through(
        self, root: ElementTree.Element, reaction: Reaction, carried: Carried
    ) -> tuple[str | None, dict[str, str]]:
        """Where Twilio goes after this document, and with what."""
        for verb in root:
            match verb.tag:
                case "Say" | "Play":
                    carried.heard.append(_heard(verb))
                case "Start":
                    assert verb[0].get("recordingStatusCallback", "").startswith("https://example.com/")
                    carried.records_from = len(carried.heard)
                case "Gather":
                    form = _gathered(verb, reaction)
                    if form is None or not getattr(reaction, "early", False):
                        carried.heard += [_heard(inner) for inner in verb]
                    if form is not None:
                        return verb.get("action"), {**CALL, "msg": "Gather End", **form}
                case "Dial":
                    carried.passed_on_to = verb.findtext("Number")
                    assert isinstance(reaction, Colleague)
                    form = {"DialCallStatus": reaction.status}
                    if reaction.seconds is not None:
                        form["DialCallDuration"] = f"{reaction.seconds:.0f}"
                    return verb.get("action"), {**CALL, **form}
                case "Redirect":
                    gone = {"CallStatus": "completed"} if isinstance(reaction, HangsUp) else {}
                    return verb.text, {**CALL, **gone}
                case "Hangup":
                    return None, {}
                case "Pause":
                    pass
                case _:
                    raise AssertionError(f"<{verb.tag}> is no verb of this transport")
        return None, {}


def _heard(verb: ElementTree.Element) -> Heard | HeardRecording:
    if verb.tag == "Play":
        return HeardRecording(verb.text or "")
    return Heard(verb.text or "", verb.get("language", "en-US").partition("-")[0])


def _gathered(verb: ElementTree.Element, reaction: Reaction) -> dict[str, str] | None:
    """The form of an answer; ``None`` where there was none and the document goes on."""
    takes = verb.get("input", "dtmf").split()
    if isinstance(reaction, Speaks) and "speech" in takes:
        confidence = {} if reaction.confidence is None else {"Confidence": str(reaction.confidence)}
        return {"SpeechResult": reaction.text, **confidence}
    if isinstance(reaction, Presses) and "dtmf" in takes:
        finish, most = verb.get("finishOnKey", "#"), int(verb.get("numDigits", "1000"))
        digits = ""
        for key in reaction.keys:
            if finish and key == finish:
                return {"Digits": digits, "FinishedOnKey": key} if digits else None
            digits += key
            if len(digits) == most:
                break
        return {"Digits": digits}
    return None
