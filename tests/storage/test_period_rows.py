"""What a report lists and counts of a period, and that settled history is not looked at."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from handlers.report_contents import counted_months, months
from messages.languages import ZONE
from scoring.periods import parse
from storage import tables
from storage.database import Store
from storage.desk_reader import DeskReader, Shown
from storage.evidence import Evidence
from storage.period_rows import answers
from storage.reader import Reader
from storage.ticket_counts import ticket_counts
from storage.tickets import Event, State
from tests.conftest import Hands
from tests.storage.acts import does

START, END = datetime(2026, 7, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
DAYS = (date(2026, 7, 1), date(2026, 12, 31))


async def _person(store: Store) -> None:
    await store.write(
        lambda c: c.execute(
            tables.people.insert().values(id=1, channel="web", address="a", created_at=START)
        )
    )


Told = tuple[Event, datetime, bool | None]


async def _ticket(store: Store, code: str, received: datetime, state: State, *events: Told) -> None:
    row = {
        "code": code, "person_id": 1, "kind": "feedback", "category": "dien", "unit": "vp",
        "state": state, "source": "web", "anonymous": False, "received_at": received,
        "due_at": received + timedelta(days=14),
    }  # fmt: skip
    await store.write(lambda c: c.execute(tables.tickets.insert().values(row)))
    for event, at, on_time in events:
        happened = {"code": code, "at": at, "event": event, "state": state, "on_time": on_time}
        await store.write(lambda c, h=happened: c.execute(tables.ticket_events.insert().values(h)))  # type: ignore[misc] # the row of this round


async def test_the_first_answer_of_the_period_decides_and_a_correction_never_does(
    store: Store,
) -> None:
    await _person(store)
    received = datetime(2026, 8, 1, tzinfo=UTC)
    day = timedelta(days=1)
    await _ticket(
        store, "PA2608-0001", received, State.RESOLVED,
        (Event.ANSWERED, received + day, True),
        (Event.REOPENED, received + 2 * day, None),
        (Event.ANSWERED, received + 40 * day, False),
    )  # fmt: skip
    await _ticket(
        store, "PA2608-0002", received, State.RESOLVED,
        (Event.ANSWERED, received + 20 * day, False),
        (Event.ANSWERED, received + 21 * day, None),
    )  # fmt: skip
    async with store.reading() as connection:
        listed = await answers(connection, START, END)
        counted = await ticket_counts(connection, START, END, END)
    assert [(one.code, one.on_time) for one in listed] == [
        ("PA2608-0001", True),
        ("PA2608-0002", False),
    ]
    assert (counted.answered, counted.answered_on_time, counted.late) == (2, 1, 1)


@pytest.mark.parametrize(
    ("state", "events", "late"),
    [
        (State.ASSIGNED, (), 1),
        (State.CLOSED, ((Event.ANSWERED, 10, True),), 0),
        # Answered only after the period: at its end it stood open past its deadline.
        (State.CLOSED, ((Event.ANSWERED, 200, False),), 1),
        (State.REJECTED, ((Event.REJECTED, 200, None),), 1),
        # Answered in time, opened again before the end and answered after it.
        (State.CLOSED, ((Event.ANSWERED, 5, True), (Event.REOPENED, 6, None),
                        (Event.ANSWERED, 200, None)), 1),
        # Answered in time, opened again only after the end.
        (State.ASSIGNED, ((Event.ANSWERED, 5, True), (Event.REOPENED, 200, None)), 0),
        (State.DUPLICATE, (), 0),
        (State.TRANSFERRED, ((Event.TRANSFERRED, 3, None),), 0),
    ],
)  # fmt: skip
async def test_what_stood_open_past_its_deadline_at_the_end_is_late(
    store: Store, state: State, events: tuple[tuple[Event, int, bool | None], ...], late: int
) -> None:
    await _person(store)
    received = datetime(2026, 8, 1, tzinfo=UTC)
    told = [(event, received + timedelta(days=after), on) for event, after, on in events]
    await _ticket(store, "PA2608-0001", received, state, *told)
    async with store.reading() as connection:
        counted = await ticket_counts(connection, START, END, END + timedelta(days=300))
    assert counted.late == late


async def test_evidence_is_listed_in_order_up_to_the_number_asked_for(
    store: Store, hands: Hands
) -> None:
    for n in range(5):
        await does(store, hands, Evidence("rating", about=f"PA2611-000{n}", value=n + 1))
    read = Reader(store).reports
    rows = await read.rows(DAYS, (START, END), 3)
    assert [(row.about, row.value) for row in rows.evidence] == [
        ("PA2611-0000", 1),
        ("PA2611-0001", 2),
        ("PA2611-0002", 3),
    ]
    assert rows.evidence_rows == 5
    assert rows.ratings == {date(2026, 11, 23): (5, 15)}
    assert (await read.rows(DAYS, (START, END), 0)).evidence == ()


async def test_no_question_of_a_report_reads_a_whole_table(store: Store) -> None:
    if not store.url.startswith("sqlite"):
        return  # the plans of an empty PostgreSQL say nothing of a full one
    asked: list[str] = []

    class Explaining:
        """Asks how each question would be answered before asking it."""

        def __init__(self, connection: object) -> None:
            self._connection = connection

        async def execute(self, statement: object, parameters: object = None) -> object:
            told = str(statement.compile(compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined] # a statement
            plan = await self._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}")  # type: ignore[attr-defined] # a connection
            asked.extend(row[3] for row in plan)
            return await self._connection.execute(statement)  # type: ignore[attr-defined] # as above

    async with store.reading() as connection:
        await connection.execute(text("SELECT 1"))
        await ticket_counts(Explaining(connection), START, END, END)  # type: ignore[arg-type] # asks first
    assert asked
    whole = [line for line in asked if line.startswith("SCAN") and "SUBQUERY" not in line]
    assert whole == []


async def test_months_counted_by_the_store_are_those_of_the_listed_rows(store: Store) -> None:
    await _person(store)
    chance, first = Random(7), datetime(2026, 7, 1, tzinfo=ZONE)
    for number in range(60):
        received = first + timedelta(hours=chance.randrange(24 * 160))
        told: list[Told] = [
            (Event.ANSWERED, received + timedelta(hours=chance.randrange(1, 900)), on_time)
            for on_time in chance.choice([(), (True,), (False, None), (True, False), (False,)])
        ]
        state = chance.choice([State.CLOSED, State.DUPLICATE, State.ASSIGNED])
        await _ticket(store, f"PA2607-{number:04}", received, state, *told)
    today, read = date(2026, 12, 5), Reader(store)
    for closing in (0, 14):
        period = parse("2026-H2", today, closing)
        listed = await read.reports.rows((period.start, period.end), period.bounds, 0)
        expected = months(listed, period, today)
        assert await counted_months(read, period, today) == expected
        assert [one.start.month for one in expected] == [7, 8, 9, 10, 11, 12]
        assert sum(one.answered for one in expected) > 20


async def test_each_list_of_the_desk_comes_out_of_an_index_in_its_order(store: Store) -> None:
    """However many tickets are open, none is sorted, nor looked at beyond those that are shown."""
    if not store.url.startswith("sqlite"):
        return  # the plans of an empty PostgreSQL say nothing of a full one
    table = tables.tickets
    order = (table.c.due_at, table.c.received_at, table.c.code)
    async with store.reading() as connection:
        for shown, unit in product(Shown, ("", "kinhte")):
            query = DeskReader._open(shown, unit, 1, START).order_by(*order).limit(50)
            told = query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
            plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {told}"))
            steps = [row[3] for row in plan]
            assert "USING INDEX" in steps[0], (shown, unit)
            assert not [step for step in steps if "TEMP B-TREE" in step], (shown, unit)
