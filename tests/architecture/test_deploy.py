"""What `deploy/` hands out refers to what there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from ringline.cli.application import build
from ringline.metrics import Metrics
from ringline.settings import Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
FILES = sorted(path.name for path in DEPLOY.iterdir())


def read(name: str) -> Any:
    return YAML(typ="safe").load((DEPLOY / name).read_text())


def test_alerts_speak_of_metrics_that_exist() -> None:
    known = {name for name, *_ in Metrics().described()}
    rules = [rule for group in read("alerts.yaml")["groups"] for rule in group["rules"]]
    used = {name for rule in rules for name in re.findall(r"ringline_\w+", rule["expr"])}
    page = (DEPLOY.parent / "docs" / "deploy.md").read_text()
    used |= set(re.findall(r"(ringline_\w+)[{\[ ]", page))

    assert used - known == set()
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    assert all(rule["annotations"]["summary"] for rule in rules)


@pytest.mark.parametrize("name", FILES)
def test_settings_that_are_set_exist(name: str) -> None:
    used = set(re.findall(r"RINGLINE_[A-Z_]+", (DEPLOY / name).read_text()))
    assert {variable.removeprefix("RINGLINE_").lower() for variable in used} <= set(Settings.model_fields)


def commands() -> list[list[str]]:
    found = [service["command"] for service in read("compose.yaml")["services"].values() if "build" in service]
    for unit in DEPLOY.glob("*.service"):
        [start] = re.findall(r"^ExecStart=\S+/ringline (.*)$", unit.read_text(), re.MULTILINE)
        found.append(shlex.split(start))
    return found


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_commands_that_are_run_exist(command: list[str]) -> None:
    known: Any = typer.main.get_command(build())
    words = list(command)
    while words and words[0] in getattr(known, "commands", {}):
        known = known.commands[words.pop(0)]
    options = {option for parameter in known.params for option in (*parameter.opts, *parameter.secondary_opts)}

    assert not getattr(known, "commands", {}), f"{' '.join(command)} is no command"
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("unit", ["ringline.service", "ringline-worker@.service"])
def test_units_give_it_longer_to_stop_than_it_takes(unit: str) -> None:
    from ringline.app.system import GRACE

    [seconds] = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / unit).read_text(), re.MULTILINE)
    assert int(seconds) > GRACE + 10
