"""Whatever a document holds, checking it gives faults and compiling it a plan or a `DefinitionError`, nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.errors import DefinitionError
from ringline.workflow import check_definition, compile_definition
from workflow.building import definition, notify, step
from workflow.sample_blocks import registry

BLOCKS = registry()
WHOLE = definition(
    [
        step("choose", "c", value="$inputs.p", next_steps=["$steps.e", "$steps.g"]),
        step("echo", "e", values={"a": "$inputs.b", "b": 1, "c": "$inputs.p"}),
        step("gather", "g", data="$steps.e.output"),
        step("limit", "l", seconds="$inputs.p", token="x"),
        notify(
            "n",
            message="{{v}} {{steps.l.seconds}} {{p}}",
            outcomes={"sent": ["$steps.m"], "failed": "end"},
            on_error=["$steps.m"],
            retry={"attempts": 2, "backoff": "1s"},
            response_mapping={"sid": "id"},
            join="any",
        ),
        notify("m", to="$steps.n.sid", message="{{id}}", next_steps=["$steps.w"]),
        step("test/work@v1", "w", after="$steps.n", step_timeout="5s"),
    ],
    inputs=["p"],
    batches=["b"],
    outputs={"o": "$steps.e.*", "p": "$inputs.p"},
    variables={"v": 1},
    defaults={"language": "en"},
    triggers=[{"type": "api", "inputs": {"p": "{{trigger.body}}"}}],
)

texts = st.sampled_from(
    ["", "x", "$inputs.p", "$inputs.b", "$steps.n", "$steps.n.sid", "$steps.e.*", "$5", "{{p}}", "{{",
     "{{steps.n.sid}}", "end", "1.0", "roboflow_core/echo@v1", "test/notify@v1", "n", "e", "$steps.m", "5s"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers(-2, 1000) | st.floats(allow_nan=False) | texts
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict):
        for key, element in value.items():
            found += places(element, (*path, key))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            found += places(element, (*path, index))
    return found


PLACES = places(WHOLE)[1:]


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """The definition with up to three parts removed or put in place of others."""
    source = copy.deepcopy(WHOLE)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        parent: Any = source
        try:
            for part in path[:-1]:
                parent = parent[part]
            if draw(st.booleans()):
                parent[path[-1]] = draw(values)
            else:
                del parent[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    return source


def test_the_undamaged_definition_compiles() -> None:
    compile_definition(WHOLE, BLOCKS, {"sent": []})


@given(source=damaged())
@settings(max_examples=300, deadline=None)
def test_any_document_is_judged_in_faults(source: dict[str, Any]) -> None:
    found = check_definition(source, BLOCKS)
    wrong = [fault for fault in found if fault.severity == "error"]

    assert all(fault.message.endswith((".", "?")) and fault.code for fault in found)
    if not wrong:
        compile_definition(source, BLOCKS, {"sent": []})
        return
    with pytest.raises(DefinitionError) as raised:
        compile_definition(source, BLOCKS, {"sent": []})
    assert type(raised.value).__name__ == wrong[0].code
