"""Runs modules as processes of their own by fork, so that what is imported is imported once.

A start of the service costs two seconds of imports, and tests start it some hundred times.
`python -m tests.mother SOCKET` takes orders on a Unix socket, one line of JSON for each connection,
and answers with two lines: the pid, and the exit status when it has ended. A process whose
connection is closed is killed; all end with their mother, who ends with her standard input.
"""

import asyncio
import atexit
import contextlib
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
IMPORTED_ONCE = ("bot.app", "bot.refusal")


class Order(NamedTuple):
    """What is to be run: a module, its arguments, its environment, files for its output."""

    module: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    errors: str
    output: str = os.devnull


class Child:
    """A process that a mother runs; like asyncio's, as far as tests need it."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self._reader, self._writer = reader, writer
        self._ended = asyncio.create_task(self._end())

    async def _end(self) -> int:
        code = int(await self._reader.readline())
        self._writer.close()
        await self._writer.wait_closed()
        return code

    @property
    def returncode(self) -> int | None:
        """The exit status; None while it runs; negative where a signal ended it."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait until it has ended."""
        return await asyncio.shield(self._ended)

    def send_signal(self, number: int) -> None:
        """Send it a signal; one that has just ended needs none."""
        if not self._ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)


async def bear(order: Order) -> Child:
    """Run a module in a process of its own."""
    reader, writer = await asyncio.open_unix_connection(_mother())
    writer.write(json.dumps(order).encode() + b"\n")
    return Child(int(await reader.readline()), reader, writer)


@cache
def _mother() -> str:
    """Start this process's mother; give where she takes orders."""
    folder = tempfile.TemporaryDirectory()
    path = str(Path(folder.name, "orders"))
    mother = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.mother", path],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert mother.stdin is not None
    assert mother.stdout is not None
    assert mother.stdout.readline() == b"listening\n"

    def end() -> None:
        mother.communicate()
        folder.cleanup()

    atexit.register(end)
    return path


def _next_order(path: str) -> Order:
    """Take orders; return one in the process that is to carry it out."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        sys.stdout.write("listening\n")
        sys.stdout.flush()
        while listening in select.select([listening, sys.stdin], [], [])[0]:
            connection, _address = listening.accept()
            if os.fork() == 0:
                listening.close()
                return _carried_out(connection)
            connection.close()
    os._exit(0)


def _carried_out(connection: socket.socket) -> Order:
    """Fork who carries an order out, where this returns, and stay to tell how that ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with connection, connection.makefile("rw") as stream:
        order = Order(*json.loads(stream.readline()))
        pid = os.fork()
        if pid == 0:
            return order
        stream.write(f"{pid}\n")
        stream.flush()
        ended = os.pidfd_open(pid)
        if ended not in select.select([ended, connection, sys.stdin], [], [])[0]:
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        try:
            stream.write(f"{code}\n")
            stream.flush()
        except OSError:
            pass  # Nobody waits for it any more.
        os._exit(0)


if __name__ == "__main__":
    for name in IMPORTED_ONCE:
        importlib.import_module(name)
    found = _next_order(sys.argv[1])
    os.environ.clear()
    os.environ.update(found.environment)
    for file, flags, number in (
        (os.devnull, os.O_RDONLY, 0),
        (found.output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 1),
        (found.errors, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 2),
    ):
        os.dup2(os.open(file, flags, 0o600), number)
    random.seed()
    sys.argv = ["", *found.arguments]
    runpy.run_module(found.module, run_name="__main__", alter_sys=True)
