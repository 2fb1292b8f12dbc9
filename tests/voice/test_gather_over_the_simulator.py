"""The conformance of the Gather transport once more, over calls that the simulator makes and an answering phone."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import pytest
from twilio.rest import Client

from http_server import HttpServer
from ringline.interview.actions import Action
from ringline.interview.events import LegEnded
from ringline.simulator import HangUp, Press, Say, Silent, Simulator, Wait
from ringline.voice.transports.gather import PARTS, event_of, render
from voice.conformance import (
    CASES,
    LONG,
    Carried,
    Case,
    Colleague,
    HangsUp,
    Heard,
    HeardRecording,
    Presses,
    Reaction,
    SaysNothing,
    Speaks,
    play,
)

PHONE, OURS, COLLEAGUE = "+14155550123", "+15550001111", "+15551234567"
XML = {"Content-Type": "text/xml"}
PLAYED = [case for case in CASES if not (isinstance(case.reaction, Colleague) and case.reaction.status == "canceled")]
"""All but the one that nobody brings about who is called: a dialled leg is canceled by its caller."""


class SimulatedLine:
    """A call of the simulator's, led by the documents of the Gather transport, with a scripted phone at its end."""

    def __init__(self, simulator: Simulator, server: HttpServer) -> None:
        self._simulator = simulator
        self._server = server

    async def carry(self, actions: list[Action], reaction: Reaction, *, leg: int, turn: int) -> Carried:
        def address(of_turn: int, part: str) -> str:
            return f"{self._server.url}/turn/{of_turn}.{part}#rc=5&rp=ct,rt,5xx"

        document = render(actions, address=address, turn=turn).decode()
        self._server.answers["/first"] = (200, document, XML)
        for part in PARTS:
            self._server.answers[f"/turn/{turn}.{part}"] = (200, "<Response><Hangup/></Response>", XML)
        self._arm(reaction)
        sdk = Client(self._simulator.account_sid, self._simulator.auth_token)
        sdk.api.base_url = self._simulator.base_url
        sdk.calls.create(
            to=PHONE, from_=OURS, url=f"{self._server.url}/first", status_callback=f"{self._server.url}/status"
        )
        await self._simulator.advance(len(LONG.split()) / 2.5 + 60)
        return self._carried(ElementTree.fromstring(document), leg=leg, turn=turn)

    def _arm(self, reaction: Reaction) -> None:
        phone = self._simulator.handset(PHONE)
        match reaction:
            case Speaks(text, confidence, early):
                phone.answer([Say(text, confidence, into=0.1 if early else None)])
            case Presses(keys, early):
                phone.answer([Press(keys, into=0.1 if early else None)])
            case HangsUp():
                phone.answer([HangUp(after=0.2)])
            case SaysNothing():
                phone.answer([Silent()])
            case Colleague(status, seconds):
                phone.answer([])
                other = self._simulator.handset(COLLEAGUE)
                if seconds is not None:
                    other.answer([Wait(seconds - 1), HangUp()])  # a begun second counts as a whole one
                else:
                    {"busy": other.busy, "no-answer": other.no_answer, "failed": other.fail}[status]()

    def _carried(self, document: ElementTree.Element, *, leg: int, turn: int) -> Carried:
        call = next(call for call in self._simulator.calls if call.to == PHONE)
        assert call.is_final
        assert call.notifications == []
        carried = Carried()
        spoken = {" ".join((say.text or "").split()): say for say in document.iter("Say")}
        for line in call.transcript:
            if line.who == "us" and line.text.startswith("[plays "):
                carried.heard.append(HeardRecording(line.text.removeprefix("[plays ").removesuffix("]")))
            elif line.who == "us" and line.text in spoken:
                carried.heard.append(Heard(line.text, spoken[line.text].get("language", "").partition("-")[0]))
        for recording in self._simulator._running.state.recordings.values():
            carried.records_from = sum(line.who == "us" and line.at < recording.start for line in call.transcript)
        carried.passed_on_to = next((call.to for call in self._simulator.calls if call.to == COLLEAGUE), None)
        asked = [one for one in self._server.asked if one.path.startswith("/turn/") and ".recording" not in one.path]
        if asked:
            of_turn, part = asked[0].path.rpartition("/")[2].split(".")
            carried.event = event_of(part, dict(parse_qsl(asked[0].body)), leg=leg, turn=int(of_turn))
        elif document.find("Hangup") is not None:
            carried.is_over = True
        else:
            status = next(dict(parse_qsl(one.body)) for one in self._server.asked if one.path == "/status")
            carried.event = LegEnded(leg, status["CallStatus"])
        return carried


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.mark.parametrize("case", PLAYED, ids=lambda case: case.name)
async def test_conformance(case: Case, simulator: Simulator, server: HttpServer) -> None:
    await play(case, SimulatedLine(simulator, server))
