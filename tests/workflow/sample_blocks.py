"""Small blocks for the tests of the engine, which itself knows none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from ringline.workflow.block import (
    Block,
    Done,
    Manifest,
    Output,
    Select,
    SelectorOf,
    StepContext,
    StepReference,
    StepTargets,
    Template,
    Wait,
)
from ringline.workflow.registry import BlockRegistry


class RoboflowManifest(Manifest):
    model_config = ConfigDict(extra="ignore")


class EchoManifest(RoboflowManifest):
    """Gives back what it is given."""

    type: Literal["roboflow_core/echo@v1", "Echo"]
    value: Annotated[Any, SelectorOf("*")] = None
    values: Annotated[dict[str, Any] | list[Any], SelectorOf("*")] = Field(default_factory=dict)


class Echo(Block):
    manifest: ClassVar[type[Manifest]] = EchoManifest
    outputs = (Output("output"), Output("values"))

    def run(self, *, value: Any, values: Any) -> dict[str, Any]:
        return {"output": value, "values": values}


class ChooseManifest(RoboflowManifest):
    """Lets its next steps run when its value is true."""

    type: Literal["roboflow_core/choose@v1"]
    value: Annotated[Any, SelectorOf("*")]
    next_steps: Annotated[list[str], StepTargets()]


class Choose(Block):
    manifest: ClassVar[type[Manifest]] = ChooseManifest
    is_control_flow = True

    def run(self, *, value: Any, next_steps: list[str]) -> Select:
        return Select(next_steps if value else ())


class SwitchManifest(RoboflowManifest):
    """Takes the case of its value."""

    type: Literal["roboflow_core/switch@v1"]
    value: Annotated[Any, SelectorOf("*")]
    cases: Annotated[dict[str, str], StepTargets()]


class Switch(Block):
    manifest: ClassVar[type[Manifest]] = SwitchManifest
    is_control_flow = True

    def run(self, *, value: Any, cases: dict[str, str]) -> Select:
        target = cases.get(str(value))
        return Select([target] if target else [])


class FirstManifest(RoboflowManifest):
    """The first value that is there."""

    type: Literal["roboflow_core/first@v1"]
    data: Annotated[list[Any], SelectorOf("*")]
    default: Any = None


class First(Block):
    manifest: ClassVar[type[Manifest]] = FirstManifest
    outputs = (Output("output"),)
    accepts_none = True

    def run(self, *, data: list[Any], default: Any) -> dict[str, Any]:
        return {"output": next((value for value in data if value is not None), default)}


class GatherManifest(RoboflowManifest):
    """The innermost level as a list."""

    type: Literal["roboflow_core/gather@v1"]
    data: Annotated[Any, SelectorOf("*", literal=False)]


class Gather(Block):
    manifest: ClassVar[type[Manifest]] = GatherManifest
    outputs = (Output("output", ("list_of_values",)),)
    dimensionality_offset = -1

    def run(self, *, data: list[Any]) -> dict[str, Any]:
        return {"output": data}


class SpreadManifest(RoboflowManifest):
    """A batch out of a list."""

    type: Literal["roboflow_core/spread@v1"]
    data: Annotated[list[Any], SelectorOf("*")]


class Spread(Block):
    manifest: ClassVar[type[Manifest]] = SpreadManifest
    outputs = (Output("output"),)
    dimensionality_offset = 1

    def run(self, *, data: list[Any]) -> list[dict[str, Any]]:
        return [{"output": element} for element in data]


class RankManifest(RoboflowManifest):
    """The place of each element in its batch, which takes them all at once."""

    type: Literal["roboflow_core/rank@v1"]
    data: Annotated[Any, SelectorOf("*")]


class Rank(Block):
    manifest: ClassVar[type[Manifest]] = RankManifest
    outputs = (Output("rank", ("integer",)),)
    whole_batch = True

    def run(self, *, data: Any) -> list[dict[str, Any]]:
        values = data if isinstance(data, list) else [data]
        return [{"rank": sorted(values).index(value)} for value in values]


class LimitManifest(RoboflowManifest):
    """Takes a number in a range and a text."""

    type: Literal["roboflow_core/limit@v1"]
    seconds: Annotated[int, Field(ge=0, le=900), SelectorOf("integer")] = 5
    text: Annotated[str, SelectorOf("string")] = "x"
    token: Annotated[str, SelectorOf("string", "secret")] = ""
    plain: str = ""


class Limit(Block):
    manifest: ClassVar[type[Manifest]] = LimitManifest
    outputs = (Output("seconds", ("integer",)), Output("secret", ("secret",)))

    def run(self, *, seconds: int, text: str, token: str) -> dict[str, Any]:
        return {"seconds": seconds, "secret": token}


class FailManifest(RoboflowManifest):
    """Raises."""

    type: Literal["roboflow_core/fail@v1"]
    value: Annotated[Any, SelectorOf("*")] = None


class Fail(Block):
    manifest: ClassVar[type[Manifest]] = FailManifest
    outputs = (Output("output"),)

    def run(self, *, value: Any) -> dict[str, Any]:
        if isinstance(value, Exception):
            raise value
        return {"unexpected": value}


class NotifyManifest(Manifest):
    """Sends a text to somebody, or says why not."""

    type: Literal["test/notify@v1"]
    to: Annotated[str, Template(), SelectorOf("string")]
    message: Annotated[str, Template(always_text=True)] = ""
    from_: Annotated[str | None, Template(), SelectorOf("string")] = Field(default=None, alias="from")
    variants: Annotated[dict[str, str], Template(always_text=True)] = Field(default_factory=dict)
    amount: Annotated[int | None, Template(), SelectorOf("integer")] = None
    end: Annotated[str, SelectorOf("string")] = "sent"
    purpose: str | None = None


class Notify(Block):
    """What it would send lands in the service ``sent``."""

    manifest: ClassVar[type[Manifest]] = NotifyManifest
    outputs = (Output("sid", ("string",)), Output("body", ("string",)))
    outcomes = ("sent", "failed", "unknown")
    failing_outcomes = frozenset({"failed"})
    response_fields: ClassVar[Mapping[str, str]] = {"MessageSid": "sid"}
    needs_internet = True

    def __init__(self, *, sent: list[Any]) -> None:
        self._sent = sent

    def run(
        self,
        *,
        to: str,
        message: str,
        from_: str | None,
        variants: dict[str, str],
        amount: int | None,
        end: str,
        purpose: str | None,
        step: StepContext,
    ) -> Done:
        entry = {"to": to, "message": message, "key": step.key, "from": from_, "variants": variants, "amount": amount}
        self._sent.append({**entry, "purpose": purpose})
        return Done(
            {"sid": f"SM{len(self._sent)}", "body": message}, end, otherwise="sent" if end == "unknown" else None
        )


class WorkManifest(Manifest):
    """Does something, slowly or not at all."""

    type: Literal["test/work@v1"]
    value: Annotated[Any, SelectorOf("*")] = None
    after: Annotated[str | None, StepReference()] = None
    seconds: float = 0
    fails: int = 0


class Work(Block):
    """Awaits ``seconds`` of the clock, raises the first ``fails`` times."""

    manifest: ClassVar[type[Manifest]] = WorkManifest
    outputs = (Output("value"), Output("attempts", ("integer",)))

    def __init__(self, *, clock: Any = None) -> None:
        self._clock = clock
        self._attempts = 0

    async def run(self, *, value: Any, seconds: float, fails: int) -> dict[str, Any]:
        self._attempts += 1
        if seconds:
            await self._clock.sleep(seconds)
        else:
            await asyncio.sleep(0)
        if self._attempts <= fails:
            raise OSError(f"attempt {self._attempts} failed")
        return {"value": value, "attempts": self._attempts}


class AskManifest(Manifest):
    """Waits for an answer."""

    type: Literal["test/ask@v1"]


class Ask(Block):
    manifest: ClassVar[type[Manifest]] = AskManifest
    outputs = (Output("value"),)
    outcomes = ("reply", "timeout")
    can_wait = True

    def run(self) -> Wait:
        return Wait(("reply",))


class SetManifest(Manifest):
    """Sets variables."""

    type: Literal["test/set@v1"]
    variables: dict[str, Annotated[Any, Template(), SelectorOf("*")]]


class SetVariables(Block):
    manifest: ClassVar[type[Manifest]] = SetManifest

    @classmethod
    def variables_of(cls, manifest: Manifest) -> Sequence[str]:
        assert isinstance(manifest, SetManifest)
        return list(manifest.variables)

    def run(self, *, variables: dict[str, Any]) -> Done:
        return Done(variables=variables)


BLOCKS: tuple[type[Block], ...] = (
    Echo, Choose, Switch, First, Gather, Spread, Rank, Limit, Fail, Notify, Work, Ask, SetVariables,
)  # fmt: skip


def registry() -> BlockRegistry:
    return BlockRegistry(BLOCKS)
