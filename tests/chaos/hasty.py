"""The service with leases of a few seconds: `python -m tests.chaos.hasty run`.

So that a test need not stop it for long until another process takes over. SIGUSR1 makes its SQLite
files read-only, as a file system does that met an error; SIGUSR2 makes them writable again.
"""

import contextlib
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta

import bot.outbox_worker
import storage.inbox
import storage.outbox
import storage.sqlite
from bot.__main__ import main

LEASE = timedelta(seconds=4)
"""Longer than any turn takes on a busy machine: taken over again and again none would end."""

Open = Callable[..., sqlite3.Connection]


def remembering(opens: Open) -> Open:
    """Remember the connections that write, to make them read-only and back."""
    found: list[sqlite3.Connection] = []

    def turned(number: int, _frame: object) -> None:
        for connection in found:
            # Some were closed since, as when their file was away.
            with contextlib.suppress(sqlite3.ProgrammingError):
                connection.execute(
                    f"PRAGMA query_only={'ON' if number == signal.SIGUSR1 else 'OFF'}"
                )

    signal.signal(signal.SIGUSR1, turned)
    signal.signal(signal.SIGUSR2, turned)

    def wrapped(url: str, busy_ms: int, *, writes: bool) -> sqlite3.Connection:
        connection = opens(url, busy_ms, writes=writes)
        if writes:
            found.append(connection)
        return connection

    return wrapped


if __name__ == "__main__":
    for module in (storage.inbox, storage.outbox, bot.outbox_worker):
        setattr(module, "LEASE", LEASE)  # noqa: B010 - a constant to everybody else
    setattr(storage.sqlite, "_open", remembering(storage.sqlite._open))  # noqa: B010 - the one place where files are opened
    sys.exit(main(sys.argv[1:]))
