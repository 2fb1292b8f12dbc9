"""The commands put together, and what happens to errors none of them handled."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from ringline import errors
from ringline.cli.exit_codes import ExitCode
from ringline.cli.terminal import say_error

# In the order a newcomer meets them; the help shows them so.
_PANELS = {
    "Try it": ("demo", "dev", "phone", "talk"),
    "Workflows and messages": (
        *("check", "run", "test", "send", "calls", "schema", "understand", "twiml"),
        *("workflows", "triggers", "messages", "runs", "webhooks"),
    ),
    "People": ("contacts", "lists", "broadcast", "broadcasts"),
    "Accounts": ("credentials", "numbers", "senders", "pools", "budgets"),
    "Access": ("users", "keys"),
    "Operation": ("serve", "worker", "db", "simulator", "doctor", "figures", "settings", "version"),
}

_EPILOG = (
    "Exit codes: 0 done, 1 tried and failed, 2 wrong use or a faulty definition, 3 a setting or credential is wrong, "
    "4 Twilio or the database did not answer."
)


def build() -> typer.Typer:
    """The `ringline` command with every command group."""
    app = typer.Typer(
        name="ringline",
        help="Workflows that text people through Twilio: checked before they run, never sent twice, tried offline.",
        epilog=_EPILOG,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for panel, names in _PANELS.items():
        commands, groups = len(app.registered_commands), len(app.registered_groups)
        for name in names:
            import_module(f"ringline.cli.{name}").register(app)
        for command in app.registered_commands[commands:]:
            command.rich_help_panel = panel
        for group in app.registered_groups[groups:]:
            group.rich_help_panel = panel
    return app


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code. Every error becomes a sentence on stderr, never a traceback."""
    try:
        result = build()(list(arguments), prog_name="ringline", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except SystemExit:
        # So click answers a reader (`| head`) that has seen enough, which is no failure.
        return ExitCode.OK
    except (errors.RinglineError, errors.ConfigurationError) as error:
        return report(error, as_json="--json" in arguments)
    except OSError as error:
        if error.filename is None:
            raise
        return report(_unusable(error, arguments), as_json="--json" in arguments)
    except Exception as error:
        return _report_usage(error)


def report(error: Exception, *, as_json: bool = False) -> ExitCode:
    """Say an error of ours in one sentence and its fix; returns the exit code that goes with it."""
    code = exit_code_of(error)
    sentence, fix = sentence_of(error)
    if as_json:
        faults = [fault.as_text() for fault in error.faults] if isinstance(error, errors.DefinitionError) else []
        answer = {"error": {"type": type(error).__name__, "detail": sentence, "fix": fix, "faults": faults}}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
        return code
    if isinstance(error, errors.DefinitionError) and error.faults:
        for fault in error.faults:
            say_error(fault.as_text())
        return code
    say_error(sentence, fix)
    return code


def _unusable(error: OSError, arguments: Sequence[str]) -> Exception:
    """What is wrong with a file: of the command line, or else of the place where data is kept."""
    name = str(error.filename)
    if not any(name in argument for argument in arguments):
        return errors.ConfigurationError(f"`{name}` cannot be used: {error.strerror}")
    if isinstance(error, FileNotFoundError):
        return errors.RequestError(f"there is no file or folder for `{name}`", fix="check the path")
    return errors.RequestError(f"`{name}` cannot be used: {error.strerror}", fix="name another file")


def exit_code_of(error: Exception) -> ExitCode:
    """The code for an error that ends a command."""
    match error:
        case errors.ConfigurationError() | errors.CredentialError():
            return ExitCode.CONFIGURATION
        case errors.TwilioUnavailableError() | errors.StoreError():
            return ExitCode.UNREACHABLE
        case (
            errors.DefinitionError()
            | errors.RequestError()
            | errors.NotFoundError()
            | errors.TemplateError()
            | errors.RuntimeInputError()
        ):
            return ExitCode.USAGE
        case _:
            return ExitCode.FAILED


def sentence_of(error: Exception) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    return str(error), str(getattr(error, "fix", "") or "")


def _report_usage(error: Exception) -> int:
    """Say what click found wrong with the command line; anything else is a bug and is raised."""
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort) and isinstance(error.__context__, EOFError):
        sys.stdout.write("\n")  # the question stands there without a line's end
        say_error(
            "nobody can answer here, so nothing was done",
            "say it on the command line (--yes where it asks for a yes), or run this in a terminal",
        )
        return ExitCode.USAGE
    if isinstance(error, typer.Abort):
        say_error("stopped; nothing was done")
        return ExitCode.INTERRUPTED
    describe = getattr(error, "format_message", None)
    if describe is None:
        raise error
    # A group without a command has shown its help, and has nothing to add.
    if sentence := str(describe()):
        context = getattr(error, "ctx", None)
        say_error(sentence, f"{context.command_path} -h" if context is not None else "ringline -h")
    return ExitCode.USAGE
