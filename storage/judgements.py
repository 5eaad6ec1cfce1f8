"""What officials decide about a period: the score of a component, a task of the next period."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from storage import report_tables
from storage.connection import Reading
from storage.filed_evidence import official_names
from storage.fingerprints import judgement_mark
from storage.sealing import Box
from storage.work import Work

SCORE, TASK = "score", "task"
"""Kinds of judgements."""

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Judge:
    """An official decides something about a period.

    Attributes:
        kind: SCORE or TASK.
        component: id of the component.
        days: the first and last day of the period.
        words: the reason of a score, or what is to be done; "" drops a task.
        points: of a score.
        unit: of a task.
        due: of a task.
    """

    kind: str
    component: str
    days: tuple[date, date]
    words: str
    points: Decimal | None = None
    unit: str = ""
    due: date | None = None

    @property
    def mark(self) -> str:
        """Its fingerprint for the sealed evidence."""
        days = (self.days[0].isoformat(), self.days[1].isoformat())
        due = self.due.isoformat() if self.due else ""
        return judgement_mark(
            self.kind, self.component, days, self.words, self._hundredths, self.unit, due
        )

    @property
    def _hundredths(self) -> int | None:
        return None if self.points is None else int(self.points * _HUNDREDTHS)

    async def apply(self, work: Work) -> None:
        """Write it beside what was decided before."""
        work.add(
            report_tables.judgements,
            kind=self.kind,
            component=self.component,
            first_day=self.days[0].isoformat(),
            last_day=self.days[1].isoformat(),
            points=self._hundredths,
            words=work.box.seal("judgements.words", self.words),
            unit=self.unit,
            due=self.due.isoformat() if self.due else "",
            person_id=work.person_id,
            at=work.now,
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about a period, and by whom."""

    kind: str
    component: str
    words: str
    points: Decimal | None
    unit: str
    due: date | None
    by: str
    at: datetime


async def judged(connection: Reading, box: Box, start: date, end: date) -> list[Judged]:
    """Give what was decided about exactly this period: of each kind and component the newest."""
    table = report_tables.judgements
    rows = (
        await connection.execute(
            select(table)
            .where(table.c.first_day == start.isoformat(), table.c.last_day == end.isoformat())
            .order_by(table.c.id)
        )
    ).all()
    newest = {(row.kind, row.component): row for row in rows}
    names = await official_names(connection, {row.person_id for row in rows})
    return [
        Judged(
            kind=row.kind,
            component=row.component,
            words=box.unseal("judgements.words", row.words),
            points=None if row.points is None else Decimal(row.points) / _HUNDREDTHS,
            unit=row.unit,
            due=date.fromisoformat(row.due) if row.due else None,
            by=names.get(row.person_id, ""),
            at=row.at,
        )
        for row in newest.values()
    ]
