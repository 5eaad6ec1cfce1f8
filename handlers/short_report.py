"""The short report of a month, for the chairman and the section of a wider report."""

from handlers.components import today_of
from handlers.questions import MENU
from handlers.report import PERIOD
from handlers.report_contents import contents
from handlers.routing import Offer, Reply, Router, Turn
from messages.text import _
from scoring.documents.short import short
from scoring.neighbours import before
from scoring.periods import BadPeriod

router = Router()

STILL_LAST = 3
"""Up to this day of a month its short report is of the month before (days 1 to 3)."""


@router.command("baocaothang", "monthly", takes=PERIOD, roles=("staff", "leader"))
async def begin(turn: Turn) -> Reply:
    """Give the short report of a month, in its first days of the month before."""
    today = today_of(turn)
    try:
        month = turn.office.running(today).month
        period = turn.office.period(turn.words.strip() or month, today)
    except BadPeriod as error:
        return turn.end(error.reason, MENU)
    if not turn.words.strip() and (today - period.start).days < STILL_LAST:
        period = before(period)
    report = await contents(turn.read, turn.office, period, turn.now, register=0)
    earlier = before(period).name
    return turn.end(
        short(report),
        Offer(f"/baocaothang {earlier}", before(period).title),
        Offer(f"/report {period.name}", _("The whole report")),
        MENU,
    )
