"""What a platform told of itself, kept so that every process and `doctor` can read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from messages.vietnamese import clean
from storage import channel_tables
from storage.connection import INSERTS, Connection
from storage.database import Store

LONGEST = 512
"""Characters that the column takes."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a channel.

    Attributes:
        value: what.
        at: since when.
    """

    value: str
    at: datetime


class ChannelFacts:
    """The facts of one channel; no secret and nothing of a person belongs here.

    Args:
        store: the database.
        channel: whose they are.
        clock: tells when a fact was learnt.
    """

    def __init__(self, store: Store, channel: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._channel = channel
        self._clock = clock

    async def keep(self, name: str, value: str) -> None:
        """Write a fact down in place of what was known; "" forgets it.

        Raises:
            StoreUnavailable: it could not be kept.
        """
        table, now = channel_tables.channel_facts, self._clock()
        row = {"channel": self._channel, "name": name, "value": clean(value)[:LONGEST], "at": now}

        async def job(connection: Connection) -> None:
            if not value:
                await connection.execute(
                    delete(table).where(table.c.channel == self._channel, table.c.name == name)
                )
                return
            insert = INSERTS[connection.dialect.name](table)
            await connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["channel", "name"],
                    set_={"value": insert.excluded.value, "at": insert.excluded.at},
                ),
                [row],
            )

        await self._store.write(job)

    async def read(self, name: str) -> Fact | None:
        """Give what is known, None where nothing is."""
        return await fact(self._store, self._channel, name)


async def fact(store: Store, channel: str, name: str) -> Fact | None:
    """Give what is known of a channel under a name, None where nothing is."""
    table = channel_tables.channel_facts
    async with store.reading() as connection:
        row = (
            await connection.execute(
                select(table.c.value, table.c.at).where(
                    table.c.channel == channel, table.c.name == name
                )
            )
        ).first()
    return None if row is None else Fact(row.value, row.at)
