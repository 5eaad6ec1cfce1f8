"""Which guides people scan and read, and at which poster: for those who hang them up."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from handlers.report import PERIOD
from handlers.routing import Reply, Router, Turn
from messages.languages import ZONE
from messages.text import Lines, _, lines
from scoring.periods import BadPeriod
from storage.guidance_counts import SCANNED, SHOWN, GuidanceCount

router = Router()

LISTED: Final = 10


@router.command("quetma", "scans", takes=PERIOD, roles=("staff", "leader"))
async def scans(turn: Turn) -> Reply:
    """Tell how often guides were scanned and shown in a period: `/quetma 2026-H2`."""
    try:
        period = turn.office.period(turn.words, turn.now.astimezone(ZONE).date())
    except BadPeriod as error:
        return turn.say(error.reason)
    counted = await turn.read.guidance_counts(period.start, period.end)
    return turn.say(lines(_("Guides, {period}", period=period.title), *_told(turn, counted)))


def _told(turn: Turn, counted: Sequence[GuidanceCount]) -> Sequence[Lines]:
    by_code, places, channels = (Counter[str]() for _kind in range(3))
    read = Counter[str]()
    for one in counted:
        if one.kind == SHOWN:
            read[_name(turn, one.about)] += one.count
            channels[one.channel] += one.count
        elif one.kind == SCANNED:
            by_code[_name(turn, one.about)] += one.count
            if one.place:
                places[one.place] += one.count
    return [
        lines("", title, *(_row(name, n) for name, n in found.most_common(LISTED)))
        if found
        else lines("", title, _("- none"))
        for title, found in (
            (_("QR codes scanned:"), by_code),
            (_("at these places:"), places),
            (_("Guides shown in the chat:"), read),
            (_("on these channels:"), channels),
        )
    ]


def _row(name: str, number: int) -> Lines:
    return lines(_("- {name}: {number}", name=name, number=number))


def _name(turn: Turn, code: str) -> str:
    procedure = turn.office.catalogue.by_code(code)
    return f"{procedure.guide} {procedure.plain_title}" if procedure else code
