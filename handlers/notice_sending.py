"""Sending a notice: its letters in short batches, quiet hours, and what became of them.

Each batch is written with how far it is in one transaction, and never far ahead of what is sent: a
restart goes on after the last letter, quiet hours hold, memory stays flat.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from handlers.office import Office
from handlers.routing import Purpose, Reply, Router, Turn
from handlers.subscriptions import topics
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Lines, Spoken, Text, _, lines, ngettext
from storage.evidence import Evidence
from storage.notices import Advance, Notice, NoticeState
from storage.outbox import FAILED, HELD, SENT, UNKNOWN, WAITING, Draft, Recipient
from storage.timers import SetTimer
from storage.work import Effect

router = Router()

TIMER, END = "notice", "noticeend"
"""The timers of a notice: its next letters, and its result."""

WINDOWS: Final[Mapping[str, timedelta]] = {"zalo": timedelta(hours=48)}
"""Channel → how long after a person's last message it takes a notice, and without cost.

Zalo: 48 hours free; up to 7 days each message is billed, which a commune has not agreed to.
"""


BATCH = 200
"""Letters written in one turn, each second: few enough that no conversation waits for them."""


AHEAD = 800
"""Letters that may wait unsent while more are written."""


AGAIN = timedelta(milliseconds=100)
"""Less than the clock takes between two looks, so that none of them is missed."""


REPORT_EVERY = timedelta(minutes=1)


def title(office: Office, topic: str) -> Text | Spoken | str:
    """Give a topic's title, its id where the commune has it no more."""
    return topics(office).get(topic, topic)


async def progress(turn: Turn, notice: Notice) -> list[Text]:
    """Tell how many it goes to, and what became of the letters that are written."""
    fates = await turn.read.notices.fates(notice.code)
    if not fates:
        return [ngettext("{n} person", "{n} people", notice.people)]
    return [
        _("Delivered: {n} of {people}", n=fates.get(SENT, 0), people=notice.written),
        _("Still to be sent: {n}", n=fates.get(WAITING, 0)),
        _("Held until they write: {n}", n=fates.get(HELD, 0)),
        _("Failed: {n}", n=fates.get(FAILED, 0)),
        _("Not known whether it arrived: {n}", n=fates.get(UNKNOWN, 0)),
    ]


def body(office: Office, notice_text: str, topic: str) -> Lines:
    """Give a notice as people read it, with the way out in its last line."""
    return lines(
        notice_text,
        "",
        _("You follow: {topic}.", topic=title(office, topic)),
        _("To stop it, send: {command}", command=f"/ngungnhan {topic}"),
    )


def after_quiet(office: Office, at: datetime) -> datetime:
    """Give a moment, or the end of the quiet hours in which it lies."""
    quiet = office.commune.quiet
    local = at.astimezone(ZONE)
    clock = f"{local:%H:%M}"
    across = quiet.begins > quiet.ends
    inside = (
        clock >= quiet.begins or clock < quiet.ends
        if across
        else quiet.begins <= clock < quiet.ends
    )
    if not inside:
        return at
    hour, minute = map(int, quiet.ends.split(":"))
    ends = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return ends if ends > local else ends + timedelta(days=1)


@router.event(Kind.TIMER, TIMER)
async def go_on(turn: Turn) -> Reply:
    """Write the next letters of a notice, unless enough of them wait or the hour is quiet."""
    notice = await turn.read.notices.one(turn.message.payload)
    if notice is None or notice.state is not NoticeState.APPROVED:
        return turn.quiet()
    begins = after_quiet(turn.office, turn.now)
    if begins > turn.now:
        return turn.quiet(SetTimer(TIMER, notice.code, begins))
    fates = await turn.read.notices.fates(notice.code)
    if fates.get(WAITING, 0) > AHEAD - BATCH:
        return turn.quiet(SetTimer(TIMER, notice.code, turn.now + AGAIN))
    people = await turn.read.notices.next_people(
        notice.audience, notice.reached, BATCH, windows=WINDOWS, now=turn.now
    )
    ended = len(people) < BATCH
    reached = people[-1].id if people else notice.reached
    effects: tuple[Effect, ...] = (
        Advance(notice, reached, len(people), ended),
        SetTimer(END, notice.code, turn.now + REPORT_EVERY)
        if ended
        else SetTimer(TIMER, notice.code, turn.now + AGAIN),
    )
    if people and not notice.reached:
        effects = (*effects, Evidence("notice.sent", about=notice.code, place=notice.kind))
    return Reply(letters_of(turn.office, notice, people), effects=effects)


def letters_of(office: Office, notice: Notice, people: list[Recipient]) -> tuple[Draft, ...]:
    """Write a notice's letters; as one of many they wait for every conversation."""
    text = body(office, notice.text, notice.audience)
    return tuple(
        Draft(to, text, ticket=notice.code, purpose=Purpose.NOTICE, bulk=True) for to in people
    )


@router.event(Kind.TIMER, END)
async def report(turn: Turn) -> Reply:
    """Tell the sender the result once no letter waits any more."""
    notice = await turn.read.notices.one(turn.message.payload)
    if notice is None:
        return turn.quiet()
    fates = await turn.read.notices.fates(notice.code)
    if fates.get(WAITING, 0):
        return turn.quiet(SetTimer(END, notice.code, turn.now + REPORT_EVERY))
    return turn.say(
        lines(_("Notice {code}: the result", code=notice.code), *await progress(turn, notice))
    )
