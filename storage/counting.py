"""The daily counts of evidence."""

from collections import Counter

from sqlalchemy.dialects import postgresql, sqlite

from storage import tables
from storage.connection import Connection


async def add_up(
    connection: Connection,
    rows: list[tuple[str, str, str, int | None]],
    *,
    is_sqlite: bool,
) -> None:
    """Add evidence to the daily counts: (day, kind, unit, value) of each."""
    if not rows:
        return
    counts: Counter[tuple[str, str, str]] = Counter()
    totals: Counter[tuple[str, str, str]] = Counter()
    for day, kind, unit, value in rows:
        counts[day, kind, unit] += 1
        totals[day, kind, unit] += value or 0
    table = tables.evidence_counts
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    await connection.execute(
        insert.on_conflict_do_update(
            index_elements=["day", "kind", "unit"],
            set_={
                "count": table.c.count + insert.excluded.count,
                "total": table.c.total + insert.excluded.total,
            },
        ),
        # In one order everywhere, so that two processes never wait for each other.
        [
            {"day": day, "kind": kind, "unit": unit, "count": n, "total": totals[day, kind, unit]}
            for (day, kind, unit), n in sorted(counts.items())
        ],
    )
