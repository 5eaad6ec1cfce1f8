"""PostgreSQL through asyncpg."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.connection import Job

T = TypeVar("T")

READERS = 4

CLOSES_WITHIN = 1.0
"""Seconds that a server has to say goodbye."""

PATIENCE = 20
"""How much longer a reader waits for a free connection than a write for another process."""


class PostgresDatabase:
    """A PostgreSQL database: one connection that writes, a few that read.

    Args:
        url: SQLAlchemy's address of it.
        busy_ms: how long a write waits for another process.
    """

    def __init__(self, url: str, busy_ms: int) -> None:
        def engine(pool_size: int, *, pre_ping: bool, **more: Any) -> AsyncEngine:  # noqa: ANN401 - SQLAlchemy's options
            settings = {"lock_timeout": str(busy_ms)} | more.pop("settings", {})
            return create_async_engine(
                url,
                pool_size=pool_size,
                max_overflow=0,
                hide_parameters=True,
                pool_pre_ping=pre_ping,
                connect_args={"timeout": busy_ms / 1000, "server_settings": settings},
                **more,
            )

        self._writing = engine(1, pre_ping=True)
        self._reading = engine(
            READERS,
            pre_ping=False,
            pool_timeout=PATIENCE * busy_ms / 1000,
            settings={"default_transaction_read_only": "on"},
            isolation_level="AUTOCOMMIT",
            # There is nothing to roll back, and asking costs as much as a statement.
            skip_autocommit_rollback=True,
        )

    @property
    def engine(self) -> Engine:
        """What commits; its events tell when."""
        return self._writing.sync_engine

    async def commit(self, jobs: Sequence[Job[Any]]) -> list[Any]:
        """Run jobs in one transaction; give what each returned."""
        async with self._writing.begin() as connection:
            return [await job(connection) for job in jobs]

    async def alone(self, what: Callable[[Connection], T]) -> T:
        """Run a function in a transaction."""
        async with self._writing.begin() as connection:
            return await connection.run_sync(what)

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection to read with."""
        async with self._reading.connect() as connection:
            yield connection

    async def close(self) -> None:
        """Close the connections."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN):
                await self._writing.dispose()
                await self._reading.dispose()
