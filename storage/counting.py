"""The daily counts of evidence."""

from collections import Counter
from functools import cache

from storage import tables
from storage.connection import INSERTS, Connection, Insert


@cache
def _addition(dialect: str) -> Insert:
    table = tables.evidence_counts
    insert = INSERTS[dialect](table)
    return insert.on_conflict_do_update(
        index_elements=["day", "kind", "unit"],
        set_={
            "count": table.c.count + insert.excluded.count,
            "total": table.c.total + insert.excluded.total,
        },
    )


async def add_up(connection: Connection, rows: list[tuple[str, str, str, int | None]]) -> None:
    """Add evidence to the daily counts: (day, kind, unit, value) of each."""
    if not rows:
        return
    counts: Counter[tuple[str, str, str]] = Counter()
    totals: Counter[tuple[str, str, str]] = Counter()
    for day, kind, unit, value in rows:
        counts[day, kind, unit] += 1
        totals[day, kind, unit] += value or 0
    await connection.execute(
        _addition(connection.dialect.name),
        # In one order everywhere, so that two processes never wait for each other.
        [
            {"day": day, "kind": kind, "unit": unit, "count": n, "total": totals[day, kind, unit]}
            for (day, kind, unit), n in sorted(counts.items())
        ],
    )
