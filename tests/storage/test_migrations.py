import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from storage import tables
from storage.database import Store, StoreUnavailable
from storage.migrate import TooNew, migrate
from tests.databases import Databases, opened


@pytest.fixture
async def empty(made_databases: Databases) -> AsyncIterator[str]:
    """The address of a database that was never migrated."""
    url = await made_databases.empty()
    yield url
    await made_databases.drop(url)


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, tables.metadata))


def _plan(connection: Connection) -> dict[str, Any]:
    """What a database is made of."""
    found = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)],
            sorted(str(sorted(i.items(), key=str)) for i in found.get_indexes(name)),
            sorted(str(sorted(f.items(), key=str)) for f in found.get_foreign_keys(name)),
            sorted(str(sorted(u.items(), key=str)) for u in found.get_unique_constraints(name)),
            found.get_pk_constraint(name),
        )
        for name in sorted(found.get_table_names())
        if name != "alembic_version"
    }


async def _revision(store: Store) -> str:
    async with store.reading() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return str(found.scalar_one())


async def test_the_migrations_lead_to_the_tables(empty: str) -> None:
    async with opened(empty) as store:
        assert await migrate(store)
        async with store.engine().connect() as connection:
            assert await connection.run_sync(_differences) == []
            migrated = await connection.run_sync(_plan)
    assert set(migrated) == set(tables.metadata.tables)


async def test_the_migrations_make_what_the_tables_would_make(
    empty: str, made_databases: Databases
) -> None:
    async with opened(empty) as store:
        await migrate(store)
        async with store.engine().connect() as connection:
            migrated = await connection.run_sync(_plan)
    made = await made_databases.empty()
    async with opened(made) as store, store.engine().begin() as connection:
        await connection.run_sync(tables.metadata.create_all)
        assert await connection.run_sync(_plan) == migrated
    await made_databases.drop(made)


async def test_numbers_that_outlive_their_rows_are_not_given_out_again(store: Store) -> None:
    # SQLite gives the number of a deleted last row to the next, unless told otherwise.
    if not store.is_sqlite:
        pytest.skip("PostgreSQL never does")
    async with store.reading() as connection:
        found = await connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'"
        )
        assert {"timers", "outbox"} <= set(found.scalars())


async def test_a_current_database_is_left_alone(database: str) -> None:
    async with opened(database) as store:
        before = await _revision(store)
        assert not await migrate(store)
        assert await _revision(store) == before


async def test_a_database_of_a_later_version_is_refused_and_left_alone(database: str) -> None:
    async with opened(database) as store:
        await store.write(
            lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        )
        with pytest.raises(TooNew, match="9999"):
            await migrate(store)
        assert await _revision(store) == "9999"


async def test_processes_that_start_at_once_migrate_once(empty: str) -> None:
    async with opened(empty) as one, opened(empty) as two, opened(empty) as three:
        done = await asyncio.gather(*(migrate(store) for store in (one, two, three)))
        assert sorted(done) == [False, False, True]
        await three.answers()


async def test_a_migration_that_fails_leaves_nothing(empty: str) -> None:
    async with opened(empty) as store:
        # A table of the same name is in the way of the last one that is made.
        last = list(tables.metadata.sorted_tables)[-1].name
        async with store.engine().begin() as connection:
            await connection.execute(text(f"CREATE TABLE {last} (other INTEGER)"))
        with pytest.raises(StoreUnavailable):
            await migrate(store)
        async with store.reading() as connection:
            names = await connection.run_sync(lambda c: inspect(c).get_table_names())
        assert names == [last]


async def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Any) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/bot.db") as store:
        with pytest.raises(StoreUnavailable):
            await migrate(store)
