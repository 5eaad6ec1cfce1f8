import asyncio
import contextlib
import os
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import event, text

from storage import channel_tables, tables
from storage.connection import Connection, Reading
from storage.database import SHARED, BadValue, Conflict, Store, StoreUnavailable
from storage.postgresql import READERS
from tests.databases import Databases, SqliteFiles, opened
from tests.storage.acts import count, rows

NUMBER = "a number"


class Commits:
    """Counts the commits of a store."""

    def __init__(self, store: Store) -> None:
        self.count = 0
        event.listen(store.engine, "commit", self._on_commit)

    def _on_commit(self, _: object) -> None:
        self.count += 1


async def _set(connection: Connection, name: str) -> None:
    await connection.execute(channel_tables.credentials.insert().values(name=name))


async def _names(store: Store) -> set[str]:
    return {row.name for row in await rows(store, channel_tables.credentials)}


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on SQLite, on whatever database the other tests run."""
    async with opened(await SqliteFiles(tmp_path).fresh()) as store:
        yield store


@pytest.fixture
def server(store: Store) -> Store:
    """A store on PostgreSQL."""
    if store.is_sqlite:
        pytest.skip("needs a PostgreSQL server: TEST_DATABASE_URL")
    return store


async def test_every_connection_has_its_pragmas_in_force(file: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 1500,
        "temp_store": 2,
    }

    async def look(connection: Reading) -> dict[str, object]:
        found = {}
        for name in wanted:
            found[name] = (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
        return found

    assert await file.write(look) == wanted
    async with file.reading() as one, file.reading() as two, file.reading() as three:
        for connection in (one, two, three):
            assert await look(connection) == wanted


async def test_a_file_that_another_process_is_making_is_waited_for(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "bot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        asyncio.get_running_loop().call_later(0.1, other.execute, "COMMIT")
        async with opened(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}") as store:
            await store.write(lambda c: c.exec_driver_sql("CREATE TABLE made (x INTEGER)"))


async def test_a_reading_connection_refuses_to_write(store: Store) -> None:
    with pytest.raises(StoreUnavailable, match=r"(?i)read.?only"):
        async with store.reading() as connection:
            await connection.execute(channel_tables.credentials.insert().values(name="sly"))
    assert await count(store, channel_tables.credentials) == 0


async def test_a_reference_to_nobody_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        await store.write(
            lambda connection: connection.execute(
                tables.invite_tries.insert().values(person_id=12345, at=tables.EPOCH)
            )
        )


async def test_jobs_that_wait_together_share_a_commit(store: Store) -> None:
    commits = Commits(store)
    await asyncio.gather(
        *(store.write(lambda c, n=n: _set(c, f"n{n}")) for n in range(200))  # type: ignore[misc]
    )
    assert await count(store, channel_tables.credentials) == 200
    assert commits.count <= 3


async def test_a_job_that_fails_fails_alone(store: Store) -> None:
    async def fail(connection: Connection) -> None:
        await _set(connection, "undone")
        raise LookupError("mine")

    results = await asyncio.gather(
        store.write(lambda c: _set(c, "before")),
        store.write(fail),
        store.write(lambda c: _set(c, "after")),
        return_exceptions=True,
    )
    assert isinstance(results[1], LookupError)
    assert results[0] is results[2] is None
    assert await _names(store) == {"before", "after"}


async def test_a_job_whose_sql_is_wrong_fails_alone_and_for_good(store: Store) -> None:
    results = await asyncio.gather(
        store.write(lambda c: _set(c, "before")),
        store.write(lambda c: c.exec_driver_sql("SELECT nonsense FROM credentials")),
        store.write(lambda c: _set(c, "after")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), BadValue, type(None)]
    assert await _names(store) == {"before", "after"}


async def test_a_database_without_its_tables_is_unavailable(made_databases: Databases) -> None:
    url = await made_databases.empty()
    async with opened(url) as bare:
        with pytest.raises(StoreUnavailable):
            await bare.answers()
        with pytest.raises(StoreUnavailable):
            await bare.write(lambda c: _set(c, "refused"))
    await made_databases.drop(url)


async def test_what_somebody_outside_waits_for_does_not_wait_for_all_that_was_asked_before(
    store: Store,
) -> None:
    done: list[str] = []

    async def write(name: str, *, urgent: bool = False) -> None:
        await store.write(lambda c: _set(c, name), urgent=urgent)
        done.append(name)

    others = [asyncio.create_task(write(f"n{n}")) for n in range(3 * SHARED)]
    await asyncio.sleep(0)
    await asyncio.gather(write("urgent", urgent=True), *others)
    assert done.index("urgent") <= SHARED
    assert len(done) == 3 * SHARED + 1


async def test_the_writer_outlives_an_error_that_cannot_even_be_told(store: Store) -> None:
    class Unspeakable(OSError):
        def __str__(self) -> str:
            raise LookupError("no words")

    async def fail(_: Connection) -> None:
        raise Unspeakable

    with pytest.raises(LookupError):
        await store.write(fail)
    await store.write(lambda c: _set(c, "after"))
    assert await _names(store) == {"after"}


async def test_a_row_that_exists_already_is_a_conflict(store: Store) -> None:
    await store.write(lambda c: _set(c, "taken"))
    with pytest.raises(Conflict):
        await store.write(lambda c: _set(c, "taken"))


async def test_a_value_that_no_column_takes_is_not_the_stores_fault(store: Store) -> None:
    # It would be tried for ever if it were taken for a store that is away for a while.
    async def job(connection: Connection) -> None:
        await connection.execute(
            text("INSERT INTO credentials (name, access) VALUES (:name, :access)"),
            {"name": "marked" * 9, "access": object()},
        )

    with pytest.raises(BadValue) as caught:
        await store.write(job)
    assert "marked" not in str(caught.value)


async def test_a_job_whose_caller_left_before_it_began_is_not_begun(store: Store) -> None:
    begun, go = threading.Event(), threading.Event()

    async def hold(_: Connection) -> None:
        begun.set()
        if store.is_sqlite:
            # A job there runs in the database's own thread.
            go.wait()
        else:
            await asyncio.to_thread(go.wait)

    holding = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(begun.wait)
    left = asyncio.create_task(store.write(lambda c: _set(c, "left")))
    await asyncio.sleep(0)
    left.cancel()
    go.set()
    await holding
    await store.write(lambda c: _set(c, "stayed"))
    assert await _names(store) == {"stayed"}


async def test_a_job_that_waits_for_anything_but_its_connection_is_refused(file: Store) -> None:
    async def waits(connection: Connection) -> None:
        await _set(connection, "undone")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="waits for nothing but its connection"):
        await file.write(waits)
    assert await _names(file) == set()


async def test_a_closed_store_is_unavailable_to_readers_too(store: Store) -> None:
    await store.close()
    with pytest.raises(StoreUnavailable):
        await count(store, tables.people)


async def test_no_update_is_lost_between_stores_on_one_database(database: str) -> None:
    async with opened(database) as first, opened(database) as second:
        await first.write(
            lambda c: c.execute(
                tables.evidence_counts.insert().values(
                    day="2026-11-23", kind=NUMBER, unit="", count=0, total=0
                )
            )
        )

        async def add_one(connection: Connection) -> None:
            table = tables.evidence_counts
            query = table.select().where(table.c.kind == NUMBER).with_for_update()
            row = (await connection.execute(query)).one()
            await connection.execute(
                table.update().where(table.c.kind == NUMBER).values(count=row._mapping["count"] + 1)
            )

        async def add_many(store: Store) -> None:
            for _ in range(25):
                await store.write(add_one)

        await asyncio.gather(*(add_many(store) for store in (first, second) * 4))
        (row,) = await rows(first, tables.evidence_counts)
        assert row._mapping["count"] == 200


async def test_closing_finishes_what_was_asked_for_before(database: str) -> None:
    async with opened(database) as store:
        asked = [
            asyncio.create_task(store.write(lambda c, n=n: _set(c, f"n{n}")))  # type: ignore[misc]
            for n in range(20)
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*asked)
    async with opened(database) as store:
        assert await count(store, channel_tables.credentials) == 20


async def test_a_closed_store_is_unavailable_rather_than_silent(database: str) -> None:
    async with opened(database) as store:
        pass
    with pytest.raises(StoreUnavailable):
        await asyncio.wait_for(store.write(lambda c: _set(c, "late")), 5)


async def test_a_row_that_another_process_holds_fails_the_job_that_needs_it_and_no_other(
    server: Store,
) -> None:
    await server.write(lambda c: _set(c, "row"))
    locked, go = asyncio.Event(), asyncio.Event()

    async def hold(connection: Connection) -> None:
        await connection.execute(channel_tables.credentials.select().with_for_update())
        locked.set()
        await go.wait()

    async def change(connection: Connection) -> None:
        await connection.execute(channel_tables.credentials.update().values(lease="mine"))

    async with opened(server.url) as other:
        holding = asyncio.create_task(other.write(hold))
        await locked.wait()
        results = await asyncio.gather(
            server.write(change),
            server.write(lambda c: _set(c, "beside")),
            return_exceptions=True,
        )
        assert [type(result) for result in results] == [StoreUnavailable, type(None)]
        go.set()
        await holding
    await server.write(change)


async def test_two_processes_that_wait_for_each_other_both_go_on(server: Store) -> None:
    await server.write(lambda c: _set(c, "one"))
    await server.write(lambda c: _set(c, "two"))
    met = asyncio.Barrier(2)

    async def take_both(connection: Connection, names: list[str]) -> None:
        for name in names:
            kept = channel_tables.credentials
            await connection.execute(
                kept.update().where(kept.c.name == name).values(lease="-".join(names))
            )
            if not rested[names[0]]:
                rested[names[0]] = True
                await met.wait()

    rested = {"one": False, "two": False}
    async with opened(server.url) as other:
        await asyncio.gather(
            server.write(lambda c: take_both(c, ["one", "two"])),
            other.write(lambda c: take_both(c, ["two", "one"])),
        )
    leases = {row.lease for row in await rows(server, channel_tables.credentials)}
    assert len(leases) == 1


async def test_connections_that_the_server_ended_are_made_anew(server: Store) -> None:
    await count(server, tables.people)

    async def end_all_others(connection: Connection) -> None:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )

    async with opened(server.url) as other:
        await other.write(end_all_others)
    with pytest.raises(StoreUnavailable):
        await count(server, tables.people)
    assert await count(server, tables.people) == 0
    await server.write(lambda c: _set(c, "kept"))
    assert await _names(server) == {"kept"}


async def test_a_job_that_was_refused_at_the_close_was_not_kept(database: str) -> None:
    begun, go, loop = threading.Event(), threading.Event(), asyncio.get_running_loop()

    async def hold(connection: Connection) -> None:
        begun.set()
        if connection.dialect.name == "sqlite":
            go.wait()
        else:
            await loop.run_in_executor(None, go.wait)

    async def keep(store: Store, name: str) -> str:
        try:
            await store.write(lambda c: _set(c, name))
        except StoreUnavailable:
            return ""
        return name

    async with opened(database) as store:
        holding = asyncio.create_task(store.write(hold))
        await asyncio.to_thread(begun.wait)
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)
        # More than one commit takes.
        asked = [asyncio.create_task(keep(store, f"n{n}")) for n in range(3 * SHARED)]
        await asyncio.sleep(0)
        go.set()
        told = set(await asyncio.gather(*asked)) - {""}
        await asyncio.gather(holding, closing)
    async with opened(database) as store:
        assert await _names(store) == told


async def test_whoever_reads_while_the_store_closes_is_told_that_it_is_away(file: Store) -> None:
    async def read() -> None:
        async with file.reading() as connection:
            await connection.exec_driver_sql("SELECT 1")
            await file.close()
            await connection.exec_driver_sql("SELECT 1")

    with pytest.raises(StoreUnavailable):
        await read()


async def test_a_reader_that_finds_no_free_connection_is_told_that_the_store_is_away(
    server: Store,
) -> None:
    hurried = Store(server.url, server.box, busy_ms=100)
    async with AsyncExitStack() as held:
        for _ in range(READERS):
            connection = await held.enter_async_context(hurried.reading())
            await connection.exec_driver_sql("SELECT 1")
        with pytest.raises(StoreUnavailable):
            await count(hurried, tables.people)
    await hurried.close()


async def test_a_store_closes_though_its_server_answers_no_more(server: Store) -> None:
    async def process(connection: Connection) -> int:
        return int((await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one())

    stalled = Store(server.url, server.box)
    await stalled.open()
    number = await stalled.write(process)
    os.kill(number, signal.SIGSTOP)
    try:
        writing = asyncio.create_task(stalled.write(process))
        await asyncio.sleep(0)
        await asyncio.wait_for(stalled.close(), 30)
        with pytest.raises(StoreUnavailable):
            await writing
    finally:
        os.kill(number, signal.SIGCONT)
