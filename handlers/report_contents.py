"""Everything a report's documents are drawn from, read for one period."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from handlers.office import Office
from handlers.report import neighbours, scorecard
from handlers.ticket_states import STATE_NAMES
from messages.languages import DEFAULT, ZONE, say
from scoring.periods import Period
from scoring.report import (
    REGISTER,
    Filed,
    FiledFile,
    Issuer,
    Month,
    Report,
)
from scoring.tasks import Task, tasks
from storage.filed_evidence import FiledItem
from storage.judgements import TASK, Judged
from storage.period_rows import PeriodRows
from storage.reader import Reader
from storage.tickets import State


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
    decided = await read.reports.judged(*days)
    previous, last_year = await neighbours(read, office, period, now)
    return Report(
        card=card,
        facts=found,
        issuer=Issuer(office.commune.name.vi, office.commune.office.vi, office.commune.province.vi),
        made_at=now,
        units={unit.id: unit.name.vi for unit in office.commune.units},
        categories={each.id: each.title.vi for each in office.commune.categories},
        states={state: say(name, DEFAULT) for state, name in STATE_NAMES.items()},
        months=months(rows, period, now.astimezone(ZONE).date()),
        previous=previous,
        last_year=last_year,
        tickets=rows.tickets,
        evidence=rows.evidence,
        evidence_rows=rows.evidence_rows,
        filed=[_filed(item) for item in items],
        tasks=tasks(card, confirmed(decided)),
        sealed=await read.reports.sealed(period.end),
    )


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
    """Sort what a period has by its months, up to the one that runs."""
    whole = [one for one in period.months if one.start <= today]
    starts = [one.start for one in whole]
    received: list[dict[str, int]] = [{} for _month in whole]
    answered: list[list[bool]] = [[] for _month in whole]
    for row in rows.tickets:
        if row.state != State.DUPLICATE:
            kinds = received[_place(starts, row.received_at)]
            kinds[row.category] = kinds.get(row.category, 0) + 1
    for answer in rows.answers:
        answered[_place(starts, answer.at)].append(answer.on_time)
    return [
        _month(one, kinds, (len(answers), sum(answers)), rows.ratings)
        for one, kinds, answers in zip(whole, received, answered, strict=True)
    ]


async def counted_months(read: Reader, period: Period, today: date) -> list[Month]:
    """Give the months of a period as `months` does, counted by the store: no ticket is read."""
    whole = [one for one in period.months if one.start <= today]
    bounds = [one.bounds for one in whole]
    counted = await read.reports.months((period.start, period.end), bounds)
    return [
        _month(one, received, answered, counted.ratings)
        for one, received, answered in zip(whole, counted.received, counted.answered, strict=True)
    ]


def _month(
    month: Period,
    received: Mapping[str, int],
    answered: tuple[int, int],
    ratings: Mapping[date, tuple[int, int]],
) -> Month:
    days = [found for day, found in ratings.items() if month.start <= day <= month.end]
    return Month(
        start=month.calendar.start,
        received=received,
        answered=answered[0],
        on_time=answered[1],
        rating_count=sum(count for count, _total in days),
        rating_sum=sum(total for _count, total in days),
    )


def _place(starts: Sequence[date], moment: datetime) -> int:
    """Tell in which of some months, given by their first days, a moment of theirs lies."""
    return bisect_right(starts, moment.astimezone(ZONE).date()) - 1


def confirmed(decided: Sequence[Judged]) -> list[Task]:
    """Give the tasks that people decided; one without words was dropped."""
    return [
        Task(one.component, one.words, one.unit, one.due, one.by)
        for one in decided
        if one.kind == TASK and one.due is not None
    ]
