from sqlalchemy import Column, String, Table

from storage import channel_tables, tables
from storage.connection import Connection
from storage.database import Store
from storage.work import Gathered
from tests.storage.acts import count


async def test_a_row_of_a_table_that_came_to_be_known_late_is_kept(store: Store) -> None:
    async def early(connection: Connection) -> None:
        gathered = Gathered(connection, store.box)
        gathered.add(channel_tables.credentials, {"name": "early"})
        await gathered.flush()

    await store.write(early)
    late = Table("late", tables.metadata, Column("name", String(8)))
    try:
        await store.alone(late.create)

        async def write(connection: Connection) -> None:
            gathered = Gathered(connection, store.box)
            gathered.add(late, {"name": "kept"})
            await gathered.flush()

        await store.write(write)
        assert await count(store, late) == 1
    finally:
        await store.alone(late.drop)
        tables.metadata.remove(late)
