"""The one apology of each late dossier, from its draft to the letter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select, true, update

from storage.connection import INSERTS, Connection
from storage.database import Conflict, Store
from storage.dossiers import WITH_US, Stage, selected
from storage.dossiers_tables import apologies, dossiers
from storage.sealing import Box
from storage.work import Work

BATCH = 200


class Written(IntEnum):
    """How far an apology is."""

    DRAFT = 0
    LAID_BEFORE = 1
    APPROVED = 2
    SENT = 3


@dataclass(frozen=True, slots=True)
class Apology:
    """An apology as it was read; every change of it says which state it saw.

    Attributes:
        id: our number of it, "XL12" to officials.
        code: of the dossier.
        unit: the unit that was late.
        state: how far it is.
        due_at: the due date that was missed.
        reason: why, in the officer's words.
        new_due_at: the one new date, None where the result is there already.
        officer_id: who filled it in.
        leader_id: who approved it.
        approved_at: when.
        hash: of the letter as PDF, "" until it was made.
    """

    id: int
    code: str
    unit: str
    state: Written
    due_at: datetime
    reason: str
    new_due_at: datetime | None
    officer_id: int | None
    leader_id: int | None
    approved_at: datetime | None
    hash: str

    @property
    def name(self) -> str:
        """How officials call it."""
        return f"XL{self.id}"


def _apology_of(row: Row[Any], box: Box) -> Apology:
    return Apology(
        id=row.id,
        code=row.code,
        unit=row.unit,
        state=Written(row.state),
        due_at=row.due_at,
        reason=box.unseal("apologies.reason", row.reason) if row.reason else "",
        new_due_at=row.new_due_at,
        officer_id=row.officer_id,
        leader_id=row.leader_id,
        approved_at=row.approved_at,
        hash=row.hash or "",
    )


@dataclass(frozen=True, slots=True)
class Write:
    """An apology goes a step further; Conflict where it is not as the turn saw it.

    Attributes:
        seen: as the turn read it.
        state: where it leads.
        reason: the reason, where it is filled in.
        new_due_at: the new date, where it is filled in.
    """

    seen: Apology
    state: Written
    reason: str = ""
    new_due_at: datetime | None = None

    async def apply(self, work: Work) -> None:
        """Write it down."""
        values: dict[str, Any] = {"state": int(self.state)}
        if self.reason:
            values |= {
                "reason": work.box.seal("apologies.reason", self.reason),
                "new_due_at": self.new_due_at,
                "officer_id": work.person_id,
            }
        if self.state is Written.APPROVED:
            values |= {"leader_id": work.person_id, "approved_at": work.now}
        table = apologies
        done = await work.connection.execute(
            update(table)
            .where(table.c.id == self.seen.id, table.c.state == int(self.seen.state))
            .values(values)
        )
        if done.rowcount != 1:
            raise Conflict(self.seen.name)


def is_late() -> Any:  # noqa: ANN401 - a condition of SQL
    """Whether a version that is selected with its day of data is late, as `Dossier.late` has it."""
    as_of = selected().selected_columns["as_of"]
    return and_(
        dossiers.c.gone.is_(False),
        dossiers.c.due_at.is_not(None),
        dossiers.c.stage != Stage.WITHDRAWN.value,
        or_(
            dossiers.c.finished_at > dossiers.c.due_at,
            and_(
                dossiers.c.finished_at.is_(None),
                dossiers.c.stage.in_([stage.value for stage in WITH_US]),
                dossiers.c.due_at < as_of,
            ),
        ),
    )


def _late_without() -> Select[Any]:
    """Late dossiers of which no apology was begun."""
    begun = exists().where(apologies.c.code == dossiers.c.code)
    return selected().where(is_late(), ~begun).limit(BATCH)


async def draft_late(store: Store, default_unit: str, now: datetime) -> int:
    """Begin an apology for each late dossier that has none; give how many."""
    made = 0
    while True:
        async with store.reading() as connection:
            rows = (await connection.execute(_late_without())).all()
        if not rows:
            return made
        values = [
            {
                "code": row.code,
                "unit": row.unit or default_unit,
                "drafted_at": now,
                "due_at": row.due_at,
            }
            for row in rows
        ]

        async def job(connection: Connection, values: list[dict[str, Any]] = values) -> None:
            insert = INSERTS[connection.dialect.name](apologies).on_conflict_do_nothing()
            await connection.execute(insert, values)

        await store.write(job)
        made += len(values)


class Apologies:
    """What may be asked about apologies.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of_code(self, code: str) -> Apology | None:
        """Find the apology of a dossier."""
        found = await self._found(select(apologies).where(apologies.c.code == code))
        return found[0] if found else None

    async def by_id(self, apology_id: int) -> Apology | None:
        """Find an apology by number."""
        found = await self._found(select(apologies).where(apologies.c.id == apology_id))
        return found[0] if found else None

    async def new_due(self, code: str) -> datetime | None:
        """Give the date that an apology promised, None where none was approved."""
        apology = await self.of_code(code)
        if apology is None or apology.state < Written.APPROVED:
            return None
        return apology.new_due_at

    async def in_state(
        self, state: Written, units: Collection[str] = (), limit: int = 20
    ) -> Sequence[Apology]:
        """List apologies in a state, of some units or, where none is named, of all."""
        return await self._found(
            select(apologies)
            .where(
                apologies.c.state == int(state),
                apologies.c.unit.in_(units) if units else true(),
            )
            .order_by(apologies.c.due_at, apologies.c.id)
            .limit(limit)
        )

    async def unprinted(self) -> Sequence[Apology]:
        """List approved apologies of which no PDF was made."""
        return await self._found(
            select(apologies)
            .where(apologies.c.state == int(Written.APPROVED), apologies.c.hash.is_(None))
            .order_by(apologies.c.id)
            .limit(BATCH)
        )

    async def _found(self, query: Select[Any]) -> list[Apology]:
        async with self._store.reading() as connection:
            return [_apology_of(row, self._store.box) for row in await connection.execute(query)]
