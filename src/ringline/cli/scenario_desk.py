"""`POST /_simulator/scenario`: what has happened on a phone, as a scenario file that was played before it is given."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ringline.errors import NotFoundError, RequestError, RinglineError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from ringline.app import Ringline
    from ringline.simulator import Message, Simulator
    from ringline.testing.saving import Happened, Somebody
    from ringline.workflow.runs import Run

_RECENT = 40
_MOST_PEOPLE = 40
_DRAFT = " (draft)"


def route(ringline: Ringline, simulator: Simulator) -> BaseRoute:
    """The route, for a server that has both."""
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def save(request: Request) -> Response:
        body = await request.json()
        phone, zone = body.get("phone"), body.get("zone") or "UTC"
        if not isinstance(phone, str) or not isinstance(zone, str):
            raise RequestError("Name the phone.", field="phone", fix='Send {"phone": "+14155550123"}.')
        run = await _run_of(ringline, phone)
        happened = await _happened(ringline, simulator, run, zone)
        return JSONResponse(await asyncio.to_thread(played, happened))

    return Route("/_simulator/scenario", save, methods=["POST"], name="save_scenario")


def played(happened: Happened) -> dict[str, Any]:
    """The file and how it played: with texts to the letter if that is so again, else around what varies."""
    from ringline.testing import run_scenarios
    from ringline.testing.saving import scenario_text

    began, why, text = perf_counter(), "", ""
    with tempfile.TemporaryDirectory(prefix="ringline-scenario-") as folder:
        path = Path(folder) / "saved.scenarios.yaml"
        for exact in (True, False):
            text = scenario_text(happened, exact=exact)
            path.write_text(text, encoding="utf-8")
            began = perf_counter()
            try:
                result = run_scenarios(path)[0]
            except RinglineError as error:
                why = str(error)
                continue
            if result.failure is None:
                why = ""
                break
            why = f"{result.failure.step}: {result.failure.reason}"
    return {
        "file": f"{happened.workflow}.saved.scenarios.yaml",
        "yaml": text,
        "plays": not why,
        "seconds": round(perf_counter() - began, 2),
        "why": why,
    }


async def _run_of(ringline: Ringline, phone: str) -> Run:
    """The run that wrote to the phone or called it last, or was started from it; a child's is its parent's."""
    sent = await ringline.messages.list(to=phone, limit=_RECENT)
    received = await ringline.inbound.list(from_=phone, limit=_RECENT)
    called = [one for one in await ringline.calls.list(limit=_RECENT) if phone in (one.to, one.from_)]
    ids = {one.run_id for one in [*sent, *received] if one.run_id} | {one.run_id for one in called if one.run_id}
    runs = [await ringline.runs.get(run_id) for run_id in ids]
    if not runs:
        raise NotFoundError(
            "No workflow has written to this phone or called it lately.", fix="Let one do so, and save then."
        )
    newest = max(runs, key=lambda run: run.created_at)
    while newest.parent is not None:
        newest = await ringline.runs.get(newest.parent)
    return newest


async def _happened(ringline: Ringline, simulator: Simulator, run: Run, zone: str) -> Happened:
    from ringline.testing.saving import Happened

    family = [run]
    for one in family:
        family += (await ringline.runs.children(one.id)).values()
    ids = {one.id for one in family}
    began = run.created_at.timestamp() - 1.0
    foreign, involved = await _sids(ringline, ids)
    messages = [one for one in simulator.messages if one.created >= began - 5 and one.sid not in foreign]
    calls = [one for one in simulator.calls if one.created >= began - 5 and one.sid not in foreign]
    if run.trigger is None or run.trigger.get("type") in (None, "api"):
        messages = [one for one in messages if one.created >= began]
        calls = [one for one in calls if one.created >= began]
    numbers = [*dict.fromkeys([*involved, *_numbers_in(run.inputs)])]
    people = [await _somebody(ringline, simulator, number) for number in numbers[:_MOST_PEOPLE]]
    known = {one.number for one in people}
    definitions = {}
    for one in family:
        kept = await ringline.workflows.get(one.workflow, one.version)
        definitions[_plain(one.workflow)] = kept.definition
    return Happened(
        workflow=_plain(run.workflow),
        definitions=definitions,
        inputs=run.inputs or {},
        trigger=run.trigger,
        started_at=run.created_at.timestamp(),
        zone=zone,
        people=people,
        messages=[one for one in messages if _phone_of(one) in known],
        calls=[one for one in calls if one.phone in known],
        status=run.status,
        until=ringline.clock.time(),
        outputs=(run.outputs or [{}])[0] if isinstance(run.outputs, list) else {},
    )


async def _sids(ringline: Ringline, family: set[str]) -> tuple[set[str], list[str]]:
    """The sids of what belongs to other runs, and the numbers that these runs had to do with."""
    sent = await ringline.messages.list(limit=500)
    received = await ringline.inbound.list(limit=500)
    called = await ringline.calls.list(limit=200)
    rows = [(one.sid, one.run_id) for one in [*sent, *received]] + [(one.sid, one.run_id) for one in called]
    answers = {one.sid for one in received}
    # What somebody wrote belongs to the story unless another one took it; what we sent belongs to one or to none.
    foreign = {sid for sid, run in rows if sid and run not in family and (run is not None or sid not in answers)}
    mine = [one.to for one in sent if one.run_id in family]
    mine += [one.from_ or "" for one in received if one.run_id in family]
    mine += [one.from_ if one.direction == "inbound" else one.to for one in called if one.run_id in family]
    return foreign, [*reversed([number for number in mine if number.startswith("+")])]


def _numbers_in(inputs: Any) -> list[str]:
    """Numbers among a run's inputs: whoever they are, they may have been meant to hear of it."""
    if isinstance(inputs, dict):
        return [number for value in inputs.values() for number in _numbers_in(value)]
    if isinstance(inputs, list):
        return [number for value in inputs for number in _numbers_in(value)]
    is_number = isinstance(inputs, str) and inputs.startswith("+") and inputs[1:].isdigit() and len(inputs) >= 9
    return [inputs] if is_number else []


async def _somebody(ringline: Ringline, simulator: Simulator, number: str) -> Somebody:
    from ringline.testing.saving import Somebody

    phone = simulator.parts.state.phones.get(number)
    try:
        contact = await ringline.contacts.get(number)
    except RinglineError:
        return Somebody(number, phone.name if phone is not None else f"Phone {number[-4:]}")
    name = contact.name or (phone.name if phone is not None else f"Phone {number[-4:]}")
    return Somebody(number, name, contact.language, contact.time_zone, contact.fields or {})


def _plain(workflow: str) -> str:
    return workflow.removesuffix(_DRAFT)


def _phone_of(message: Message) -> str:
    return (message.to if message.outbound else message.from_ or "").removeprefix("whatsapp:")
