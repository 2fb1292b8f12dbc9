"""Every room stands in the map of ARCHITECTURE.md and in the contracts of pyproject.toml, so that none escapes them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {path.stem for path in (ROOT / "src" / "ringline").iterdir() if path.is_dir() or path.suffix == ".py"}
PARTS -= {name for name in PARTS if name.startswith("__")}
ROOMS = {name for name in PARTS if (ROOT / "src" / "ringline" / name).is_dir()} | {"settings"}
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def names(modules: list[str]) -> set[str]:
    return {module.removeprefix("ringline.") for module in modules}


def layers_of_the_map() -> list[set[str]]:
    """The list under "Arrows", from the top down."""
    (listed,) = re.findall(
        r"^## Arrows\n.*?```\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text(), re.DOTALL | re.MULTILINE
    )
    return [set(re.findall(r"\w+", line.partition("    ")[0])) for line in listed.splitlines()]


def layers_of_the_contract() -> list[set[str]]:
    return [set(line.split(" | ")) for line in CONTRACTS["Imports only go down"]["layers"]]


def test_every_part_has_its_layer() -> None:
    # The simulator has a contract of its own: it stands beside the product.
    assert set().union(*layers_of_the_contract()) == PARTS - {"simulator"}


def test_the_map_draws_the_layers_of_the_contract() -> None:
    assert layers_of_the_map() == layers_of_the_contract()


def test_every_room_is_in_the_table() -> None:
    table = re.findall(r"^\| (`[^|]+) \|", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE)

    assert {name.strip("/").removesuffix(".py") for row in table for name in re.findall(r"`([^`]+)`", row)} == PARTS


@pytest.mark.parametrize(
    ("name", "kind", "left_out"),
    [
        (
            "The simulator knows the leaves and nothing else, so that it can disagree with the product",
            "forbidden",
            {"simulator", "twiml_grammar"},  # a leaf, though a folder
        ),
        ("The product does not know the simulator", "source", {"simulator", "testing"}),
        ("The product does not know the room for tests of workflows", "source", {"testing"}),
    ],
)
def test_no_room_escapes_a_contract(name: str, kind: str, left_out: set[str]) -> None:
    assert names(CONTRACTS[name][f"{kind}_modules"]) == ROOMS - left_out
