"""The roster in the chat: everybody may read it, staff write it, whoever is next is told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers import cards, official_words, roster
from handlers.desk_ticket import DESK, units_of
from handlers.roster import Duty
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import fold
from storage.desk_acts import EndShift, HandOver, NewShift
from storage.desk_reader import Shift
from storage.evidence import Evidence
from storage.timers import SetTimer
from storage.work import Effect

router = Router()

WRITES = ("staff",)
NOTICE, END = "shift", "shift.end"
SHOWN = 7
"""Days that the roster shows."""

DAYS: tuple[tuple[str, ...], ...] = (
    ("thu2", "t2", "monday"),
    ("thu3", "t3", "tuesday"),
    ("thu4", "t4", "wednesday"),
    ("thu5", "t5", "thursday"),
    ("thu6", "t6", "friday"),
    ("thu7", "t7", "saturday"),
    ("chunhat", "cn", "sunday"),
)
CHANNELS: dict[str, Text] = {
    "zalo": _("Zalo"),
    "telegram": _("Telegram"),
    "web": _("web chat"),
    "facebook": _("Facebook"),
    "hotline": _("hotline"),
    "counter": _("counter"),
}
_ALSO = {"duongdaynong": "hotline", "quay": "counter", "motcua": "counter", "fb": "facebook"}
_CODE = re.compile(r"CA[0-9A-HJKMNP-TV-Z]{4}")


@dataclass(frozen=True, slots=True)
class _Line:
    """What a line of the command asks for, word by word."""

    words: tuple[str, ...]

    def word(self, nth: int) -> str:
        return self.words[nth] if nth < len(self.words) else ""

    def rest(self, nth: int) -> str:
        return " ".join(self.words[nth:])


@router.command("lichtruc", "roster", always=True, apart=False)
async def show(turn: Turn) -> Reply:
    """Show the roster of the week; staff write it with what follows the word."""
    line = _Line(tuple(turn.words.split()))
    act = fold(line.word(0)).strip()
    if act and not turn.person.has(*WRITES, *DESK):
        act = ""
    match act:
        case "them" | "tinhnguyen" if turn.person.has(*WRITES):
            return await _add(turn, line, volunteer=act == "tinhnguyen")
        case "xoa" if turn.person.has(*WRITES):
            return await _end(turn, line)
        case "doi" if turn.person.has(*WRITES):
            return await _swap(turn, line)
        case "nghi":
            return await _absent(turn, line)
        case "xong" if turn.person.has(*WRITES):
            return await _helped(turn, line)
        case _:
            return await _shown(turn)


async def _shown(turn: Turn) -> Reply:
    shifts, calendar = await all_shifts(turn), turn.office.commune.calendar
    now = await on_duty_now(turn)
    parts: list[Sayable] = [*now, ""] if now else []
    for day in roster.days(turn.now.astimezone(ZONE).date(), SHOWN):
        duties = roster.of_day(shifts, day, calendar)
        if duties:
            parts += [_("{day}:", day=day), *(_told(turn, one) for one in duties)]
    if not any(roster.of_day(shifts, day, calendar) for day in _week(turn)):
        parts.append(_("The roster of the coming days is empty."))
    if turn.person.has(*WRITES):
        parts += ["", *_usage()]
    return turn.say(lines(*parts))


def _week(turn: Turn) -> Sequence[date]:
    return tuple(roster.days(turn.now.astimezone(ZONE).date(), SHOWN))


def _usage() -> tuple[Text, ...]:
    return (
        _("Add: {line}", line="/lichtruc them vp hotline thu2 07:30-11:30 Nguyễn Thị Na"),
        _("One date: {line}", line="/lichtruc them vp zalo 24/11/2026 13:30-17:00 Nguyễn Thị Na"),
        _("Volunteers: {line}", line="/lichtruc tinhnguyen ttpvhcc quay thu3 07:30-11:30 …"),
        _("Volunteers came: {line}", line="/lichtruc xong CA7K3M 24/11/2026"),
        _("Swap: {line}", line="/lichtruc doi CA7K3M 24/11/2026 CA9Q2T 25/11/2026"),
        _("Absent: {line}", line="/lichtruc nghi CA7K3M 24/11/2026 (người trực thay)"),
        _("Remove: {line}", line="/lichtruc xoa CA7K3M"),
    )


def _told(turn: Turn, duty: Duty) -> Text:
    shift = duty.shift
    hours = (
        f"{duty.begins:%H:%M}–{duty.ends:%H:%M}"
        if shift.ends < 24 * 60
        else (f"{duty.begins:%H:%M}–24:00")
    )
    what = {
        "hours": hours,
        "channel": CHANNELS.get(shift.channel, shift.channel),
        "unit": cards.unit_name(turn.office, shift.unit),
        "name": shift.name,
    }
    if turn.person.has(*WRITES, *DESK):
        return _("- {hours} {channel}, {unit}: {name} ({code})", **what, code=shift.code)
    return _("- {hours} {channel}, {unit}: {name}", **what)


async def all_shifts(turn: Turn) -> list[Shift]:
    """Give the roster: what stands in commune.toml, and what was written in the chat."""
    laid_down = [
        Shift(
            code=f"T{number:02}",
            unit=one.unit,
            channel=one.channel,
            weekday=one.weekday,
            day=one.date.isoformat() if one.date else "",
            begins=one.hours.start,
            ends=one.hours.end,
            name=one.name,
            volunteer=one.volunteer,
        )
        for number, one in enumerate(turn.office.commune.roster, start=1)
    ]
    return [*laid_down, *await turn.read.desk.shifts()]


async def on_duty_now(turn: Turn) -> tuple[Sayable, ...]:
    """Tell who is on duty at this moment: public, as it has to be; nothing without a roster."""
    shifts = await all_shifts(turn)
    if not shifts:
        return ()
    found = roster.at(shifts, turn.now, turn.office.commune.calendar)
    if not found:
        return (_("Nobody is on duty by the roster at this moment."),)
    return (_("On duty now:"), *(_told(turn, one) for one in found))


def _day_of(word: str, today: date) -> tuple[int | None, str] | None:
    """Read a weekday ("thu2") or a date ("24/11/2026", "24/11", "2026-11-24")."""
    folded = fold(word).replace(" ", "").strip()
    for number, names in enumerate(DAYS):
        if folded in names:
            return number, ""
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d/%m"):
        try:
            if form == "%d/%m":
                found = datetime.strptime(f"{word}/{today.year}", "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone
            else:
                found = datetime.strptime(word, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        return None, found.isoformat()
    return None


async def _add(turn: Turn, line: _Line, *, volunteer: bool) -> Reply:
    """Put somebody on the roster: unit, channel, day, hours, name."""
    unit = turn.office.commune.unit(line.word(1))
    channel = fold(line.word(2)).strip()
    channel = _ALSO.get(channel, channel)
    day = _day_of(line.word(3), turn.now.astimezone(ZONE).date())
    hours, name = roster.hours_of(line.word(4)), line.rest(5)
    if unit is None or channel not in CHANNELS or day is None or hours is None or not name:
        return turn.end(lines(_("That is no line of the roster."), *_usage()))
    person_id = None if volunteer else await _official(turn, name)
    shift = NewShift(
        code=f"CA{turn.chance.letters(4)}",
        unit=unit.id,
        channel=channel,
        weekday=day[0],
        day=day[1],
        begins=hours.start,
        ends=hours.end,
        name=name[:128],
        person_id=person_id,
        volunteer=volunteer,
    )
    told = lines(
        _("On the roster: {name} ({code}).", name=shift.name, code=shift.code),
        None
        if volunteer or person_id
        else _("No official of that name is here, so nobody can be told before the shift."),
    )
    return turn.end(told, effects=(shift, *await _notices(turn, (shift,))))


async def _official(turn: Turn, name: str) -> int | None:
    wanted = fold(name).strip()
    everybody = (
        *await turn.read.desk.officials("officer"),
        *await turn.read.desk.officials("admin"),
    )
    return next((id_ for id_, called in everybody if fold(called).strip() == wanted), None)


async def _find(turn: Turn, code: str, day: str = "") -> Shift | None:
    """Find a shift; on a date, the one that stands in its place where it was replaced."""
    code = code.upper().replace("-", "")
    shifts = await all_shifts(turn)
    found = next((one for one in shifts if one.code == code), None)
    stand_in = next((one for one in shifts if one.replaces == code and one.day == day), None)
    return stand_in if day and stand_in is not None and found is not None else found


async def _end(turn: Turn, line: _Line) -> Reply:
    shift = await _find(turn, line.word(1))
    if shift is None or not _CODE.fullmatch(shift.code):
        return turn.end(_("There is no such shift: {code}.", code=line.word(1)))
    return turn.end(
        _("The shift of {name} ({code}) is removed.", name=shift.name, code=shift.code),
        effects=(EndShift(shift.code),),
    )


def _instead(turn: Turn, shift: Shift, day: str, name: str, person_id: int | None) -> NewShift:
    """Put somebody, or nobody, in a shift's place on a date."""
    return NewShift(
        code=f"CA{turn.chance.letters(4)}",
        unit=shift.unit,
        channel=shift.channel,
        weekday=None,
        day=day,
        begins=shift.begins,
        ends=shift.ends,
        name=name[:128],
        person_id=person_id,
        volunteer=shift.volunteer,
        replaces=shift.replaces or shift.code,
    )


