"""The database: one writer whose commits are shared, several readers, SQLite or PostgreSQL."""

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Connection as Statements
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoneFree

from storage.connection import Connection, Job, Reading
from storage.postgresql import PostgresDatabase
from storage.sealing import Box
from storage.sqlite import SqliteFile

T = TypeVar("T")

SHARED = 256
"""How many jobs may share one commit."""

BUSY_MS = 1500
"""How long a write waits for another process: below the 2 s that a platform gives a webhook."""

CLOSES_WITHIN = 3.0
"""Seconds that what was asked for has to be committed when the store closes: a server that answers
no more must not keep a service from stopping."""

DEADLOCKS = 3
"""How often a job is run that PostgreSQL ended so that another could go on."""

# Codes of PostgreSQL: the class of undone transactions, of refused values, a lock not had, and a
# table that is not there.
DEADLOCK, BAD_VALUE, ROW_LOCKED, NO_TABLE = "40", "22", "55P03", "42P01"

AWAY = (DBAPIError, OSError, NoneFree)
"""What is raised where a database cannot be read or written."""


class StoreUnavailable(Exception):
    """The database cannot be read or written now; nothing of the job was kept."""


class LeaseLost(Exception):
    """Another worker took over while this one was at it; nothing of the late work was kept."""


class Conflict(Exception):
    """A record is not as it was read any more; read it again."""


class BadValue(Exception):
    """The database does not take what a job gave it or said: trying again changes nothing."""


