"""Citizens' initiatives: how far their assessment is; the ticket holds what they wrote."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update

from storage.civic_tables import initiatives
from storage.connection import INSERTS
from storage.database import Conflict, Store
from storage.tables import tickets
from storage.tickets import State
from storage.work import Work

KIND = "initiative"
"""The kind of an initiative's ticket."""


class Assessment(StrEnum):
    """How far the assessment of an initiative is."""

    RECEIVED = "received"
    ASSESSED = "assessed"
    RECOGNISED = "recognised"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Initiative:
    """An initiative.

    Attributes:
        code: of its ticket.
        state: how far its assessment is.
        decision: the number of the decision that recognised it, or the reason for declining.
        changed_at: since when.
        withdrawn: whether the citizen took its ticket back.
    """

    code: str
    state: Assessment
    decision: str
    changed_at: datetime
    withdrawn: bool

    @property
    def is_open(self) -> bool:
        """Whether it can still be assessed, recognised or declined."""
        undecided = self.state in {Assessment.RECEIVED, Assessment.ASSESSED}
        return undecided and not self.withdrawn


@dataclass(frozen=True, slots=True)
class Assess:
    """An initiative's assessment goes on; fails with Conflict where it is not as it was read.

    Attributes:
        seen: the initiative as the turn read it.
        to: where it leads.
        decision: number of the decision, or the reason.
    """

    seen: Initiative
    to: Assessment
    decision: str = ""

    async def apply(self, work: Work) -> None:
        """Write it where the state is still as seen."""
        await work.flush()
        connection = work.connection
        values = {
            "state": self.to.value,
            "decision": work.box.seal("initiatives.decision", self.decision)
            if self.decision
            else None,
            "changed_at": work.now,
            "changed_by": work.person_id,
        }
        if self.seen.state is Assessment.RECEIVED:
            # Nothing is written of it before: a second one who does this at the same time fails.
            insert = INSERTS[connection.dialect.name](initiatives)
            await connection.execute(insert.values(code=self.seen.code, **values))
            return
        changed = await connection.execute(
            update(initiatives)
            .where(initiatives.c.code == self.seen.code, initiatives.c.state == self.seen.state)
            .values(**values)
        )
        if changed.rowcount != 1:
            raise Conflict(self.seen.code)


class InitiativeReader:
    """What may be asked about initiatives.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, code: str) -> Initiative | None:
        """Find an initiative by its ticket's code; None where that ticket is none."""
        found = await self._read(code=code, limit=1)
        return found[0] if found else None

    async def newest(self, limit: int = 20) -> list[Initiative]:
        """List initiatives, the newest first."""
        return await self._read(code="", limit=limit)

    async def _read(self, *, code: str, limit: int) -> list[Initiative]:
        query = (
            select(
                tickets.c.code,
                tickets.c.received_at,
                tickets.c.state.label("ticket_state"),
                initiatives.c.state,
                initiatives.c.decision,
                initiatives.c.changed_at,
            )
            .outerjoin(initiatives, initiatives.c.code == tickets.c.code)
            .where(tickets.c.kind == KIND)
            .order_by(tickets.c.received_at.desc(), tickets.c.code)
            .limit(limit)
        )
        if code:
            query = query.where(tickets.c.code == code)
        box = self._store.box
        async with self._store.reading() as connection:
            return [
                Initiative(
                    code=row.code,
                    state=Assessment(row.state or Assessment.RECEIVED),
                    decision=box.unseal("initiatives.decision", row.decision)
                    if row.decision
                    else "",
                    changed_at=row.changed_at or row.received_at,
                    withdrawn=row.ticket_state == State.WITHDRAWN,
                )
                for row in await connection.execute(query)
            ]
