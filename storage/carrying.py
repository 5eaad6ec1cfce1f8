"""Codes that carry a conversation from one browser to another of the same person.

They stand in the database, so that they outlive a restart and any process may take them.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from messages.envelope import Address
from storage.channel_tables import carry_codes as table
from storage.connection import INSERTS, Connection
from storage.database import Store

VALID = timedelta(minutes=10)

MOST = 10_000
"""Codes that stand at a time: whoever asks without end drives out the oldest, and fills nothing."""

CHANNEL = "web"
"""Whose conversations a browser can carry."""


class CarryCodes:
    """Codes that work once and lapse soon, of which only a keyed hash is kept.

    Args:
        store: the database.
        now: our clock.
        draw: makes a code that nobody can guess.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        draw: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._store = store
        self._now = now
        self._draw = draw

    async def make(self, person: Address) -> str:
        """Make a code for a person; an earlier one of theirs works no more."""
        code, now = self._draw(), self._now()
        said = {"code_hash": self._hash(code), "expires_at": now + VALID}

        async def job(connection: Connection) -> None:
            surplus = select(table.c.address).order_by(table.c.expires_at.desc()).offset(MOST - 1)
            await connection.execute(
                delete(table).where(or_(table.c.expires_at <= now, table.c.address.in_(surplus)))
            )
            insert = INSERTS[connection.dialect.name](table).values(address=person.id, **said)
            await connection.execute(
                insert.on_conflict_do_update(index_elements=[table.c.address], set_=said)
            )

        await self._store.write(job)
        return code

    async def whose(self, code: str) -> Address | None:
        """Tell whose conversation a code carries, None where it does not work; it stays good."""
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.address).where(
                    table.c.code_hash == self._hash(code), table.c.expires_at > self._now()
                )
            )
            return _address(found.scalar())

    async def use(self, code: str) -> Address | None:
        """Tell whose conversation a code carries; from now on it works no more, for anybody."""
        digest, now = self._hash(code), self._now()

        async def job(connection: Connection) -> str | None:
            used = await connection.execute(
                delete(table)
                .where(table.c.code_hash == digest, table.c.expires_at > now)
                .returning(table.c.address)
            )
            found: str | None = used.scalar()
            return found

        return _address(await self._store.write(job))

    def _hash(self, code: str) -> str:
        return self._store.box.digest("carry", code)[:64]


def _address(found: str | None) -> Address | None:
    return None if found is None else Address(CHANNEL, found)
