"""The rotating tokens of platforms: sealed, renewed by one process at a time.

A refresh token works once, so three rules hold whoever comes at the same time: only the holder of
the lease asks the platform; the new pair is kept before it is used; and a pair is only replaced by
the one that came of it, so that a late answer never overwrites a later consent.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Row, select, update

from storage.channel_tables import credentials as table
from storage.clock import Clock
from storage.connection import INSERTS, Connection, Reading
from storage.database import Store

LEASE = timedelta(seconds=60)
"""Longer than a request to a platform may take, so that nobody else asks while one is at it."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A pair of tokens; it never shows them when printed.

    Attributes:
        access: what opens the platform, "" where there is none yet.
        refresh: what the next pair is had for.
        expires_at: when `access` ends, None without it.
        renewed_at: when `access` came, None without it.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None = None
    renewed_at: datetime | None = None


class Credentials:
    """The kept pairs, one for each platform that rotates them.

    Args:
        store: the database.
        clock: tells until when a lease holds.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def seed(self, name: str, refresh: str) -> bool:
        """Take a refresh token from the settings; each one is taken once, ever.

        A token that was not seen before comes from a new consent and replaces the kept pair; one
        that was seen changes nothing, since by now it is used up and the kept pair came of it.

        Args:
            name: the platform, at most 11 characters.
            refresh: the token as it was given.

        Returns:
            whether it was new.
        """
        # The keyed hash tells nothing about the token and names the row that remembers it.
        seen = f"{name}.{self._store.box.digest('credentials.seed', refresh)[:20]}"
        sealed = self._seal("refresh", refresh)

        async def job(connection: Connection) -> bool:
            if not await self._insert(connection, seen):
                return False
            await self._insert(connection, name)
            await connection.execute(
                update(table)
                .where(table.c.name == name)
                .values(access=None, refresh=sealed, expires_at=None, renewed_at=None)
            )
            return True

        return await self._store.write(job)

    async def read(self, name: str) -> Credential | None:
        """Give the kept pair, None where there is none.

        Raises:
            CannotUnseal: it was sealed with another secret key.
        """
        async with self._store.reading() as connection:
            return self._opened(await self._row(connection, name))

    async def lease(self, name: str) -> tuple[str, Credential] | None:
        """Become the one who renews: give the lease and the pair as it stands under it.

        None where another holds the lease or there is no pair.

        Raises:
            CannotUnseal: the pair was sealed with another secret key.
        """
        token = secrets.token_hex(16)

        async def job(connection: Connection) -> Credential | None:
            now = self._clock()
            kept = table
            taken = await connection.execute(
                update(kept)
                .where(kept.c.name == name)
                .where(kept.c.lease_until.is_(None) | (kept.c.lease_until <= now))
                .values(lease=token, lease_until=now + LEASE)
                .returning(kept)
            )
            return self._opened(taken.first())

        pair = await self._store.write(job)
        return None if pair is None else (token, pair)

    async def release(self, name: str, lease: str) -> None:
        """Give a lease back without a new pair; nothing happens where it was lost."""

        async def job(connection: Connection) -> None:
            await connection.execute(
                update(table)
                .where(
                    table.c.name == name,
                    table.c.lease == lease,
                )
                .values(lease=None, lease_until=None)
            )

        await self._store.write(job)

    async def replace(self, name: str, used: str, new: Credential) -> bool:
        """Keep the pair that came for the refresh token `used`; the lease goes back with it.

        Returns:
            False where another pair stands there by now: then `new` is of an older consent.
        """
        values = self._row_of(new)

        async def job(connection: Connection) -> bool:
            now = self._opened(await self._row(connection, name, locked=True))
            if now is None or now.refresh != used:
                return False
            await connection.execute(update(table).where(table.c.name == name).values(**values))
            return True

        return await self._store.write(job)

    async def consented(self, name: str, new: Credential) -> None:
        """Keep the pair of a new consent in place of whatever stands there."""
        values = self._row_of(new)

        async def job(connection: Connection) -> None:
            await self._insert(connection, name)
            await connection.execute(update(table).where(table.c.name == name).values(**values))

        await self._store.write(job)

    async def expect(self, name: str, state: str, until: datetime) -> None:
        """Wait for a consent that names this state; one waited for earlier is forgotten.

        Args:
            name: the platform.
            state: what its answer must repeat; kept sealed.
            until: when it is too late.
        """
        row, sealed = f"{name}.state", self._seal("refresh", state)

        async def job(connection: Connection) -> None:
            await self._insert(connection, row)
            await connection.execute(
                update(table).where(table.c.name == row).values(refresh=sealed, expires_at=until)
            )

        await self._store.write(job)

    async def was_expected(self, name: str, state: str) -> bool:
        """Whether a consent that names this state is waited for; it is from now on no more."""
        row = f"{name}.state"

        async def job(connection: Connection) -> bool:
            kept = self._opened(await self._row(connection, row, locked=True))
            if kept is None or kept.expires_at is None or kept.expires_at <= self._clock():
                return False
            if not secrets.compare_digest(kept.refresh.encode(), state.encode("utf-8", "replace")):
                return False
            await connection.execute(
                update(table).where(table.c.name == row).values(refresh=None, expires_at=None)
            )
            return True

        return await self._store.write(job)

    async def is_expecting(self, name: str) -> bool:
        """Whether a consent is still waited for."""
        async with self._store.reading() as connection:
            row = await self._row(connection, f"{name}.state")
        return row is not None and row.refresh is not None

    def _row_of(self, new: Credential) -> dict[str, object]:
        """A pair as the columns of its row, the lease given back."""
        return {
            "access": self._seal("access", new.access),
            "refresh": self._seal("refresh", new.refresh),
            "expires_at": new.expires_at,
            "renewed_at": new.renewed_at,
            "lease": None,
            "lease_until": None,
        }

    async def _insert(self, connection: Connection, name: str) -> bool:
        """Make a row where there is none; tell whether there was none."""
        made = await connection.execute(
            INSERTS[connection.dialect.name](table)
            .values(name=name)
            .on_conflict_do_nothing()
            .returning(table.c.name)
        )
        return made.first() is not None

    async def _row(
        self, connection: Reading, name: str, *, locked: bool = False
    ) -> Row[tuple[object, ...]] | None:
        query = select(table).where(table.c.name == name)
        found = await connection.execute(query.with_for_update() if locked else query)
        return found.first()

    def _seal(self, column: str, token: str) -> bytes:
        return self._store.box.seal(f"credentials.{column}", token)

    def _opened(self, row: Row[tuple[object, ...]] | None) -> Credential | None:
        if row is None or row.refresh is None:
            return None
        unseal = self._store.box.unseal
        return Credential(
            access=unseal("credentials.access", row.access) if row.access else "",
            refresh=unseal("credentials.refresh", row.refresh),
            expires_at=row.expires_at,
            renewed_at=row.renewed_at,
        )
