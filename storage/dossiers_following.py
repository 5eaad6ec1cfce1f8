"""Whose a dossier is: tries of the second factor, those who proved it, and what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from storage.connection import INSERTS
from storage.database import Conflict, Store
from storage.dossiers import code_hash
from storage.dossiers_files import LOOKED_AT
from storage.dossiers_tables import dossier_followers, dossier_tries, sent_files
from storage.work import Work

REMEMBERED = timedelta(hours=24)
"""How long a wrong try counts."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried in the last day.

    Attributes:
        nth: the number of the next try for this code.
        by_person: when this person was wrong, for whatever code, the newest first.
        for_code: when anybody was wrong for this code, the newest first.
    """

    nth: int
    by_person: tuple[datetime, ...]
    for_code: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who proved that a dossier is theirs.

    Attributes:
        id: our number of this.
        code: of the dossier.
        person_id: who.
        following: whether they want to be told of changes.
        told: `Dossier.notable` as they heard it last.
    """

    id: int
    code: str
    person_id: int
    following: bool
    told: str


@dataclass(frozen=True, slots=True)
class Try:
    """The second factor of a code was given.

    Attributes:
        code: in one form; it may be no dossier's.
        nth: as it was read; Conflict where somebody else tried meanwhile.
        failed: whether it was wrong.
    """

    code: str
    nth: int
    failed: bool

    async def apply(self, work: Work) -> None:
        """Write it down."""
        work.add(
            dossier_tries,
            code_hash=code_hash(work.box, self.code),
            nth=self.nth,
            person_id=work.person_id,
            at=work.now,
            failed=self.failed,
        )


@dataclass(frozen=True, slots=True)
class Prove:
    """A person proved that a dossier is theirs, or says whether they follow it.

    Attributes:
        code: in one form.
        told: what they know of it now.
        following: whether they want to be told of changes, None = as it was.
    """

    code: str
    told: str
    following: bool | None = None

    async def apply(self, work: Work) -> None:
        """Write it down once for each code and person."""
        await work.flush()
        table = dossier_followers
        new = INSERTS[work.connection.dialect.name](table).values(
            code=self.code,
            person_id=work.person_id,
            proven_at=work.now,
            following=bool(self.following),
            told=self.told,
        )
        changed: dict[str, object] = {"told": self.told}
        if self.following is not None:
            changed["following"] = self.following
        await work.connection.execute(
            new.on_conflict_do_update(index_elements=["code", "person_id"], set_=changed)
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A follower is told of a change; Conflict where that happened already.

    Attributes:
        seen: the follower as the turn read them.
        told: what they know now.
    """

    seen: Follower
    told: str

    async def apply(self, work: Work) -> None:
        """Write it down."""
        await work.flush()
        table = dossier_followers
        done = await work.connection.execute(
            update(table)
            .where(table.c.id == self.seen.id, table.c.told == self.seen.told)
            .values(told=self.told)
        )
        if done.rowcount != 1:
            raise Conflict("told already")


class Following:
    """What handlers may ask about whose a dossier is.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def tries(self, code: str, person_id: int, now: datetime) -> Tries:
        """Read the tries of the last day that a try now stands beside."""
        table, hashed = dossier_tries, code_hash(self._store.box, code)
        async with self._store.reading() as connection:
            last = await connection.execute(
                select(func.max(table.c.nth)).where(table.c.code_hash == hashed)
            )
            rows = (
                await connection.execute(
                    select(table)
                    .where(
                        table.c.failed.is_(True),
                        table.c.at > now - REMEMBERED,
                        or_(table.c.code_hash == hashed, table.c.person_id == person_id),
                    )
                    .order_by(table.c.id.desc())
                    .limit(200)
                )
            ).all()
        return Tries(
            nth=(last.scalar() or 0) + 1,
            by_person=tuple(row.at for row in rows if row.person_id == person_id),
            for_code=tuple(row.at for row in rows if row.code_hash == hashed),
        )

    async def follower(self, code: str, person_id: int) -> Follower | None:
        """Find whether a person proved that a dossier is theirs."""
        table = dossier_followers
        found = await self._found(
            select(table).where(table.c.code == code, table.c.person_id == person_id)
        )
        return found[0] if found else None

    async def by_id(self, follower_id: int) -> Follower | None:
        """Find a follower by number."""
        table = dossier_followers
        found = await self._found(select(table).where(table.c.id == follower_id))
        return found[0] if found else None

    async def of_code(self, code: str) -> Sequence[Follower]:
        """List who follows a dossier."""
        table = dossier_followers
        return await self._found(
            select(table)
            .where(table.c.code == code, table.c.following.is_(True))
            .order_by(table.c.id)
        )

    async def of_person(self, person_id: int) -> Sequence[Follower]:
        """List what a person proved to be theirs, the newest first."""
        table = dossier_followers
        return await self._found(
            select(table)
            .where(table.c.person_id == person_id)
            .order_by(table.c.id.desc())
            .limit(20)
        )

    async def after(self, follower_id: int, limit: int) -> Sequence[Follower]:
        """List who follows anything, after a number."""
        table = dossier_followers
        return await self._found(
            select(table)
            .where(table.c.id > follower_id, table.c.following.is_(True))
            .order_by(table.c.id)
            .limit(limit)
        )

    async def export_waits(self, file_id: int, person_id: int) -> bool:
        """Whether a person's export waits for their yes."""
        table = sent_files
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(table.c.id).where(
                    table.c.id == file_id,
                    table.c.person_id == person_id,
                    table.c.state == LOOKED_AT,
                )
            )
            return found.first() is not None

    async def _found(self, query: Select[Any]) -> list[Follower]:
        async with self._store.reading() as connection:
            rows = await connection.execute(query)
            return [
                Follower(row.id, row.code, row.person_id, row.following, row.told) for row in rows
            ]
