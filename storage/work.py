"""The writes of several turns on their way into one transaction."""

from collections import defaultdict
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Table

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
        for name, statement in _insertions(self.connection.dialect.name, frozenset(rows)):
            await self.connection.execute(statement, rows[name])
        happened = [
            (row["day"], row["kind"], row["unit"], row["value"])
            for row in rows.get(tables.evidence.name, ())
        ]
        await add_up(self.connection, happened)


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
