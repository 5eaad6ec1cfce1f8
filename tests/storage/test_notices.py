"""Who gets a notice, however many follow."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, text
from sqlalchemy.dialects import sqlite

from storage.civic_tables import subscriptions
from storage.connection import Connection
from storage.database import Store
from storage.notices import NoticeReader, _next_of
from storage.tables import people

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


async def follows(store: Store, number: int, *topics: str, **more: object) -> None:
    """Write a person who follows some topics."""
    row = {"id": number, "channel": "web", "address": f"a{number}", "created_at": NOW, **more}

    async def job(connection: Connection) -> None:
        await connection.execute(insert(people).values(row))
        for topic in topics:
            said = {"person_id": number, "topic": topic, "since": NOW}
            await connection.execute(insert(subscriptions).values(said))

    await store.write(job)


async def test_of_one_human_beings_addresses_that_follow_the_first_that_is_there_gets_it(
    store: Store,
) -> None:
    await follows(store, 1)
    await follows(store, 2, "thongbao", gone_at=NOW, joined_to=1)
    await follows(store, 3, "lich", joined_to=1)
    await follows(store, 4, "thongbao", joined_to=1)
    await follows(store, 5, "thongbao", "lich", joined_to=1)
    await follows(store, 6, "thongbao")
    await follows(store, 7, "thongbao")
    reader = NoticeReader(store)
    pages, after = [], 0
    while page := await reader.next_people("thongbao", after, 2, windows={}, now=NOW):
        pages.append([one.id for one in page])
        after = page[-1].id
    assert pages == [[4, 6], [7]]
    assert await reader.audience("thongbao", {}, NOW) == {"web": (3, 0)}
    shut = {"web": timedelta(days=7)}
    assert await reader.audience("thongbao", shut, NOW) == {"web": (0, 3)}


async def test_the_next_few_are_found_without_looking_at_all_who_follow(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        return  # the plans of an empty PostgreSQL say nothing of a full one
    statement = _next_of("thongbao", 5).limit(200)
    told = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    async with store.reading() as connection:
        plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {told}"))
        steps = [row[3] for row in plan]
    assert not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN")]
    (other,) = (step for step in steps if step.startswith("SEARCH other "))
    assert "ix_people_joined" in other
    # Of a subscription beside it, whether there is the one: the primary key tells.
    (others,) = (step for step in steps if step.startswith("SEARCH others "))
    assert "person_id=? AND topic=?" in others
