"""What is asked at each start, or while nothing is due, is answered from an index."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import Connection, Select, text

from storage.database import Store
from storage.leases import LEASED, leases_of
from storage.retention import DUE

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def _plan(connection: Connection, question: Select[object]) -> str:
    """How the database would answer, in its own words."""
    dialect = connection.dialect
    asked = question.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN"
    if dialect.name == "postgresql":
        # A table without rows is always read whole, which tells nothing of one that is full.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        explain = "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {asked}")
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize(
    ("kind", "index"), [("messages", "ix_inbox_over"), ("letters", "ix_outbox_worded")]
)
async def test_retention_of_what_is_many_looks_at_nothing_that_is_not_due(
    store: Store, kind: str, index: str
) -> None:
    plan = await store.alone(lambda connection: _plan(connection, DUE[kind](LONG_AGO)))
    assert index in plan
    assert "SEARCH" in plan or "Index Cond" in plan


async def test_a_start_looks_for_leases_among_what_waits_alone(store: Store) -> None:
    indexes = {"people": "ix_people_waiting", "outbox": "ix_outbox_waiting"}
    for table, waits in LEASED:
        question = leases_of(table, waits)
        assert indexes[table.name] in await store.alone(partial(_plan, question=question))
