from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from ringline.cli.logs import write_logs
from ringline.settings import load_settings


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level


def test_log_lines_are_json_and_hold_no_whole_number(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(load_settings(log_format="json"))

    try:
        raise ValueError("+447911123456 cannot be reached")
    except ValueError:
        logging.getLogger("ringline.outbox").exception("failed for %s", "+14155550123")

    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "failed for •••0123"
    assert line["level"] == "error"
    assert "•••3456 cannot be reached" in line["exception"]
    assert "4155550123" not in json.dumps(line)


def test_level_decides_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    write_logs(load_settings(log_level="warning"))

    logging.getLogger("ringline").info("small talk")
    logging.getLogger("ringline").warning("worth knowing")

    said = capsys.readouterr().err
    assert "small talk" not in said
    assert "worth knowing" in said
