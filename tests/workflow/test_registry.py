"""Blocks are read once: names, fields, services; what is no block is refused with the reason."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field

from ringline.errors import BlockInitParameterNotProvidedError, BlockInterfaceError, PluginInterfaceError
from ringline.workflow import BlockRegistry, compile_definition
from ringline.workflow.block import Block, Manifest, SelectorOf, Template
from ringline.workflow.block_fields import fields_of
from workflow.building import definition, notify
from workflow.sample_blocks import Echo, EchoManifest, Notify, registry


def test_blocks_are_found_by_identifier_and_alias() -> None:
    assert (registry().find("roboflow_core/echo@v1"), registry().find("Echo"), registry().find("x")) == (
        Echo,
        Echo,
        None,
    )


def test_adding_a_block_twice_changes_nothing() -> None:
    blocks = BlockRegistry([Echo, Echo])

    assert len(blocks) == 1


def test_two_blocks_of_one_name_are_refused() -> None:
    class Other(Echo):
        pass

    with pytest.raises(PluginInterfaceError, match="Two blocks are called `roboflow_core/echo@v1`"):
        BlockRegistry([Echo, Other])


class NoRun(Block):
    manifest: ClassVar[type[Manifest]] = EchoManifest


class NoManifest(Block):
    def run(self) -> dict[str, Any]:
        return {}


class AsksTooMuch(Block):
    manifest: ClassVar[type[Manifest]] = EchoManifest

    def run(self, *, value: Any, colour: str) -> dict[str, Any]:
        return {}


class BareManifest(Manifest):
    pass


class NoName(Block):
    manifest: ClassVar[type[Manifest]] = BareManifest

    def run(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (NoRun, "it has no method `run`"),
        (NoManifest, "its `manifest` must be a subclass of Manifest"),
        (AsksTooMuch, "`run` asks for `colour`, which is no field of its manifest"),
        (NoName, 'its manifest must set `type: Literal\\["family/name@v1"\\]`'),
    ],
)
def test_what_is_no_block_is_refused(block: type[Block], reason: str) -> None:
    with pytest.raises(BlockInterfaceError, match=reason):
        BlockRegistry([block])


def test_a_block_gets_the_services_it_names_and_is_refused_without() -> None:
    source = definition([notify("n")])
    sent: list[Any] = []

    plan = compile_definition(source, registry(), {"sent": sent, "other": 1})

    assert isinstance(plan.steps[0].block, Notify)
    with pytest.raises(BlockInitParameterNotProvidedError) as raised:
        compile_definition(source, registry(), {})
    assert raised.value.faults[0].message == (
        "`test/notify@v1` needs `sent`, which this way of running workflows does not have."
    )


class FieldsManifest(Manifest):
    type: Literal["test/fields@v1"]
    outer: Annotated[dict[str, str], SelectorOf("string")] = Field(default_factory=dict)
    inner: dict[str, Annotated[str, SelectorOf("integer")]] = Field(default_factory=dict)
    arm: Annotated[str, SelectorOf("image")] | list[str] | None = None
    texts: Annotated[str | list[str], Template(always_text=True)] = ""
    plain: str = ""


def test_marks_of_a_field_hold_for_its_value_or_its_elements() -> None:
    fields = {field.name: field for field in fields_of(FieldsManifest)}

    assert {name: (field.direct.kinds, field.elements.kinds) for name, field in fields.items()} == {
        "outer": (("string",), ("string",)),
        "inner": (None, ("integer",)),
        "arm": (("image",), None),
        "texts": (None, None),
        "plain": (None, None),
    }
    assert fields["texts"].direct.template == fields["texts"].elements.template == Template(always_text=True)
