"""Everything a report's documents are drawn from, read for one period."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from handlers.office import Office
from handlers.report import facts, scorecard
from handlers.ticket_states import STATE_NAMES
from messages.languages import DEFAULT, ZONE, say
from scoring.documents.chart import chart
from scoring.documents.docx import document
from scoring.documents.xlsx import workbook
from scoring.neighbours import a_year_before, before
from scoring.periods import Period
from scoring.report import (
    REGISTER,
    Filed,
    FiledFile,
    Happened,
    Issuer,
    Month,
    Past,
    Report,
    TicketLife,
)
from scoring.scorecard import Scorecard, score
from scoring.tasks import Task, drafted
from storage.filed_evidence import TASK, FiledItem, Judged
from storage.period_rows import PeriodRows
from storage.reader import Reader
from storage.report_orders import Documents
from storage.tickets import State

TEMPLATE = Path("templates") / "report.docx"
"""The template of the report in a commune's folder."""


async def contents(
    read: Reader, office: Office, period: Period, now: datetime, *, register: int = REGISTER
) -> Report:
    """Read everything of a period.

    Args:
        read: asks the store.
        office: has the criteria and the names.
        period: what is reported.
        now: up to when a running period is counted.
        register: rows of evidence that are listed at most.
    """
    days, moments = (period.start, period.end), period.bounds
    card, found = await scorecard(read, office, period, now)
    rows = await read.reports.rows(days, moments, register)
    items = await read.reports.filed(*days)
    decided = (await read.reports.counted(days, moments, now)).judged
    return Report(
        card=card,
        facts=found,
        issuer=Issuer(office.commune.name.vi, office.commune.office.vi, office.commune.province.vi),
        made_at=now,
        units={unit.id: unit.name.vi for unit in office.commune.units},
        categories={each.id: each.title.vi for each in office.commune.categories},
        states={state: say(name, DEFAULT) for state, name in STATE_NAMES.items()},
        months=months(rows, period, now.astimezone(ZONE).date()),
        previous=await _past(read, office, before(period), now),
        last_year=await _past(read, office, a_year_before(period), now),
        tickets=[_life(row) for row in rows.tickets],
        evidence=[_happened(row) for row in rows.evidence],
        evidence_rows=rows.evidence_rows,
        filed=[_filed(item) for item in items],
        tasks=tasks(card, decided),
    )


async def documents(read: Reader, office: Office, period: Period, now: datetime) -> Documents:
    """Make all documents of a period, beside the event loop.

    Raises:
        BrokenTemplate: the commune's template cannot be filled in; nothing is made.
    """
    report = await contents(read, office, period, now)
    return await asyncio.to_thread(_made, report, office.folder / TEMPLATE)


def _made(report: Report, template: Path) -> Documents:
    return Documents(chart(report), document(report, template), workbook(report))


async def _past(read: Reader, office: Office, period: Period, now: datetime) -> Past:
    found = await facts(read, period, now)
    return Past(score(found, office.scheme_for(period), period), found)


def _life(row: object) -> TicketLife:
    return TicketLife(**{name: getattr(row, name) for name in TicketLife.__dataclass_fields__})


def _happened(row: object) -> Happened:
    return Happened(**{name: getattr(row, name) for name in Happened.__dataclass_fields__})


def _filed(item: FiledItem) -> Filed:
    return Filed(
        code=item.code,
        component=item.component,
        day=item.day,
        words=item.words,
        by=item.by,
        unit=item.unit,
        confirmed_by=item.decided_by,
        files=tuple(FiledFile(file.name, file.hash, file.mime) for file in item.files),
    )


def months(rows: PeriodRows, period: Period, today: date) -> list[Month]:
    """Sort what a period has by its calendar months, up to the one that runs."""
    received: dict[tuple[int, int], dict[str, int]] = {}
    for row in rows.tickets:
        if row.state != State.DUPLICATE:
            kinds = received.setdefault(_month(row.received_at), {})
            kinds[row.category] = kinds.get(row.category, 0) + 1
    answered: dict[tuple[int, int], list[bool]] = {}
    for answer in rows.answers:
        answered.setdefault(_month(answer.at), []).append(answer.on_time)
    found = []
    start = period.start
    while start <= min(period.end, today):
        key = (start.year, start.month)
        ratings = [n for day, n in rows.ratings.items() if (day.year, day.month) == key]
        found.append(
            Month(
                start=start,
                received=received.get(key, {}),
                answered=len(answered.get(key, ())),
                on_time=sum(answered.get(key, ())),
                rating_count=sum(count for count, _total in ratings),
                rating_sum=sum(total for _count, total in ratings),
            )
        )
        start = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def _month(moment: datetime) -> tuple[int, int]:
    local = moment.astimezone(ZONE)
    return local.year, local.month


def tasks(card: Scorecard, decided: Sequence[Judged]) -> list[Task]:
    """Give the tasks of the next period: what people confirmed in place of the drafts.

    One confirmed without words was dropped.
    """
    confirmed: Mapping[str, Judged] = {one.component: one for one in decided if one.kind == TASK}
    found = []
    for draft in drafted(card):
        one = confirmed.get(draft.component)
        if one is None:
            found.append(draft)
        elif one.words:
            found.append(Task(one.component, one.words, one.unit, one.due or draft.due, one.by))
    drafts = {draft.component for draft in drafted(card)}
    found += [
        Task(one.component, one.words, one.unit, one.due, one.by)
        for one in confirmed.values()
        if one.component not in drafts and one.words and one.due
    ]
    return found
