"""Fresh databases for tests: SQLite files, or databases of a PostgreSQL server of our own."""

import asyncio
import itertools
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import asyncpg
from alembic.script import ScriptDirectory

from storage.database import Store
from storage.migrate import SCRIPTS, migrate
from storage.sealing import Box
from storage.tables import metadata
from tests.postgresql import server

SECRET = "a secret for tests only"
NEWEST = ScriptDirectory(str(SCRIPTS)).get_current_head()


class Databases(Protocol):
    """Makes databases that are migrated and empty."""

    async def fresh(self) -> str:
        """Make one; give its address."""
        ...

    async def empty(self) -> str:
        """Make one that was never migrated; give its address."""
        ...

    async def drop(self, url: str) -> None:
        """Let go of one."""
        ...


async def _migrated(url: str) -> None:
    store = Store(url, Box(SECRET))
    await store.open()
    await migrate(store)
    await store.close()


class SqliteFiles:
    """SQLite: a migrated file is copied."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._numbers = itertools.count()

    async def fresh(self) -> str:
        """Make a file."""
        if not self._template.exists():
            await _migrated(f"sqlite+aiosqlite:///{self._template}")
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copy(self._template, path)
        return f"sqlite+aiosqlite:///{path}"

    async def empty(self) -> str:
        """Name a file that is not there yet."""
        return f"sqlite+aiosqlite:///{self._folder / f'{next(self._numbers)}.db'}"

    async def drop(self, url: str) -> None:
        """Delete a file."""
        path = Path(url.partition(":///")[2])
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


class PostgresServer:
    """PostgreSQL: a migrated database is the template of the next, and a used one is emptied."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._maintenance = dsn.partition("?")[0].rpartition("/")[2]
        self._numbers = itertools.count()
        self._made = False
        self._migrated: set[str] = set()
        self._free: list[str] = []

    def _url(self, name: str) -> str:
        head, _, query = self._dsn.partition("?")
        base = head.rpartition("/")[0].replace("postgresql://", "postgresql+asyncpg://")
        return f"{base}/{name}" + (f"?{query}" if query else "")

    async def _run(self, statement: str, url: str = "") -> None:
        # Without an engine: its questions to a new server take longer than most of what is run.
        address = (url or self._url(self._maintenance)).replace("+asyncpg", "")
        connection = await asyncpg.connect(address)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def fresh(self) -> str:
        """Make a database."""
        if self._free:
            return self._free.pop()
        template = f"template_{os.getpid()}"
        if not self._made:
            await self._run(f"CREATE DATABASE {template}")
            await _migrated(self._url(template))
            self._made = True
        url = await self._make(template)
        self._migrated.add(url)
        return url

    async def empty(self) -> str:
        """Make a database without tables."""
        return await self._make("template0")

    async def _make(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return self._url(name)

    async def drop(self, url: str) -> None:
        """Empty a migrated database for the next test; drop another."""
        if url in self._migrated:
            await self._empty(url)
            self._free.append(url)
            return
        name = url.partition("?")[0].rpartition("/")[2]
        await self._run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _empty(self, url: str) -> None:
        # Twenty times as quick as a new database.
        emptied = [
            f"DELETE FROM {table.name}"  # noqa: S608 - our own tables
            for table in reversed(metadata.sorted_tables)
        ]
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        statements = (
            ended,
            *emptied,
            "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'",
            # A test may have said that a later version of the service wrote it.
            f"UPDATE alembic_version SET version_num = '{NEWEST}'",  # noqa: S608 - our own word
        )
        await self._run(";".join(statements), url)


def databases(folder: Path) -> Iterator[Databases]:
    """Give what TEST_DATABASE_URL asks for: nothing = SQLite, `postgresql` = a server of our own,
    an address = that server, on which databases may be made.
    """
    wanted = os.environ.get("TEST_DATABASE_URL", "")
    if not wanted:
        yield SqliteFiles(folder)
    elif wanted != "postgresql":
        yield PostgresServer(wanted)
    else:
        with server() as dsn:
            yield PostgresServer(dsn)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    """Open a store for the time of a test."""
    store = Store(url, Box(SECRET))
    await store.open()
    try:
        yield store
    finally:
        await asyncio.wait_for(store.close(), 10)
