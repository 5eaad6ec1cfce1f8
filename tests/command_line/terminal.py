"""What an administrator types, in this process: the same `main`, environment and exit codes."""

import asyncio
import contextlib
import io
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from bot.__main__ import main


class Answer(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """The one line of a refused command; fails where it was not refused so."""
        assert self.code == 1, self
        assert self.out == "", self.out
        (line,) = self.err.splitlines()
        assert line.strip()
        assert "Traceback" not in line
        return line


class Terminal:
    """Types commands with these settings and no others, where no `.env` lies about.

    Args:
        folder: where they are typed.
        settings: name → value.
        hour: tells BOT_NOW at each command; None for a clock that only settings name.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str],
        hour: Callable[[], datetime] | None = None,
    ) -> None:
        self.folder = folder
        self.settings = dict(settings)
        self.hour = hour

    async def __call__(self, *arguments: str, **settings: str) -> Answer:
        """Run a command to its end."""
        hour = {"BOT_NOW": self.hour().isoformat()} if self.hour else {}
        typed = {**hour, **self.settings, **settings}
        return await asyncio.to_thread(self._type, arguments, typed)

    def _type(self, arguments: tuple[str, ...], settings: Mapping[str, str]) -> Answer:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, _logging_as_it_was():
            for name in [name for name in os.environ if name.startswith("BOT_")]:
                patch.delenv(name)
            for name, value in settings.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    code = main(arguments)
                except SystemExit as end:
                    code = int(end.code or 0)
        return Answer(code, _read(out), _read(err))


def _read(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextlib.contextmanager
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, forms = root.handlers, root.level, structlog.get_config()
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.configure(**forms)
