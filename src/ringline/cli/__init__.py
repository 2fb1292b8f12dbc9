"""The command line. Everything heavy is imported by the command that needs it, so `ringline --help` is quick."""

from __future__ import annotations

import sys


def main() -> None:
    """What the `ringline` command runs."""
    from ringline.cli.application import run

    sys.exit(run(sys.argv[1:]))
