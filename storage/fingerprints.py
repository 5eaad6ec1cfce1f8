"""Fingerprints of what people filed and decided, which stand in the sealed evidence."""

import hashlib
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from storage import report_tables, tables
from storage.database import Store
from storage.evidence import Broken
from storage.sealing import Box


def fingerprint(*parts: str) -> str:
    """Give 32 hex digits of a hash of words, which stand in the sealed row of evidence."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def judgement_mark(
    kind: str,
    component: str,
    days: tuple[str, str],
    words: str,
    hundredths: int | None,
    unit: str,
    due: str,
) -> str:
    """Give the fingerprint of a decision, as it stands in the sealed evidence."""
    points = "" if hundredths is None else str(hundredths)
    return fingerprint(kind, component, *days, points, words, unit, due)


async def changed(store: Store, start: date, end: date) -> list[Broken]:
    """Compare what people filed and decided with the fingerprints in the sealed evidence.

    Args:
        store: the database.
        start: the first day on which it was filed or decided.
        end: the last one.
    """
    async with store.reading() as connection:
        rows = await connection.execute(
            select(
                tables.evidence.c.day,
                tables.evidence.c.kind,
                tables.evidence.c.about,
                tables.evidence.c.place,
            )
            .where(
                tables.evidence.c.day >= start.isoformat(),
                tables.evidence.c.day <= end.isoformat(),
                tables.evidence.c.kind.in_(["evidence.filed", "score.decided", "task.confirmed"]),
            )
            .order_by(tables.evidence.c.day)
        )
        told = rows.all()
        filed = await connection.execute(select(report_tables.filed_evidence))
        words = {row.code: _mark_of(row, store.box) for row in filed}
        judgements = await connection.execute(select(report_tables.judgements))
        decided = {_judged_mark(row, store.box) for row in judgements}
    broken = []
    for row in told:
        if row.kind == "evidence.filed":
            same = words.get(row.about) == row.place
        else:
            same = row.place in decided
        if not same:
            broken.append(Broken(row.day, f"{row.about} was changed"))
    return broken


def _mark_of(row: Row[Any], box: Box) -> str:
    return fingerprint(row.component, row.day, box.unseal("filed_evidence.words", row.words))


def _judged_mark(row: Row[Any], box: Box) -> str:
    return judgement_mark(
        row.kind,
        row.component,
        (row.first_day, row.last_day),
        box.unseal("judgements.words", row.words),
        row.points,
        row.unit,
        row.due,
    )
