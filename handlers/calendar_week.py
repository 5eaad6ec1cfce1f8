"""The weekly calendar and the reception schedule: published by one command, sent to followers."""

import re
from datetime import date, timedelta

from handlers import broadcast, notice_sending, questions
from handlers.letter_drafting import day_in
from handlers.questions import MENU
from handlers.routing import Offer, Reply, Router, Turn
from handlers.subscriptions import CALENDAR
from messages.languages import ZONE, say
from messages.text import Text, _, lines, ngettext
from storage.evidence import Evidence
from storage.notices import DraftNotice
from storage.timers import SetTimer
from storage.weeks import Publish
from storage.work import Effect

router = Router()

STAFF = ("staff", "leader")
SATURDAY = 5

TITLES: dict[str, Text] = {
    "calendar": _("Weekly calendar, {first} to {last}"),
    "reception": _("Reception of citizens, {first} to {last}"),
}

_WEEK = re.compile(r"\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\s*[:\n]\s*")


@router.command("lichtuan", "weekcalendar", takes=r"\d{1,2}/\d{1,2}/\d{4}\s*[:\n].+")
async def calendar(turn: Turn) -> Reply:
    """Show the weekly calendar; staff publish it: `/lichtuan [a day of the week:] TEXT`."""
    return await _shown_or_published(turn, "calendar")


@router.command("lichtiepdan", "reception", takes=r"\d{1,2}/\d{1,2}/\d{4}\s*[:\n].+")
async def reception(turn: Turn) -> Reply:
    """Show the reception schedule; staff publish it in the same way."""
    return await _shown_or_published(turn, "reception")


def title(kind: str, week: date) -> Text:
    """Name a week's publication."""
    known = {"first": week, "last": week + timedelta(days=6)}
    return Text(TITLES[kind].msgid, tuple(known.items()))


def week_of(day: date) -> date:
    """Give the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


PUBLISHED = {"calendar": "publication.week", "reception": "publication.reception"}
"""What is published → the evidence that the criteria name."""


async def _shown_or_published(turn: Turn, kind: str) -> Reply:
    text = turn.words.strip()
    if text and turn.person.has(*STAFF):
        return await _publish(turn, kind, text)
    today = turn.now.astimezone(ZONE).date()
    found = await turn.read.weeks.since(kind, week_of(today))
    follow = Offer(f"/theodoi {CALENDAR} on", _("Send it to me every week"))
    hours = Offer("/lich", _("Reception days and hours"))
    if not found:
        none = _("Nothing is published for this week yet.")
        return questions.reminded(turn, turn.say(none, follow, hours, MENU))
    parts = [part for one in found for part in (title(kind, one.week), one.text, "")]
    return questions.reminded(turn, turn.say(lines(*parts), follow, hours, MENU))


async def _publish(turn: Turn, kind: str, text: str) -> Reply:
    """Publish, count, and send it to those who follow; no further approval is asked for."""
    today = turn.now.astimezone(ZONE).date()
    # On a weekend the week to come is meant.
    week = week_of(today + timedelta(days=2) if today.weekday() >= SATURDAY else today)
    named = _WEEK.match(text)
    if named is not None:
        day = day_in(named[1])
        if day is None:
            return turn.end(_("{value} is no day.", value=named[1]))
        week, text = week_of(day), text[named.end() :].strip()
    if not text or len(text) > broadcast.LONGEST:
        longest = broadcast.LONGEST
        return turn.end(_("Please write the words, at most {longest} characters.", longest=longest))
    effects: tuple[Effect, ...] = (
        Publish(kind, week, text),
        Evidence("publication", about=f"{kind}:{week}"),
        Evidence(PUBLISHED[kind], about=f"{kind}:{week}"),
    )
    people = 0
    headed = f"{_headline(turn, kind, week)}\n{text}"
    since = turn.now - broadcast.TWICE_WITHIN
    if await turn.read.notices.same(CALENDAR, headed, since) is None:
        reach = await turn.read.notices.audience(CALENDAR, notice_sending.WINDOWS, turn.now)
        people = sum(may for may, _out in reach.values())
    if people:
        at = notice_sending.after_quiet(turn.office, turn.now)
        code = broadcast.new_code(turn)
        notice = DraftNotice(code, "calendar", CALENDAR, headed, people, starts_at=at)
        effects = (*effects, notice, SetTimer(notice_sending.TIMER, code, at))
    told = lines(
        _("Published: {title}", title=title(kind, week)),
        ngettext("It goes to {n} person.", "It goes to {n} people.", people),
    )
    return turn.end(told, effects=effects)


def _headline(turn: Turn, kind: str, week: date) -> str:
    return say(title(kind, week), turn.language)
