import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage import tables
from storage.database import Store, StoreUnavailable
from storage.migrate import NEWEST, SCRIPTS, TooNew, known_revisions, migrate, revision
from tests.databases import Databases, opened


@pytest.fixture
async def empty(made_databases: Databases) -> AsyncIterator[str]:
    """The address of a database that was never migrated."""
    url = await made_databases.empty()
    yield url
    await made_databases.drop(url)


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, tables.metadata))


def _plan(connection: Connection) -> dict[str, list[str]]:
    """What a database is made of, in words that can be compared."""
    found = inspect(connection)
    plan = {}
    for name in sorted({*found.get_table_names()} - {"alembic_version"}):
        parts = [
            *found.get_columns(name),
            found.get_pk_constraint(name),
            *found.get_indexes(name),
            *found.get_foreign_keys(name),
            *found.get_unique_constraints(name),
        ]
        plan[name] = sorted(json.dumps(part, default=str, sort_keys=True) for part in parts)
    return plan


async def _revision(store: Store) -> str:
    async with store.reading() as connection:
        found = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return str(found.scalar_one())


async def _set_revision(store: Store, revision: str) -> None:
    statement = text("UPDATE alembic_version SET version_num = :revision")
    await store.write(lambda c: c.execute(statement, {"revision": revision}))


async def test_the_migrations_lead_to_the_tables(empty: str) -> None:
    async with opened(empty) as store:
        assert await migrate(store)
        assert await store.alone(_differences) == []
        migrated = await store.alone(_plan)
    assert set(migrated) == set(tables.metadata.tables)


async def test_the_migrations_make_what_the_tables_would_make(
    empty: str, made_databases: Databases
) -> None:
    async with opened(empty) as store:
        await migrate(store)
        migrated = await store.alone(_plan)
    made = await made_databases.empty()
    async with opened(made) as store:
        await store.alone(tables.metadata.create_all)
        assert await store.alone(_plan) == migrated
    await made_databases.drop(made)


async def test_numbers_that_outlive_their_rows_are_not_given_out_again(store: Store) -> None:
    # SQLite gives the number of a deleted last row to the next, unless told otherwise.
    if not store.is_sqlite:
        pytest.skip("PostgreSQL never gives a number twice")
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


def test_the_form_that_is_asked_for_is_the_last_migration() -> None:
    assert ScriptDirectory(str(SCRIPTS)).get_current_head() == NEWEST


async def test_a_database_without_a_form_has_none_until_it_is_migrated(empty: str) -> None:
    async with opened(empty) as store:
        assert await revision(store) is None
        await migrate(store)
        assert await revision(store) == NEWEST
        # A table of versions that was emptied is as good as none: nothing may be guessed.
        await store.write(lambda c: c.execute(text("DELETE FROM alembic_version")))
        assert await revision(store) is None


def test_a_start_on_a_current_database_imports_no_alembic(tmp_path: Path) -> None:
    start = (
        "import asyncio, sys\n"
        "from storage.database import Store\n"
        "from storage.migrate import migrate\n"
        "from storage.sealing import Box\n"
        "async def main():\n"
        "    store = Store(sys.argv[1], Box('secret of a test'))\n"
        "    await store.open()\n"
        "    print(await migrate(store), 'alembic' in sys.modules)\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
    )
    line = [sys.executable, "-c", start, f"sqlite+aiosqlite:///{tmp_path}/bot.db"]
    told = []
    for _start in range(2):
        done = subprocess.run(line, check=True, capture_output=True)  # noqa: S603 - ourselves
        told.append(done.stdout)
    assert told == [b"True True\n", b"False False\n"]


async def test_a_database_of_a_later_version_is_refused_and_left_alone(database: str) -> None:
    async with opened(database) as store:
        current = await _revision(store)
        await _set_revision(store, "9999")
        with pytest.raises(TooNew, match="9999"):
            await migrate(store)
        assert await _revision(store) == "9999"
        await _set_revision(store, current)
        assert not await migrate(store)


async def test_processes_that_start_at_once_migrate_once(empty: str) -> None:
    async with opened(empty) as one, opened(empty) as two, opened(empty) as three:
        done = await asyncio.gather(*(migrate(store) for store in (one, two, three)))
        assert sorted(done) == [False, False, True]
        await three.answers()


async def test_a_migration_that_fails_leaves_nothing(empty: str) -> None:
    async with opened(empty) as store:
        # A table of the same name is in the way of the last one that is made.
        last = list(tables.metadata.sorted_tables)[-1].name
        await store.alone(lambda c: c.execute(text(f"CREATE TABLE {last} (other INTEGER)")))
        with pytest.raises(StoreUnavailable):
            await migrate(store)
        names = await store.alone(lambda c: inspect(c).get_table_names())
        assert names == [last]


async def test_a_database_that_cannot_be_reached_is_unavailable(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/bot.db") as store:
        with pytest.raises(StoreUnavailable):
            await migrate(store)
    # The driver's thread of a connection that failed tells the loop its end a moment later.
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def test_a_database_that_a_test_gave_back_is_as_new(made_databases: Databases) -> None:
    url = await made_databases.fresh()
    async with opened(url) as store:
        first = await _revision(store)
        await _set_revision(store, "of_2099")
    await made_databases.drop(url)
    url = await made_databases.fresh()
    async with opened(url) as store:
        assert await _revision(store) == first
    await made_databases.drop(url)


def _down(connection: Connection, to: str) -> None:
    """Take a database down to an earlier form, as `alembic downgrade` does."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, to)


async def test_each_migration_goes_down_and_up_again_to_the_same_form(empty: str) -> None:
    revisions = [one.revision for one in ScriptDirectory(str(SCRIPTS)).walk_revisions()]
    assert set(revisions) == known_revisions()
    async with opened(empty) as store:
        await migrate(store)
        whole = await store.alone(_plan)
        for below in (*revisions[1:], "base"):
            await store.alone(partial(_down, to=below))
        assert await store.alone(_plan) == {}
        assert await migrate(store)
        assert await store.alone(_plan) == whole
        await store.answers()
