"""SQLite through aiosqlite: a whole commit, or a whole question, is one call to its thread.

Each call wakes two threads, which costs more than most of our statements. So the jobs of a commit
run in the database's thread from BEGIN to COMMIT, over SQLAlchemy's plain connection.
"""

import asyncio
import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Executable,
    NullPool,
    create_engine,
    event,
    make_url,
)

from storage.connection import Job, Rows, Written

T = TypeVar("T")

CACHED = 256
"""Statements that a connection keeps prepared."""

READERS = 4

AGAIN = 0.005
"""Seconds until the write-ahead log is asked for again."""


class _TakenAway(OSError):
    """The file was deleted, or another put in its place: what is written into it is lost."""


class _Driver(aiosqlite.Connection):
    """A connection of aiosqlite that runs in its thread whatever it is given."""

    def __init__(self, open_file: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(open_file, 64)
        # It must not keep a program alive that is to end.
        self._thread.daemon = True

    def raw(self) -> sqlite3.Connection:
        """The connection as the thread has it."""
        return self._conn

    async def run(self, what: Callable[[], T]) -> T:
        """Run something in the thread."""
        answer: T = await self._execute(what)  # type: ignore[no-untyped-call] # left untyped there
        return answer


_HERE = threading.local()
"""In a database's thread: its driver."""


def _raw() -> sqlite3.Connection:
    raw: sqlite3.Connection = _HERE.driver.raw()
    return raw


_OPTIONS: dict[str, Any] = {
    "creator": _raw,
    "poolclass": NullPool,
    "hide_parameters": True,
}
_WRITING = create_engine("sqlite://", **_OPTIONS)
# A reader has nothing to roll back.
_READING = create_engine(
    "sqlite://", isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True, **_OPTIONS
)
# The driver's own BEGIN would come only at the first write and lose updates.
event.listen(_WRITING, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))


class _Thread:
    """A thread that runs what it is given on SQLAlchemy's connection to the file."""

    def __init__(self, url: str, busy_ms: int, *, writes: bool) -> None:
        self._url, self._busy_ms, self._writes = url, busy_ms, writes
        self._driver: _Driver | None = None
        self._statements: Connection | None = None
        self._file: _File | None = None
        self._closed = False
        # Of its own for its events; what was compiled for one file serves all.
        self.engine = (_WRITING if writes else _READING).execution_options()

    async def ask(self, what: Callable[[Connection], T]) -> T:
        """Run something, opening the file where that was not done.

        Raises:
            OSError: it cannot be opened, or was closed.
        """
        if self._closed:
            raise OSError("closed")
        driver = self._driver or await self._opened()

        def run() -> T:
            if self._statements is None:
                _HERE.driver = driver
                self._statements = self.engine.connect()
                self._file = _File(driver.raw())
            elif self._file is not None and not self._file.is_there():
                self._let_go()
                raise _TakenAway("the file was deleted or replaced")
            return what(self._statements)

        try:
            return await driver.run(run)
        except _TakenAway:
            if self._driver is driver:
                self._driver = None
                await driver.close()
            raise

    async def _opened(self) -> _Driver:
        if self._file is not None and not self._file.path.exists():
            # An empty file in its place would look as if all were well.
            raise OSError("the file was deleted")
        driver = _Driver(partial(_open, self._url, self._busy_ms, writes=self._writes))
        try:
            await driver
        except sqlite3.Error as error:
            raise OSError(str(error)) from error
        self._driver = driver
        return driver

    async def close(self) -> None:
        """Close the file."""
        self._closed = True
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.run(self._let_go)
            await driver.close()

    def _let_go(self) -> None:
        if self._statements is not None:
            self._statements.close()
            self._statements = None


class _File:
    """Which file a connection has open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.path = Path(connection.execute("PRAGMA database_list").fetchone()[2])
        self._stat = self.path.stat()

    def is_there(self) -> bool:
        """Whether its name still stands for it."""
        try:
            return os.path.samestat(self._stat, self.path.stat())
        except FileNotFoundError:
            return False


def _open(url: str, busy_ms: int, *, writes: bool) -> sqlite3.Connection:
    address = make_url(url)
    path, options = address.get_dialect()().create_connect_args(address)
    connection = sqlite3.connect(
        str(path[0]),
        timeout=busy_ms / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=CACHED,
        uri="uri" in options,
    )
    _keep_a_log(connection, time.monotonic() + busy_ms / 1000)
    pragmas = ["synchronous=FULL", f"busy_timeout={busy_ms}"]
    pragmas += ["foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"]
    for pragma in [*pragmas, *([] if writes else ["query_only=ON"])]:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _keep_a_log(connection: sqlite3.Connection, until: float) -> None:
    """Turn the write-ahead log on; of processes that make a file together, one at a time can.

    SQLite tells the others at once that it is locked, however long they would wait.
    """
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                connection.close()
                raise
            time.sleep(AGAIN)
        else:
            return


class _Direct:
    """A connection within the database's thread: its statements never wait."""

    def __init__(self, statements: Connection) -> None:
        self._statements = statements
        self.dialect: Dialect = statements.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> Written:  # noqa: ANN401 - as SQLAlchemy has it
        return self._statements.execute(statement, parameters)

    async def exec_driver_sql(self, statement: str) -> Written:
        return self._statements.exec_driver_sql(statement)


class _Asking:
    """A connection that asks the thread once for a statement and all its rows."""

    def __init__(self, thread: _Thread) -> None:
        self._thread = thread

    async def execute(self, statement: Executable, parameters: Any = None) -> Rows:  # noqa: ANN401 - as SQLAlchemy has it
        return await self._thread.ask(lambda c: c.execute(statement, parameters).freeze()())

    async def exec_driver_sql(self, statement: str) -> Rows:
        return await self._thread.ask(lambda c: _fetched(c.exec_driver_sql(statement)))


def _fetched(result: Written) -> Rows:
    return result.freeze()() if result.returns_rows else result


class SqliteFile:
    """A SQLite file: one connection that writes, a few that read.

    Args:
        url: SQLAlchemy's address of it.
        busy_ms: how long a write waits for another process.
    """

    def __init__(self, url: str, busy_ms: int) -> None:
        self._writer = _Thread(url, busy_ms, writes=True)
        self._readers = [_Thread(url, busy_ms, writes=False) for _ in range(READERS)]
        # The one used last is taken first: its pages are in memory.
        self._idle = list(self._readers)
        self._free = asyncio.Semaphore(READERS)

    @property
    def engine(self) -> Engine:
        """What commits; its events tell when."""
        return self._writer.engine

    async def commit(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        """Run jobs in one transaction; give what each returned."""

        def run(statements: Connection) -> list[Any]:
            with statements.begin():
                connection = _Direct(statements)
                return [_driven(job, connection) for job in jobs]

        return await self._writer.ask(run)

    async def alone(self, what: Callable[[Connection], T]) -> T:
        """Run a function in a transaction."""

        def run(statements: Connection) -> T:
            with statements.begin():
                return what(statements)

        return await self._writer.ask(run)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[_Asking]:
        """Give a connection to read with."""
        async with self._free:
            thread = self._idle.pop()
            try:
                yield _Asking(thread)
            finally:
                self._idle.append(thread)

    async def close(self) -> None:
        """Close the connections."""
        for thread in (*self._readers, self._writer):
            await thread.close()


def _driven(job: Job[T], connection: _Direct) -> T:
    """Run a job to its end in this thread."""
    steps = job(connection).__await__()
    try:
        next(steps)
    except StopIteration as end:
        answer: T = end.value
        return answer
    raise RuntimeError("a job waits for nothing but its connection")