async def _dated(turn: Turn, code: str, word: str) -> tuple[Shift, str] | None:
    """Read a shift and a date on which it stands."""
    day = _day_of(word, turn.now.astimezone(ZONE).date())
    shift = await _find(turn, code, day[1]) if day and day[1] else None
    if shift is None or day is None:
        return None
    standing = roster.of_day(
        await all_shifts(turn), date.fromisoformat(day[1]), turn.office.commune.calendar
    )
    return (shift, day[1]) if any(one.shift.code == shift.code for one in standing) else None


async def _swap(turn: Turn, line: _Line) -> Reply:
    first = await _dated(turn, line.word(1), line.word(2))
    second = await _dated(turn, line.word(3), line.word(4))
    if first is None or second is None:
        return turn.end(lines(_("There is no such shift on that date."), *_usage()))
    (one, on), (two, then) = first, second
    swapped = (
        _instead(turn, one, on, two.name, two.person_id),
        _instead(turn, two, then, one.name, one.person_id),
    )
    told = _("{first} and {second} have swapped.", first=one.name, second=two.name)
    return turn.end(told, effects=(*_ended(one, two), *swapped, *await _notices(turn, swapped)))


def _ended(*shifts: Shift) -> tuple[EndShift, ...]:
    """End shifts of a date that others take the place of; those of every week stay."""
    return tuple(EndShift(one.code) for one in shifts if one.day)


