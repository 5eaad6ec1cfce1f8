"""A simulated half year through the real handlers: every clock equals a slow calculation."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

import pytest

from handlers import roster
from handlers.office import Office
from messages.languages import ZONE
from storage.database import Store
from storage.desk_reader import Shown
from storage.tickets import Event, Happening, State, Ticket
from tests.conftest import Hands
from tests.conversations.half_year import SlowClock, arrivals
from tests.transcript import Somebody, Talk, code_in, talking

FIRST, DAYS, NUMBER = date(2026, 1, 1), 165, 60


@pytest.fixture
async def commune(store: Store, office: Office, hands: Hands) -> AsyncIterator[Talk]:
    hands.now = datetime(2025, 12, 31, 1, 0, tzinfo=UTC)
    async with talking(store, office, hands) as talk:
        yield talk


async def _until(talk: Talk, moment: datetime) -> None:
    gap = (moment - talk.hands.now).total_seconds()
    if gap > 0:
        await talk.pass_time(seconds=gap)


class Officers:
    """Who works on the tickets: by the roster on working days, absent now and then."""

    def __init__(self, talk: Talk, staff: dict[str, Somebody], chance: Random) -> None:
        self.talk, self.staff, self.chance = talk, staff, chance
        self.citizens: dict[str, Somebody] = {}

    async def be_absent(self, writer: Somebody, today: date) -> None:
        """Now and then let somebody be absent for a day, with nobody in their place."""
        shifts, calendar = await self.talk.read.desk.shifts(), self.talk.office.commune.calendar
        for duty in roster.of_day(shifts, today, calendar):
            if self.chance.random() < 0.05:
                told = await writer.says(f"/lichtruc nghi {duty.shift.code} {today:%d/%m/%Y}")
                assert "vắng" in told[-1]

    async def here(self) -> dict[str, Somebody]:
        """Give who is on duty by the roster at this moment, by unit."""
        shifts, calendar = await self.talk.read.desk.shifts(), self.talk.office.commune.calendar
        on_duty = roster.at(shifts, self.talk.hands.now, calendar)
        return {one.shift.unit: self.staff[one.shift.unit] for one in on_duty}

    async def work(self) -> None:
        """Do a day's work: answer some, ask about some, give some back, leave the rest."""
        here = await self.here()
        for ticket in await self.talk.read.desk.queue(units=(), officer_id=0, limit=200):
            officer = here.get(ticket.unit)
            if officer is None or ticket.assignee_id is not None or self.chance.random() < 0.5:
                continue
            await self._touch(officer, ticket)
        for officer in here.values():
            for ticket in await self.held(officer):
                if self.chance.random() < 0.35:
                    await self._touch(officer, ticket)

    async def held(self, officer: Somebody) -> list[Ticket]:
        everybody = await self.talk.read.officers("")
        me = next(one.id for one in everybody if one.recipient.to == officer.address)
        return await self.talk.read.desk.listed(Shown.MINE, units=(), officer_id=me, limit=200)

    async def _touch(self, officer: Somebody, ticket: Ticket) -> None:
        code, drawn = ticket.code, self.chance.random()
        if ticket.state is State.NEED_INFO and drawn < 0.6:
            await self.citizens[code].says(f"/bosung {code} Ở gần nhà văn hóa ạ")
        elif drawn < 0.35:
            await officer.says(f"/hoi {code} Cụ thể ở chỗ nào ạ?")
        elif drawn < 0.45:
            await officer.says(f"/mucdo {code} {self.chance.choice(['gap', 'thuong'])}")
        elif drawn < 0.5:
            await officer.says(f"/tra {code}")
        else:
            await officer.says(f"/traloi {code} Đã xử lý xong.")


async def test_half_a_year_runs_and_every_clock_equals_a_slow_calculation(commune: Talk) -> None:
    chance, talk = Random(322), commune  # the same half year each time
    staff = {
        unit: await talk.official(unit="", name=f"Trực {unit}") for unit in ("kinhte", "ttpvhcc")
    }
    writer = await talk.official("staff", name="Tổ lập lịch")
    for unit, weekday in product(staff, range(2, 8)):
        await writer.says(f"/lichtruc them {unit} zalo thu{weekday} 07:30-17:00 Trực {unit}")
    people = [talk.person(f"c{number}") for number in range(40)]
    officers, slow = Officers(talk, staff, chance), SlowClock(talk.office.commune)
    coming = arrivals(chance, FIRST, DAYS, NUMBER)
    for day in range(DAYS + 16):
        today = FIRST + timedelta(days=day)
        for one in (one for one in coming if one.at.astimezone(ZONE).date() == today):
            await _until(talk, one.at)
            citizen = chance.choice(people)
            citizen.forgets()
            officers.citizens[code_in(await citizen.says(f"/gopy {one.words}"))] = citizen
        if slow.minutes_of(today):
            await officers.be_absent(writer, today)
            end = slow.last_moment(today) - timedelta(minutes=chance.randrange(1, 120))
            await _until(talk, end)
            await officers.work()
    tickets = await talk.read.all_tickets()
    assert len(tickets) == NUMBER
    assert {one.state for one in tickets} >= {State.CLOSED}
    waited = answered = 0
    for ticket in tickets:
        history = await talk.read.history(ticket.code)
        expected, minutes = _expected(slow, talk, ticket, history)
        assert ticket.due_at == expected, ticket.code
        assert ticket.waited == minutes, ticket.code
        assert ticket.respond_by == slow.after_working_days(ticket.received_at, 1), ticket.code
        category = talk.office.commune.category(ticket.category)
        passed_on = category is not None and category.outside
        forward_by = slow.after_working_days(ticket.received_at, 5) if passed_on else None
        assert ticket.forward_by == forward_by, ticket.code
        waited += minutes > 0
        for happening in history:
            if happening.event is Event.ANSWERED:
                answered += 1
                assert happening.on_time == (happening.at <= expected), ticket.code
    assert waited > NUMBER // 10
    assert answered > NUMBER // 2


def _expected(
    slow: SlowClock, talk: Talk, ticket: Ticket, history: list[Happening]
) -> tuple[datetime, int]:
    """Work a ticket's deadline out anew from its history alone."""
    limit = talk.office.commune.clocks.waiting_minutes
    received, urgency = ticket.received_at, "normal"
    due = _answer_clock(slow, ticket.category, received, urgency)
    total, since = 0, None
    for one in history:
        at_limit = slow.later(due, limit) if since else slow.later(due, total)
        match one.event:
            case Event.NOTED:
                urgency = "urgent" if one.note == "gấp" else "normal"
                due = _answer_clock(slow, ticket.category, received, urgency)
            case Event.ASKED if since is None and one.at <= at_limit and total < limit:
                since = one.at
            case Event.SUPPLEMENTED | Event.ANSWERED | Event.RELEASED if since is not None:
                total += min(slow.minutes_between(since, one.at), limit - total)
                since = None
    return slow.later(due, limit if since else total), total


def _answer_clock(slow: SlowClock, category: str, received: datetime, urgency: str) -> datetime:
    if urgency == "urgent":
        return slow.after_working_days(received, 2)
    if category == "loi_thong_tin":
        return slow.after_calendar_days(received, 10)
    return slow.after_working_days(received, 10)
