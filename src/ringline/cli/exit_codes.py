"""What a command's exit code says. Scripts rely on these; the numbers do not change."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The code a command ends with."""

    OK = 0
    FAILED = 1
    """It was tried and did not work: a run failed, a message was refused or not delivered, a check found a fault."""
    USAGE = 2
    """It was not tried: a wrong option, a definition with faults, a number nobody can be reached at."""
    CONFIGURATION = 3
    """A setting or a credential is missing or wrong."""
    UNREACHABLE = 4
    """Twilio or the database did not answer; trying again may help."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""
