"""Log lines of the commands that run for long: text for people, JSON for machines, never a whole phone number."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.settings import Settings

_NUMBER = re.compile(r"\+\d{7,15}\b")


def write_logs(settings: Settings) -> None:
    """Send every log line to stderr in the form the settings ask for."""
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [structlog.processors.format_exc_info, mask_numbers, structlog.processors.JSONRenderer()]
        if settings.log_format == "json"
        else [
            structlog.processors.format_exc_info,
            mask_numbers,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ]
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level.upper())
    # One line per request or statement is for debugging the library, not the deployment.
    for name in ("uvicorn.error", "aiosqlite", "alembic", "asyncio", "pgqueuer", "twilio.http_client"):
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def mask_numbers(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave of every phone number in a log line its last four digits: logs go where message texts should not."""
    for name, value in line.items():
        if isinstance(value, str) and name != "timestamp":
            line[name] = _NUMBER.sub(lambda found: f"•••{found[0][-4:]}", value)
    return line
