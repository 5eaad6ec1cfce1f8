"""News of the desk for those who lead, who asked for it: each working morning, or each week.

Nobody is sent what they did not ask for: the platforms would hold such letters or bill them.
"""

from datetime import datetime, time, timedelta

from handlers import cards, roster
from handlers.deadlines import DAY, Calendar
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Sayable, _, lines
from messages.vietnamese import fold
from storage.desk_reader import UnitCount
from storage.evidence import Tally
from storage.timers import SetTimer, StopTimer

router = Router()

LEADS = ("leader",)
TIMER = "digest"
MORNING, AFTERNOON = time(7, 30), time(16, 0)
DAILY, WEEKLY = "day", "week"
_TYPED = {"ngay": DAILY, "sang": DAILY, "day": DAILY, "tuan": WEEKLY, "week": WEEKLY}
_OFF = frozenset({"tat", "off", "thoi", "khong"})


def next_morning(calendar: Calendar, now: datetime) -> datetime:
    """Give 7:30 of the next working day after a moment."""
    local = now.astimezone(ZONE)
    for day in roster.days(local.date(), 60):
        at = datetime.combine(day, MORNING, ZONE)
        if calendar.hours(day) and at > local:
            return at
    return datetime.combine(local.date() + DAY, MORNING, ZONE)


def next_week_end(calendar: Calendar, now: datetime) -> datetime:
    """Give 16:00 of the last working day of a week, after a moment; a week off has none."""
    local = now.astimezone(ZONE)
    monday = local.date() - DAY * local.weekday()
    for week in range(9):
        worked = [day for day in roster.days(monday + DAY * 7 * week, 7) if calendar.hours(day)]
        if worked and (at := datetime.combine(worked[-1], AFTERNOON, ZONE)) > local:
            return at
    return datetime.combine(local.date() + DAY * 7, AFTERNOON, ZONE)


def _timer(turn: Turn, which: str) -> SetTimer:
    calendar = turn.office.commune.calendar
    find = next_morning if which == DAILY else next_week_end
    return SetTimer(TIMER, f"{which} {turn.person.id}", find(calendar, turn.now))


@router.command("bantin", "digest", takes=r"ng[aà]y|tu[aầ]n|t[aắ]t|on|off", roles=LEADS)
async def subscribe(turn: Turn) -> Reply:
    """Ask for news each working morning or each week, or no more: `/bantin ngay|tuan|tat`."""
    word = fold(turn.words).strip()
    if word in _OFF:
        stop = tuple(StopTimer(TIMER, f"{one} {turn.person.id}") for one in (DAILY, WEEKLY))
        return turn.end(_("You get no more news of the desk."), effects=stop)
    which = _TYPED.get(word)
    offers = (
        Offer("/bantin ngay", _("Each working morning")),
        Offer("/bantin tuan", _("Each week")),
        Offer("/bantin tat", _("No more")),
    )
    if which is None:
        return turn.end(_("How often do you want news of the desk?"), *offers)
    timer = _timer(turn, which)
    told = _("You get news of the desk, next at {at}.", at=timer.due_at)
    return turn.end(told, offers[-1], effects=(timer,))


@router.event(Kind.TIMER, TIMER)
async def tell(turn: Turn) -> Reply:
    """Tell the news that was asked for, and set the timer of the next."""
    which = turn.message.payload.partition(" ")[0]
    if not turn.person.has(*LEADS):
        return turn.quiet()
    text = await (daily(turn) if which == DAILY else weekly(turn))
    return Reply((turn.letter(text, restart=False),), effects=(_timer(turn, which),))


async def daily(turn: Turn) -> Sayable:
    """Tell what came since yesterday, what falls due today, what is late, by unit."""
    today = turn.now.astimezone(ZONE).date()
    midnight = datetime.combine(today, time(), ZONE)
    units = await turn.read.desk.units(turn.now, midnight + DAY)
    since = await turn.read.ticket_counts(midnight - DAY, midnight, turn.now)
    return lines(
        _("The desk on {day}", day=today),
        _(
            "Yesterday: {received} received, {answered} answered",
            received=since.received,
            answered=since.answered,
        ),
        *_open(turn, units),
    )


async def weekly(turn: Turn) -> Sayable:
    """Tell a week: what came, what was answered in time, what is open and late, satisfaction."""
    today = turn.now.astimezone(ZONE).date()
    monday = today - DAY * today.weekday()
    begin = datetime.combine(monday, time(), ZONE)
    counts = await turn.read.ticket_counts(begin, turn.now, turn.now)
    units = await turn.read.desk.units(turn.now, turn.now + timedelta(days=1))
    ratings = (await turn.read.tallies(monday, today)).get("rating", Tally(0, 0))
    return lines(
        _("The desk in the week of {day}", day=monday),
        _("Received: {n}", n=counts.received),
        _(
            "Answered: {n}, on time: {on_time}",
            n=counts.answered,
            on_time=counts.answered_on_time,
        ),
        _satisfaction(ratings),
        *_open(turn, units),
    )


def _satisfaction(ratings: Tally) -> Sayable:
    if not ratings.count:
        return _("Nobody rated an answer.")
    average = round(ratings.total / ratings.count, 1)
    return _("Satisfaction: {average} of 5 ({n} ratings)", average=average, n=ratings.count)


def _open(turn: Turn, units: list[UnitCount]) -> tuple[Sayable, ...]:
    if not units:
        return (_("Nothing is open."),)
    return (
        _(
            "Open: {n}, late: {late}",
            n=sum(one.open for one in units),
            late=sum(one.late for one in units),
        ),
        *(
            _(
                "- {unit}: {open} open, {free} not taken, {soon} due today, {late} late",
                unit=cards.unit_name(turn.office, one.unit),
                open=one.open,
                free=one.free,
                soon=one.soon,
                late=one.late,
            )
            for one in units
        ),
    )