class Store:
    """The database as the rest of the service uses it.

    Args:
        url: `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`.
        box: seals what is personal.
        busy_ms: how long a write waits for another process.
    """

    def __init__(self, url: str, box: Box, busy_ms: int = BUSY_MS) -> None:
        self.url = url
        self.box = box
        self.is_sqlite = url.startswith("sqlite")
        self._database = _database(url, busy_ms)
        self._jobs: deque[tuple[Job[Any], asyncio.Future[Any]]] = deque()
        self._urgent: deque[tuple[Job[Any], asyncio.Future[Any]]] = deque()
        self._under_way: list[tuple[Job[Any], asyncio.Future[Any]]] = []
        self._wake = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._closed = False

    async def open(self) -> None:
        """Start the writer."""
        self._writer = asyncio.create_task(self._write_until_closed(), name="writer")

    async def close(self) -> None:
        """Finish what was asked for before and let go of the connections."""
        self._closed = True
        if self._writer is not None:
            self._wake.set()
            try:
                # It ends by itself: of what it has begun nobody is told that it was not kept.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CLOSES_WITHIN):
                        await self._writer
            finally:
                left = (*self._under_way, *self._urgent, *self._jobs)
                _refuse(left, StoreUnavailable("closed"))
        await self._database.close()

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """Give a connection to read with; each statement sees what is committed.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        if self._closed:
            raise StoreUnavailable("closed")
        try:
            async with self._database.reading() as connection:
                yield connection
        except AWAY as error:
            raise _failure(error) from error

    async def write(self, job: Job[T], *, urgent: bool = False) -> T:
        """Run a job in a transaction and return after the commit.

        Jobs that wait at the same time share one commit, since a commit costs more than what stands
        in it. Where one of them fails all are undone and each is run again in a transaction of its
        own, so a job must be able to run twice and fails for itself alone.

        Args:
            job: what to run.
            urgent: somebody outside waits for it: it does not share its commit with turns, and
                waits for one of theirs at most.

        Raises:
            StoreUnavailable: it could not be committed.
            Conflict: what was to be new exists.
            BadValue: the database does not take what it was given or told.
            Exception: whatever the job itself raised.
        """
        if self._closed:
            raise StoreUnavailable("closed")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._jobs).append((job, done))
        self._wake.set()
        return await done

    async def _write_until_closed(self) -> None:
        while self._urgent or self._jobs or not self._closed:
            await self._wake.wait()
            self._wake.clear()
            while self._urgent or self._jobs:
                # In turn, so that neither starves the other.
                for jobs in (self._urgent, self._jobs):
                    count = min(SHARED, len(jobs))
                    # A job whose caller has stopped waiting is not begun.
                    waiting = [jobs.popleft() for _ in range(count)]
                    self._under_way = [job for job in waiting if not job[1].done()]
                    try:
                        await self._commit(self._under_way)
                    except Exception as error:  # noqa: BLE001 - the writer outlives a fault of ours
                        _refuse(self._under_way, error)
                    self._under_way = []

    async def _commit(self, batch: list[tuple[Job[Any], asyncio.Future[Any]]]) -> None:
        if len(batch) > 1:
            try:
                results = await self._database.commit([job for job, _ in batch])
            except Exception as error:  # noqa: BLE001 - each failure is raised to its own caller below
                failure = _failure(error)
                if isinstance(failure, StoreUnavailable) and not _is_in_the_way(error):
                    # Each alone would wait in vain as long again.
                    _refuse(batch, failure)
                    return
            else:
                for (_, done), result in zip(batch, results, strict=True):
                    if not done.done():
                        done.set_result(result)
                return
        for job, done in batch:
            await self._commit_alone(job, done)

    async def _commit_alone(
        self, job: Job[Any], done: asyncio.Future[Any], tries: int = DEADLOCKS
    ) -> None:
        try:
            (result,) = await self._database.commit([job])
        except Exception as error:  # noqa: BLE001 - raised to the caller, whose failure it is
            if _sqlstate(error).startswith(DEADLOCK) and tries > 1:
                await self._commit_alone(job, done, tries - 1)
            else:
                _refuse([(job, done)], _failure(error))
        else:
            if not done.done():
                done.set_result(result)

    async def answers(self) -> None:
        """Read and write nothing in particular.

        Raises:
            StoreUnavailable: the database cannot be read or written.
        """
        async with self.reading() as connection:
            await connection.exec_driver_sql("SELECT 1")

        async def job(connection: Connection) -> None:
            # Sets a row to itself: takes the write lock and fails where nothing can be written.
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")

        await self.write(job)

    async def truncate_log(self) -> None:
        """Empty SQLite's log of changes, in which deleted bodies and keys stand until it is reused.

        Raises:
            StoreUnavailable: the database cannot be read.
        """
        if self.is_sqlite:
            async with self.reading() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def alone(self, what: Callable[[Statements], T]) -> T:
        """Run a function in a transaction of its own: migrations, before the service starts.

        Raises:
            StoreUnavailable: it could not be committed.
            Exception: whatever the function itself raised.
        """
        try:
            return await self._database.alone(what)
        except AWAY as error:
            raise StoreUnavailable(_reason(error)) from error

    @property
    def engine(self) -> Engine:
        """What commits; its events tell when."""
        return self._database.engine


def _refuse(jobs: Iterable[tuple[Job[Any], asyncio.Future[Any]]], failure: Exception) -> None:
    """Tell those who still wait for these jobs why they failed."""
    for _, done in jobs:
        if not done.done():
            done.set_exception(failure)


def _failure(error: Exception) -> Exception:
    """What a job's caller is told: the database's errors by what they mean, others as they are."""
    failure: Exception
    if isinstance(error, IntegrityError):
        # What was to be new exists: as the drawn code of a ticket that another has.
        failure = Conflict(_reason(error))
    elif _is_bad(error):
        # Without the driver's words, which may quote the value.
        failure = BadValue(f"{type(error).__name__} {_sqlstate(error)}".strip())
    elif isinstance(error, AWAY):
        failure = StoreUnavailable(_reason(error))
    else:
        return error
    failure.__cause__ = error
    return failure


def _is_bad(error: Exception) -> bool:
    """Whether the fault is in what a job gave or said, and not in the database."""
    if _sqlstate(error) == NO_TABLE:
        # It was not migrated, or is another one: nothing that a job could help.
        return False
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        # SQLite has no code of its own for a table that is not there.
        return not str(cause).startswith("no such table")
    state = _sqlstate(error)
    return isinstance(error, DataError | ProgrammingError) or state.startswith(BAD_VALUE)


def _sqlstate(error: Exception) -> str:
    """PostgreSQL's code of an error, "" where there is none."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _is_in_the_way(error: Exception) -> bool:
    """Whether one job met another process at a row; the jobs beside it need not fail too."""
    return _sqlstate(error).startswith((DEADLOCK, ROW_LOCKED))


def _reason(error: BaseException) -> str:
    """What the driver said, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return f"{type(cause).__name__}: {cause}"[:200]


def _database(url: str, busy_ms: int) -> SqliteFile | PostgresDatabase:
    return (SqliteFile if url.startswith("sqlite") else PostgresDatabase)(url, busy_ms)
