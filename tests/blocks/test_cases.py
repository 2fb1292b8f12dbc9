"""Every block, by the cases in ``tests/cases/blocks/<family>/<file>.json``.

A case has a ``description``, the ``step`` as a definition has it, and ``runs``; or ``rejected``, what is said of a step
that is refused; or ``faults``, what `check` says of it: severity, field, part of the sentence. A run gives ``inputs``
for the step's ``$inputs.…`` and holds what comes of it: ``outputs`` (all of them), ``selected`` targets, an
``outcome``, or ``error``, a part of its sentence; ``advance`` moves the clock before it (``now`` sets it), and with
``restart`` a new block takes up the old one's state. A block that waits is resumed at its deadline, ``waits_until``.
``environment`` is what the block sees of it, ``defaults`` are the definition's. ``{"$frame": {…}}`` is an image of a
video and ``{"$batch": […]}`` the values of a batch.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ringline.blocks import Batch, Block, Done, Manifest, Select, StepContext, Wait, discover
from ringline.blocks.roboflow.cache_memory import CacheMemory
from ringline.clock import VirtualClock
from ringline.errors import WorkflowError
from ringline.query.image_data import VideoMetadata, WorkflowImage
from ringline.workflow.block import Woken

CASES = Path(__file__).parents[1] / "cases" / "blocks"

# Blocks that send need an account and a network, and so a test file in tests/blocks/<family>.
SENDING = frozenset({"messages"})


def case_file(block: type[Block]) -> Path:
    family, name = block.__module__.split(".")[-2:]
    return CASES / family / f"{name}.json"


def sends(block: type[Block]) -> bool:
    return bool(SENDING & set(inspect.signature(block.__init__).parameters))


def all_cases() -> list[Any]:
    found = []
    for block in discover():
        path = case_file(block)
        if path.exists() and not sends(block):
            cases = json.loads(path.read_text(encoding="utf-8"))
            found += [pytest.param(block, case, id=f"{path.stem}: {case['description']}") for case in cases]
    return found


@pytest.mark.parametrize("block", discover(), ids=lambda block: block.__module__.removeprefix("ringline.blocks."))
def test_every_block_has_cases(block: type[Block]) -> None:
    path = case_file(block)
    family = Path(__file__).parent / path.parent.name

    assert path.exists() or (sends(block) and any(block.__module__ in test.read_text() for test in family.glob("*.py")))


@pytest.mark.parametrize("block", discover(), ids=lambda block: block.__module__.removeprefix("ringline.blocks."))
def test_every_block_and_field_is_described(block: type[Block]) -> None:
    assert block.__doc__
    assert block.manifest.__doc__
    assert all(info.description for name, info in block.manifest.model_fields.items() if name not in ("type", "name"))


@pytest.mark.parametrize(("block", "case"), all_cases())
def test_a_block_does_what_its_case_says(block: type[Block], case: dict[str, Any], clock: VirtualClock) -> None:
    if "rejected" in case:
        with pytest.raises(ValidationError, match=re.escape(case["rejected"])):
            manifest_of(block, case["step"])
        return
    manifest = manifest_of(block, case["step"])
    if "faults" in case:
        check_faults(block, manifest, case["faults"])
        return
    instance = instance_of(block, case, clock)
    declared = {output.name for output in block.outputs_of(manifest)}
    for run in case["runs"]:
        clock.step(run.get("advance", 0))
        if "now" in run:
            clock.set_wall_time(datetime.fromisoformat(run["now"]))
        if run.get("restart"):
            state = json.loads(json.dumps(instance.dump_state()))
            instance = instance_of(block, case, clock)
            instance.load_state(state)
        arguments = arguments_of(block, manifest, run.get("inputs", {}), case.get("defaults", {}))
        if "error" in run:
            with pytest.raises((ValueError, RuntimeError, WorkflowError), match=re.escape(run["error"])):
                settled(instance.run(**arguments))
            continue
        result = settled(instance.run(**arguments))
        if isinstance(result, Wait) or "waits_until" in run:
            assert result.deadline is not None
            assert datetime.fromtimestamp(result.deadline, UTC) == datetime.fromisoformat(run["waits_until"])
            result = resumed(instance, result)
        check(result, run, declared)


def settled(result: Any) -> Any:
    async def wait() -> Any:
        return await result

    return asyncio.run(wait()) if inspect.isawaitable(result) else result


def resumed(instance: Any, wait: Wait) -> Any:
    """What the block says at its deadline, with the state as a database gives it back."""
    assert wait.deadline is not None
    state = json.loads(json.dumps(wait.state))
    woken = Woken(None, {}, state, datetime.fromtimestamp(wait.deadline, UTC))
    return settled(instance.resume(woken=woken, step=StepContext(run_id="run_1", step="step", key="run_1/step")))


def check_faults(block: type[Block], manifest: Manifest, expected: list[list[str]]) -> None:
    found = block.faults_of(manifest)
    assert [(severity, field) for severity, field, _, _ in found] == [(one, two) for one, two, _ in expected]
    for (_, _, message, fix), (_, _, sentence) in zip(found, expected, strict=True):
        assert sentence in message
        assert fix


def manifest_of(block: type[Block], step: Mapping[str, Any]) -> Manifest:
    return block.manifest.model_validate({"name": "step", **step})


def instance_of(block: type[Block], case: Mapping[str, Any], clock: VirtualClock) -> Any:
    services = {"clock": clock, "environment": case.get("environment"), "cache_memory": CacheMemory(limit=3)}
    wanted = set(inspect.signature(block.__init__).parameters)
    return block(**{name: service for name, service in services.items() if name in wanted})


def arguments_of(
    block: type[Block], manifest: Manifest, inputs: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields as the engine hands them over: selectors replaced, in the field and one level inside."""
    values = {name: decoded(value) for name, value in inputs.items()}
    wanted = inspect.signature(block.run).parameters  # type: ignore[attr-defined]
    arguments = {
        name: filled(getattr(manifest, name), values)
        for name in type(manifest).model_fields
        if name not in ("type", "name") and name in wanted
    }
    if "step" in wanted:
        arguments["step"] = StepContext(run_id="run_1", step="step", key="run_1/step", defaults=defaults)
    return arguments


def filled(value: Any, inputs: Mapping[str, Any]) -> Any:
    if isinstance(value, str) and value.startswith("$inputs."):
        return inputs[value.removeprefix("$inputs.")]
    if isinstance(value, dict):
        return {key: filled(element, inputs) for key, element in value.items()}
    if isinstance(value, list):
        return [filled(element, inputs) for element in value]
    return value


def decoded(value: Any) -> Any:
    if isinstance(value, dict) and "$frame" in value:
        return WorkflowImage(base64_image="", video_metadata=VideoMetadata(**value["$frame"]))
    if isinstance(value, dict) and "$batch" in value:
        return Batch(value["$batch"])
    return value


def check(result: Any, run: Mapping[str, Any], declared: set[str]) -> None:
    if "selected" in run:
        assert isinstance(result, Select)
        assert list(result.targets) == run["selected"]
        return
    if isinstance(result, Done):
        assert result.outcome == run.get("outcome", result.outcome)
        result = result.outputs
    expected = run["outputs"]
    for one, other in zip(result, expected, strict=True) if isinstance(expected, list) else [(result, expected)]:
        assert set(one) == declared
        assert as_json(one) == other


def as_json(value: Any) -> Any:
    """*value* as a case writes it: dates as text, keys as text."""
    return json.loads(json.dumps(value, default=lambda moment: moment.isoformat()))
