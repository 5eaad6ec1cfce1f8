"""How often each guide was scanned and shown, by place and channel: counts, never people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from storage import tables
from storage.connection import Reading

SCANNED, SHOWN = "guidance.scanned", "guidance.shown"


@dataclass(frozen=True, slots=True)
class GuidanceCount:
    """How often something happened to one guide.

    Attributes:
        about: the procedure's code, or the code of a poster that is no guide.
        kind: SCANNED or SHOWN.
        place: where the poster hangs, "" where it does not say.
        channel: where it was read.
    """

    about: str
    kind: str
    place: str
    channel: str
    count: int


async def guidance_counts(connection: Reading, start: date, end: date) -> Sequence[GuidanceCount]:
    """Count from a day to a day, both included, the most frequent first."""
    table = tables.evidence
    columns = (table.c.about, table.c.kind, table.c.place, table.c.channel)
    rows = await connection.execute(
        select(*columns, func.count())
        .where(
            table.c.day >= start.isoformat(),
            table.c.day <= end.isoformat(),
            table.c.kind.in_((SCANNED, SHOWN)),
        )
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
    )
    return [GuidanceCount(*row) for row in rows]
