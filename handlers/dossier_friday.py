"""Friday without appointment: a reminder on Thursday to those who want one."""

from datetime import datetime, time, timedelta

from handlers import questions
from handlers.questions import MENU, PERSON
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import _, lines
from storage.outbox import Purpose
from storage.timers import SetTimer, StopTimer

router = Router()

THURSDAY, DAYS_A_WEEK = 3, 7
AT = time(15, 0)
"""The hour of the reminder: late enough to plan tomorrow, outside every quiet hour."""

OFF = ("off", "tat", "tắt", "khong", "không")


@router.command("nhacthusau", "friday", takes=r"on|off|bat|tat|bật|tắt")
async def remind(turn: Turn) -> Reply:
    """Remind somebody each Thursday of the Friday without appointment, or stop doing so."""
    subject = str(turn.person.id)
    if turn.words.strip().lower() in OFF:
        over = _("You are not reminded of Fridays any more.")
        return questions.reminded(
            turn, turn.say(over, MENU, effects=(StopTimer("friday", subject),))
        )
    text = lines(
        _("You will be reminded each Thursday of the Friday without appointment."),
        _("Send /nhacthusau off to end that."),
    )
    timer = SetTimer("friday", subject, _next_thursday(turn.now))
    return questions.reminded(turn, turn.say(text, MENU, effects=(timer,)))


@router.event(Kind.TIMER, "friday")
async def thursday(turn: Turn) -> Reply:
    """Remind, where the commune works tomorrow, and again next week."""
    again = SetTimer("friday", turn.message.payload, _next_thursday(turn.now))
    tomorrow = turn.now.astimezone(ZONE).date() + timedelta(days=1)
    if not turn.office.commune.calendar.hours(tomorrow):
        return turn.quiet(again)
    text = lines(
        _("Tomorrow, {day}, is a Friday without appointment.", day=tomorrow),
        _("What you bring then is settled the same day, where that can be."),
    )
    stop = Offer("/nhacthusau off", _("No more reminders"))
    letter = turn.letter(text, stop, PERSON, purpose=Purpose.NOTICE)
    return Reply((letter,), effects=(again,))


def _next_thursday(now: datetime) -> datetime:
    """Give the hour of the reminder on the next Thursday that is still to come."""
    local = now.astimezone(ZONE)
    ahead = (THURSDAY - local.weekday()) % DAYS_A_WEEK
    moment = datetime.combine(local.date() + timedelta(days=ahead), AT, ZONE)
    return moment if moment > now else moment + timedelta(days=DAYS_A_WEEK)
