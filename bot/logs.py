"""One line an event on stderr, with the inbox id where there is one, and never a secret."""

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import structlog

SHORTEST_SECRET = 6
"""Shorter values are not cut out: they would cut ordinary words."""

PLAIN = (int, float, type(None))
"""Values in which no secret stands."""

ESCAPES = {n: f"\\x{n:02x}" for n in (*range(32), *range(127, 160))} | {
    n: f"\\u{n:04x}" for n in (0x2028, 0x2029)
}
"""What would begin a line of its own, or colour or move what a terminal shows."""

SERVICE, COMMANDS = logging.INFO, logging.ERROR
"""What is told: everything a service does; of a command only what it cannot tell itself."""


class Scrubber:
    """Cuts secrets out of every value of a record, at the root of all logging."""

    def __init__(self, secrets: Iterable[str]) -> None:
        long_enough = {s for s in secrets if len(s) >= SHORTEST_SECRET}
        # As they stand in an address and in what Python writes of a list.
        written = {form for s in long_enough for form in (s, quote(s, safe=""), repr(s)[1:-1])}
        self._secrets = sorted(written, key=len, reverse=True)

    def __call__(
        self, _logger: object, _method: str, record: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Cut them out of a record."""
        for key, value in record.items():
            # What begins with an underscore is structlog's own and is never shown.
            if not isinstance(value, PLAIN) and not key.startswith("_"):
                record[key] = self.clean(str(value))
        return record

    def clean(self, text: str) -> str:
        """Cut them out of a text."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text


def set_up(
    secrets: Iterable[str] = (), level: int = SERVICE, beside: logging.Handler | None = None
) -> None:
    """Send every log record, ours and libraries', through one form to stderr.

    Args:
        secrets: what is cut out wherever it stands.
        level: from which on records are told.
        beside: gets the fields of the same lines as JSON, None for nobody.
    """
    scrub = Scrubber(secrets)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        _told_without_words,
        scrub,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    as_line = structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], bool_as_flag=False
    )

    def render(logger: object, method: str, record: structlog.typing.EventDict) -> str:
        # Once more over the whole line: for what was no text before.
        return scrub.clean(as_line(logger, method, record)).translate(ESCAPES)

    def as_json(_logger: object, _method: str, record: structlog.typing.EventDict) -> str:
        return json.dumps({key: scrub.clean(str(value)) for key, value in record.items()})

    def formatter(last: Callable[..., str]) -> logging.Formatter:
        return structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.ExtraAdder(), scrub],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub, last],
        )

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(render))
    root = logging.getLogger()
    root.handlers = [handler]
    if beside is not None:
        beside.setFormatter(formatter(as_json))
        root.addHandler(beside)
    root.setLevel(level)
    # One line a request would tell addresses and tokens in paths.
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    for name in ("aiohttp.server", "asyncio"):
        logging.getLogger(name).addFilter(_without_whom)


def _told_without_words(
    _logger: object, _method: str, record: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell an exception by `where` it was: in its own words a person's or a cookie may stand."""
    given = record.pop("exc_info", None)
    if isinstance(given, tuple):
        given = given[1]
    elif given and not isinstance(given, BaseException):
        given = sys.exc_info()[1]
    if isinstance(given, BaseException):
        record["error"] = where(given)
    return record


def _without_whom(record: logging.LogRecord) -> bool:
    """Leave out of a server's record who asked, and of a loop's what a task held."""
    record.msg = record.getMessage().partition("\n")[0].partition(" from ")[0]
    record.args = ()
    return True


def where(error: BaseException) -> str:
    """Tell what failed and where, without the error's own words, in which a person's may stand."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(where(one) for one in error.exceptions)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(f.filename).stem}.{f.name}:{f.lineno}" for f in frames]
    return " > ".join([*places, type(error).__name__])
