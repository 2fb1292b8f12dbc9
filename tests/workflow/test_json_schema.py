"""The JSON Schema of definitions holds every block's fields and the flow keys; export names what Roboflow lacks."""

from __future__ import annotations

import json

from ringline.blocks import discover
from ringline.workflow import BlockRegistry, definition_schema, roboflow_obstacles
from workflow.building import compiled, definition, notify, step
from workflow.sample_blocks import registry


def test_each_block_has_its_fields_and_the_keys_any_step_may_have() -> None:
    schema = definition_schema(registry())
    steps = {
        tuple(rule["if"]["properties"]["type"]["enum"]): rule["then"]
        for rule in schema["properties"]["steps"]["items"]["allOf"]
    }

    notify_step = steps["test/notify@v1",]
    assert {"to", "from", "message", "outcomes", "on_error", "retry", "join", "response_mapping"} <= set(
        notify_step["properties"]
    )
    assert set(notify_step["properties"]["outcomes"]["properties"]) == {"sent", "failed", "unknown"}
    assert notify_step["additionalProperties"] is False
    limit = steps["roboflow_core/limit@v1",]
    assert "outcomes" not in limit["properties"]
    assert {"minimum": 0, "maximum": 900, "type": "integer"} in limit["properties"]["seconds"]["anyOf"]


def test_every_reference_in_the_schema_leads_somewhere() -> None:
    schema = definition_schema(BlockRegistry(discover()))
    text = json.dumps(schema)

    names = {part.partition('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}

    assert names
    assert names <= set(schema["$defs"])


def test_a_definition_of_roboflows_blocks_and_keys_could_go_back() -> None:
    assert roboflow_obstacles(compiled(definition([step("echo", "e")], inputs=["a"]))) == []


def test_each_obstacle_on_the_way_back_is_named() -> None:
    source = definition(
        [notify("n"), step("echo", "e", on_error="continue")], defaults={"country": "US"}, variables={"x": 1}
    )

    assert roboflow_obstacles(compiled(source)) == [
        "`defaults` is a key of Ringline's.",
        "`variables` is a key of Ringline's.",
        "The step `n` uses `test/notify@v1`, which Roboflow does not have.",
        "The step `e` uses `on_error`, which Roboflow ignores.",
    ]
