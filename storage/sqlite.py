"""SQLite through aiosqlite, a statement a time to its thread instead of four.

aiosqlite asks its thread once each for a cursor, for the statement, for the rows and for closing
the cursor. Every such question wakes two threads, which costs more than most of our statements.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite
from sqlalchemy import make_url

CACHED = 256
"""Statements that a connection keeps prepared."""


class Cursor:
    """A statement run whole: its rows are there when `execute` returns.

    It has what SQLAlchemy asks of a driver's asyncio cursor and no more.
    """

    arraysize = 1
    description: Sequence[Any] | None = None
    rowcount = -1
    lastrowid: int | None = None

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        """Begin; nothing is asked of the thread yet."""
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> "Cursor":
        """Run a statement and fetch its rows."""
        return await self._run(lambda raw: raw.execute(statement, parameters))

    async def executemany(self, statement: str, many: Sequence[Sequence[Any]]) -> "Cursor":
        """Run a statement for each of several rows."""
        return await self._run(lambda raw: raw.executemany(statement, many))

    async def _run(self, what: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> "Cursor":
        def whole() -> None:
            cursor = what(self._connection.raw)
            try:
                self._rows = cursor.fetchall() if cursor.description else []
                self.description = cursor.description
                self.rowcount = cursor.rowcount
                self.lastrowid = cursor.lastrowid
            finally:
                cursor.close()

        await self._connection.ask(whole)
        return self

    async def fetchall(self) -> list[Any]:
        """Give the rows."""
        return self._rows

    async def close(self) -> None:
        """End; the thread's own cursor is closed already."""


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors run their statement whole."""

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection as its thread has it."""
        return self._conn

    async def ask(self, what: Callable[[], None]) -> None:
        """Run something in the connection's thread."""
        await self._execute(what)  # type: ignore[no-untyped-call] # aiosqlite leaves it untyped

    def cursor(self) -> Cursor:  # type: ignore[override] # less than aiosqlite's, see Cursor
        """Give a cursor."""
        return Cursor(self)


def connector(url: str, timeout: float) -> Callable[..., Any]:
    """Give what opens connections to a database, as SQLAlchemy's `async_creator` wants it.

    Args:
        url: SQLAlchemy's address of it.
        timeout: how many seconds a statement waits for another process.
    """
    address = make_url(url)
    path, options = address.get_dialect()().create_connect_args(address)
    by_url = "uri" in options

    def open_file() -> sqlite3.Connection:
        return sqlite3.connect(
            str(path[0]),
            timeout=timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=CACHED,
            uri=by_url,
        )

    async def connect(*_: object, **__: object) -> Connection:
        connection = Connection(open_file, 64)
        # Its thread must not keep a program alive that is to end.
        connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does for its own
        return await connection  # type: ignore[return-value] # typed as its parent

    return connect
