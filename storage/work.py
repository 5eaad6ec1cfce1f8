"""The writes of several turns on their way into one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Table, func, select

from storage import tables
from storage.connection import INSERTS, Connection, Insert
from storage.counting import add_up
from storage.sealing import Box


@cache
def _insertions(dialect: str, names: frozenset[str]) -> tuple[tuple[str, Insert], ...]:
    """How rows come into these tables, those that others refer to first; a timer is replaced."""
    insert = INSERTS[dialect]
    timers = insert(tables.timers)
    replaced = timers.on_conflict_do_update(
        index_elements=["name", "subject"],
        set_={"due_at": timers.excluded.due_at, "person_id": timers.excluded.person_id},
    )
    found = [table for table in tables.metadata.sorted_tables if table.name in names]
    statements = {table.name: insert(table) for table in found}
    if tables.timers.name in statements:
        statements[tables.timers.name] = replaced
    return tuple(statements.items())


_NEWEST_SEAL = select(func.max(tables.evidence_seals.c.day))


class Gathered:
    """Rows to be inserted, gathered over many turns so that a table takes one statement."""

    def __init__(self, connection: Connection, box: Box) -> None:
        self.connection = connection
        self.box = box
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """Gather a row; all rows of a table name the same columns."""
        self._rows[table.name].append(row)

    async def flush(self) -> None:
        """Insert what was gathered, tables that others refer to first; add up the evidence."""
        if not self._rows:
            return
        rows, self._rows = self._rows, defaultdict(list)
        await self._keep_seals(rows.get(tables.evidence.name, ()))
        for name, statement in _insertions(self.connection.dialect.name, frozenset(rows)):
            await self.connection.execute(statement, rows[name])
        happened = [
            (row["day"], row["kind"], row["unit"], row["value"])
            for row in rows.get(tables.evidence.name, ())
        ]
        await add_up(self.connection, happened)

    async def _keep_seals(self, evidence: Sequence[dict[str, Any]]) -> None:
        """Count what belongs to a day that is sealed already for the first day that is not.

        That happens where a clock went ahead and was put right: its moment stays as it is, but a
        row more would break the seal.
        """
        if not evidence:
            return
        newest = (await self.connection.execute(_NEWEST_SEAL)).scalar()
        if newest is None:
            return
        for row in evidence:
            if row["day"] <= newest:
                row["day"] = (date.fromisoformat(newest) + timedelta(days=1)).isoformat()


class Work:
    """One turn's share of a transaction: what its effects write through.

    Attributes:
        connection: for a statement that must see or change rows; call `flush` before it where it
            needs rows that were added.
        box: seals what is personal.
        now: the moment of the turn.
        person_id: whose turn it is.
        channel: where it was said.
    """

    __slots__ = ("_gathered", "box", "channel", "connection", "now", "person_id")

    def __init__(self, gathered: Gathered, *, now: datetime, person_id: int, channel: str) -> None:
        self._gathered = gathered
        self.connection = gathered.connection
        self.box = gathered.box
        self.now = now
        self.person_id = person_id
        self.channel = channel

    def add(self, table: Table, **row: Any) -> None:  # noqa: ANN401 - as many types as columns
        """Insert a row before the commit; name every column except a numbered key."""
        self._gathered.add(table, row)

    async def flush(self) -> None:
        """Insert what was added so far."""
        await self._gathered.flush()


class Effect(Protocol):
    """One thing that a turn changes beside its letters; storage's subjects define them."""

    async def apply(self, work: Work) -> None:
        """Write it, or raise Conflict where what was read has changed."""
        ...
