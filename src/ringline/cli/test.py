"""`ringline test`: play scenarios in virtual time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import print_json, say, span

if TYPE_CHECKING:
    from ringline.testing import Result

_FOLDERS = (Path("workflows"), Path("examples"))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("test")(play)


def play(
    files: list[Path] | None = typer.Argument(
        None,
        exists=True,
        help="Scenario files, or folders of *.scenarios.yaml; `workflows` and `examples` if left out.",
    ),
    only: str | None = typer.Option(None, "--only", "-k", help="Only scenarios whose name contains this."),
    show: bool = typer.Option(False, "--show", "-v", help="Show what happens in each scenario."),
    speed: float | None = typer.Option(
        None, "--speed", min=1, help="Let real time pass, so many times as fast, instead of virtual time."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Play scenarios in virtual time, months in milliseconds, against a simulated Twilio. Ends with 1 if one fails."""
    from ringline.errors import NotFoundError
    from ringline.testing import find_scenarios, run_scenarios

    places = files or [folder for folder in _FOLDERS if folder.is_dir()]
    found = find_scenarios(places)
    if not found:
        raise NotFoundError(
            "there is no scenario file here", fix="name one, or write NAME.scenarios.yaml beside your workflow"
        )
    results: list[Result] = []
    for path in found:
        if not as_json:
            say(str(path), style="bold")
        tell = None if as_json else (lambda result: _say(result, show=show))
        results += run_scenarios(path, only=only, speed=speed, on_result=tell)
    if not results:
        what = f"no scenario's name contains `{only}`" if only else "there is no scenario in these files"
        raise NotFoundError(
            what, fix="leave --only out to play all of them" if only else "write some under `scenarios`"
        )
    failed = [result for result in results if not result.is_ok]
    if as_json:
        print_json({"ok": not failed, "scenarios": [_as_data(result) for result in results]})
    else:
        say()
        took = sum(result.took for result in results)
        count = f"{len(results)} scenario{'s' if len(results) != 1 else ''}"
        say(f"{count}, {len(failed)} failed, in {took:.1f} s", style="red" if failed else "green")
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def first_result(path: Path, *, only: str) -> Result:
    """How the first scenario whose name contains *only* comes out."""
    from ringline.testing import run_scenarios

    return run_scenarios(path, only=only)[0]


def say_timeline(result: Result, *, indent: str) -> None:
    """What happened, a line each; where it did not come true, why."""
    for line in result.timeline:
        say(f"{indent}{line}")
    if result.failure is not None:
        say(f"{indent}{result.failure.reason}", style="red")


def _say(result: Result, *, show: bool) -> None:
    passed = f"{span(result.passed)} in {result.took * 1000:.0f} ms"
    if result.failure is None:
        say(f"  ✓ {result.name:<56} {passed}", style="green")
        for line in result.timeline if show else ():
            say(f"      {line}")
        return
    say(f"  ✗ {result.name:<56} {passed}", style="red")
    failure = result.failure
    say(f"      {f'line {failure.line}: ' if failure.line else ''}{failure.step}")
    say(f"      {failure.reason}", style="red")
    say("      What happened instead:")
    for line in failure.instead or ("nothing at all",):
        say(f"        {line}")


def _as_data(result: Result) -> dict[str, object]:
    failure = result.failure
    return {
        "file": result.path,
        "name": result.name,
        "ok": result.is_ok,
        "virtual_seconds": round(result.passed, 3),
        "seconds": round(result.took, 3),
        "timeline": result.timeline,
        "failure": None
        if failure is None
        else {"line": failure.line, "step": failure.step, "reason": failure.reason, "instead": failure.instead},
    }