async def _absent(turn: Turn, line: _Line) -> Reply:
    """Note that somebody is absent on a date, and who stands in; officers do it for themselves."""
    found = await _dated(turn, line.word(1), line.word(2))
    if found is None:
        return turn.end(lines(_("There is no such shift on that date."), *_usage()))
    shift, day = found
    names = [held.name for held in turn.person.roles]
    own = roster.is_held_by(shift, turn.person.id, names)
    if not own and not turn.person.has(*WRITES):
        return turn.end(_("Only staff change the shifts of others."))
    deputy = line.rest(3)
    person_id = await _official(turn, deputy) if deputy and not shift.volunteer else None
    instead = _instead(turn, shift, day, deputy, person_id)
    told = (
        _("{name} is absent; {deputy} stands in.", name=shift.name, deputy=deputy)
        if deputy
        else _("{name} is absent and nobody stands in yet.", name=shift.name)
    )
    effects: tuple[Effect, ...] = (*_ended(shift), instead, *await _notices(turn, (instead,)))
    return turn.end(told, effects=effects)


async def _helped(turn: Turn, line: _Line) -> Reply:
    """Note that volunteers came: they do not write here themselves."""
    found = await _dated(turn, line.word(1), line.word(2))
    if found is None or not found[0].volunteer:
        return turn.end(lines(_("There is no such shift on that date."), *_usage()))
    shift, day = found
    minutes = shift.ends - shift.begins
    held = Evidence("duty.volunteer", f"{shift.code} {day}", shift.unit, shift.channel, minutes)
    return turn.end(_("It is noted that {name} helped.", name=shift.name), effects=(held,))


async def _notices(turn: Turn, written: Sequence[NewShift]) -> tuple[SetTimer, ...]:
    """Give the timers of those who got a shift: the nearest of their notices."""
    shifts = [*await all_shifts(turn), *written]
    people = {one.person_id: one.name for one in written if one.person_id is not None}
    return tuple(
        timer
        for person_id, name in people.items()
        for timer in notice(turn, shifts, person_id, (name,))
    )


def notice(
    turn: Turn, shifts: Sequence[Shift], person_id: int, names: Sequence[str]
) -> tuple[SetTimer, ...]:
    """Give the timer of an official's next notice, nothing without a shift within four weeks."""
    calendar = turn.office.commune.calendar
    duty = roster.coming(shifts, person_id, names, after=turn.now, calendar=calendar)
    if duty is None:
        return ()
    return (SetTimer(NOTICE, str(person_id), duty.begins - roster.NOTICE, person_id),)


