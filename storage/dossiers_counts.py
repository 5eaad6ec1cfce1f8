"""Dossiers of a period, counted for the report: on time and late, online and on paper."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, and_, case, exists, func, or_, select, type_coerce

from storage.connection import Reading
from storage.dossiers import WITH_US, Stage, last_import, selected, visible
from storage.dossiers_apologies import Written
from storage.dossiers_tables import apologies, dossiers

DAYS_A_WEEK = 7
FRIDAY = 1
"""1 January 1970 was a Thursday."""

OFFSET_MS, DAY_MS = 7 * 3_600_000, 86_400_000


@dataclass(frozen=True, slots=True)
class Punctuality:
    """How punctual a unit was in a field.

    Attributes:
        unit: an id of commune.toml, "" where the export names none we know.
        field: of the procedures, in the export's words.
        on_time: finished until their due date.
        late: finished after it, or open past it at the period's end.
        apologised: of the late ones, with an approved apology.
    """

    unit: str
    field: str
    on_time: int = 0
    late: int = 0
    apologised: int = 0


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """The dossiers of a period.

    Attributes:
        lines: by unit and field, both in order.
        online: received in the period, online.
        paper: the same, on paper.
        fridays: received on a Friday of the period.
        same_day: of these, finished the same day.
        as_of: the day and hour of the newest data, None before any import.
    """

    lines: tuple[Punctuality, ...] = ()
    online: int = 0
    paper: int = 0
    fridays: int = 0
    same_day: int = 0
    as_of: datetime | None = None

    @property
    def on_time(self) -> int:
        """Of all units and fields."""
        return sum(line.on_time for line in self.lines)

    @property
    def late(self) -> int:
        """Of all units and fields."""
        return sum(line.late for line in self.lines)

    @property
    def apologised(self) -> int:
        """Of all units and fields."""
        return sum(line.apologised for line in self.lines)


NOTHING_COUNTED = DossierCounts()
"""The counts before any import."""


async def dossier_counts(
    connection: Reading, start: datetime, end: datetime, now: datetime
) -> DossierCounts:
    """Count dossiers from a moment to a moment, the second not included.

    On time and late go by the day on which they were finished; late is too what stands open past
    its due date at the period's end, as far as the data tell.
    """
    newest = await last_import(connection)
    if newest is None:
        return NOTHING_COUNTED
    until = min(end, now)
    shown = and_(visible(), dossiers.c.gone.is_(False))
    done = dossiers.c.finished_at
    due = dossiers.c.due_at
    apologised = exists().where(
        apologies.c.code == dossiers.c.code, apologies.c.state >= int(Written.APPROVED)
    )
    lines: dict[tuple[str, str], Punctuality] = defaultdict(lambda: Punctuality("", ""))

    def add(unit: str, field: str, *, on_time: int = 0, late: int = 0, sorry: int = 0) -> None:
        line = lines[unit, field]
        lines[unit, field] = replace(
            line,
            unit=unit,
            field=field,
            on_time=line.on_time + on_time,
            late=line.late + late,
            apologised=line.apologised + sorry,
        )

    finished = await connection.execute(
        select(
            dossiers.c.unit,
            dossiers.c.field,
            func.sum(case((done <= due, 1), else_=0)),
            func.sum(case((done > due, 1), else_=0)),
            func.sum(case((and_(done > due, apologised), 1), else_=0)),
        )
        .where(
            shown,
            done >= start,
            done < end,
            due.is_not(None),
            dossiers.c.stage != Stage.WITHDRAWN.value,
        )
        .group_by(dossiers.c.unit, dossiers.c.field)
    )
    for unit, field, on_time, late, sorry in finished:
        add(unit, field, on_time=int(on_time), late=int(late), sorry=int(sorry))
    as_of = selected().selected_columns["as_of"]
    stands_open = or_(
        # Finished since: it was open then.
        and_(done >= end, dossiers.c.stage != Stage.WITHDRAWN.value),
        and_(
            done.is_(None),
            dossiers.c.stage.in_([stage.value for stage in WITH_US]),
            due < as_of,
        ),
    )
    overdue = await connection.execute(
        select(
            dossiers.c.unit,
            dossiers.c.field,
            func.count(),
            func.sum(case((apologised, 1), else_=0)),
        )
        .where(shown, due < until, stands_open)
        .group_by(dossiers.c.unit, dossiers.c.field)
    )
    for unit, field, late, sorry in overdue:
        add(unit, field, late=int(late), sorry=int(sorry or 0))
    ways = await connection.execute(
        select(dossiers.c.online, func.count())
        .where(
            shown,
            dossiers.c.received_at >= start,
            dossiers.c.received_at < end,
            dossiers.c.online.is_not(None),
        )
        .group_by(dossiers.c.online)
    )
    by_way = {bool(online): int(count) for online, count in ways}
    fridays, same_day = await _fridays(connection, start, end)
    return DossierCounts(
        lines=tuple(lines[key] for key in sorted(lines)),
        online=by_way.get(True, 0),
        paper=by_way.get(False, 0),
        fridays=fridays,
        same_day=same_day,
        as_of=newest.as_of,
    )


async def _fridays(connection: Reading, start: datetime, end: datetime) -> tuple[int, int]:
    """Count what was received on Fridays, and of it what was finished the same day."""
    came, done = _local_day(dossiers.c.received_at), _local_day(dossiers.c.finished_at)
    rows = await connection.execute(
        select(func.count(), func.sum(case((came == done, 1), else_=0))).where(
            visible(),
            dossiers.c.gone.is_(False),
            dossiers.c.received_at >= start,
            dossiers.c.received_at < end,
            came % DAYS_A_WEEK == FRIDAY,
        )
    )
    received, same_day = rows.one()
    return int(received), int(same_day or 0)


def _local_day(moment: ColumnElement[datetime]) -> ColumnElement[int]:
    """Give the days from 1 January 1970 to a moment's day in Viet Nam, which has no summer time."""
    return (type_coerce(moment, BigInteger) + OFFSET_MS) // DAY_MS
