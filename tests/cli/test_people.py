"""`ringline contacts`, `lists`, `broadcast` and `broadcasts`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Say
from ringline.cli.application import run

CSV = "phone,first name,city\n+14155550101,Ana,Bern\n415 555 0102,Ben,Rome\n12,Bad,Oslo\n+14155550101,Twin,\n"


@pytest.fixture
def people(own_home: Path) -> Path:
    file = own_home.parent / "people.csv"
    file.write_text(CSV)
    return file


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    ended = run(arguments)
    captured = capsys.readouterr()
    assert ended == code, captured
    return captured.out + captured.err


def test_people_are_imported_listed_exported_and_erased(
    people: Path, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    shown = said(capsys, "contacts", "import", str(people), "--list", "all", "--country", "us")
    assert "4 rows   2 imported   1 duplicates   1 invalid" in shown
    assert "line 4" in shown
    assert "same number as line 2" in shown
    assert 'on the list "all"' in shown
    assert {one["phone"] for one in json_of("contacts", "list", "--list", "all")} == {"+14155550101", "+14155550102"}
    assert json_of("lists", "list")[0]["count"] == 2
    assert "Rome" in said(capsys, "contacts", "show", "+14155550102")
    changing = ("contacts", "change", "+14155550102")
    changed = said(capsys, *changing, "--name", "Benno", "--add-number", "whatsapp=+14155550109")
    assert ("Benno" in changed, "whatsapp    +14155550109" in changed) == (True, True)
    taken = said(capsys, *changing, "--add-number", "+14155550101", code=2)
    assert "is already the number of" in " ".join(taken.split())
    assert "not a number of theirs" in said(capsys, *changing, "--remove-number", "+14155550177", code=2)
    assert len(json_of(*changing, "--remove-number", "+14155550109")["addresses"]) == 1
    said(capsys, "contacts", "export", "--to", "out.csv")
    assert "+14155550102" in Path("out.csv").read_text()
    assert "1 in contacts" in said(capsys, "contacts", "erase", "+14155550101", "--yes")
    assert "there is nobody" in said(capsys, "contacts", "show", "+14155550101", code=2).lower()


def test_a_file_of_nothing_good_fails(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = own_home.parent / "bad.csv"
    bad.write_text("phone\nx\n")

    assert "1 invalid" in said(capsys, "contacts", "import", str(bad), code=1)
    assert "There is no file" in said(capsys, "contacts", "import", "none.csv", code=2)


def test_a_broadcast_is_checked_sent_and_written_up(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("broadcast", "Hi {{first name}}", "--to", str(people), "--country", "us")

    dry = said(capsys, *arguments, "--dry-run")
    assert "2 to send" in dry
    assert "numbers that cannot be" in dry
    assert "Hi Ana" in dry
    assert "dry run" in dry
    assert "asks before it sends" in said(capsys, *arguments, code=2)

    done = said(capsys, *arguments, "--yes", "--results", "out.csv")
    assert "2 delivered   2 skipped" in done
    lines = Path("out.csv").read_text().splitlines()
    assert [line.split(",")[2] for line in lines] == ["status", "delivered", "delivered", "skipped", "skipped"]


def test_a_broadcast_in_batches_says_how_long_it_takes(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("broadcast", "Hi {{first name}}", "--to", str(people), "--country", "us", "--dry-run")

    assert "2 batches of 1, 2 minutes apart: about 2 minutes" in said(
        capsys, *arguments, "--batch-size", "1", "--batch-every", "2m"
    )
    for option, value in (("--batch-every", "often"), ("--at", "tomorrow")):
        wrong = said(capsys, *arguments, "--batch-size", "1", option, value, code=2)
        assert f"`{value}` is no" in wrong
        assert "fix: Write" in wrong
        assert "Traceback" not in wrong


def test_a_broadcast_to_a_list_of_contacts(people: Path, capsys: pytest.CaptureFixture[str], json_of: Say) -> None:
    said(capsys, "contacts", "import", str(people), "--list", "all", "--country", "US")

    done: dict[str, Any] = json_of("broadcast", "Hi {{city}}", "--to", "all", "--yes")

    assert done["counts"] == {"delivered": 2}
    assert "neither a file nor a list" in said(capsys, "broadcast", "x", "--to", "nobody", "--yes", code=2)


def test_a_test_message_goes_to_one_number_only(people: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(
        capsys, "broadcast", "Hi {{first name}}", "--to", str(people), "--country", "US", "--test", "+14155559999"
    )

    assert "+14155559999" in shown
    assert "the list has got nothing yet" in shown


def test_a_workflow_is_run_for_everybody(people: Path, capsys: pytest.CaptureFixture[str], json_of: Say) -> None:
    Path("greet.yaml").write_text(
        "version: '1.0'\ninputs:\n- {type: WorkflowParameter, name: phone}\n- {type: WorkflowParameter, name: city}\n"
        "steps:\n- type: twilio/sms@v1\n  name: say\n  to: $inputs.phone\n  from: '+15550001111'\n"
        "  message: 'Hi from {{city}}'\noutputs: []\n"
    )

    done = json_of("broadcast", "greet.yaml", "--to", str(people), "--country", "US", "--yes")

    assert done["counts"] == {"started": 2, "skipped": 2}