async def my_notice(turn: Turn) -> tuple[SetTimer, ...]:
    """Give the timer of the person's own next notice, for when they go on or off duty."""
    names = [held.name for held in turn.person.roles]
    return notice(turn, await all_shifts(turn), turn.person.id, names)


@router.event(Kind.TIMER, NOTICE)
async def before_shift(turn: Turn) -> Reply:
    """Tell an officer that their shift begins in half an hour, with what was handed over."""
    if not turn.person.has(*DESK):
        return turn.quiet()
    names = [held.name for held in turn.person.roles]
    shifts, calendar = await all_shifts(turn), turn.office.commune.calendar
    again = notice(turn, shifts, turn.person.id, names)
    today = roster.of_day(shifts, turn.now.astimezone(ZONE).date(), calendar)
    mine = [
        one
        for one in today
        if roster.is_held_by(one.shift, turn.person.id, names)
        and turn.now <= one.begins <= turn.now + roster.NOTICE + timedelta(minutes=1)
    ]
    if not mine:
        return turn.quiet(*again)
    left = await turn.read.desk.handover(mine[0].shift.unit)
    text = lines(
        _("Your shift begins soon:"),
        *(_told(turn, one) for one in mine),
        _("Handed over at {at}: {note}", at=left.at, note=left.note) if left else None,
    )
    ends = tuple(SetTimer(END, f"{turn.person.id} {one.shift.code}", one.ends) for one in mine)
    letter = turn.letter(text, Offer("/truc on", _("Go on duty")), restart=False)
    return Reply((letter,), effects=(*again, *ends))


@router.event(Kind.TIMER, END)
async def after_shift(turn: Turn) -> Reply:
    """Keep that a shift was held, and ask for a hand-over note."""
    _person, _blank, code = turn.message.payload.partition(" ")
    shift = next((one for one in await all_shifts(turn) if one.code == code), None)
    on_duty = any(held.on_duty for held in turn.person.roles)
    if shift is None or not on_duty:
        return turn.quiet()
    day = turn.message.sent_at.astimezone(ZONE).date()
    own = await turn.read.queue(units=units_of(turn), officer_id=turn.person.id, limit=20)
    mine = [one.code for one in own if one.assignee_id == turn.person.id]
    minutes = shift.ends - shift.begins
    held = Evidence("duty.held", f"{shift.code} {day}", shift.unit, shift.channel, minutes)
    text = lines(
        _("Your shift is over. Thank you!"),
        _("With you: {codes}", codes=", ".join(mine)) if mine else None,
        _("To leave a note for whoever is next: {example}", example="/bangiao …"),
    )
    letter = turn.letter(text, Offer("/truc off", _("Go off duty")), restart=False)
    return Reply((letter,), effects=(held,))


@router.command("bangiao", "handover", always=True, apart=False, roles=DESK)
async def hand_over(turn: Turn) -> Reply:
    """Leave a note for whoever is next: `/bangiao words`; without words, read the last one."""
    units = units_of(turn) or (turn.office.commune.default_unit,)
    if not turn.words:
        found = [await turn.read.desk.handover(unit) for unit in units]
        told = [_("Handed over at {at}: {note}", at=one.at, note=one.note) for one in found if one]
        return turn.end(lines(*told) if told else _("Nothing has been handed over yet."))
    return _handed_over(turn, turn.words)


@router.step
async def hand_over_words(turn: Turn) -> Reply:
    """Take the note again that was stopped."""
    if not turn.person.has(*DESK):
        return turn.end(_("The question that waited is dropped."))
    words = turn.message.text.strip()
    if turn.message.choice or not words:
        text = lines(_("Please write the note for whoever is next."), _("Send /huy to leave it."))
        return turn.ask(text, then=hand_over_words, data=official_words.kept(turn))
    return _handed_over(turn, words)


def _handed_over(turn: Turn, words: str) -> Reply:
    longest = turn.office.commune.limits.comment
    if len(words) > longest:
        return turn.end(_("Please write at most {most} characters.", most=longest))
    if stopped := official_words.stop(turn, words, hand_over_words, {}):
        return stopped
    units = units_of(turn) or (turn.office.commune.default_unit,)
    notes: tuple[Effect, ...] = tuple(HandOver(unit, words) for unit in units)
    return turn.end(_("It is kept for whoever is on duty next."), effects=notes)
