"""What a commune publishes about itself, and the way to a person."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

from handlers import deadlines, desk_roster, filing, meanings, questions, redirect
from handlers.commune import Bilingual, Leader, Unit, shown
from handlers.deadlines import Hours
from handlers.intents import Intent
from handlers.matter import Matter
from handlers.publications import body, dated
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.understanding import Understanding, is_emergency
from messages.languages import ZONE
from messages.text import Lines, Sayable, Text, _, lines
from storage.outbox import Offer

router = Router()

FRIDAY = 4
BESIDE_SCHEDULE = ("reception_rules", "week")
"""What is public besides for those who ask about reception and hours."""

OF_FRIDAY = "friday"
"""What the commune publishes about the Friday without appointment."""

DAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


@router.command("lienhe", "contact", "hotline", "danhba")
async def contacts(turn: Turn) -> Reply:
    """Give the telephone numbers of the commune."""
    commune = turn.office.commune
    text = lines(
        _("Contacts of {office}", office=commune.office),
        *(_line(one.title, one.phone) for one in commune.contacts),
        "",
        *_list(_("Units:"), (_of_unit(one) for one in commune.units)),
        *_list(_("Leaders:"), (_of_leader(one) for one in commune.leaders)),
        *await desk_roster.on_duty_now(turn),
        _("In an emergency:"),
        *redirect.emergency_numbers(turn),
    )
    links = (Offer("", one.title, one.url) for one in commune.links if one.url)
    return questions.reminded(turn, turn.say(text, *links, PERSON, MENU))


def _line(title: Bilingual, value: str) -> Text:
    return _("{title}: {phone}", title=title, phone=shown(value))


def _list(title: Text, found: Iterable[Sayable]) -> Iterator[Sayable]:
    listed = list(found)
    if listed:
        yield from (title, *listed, "")


def _of_unit(unit: Unit) -> Text:
    return _("- {name}: {phone}", name=unit.name, phone=shown(unit.phone))


def _of_leader(leader: Leader) -> Text:
    if leader.name:
        return _(
            "- {title} {name}: {phone}",
            title=leader.title,
            name=leader.name,
            phone=shown(leader.phone),
        )
    return _("- {name}: {phone}", name=leader.title, phone=shown(leader.phone))


@router.command("lich", "schedule")
async def schedule(turn: Turn) -> Reply:
    """Tell when the commune works and when its chairman receives citizens."""
    commune = turn.office.commune
    reception = commune.reception
    opens = deadlines.next_open(commune.calendar, turn.now)
    now_open = deadlines.is_open(commune.calendar, turn.now)
    text = lines(
        _("Citizen reception of the chairman"),
        _("Days: {days}", days=shown(reception.days)),
        _("Hours: {hours}", hours=shown(reception.hours)),
        _("Place of reception: {place}", place=shown(reception.place)),
        "",
        _("Working hours"),
        *_week(turn),
        *((_("Not confirmed by the commune yet."),) if commune.working_time.week.mark else ()),
        "",
        _("We are open now.") if now_open else _("Next opening: {opens}", opens=opens),
    )
    more = (
        Offer(f"/congkhai {one.id}", questions.short(one.title.say(turn.language)))
        for one in turn.office.board.publications
        if one.id in BESIDE_SCHEDULE
    )
    return questions.reminded(turn, turn.say(text, *more, PERSON, MENU))


def _week(turn: Turn) -> Iterator[Text]:
    """Tell the hours of a week, days of equal hours together."""
    days = enumerate(turn.office.commune.working_time.week.days)
    for hours, alike in groupby(days, key=lambda day: day[1]):
        numbers = [number for number, _hours in alike]
        first, last = DAYS[numbers[0]], DAYS[numbers[-1]]
        if first is last:
            yield _("{day}: {hours}", day=first, hours=_hours(hours))
        else:
            yield _("{first} to {last}: {hours}", first=first, last=last, hours=_hours(hours))


def _hours(hours: Hours) -> str | Text:
    return ", ".join(f"{_clock(one.start)}–{_clock(one.end)}" for one in hours) or _("no work")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@meanings.takes(Intent.HOTLINE)
async def hotline(turn: Turn, _understood: Understanding) -> Reply:
    """Give the numbers to somebody who asks for one."""
    return await contacts(turn)


@meanings.takes(Intent.RECEPTION_SCHEDULE)
async def reception(turn: Turn, _understood: Understanding) -> Reply:
    """Tell the days and hours to somebody who asks for them."""
    return await schedule(turn)


@meanings.takes(Intent.FRIDAY_NO_APPOINTMENT)
async def friday(turn: Turn, _understood: Understanding) -> Reply:
    """Tell about the Friday without appointment."""
    commune = turn.office.commune
    day = _next_friday(turn.now.astimezone(ZONE).date())
    hours = commune.calendar.hours(day)
    told = turn.office.board.find(OF_FRIDAY)
    dates = (await turn.read.published()).get(OF_FRIDAY)
    text = lines(
        _("Friday without appointment: what you bring is settled the same day, where that can be."),
        _("Next Friday, {day}: {hours}", day=day, hours=_hours(hours)),
        body(told)
        if told and (told.text or told.url)
        else _("Procedures it holds for: {procedures}", procedures=shown("")),
        dated(told, dates) if told else None,
        _where(turn),
    )
    remind = Offer("/nhacthusau", _("Remind me on Thursdays"))
    return turn.say(text, remind, Offer("/lienhe", _("Telephone numbers")), PERSON, MENU)


def _next_friday(today: date) -> date:
    return today + timedelta(days=(FRIDAY - today.weekday()) % 7)


def _where(turn: Turn) -> Text | None:
    centre = turn.office.commune.unit(turn.office.commune.default_unit)
    if centre is None:
        return None
    return _(
        "Please ask {unit} before you come, telephone {phone}.",
        unit=centre.name,
        phone=shown(centre.phone),
    )


@router.command("gapcanbo", "canbo", "human", "officer")
async def person(turn: Turn) -> Reply:
    """Bring a person to an officer: what follows is passed on at once, else it is asked for."""
    text = turn.words.strip()
    if not text:
        return _ask_for_matter(turn)
    if len(text) > turn.office.commune.limits.story:
        return turn.say(questions.too_long(turn.office.commune.limits.story), MENU)
    reply = await _pass_on(turn, text)
    if questions.is_busy(turn) and filing.has_filed(reply):
        return questions.beside(turn, reply)
    return reply


@router.code(r"(?:cho |xin |t[oô]i )?(?:mu[oố]n )?g[aặ]p (?:c[aá]n b[oộ]|ng[uư][oờ]i)(?: th[aậ]t)?")
async def person_asked_for(turn: Turn) -> Reply:
    """Bring a person to an officer from within any conversation."""
    return _ask_for_matter(turn)


@meanings.takes(Intent.HUMAN_HANDOVER)
async def handover(turn: Turn, _understood: Understanding) -> Reply:
    """Bring somebody who asks for it to an officer."""
    return _ask_for_matter(turn)


def _ask_for_matter(turn: Turn, *before: Sayable) -> Reply:
    if questions.is_busy(turn):
        usage = lines(
            _("To reach an officer, write: /gapcanbo and your question in one line."),
            _numbers(turn),
        )
        return questions.reminded(turn, turn.say(usage))
    text = lines(
        *before,
        _("What is it about? Please write it in one line: an officer will answer you here."),
        _("For example: I need help with my mother's pension papers."),
        "",
        _numbers(turn),
    )
    return turn.ask(text, Offer("/lienhe", _("Telephone numbers")), MENU, then=matter, data={})


def _numbers(turn: Turn) -> Lines:
    commune = turn.office.commune
    return lines(
        _("You can also call or come:"),
        *(_line(one.title, one.phone) for one in commune.contacts),
    )


@router.step
async def matter(turn: Turn) -> Reply:
    """Take the matter and pass it on."""
    longest = turn.office.commune.limits.story
    text = turn.message.text.strip()
    away = redirect.unusable(turn, longest, lambda wrong: _ask_for_matter(turn, wrong))
    if away is not None or not text or turn.message.choice:
        return away or _ask_for_matter(turn)
    return await _pass_on(turn, text)


async def _pass_on(turn: Turn, text: str) -> Reply:
    told = Matter(kind="question", category=filing.ELSE).gathered(turn).told(turn, text)
    reply = await filing.file(turn, told)
    if not filing.has_filed(reply) or not is_emergency(text):
        return reply
    return redirect.with_numbers(turn, reply)


@meanings.takes(Intent.OUT_OF_SCOPE)
async def elsewhere(turn: Turn, _understood: Understanding) -> Reply:
    """Say that a matter is not the commune's."""
    return redirect.out_of_scope(turn)
