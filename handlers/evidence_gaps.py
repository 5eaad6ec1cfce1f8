"""Components without evidence: told to the units that lead them, again before a period ends."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from handlers.components import STAFF, reporting_period, today_of, unit_of
from handlers.office import Office
from handlers.questions import MENU, short
from handlers.report import scorecard
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Lines, Sayable, Text, _, lines
from scoring.losses import unproven
from scoring.periods import Period
from scoring.scheme import Component
from scoring.scorecard import ComponentScore
from storage.timers import SetTimer

router = Router()

TIMER = "evidence_gaps"
DAYS_BEFORE = (21, 7, 2)
"""So many days before a half year ends its units are reminded."""

HOUR = time(8, 0)
_OFFERED = 8


def next_reminder(office: Office, now: datetime) -> datetime:
    """Give the next moment at which staff are reminded."""
    today = now.astimezone(ZONE).date()
    running = office.period("", today)
    following = office.period("", running.end + timedelta(days=1))
    moments = sorted(
        datetime.combine(period.end - timedelta(days=days), HOUR, ZONE)
        for period in (running, following)
        for days in DAYS_BEFORE
    )
    return next(moment for moment in moments if moment > now)


def remind(turn: Turn) -> SetTimer:
    """Give what reminds a person; one who is reminded already is so once all the same."""
    person_id = turn.person.id
    return SetTimer(TIMER, str(person_id), next_reminder(turn.office, turn.now), person_id)


@router.event(Kind.TIMER, TIMER)
async def due(turn: Turn) -> Reply:
    """Remind a member of staff of what has no evidence yet; nobody who lost the role."""
    if not turn.person.has(*STAFF):
        return turn.quiet()
    period = turn.office.period("", today_of(turn))
    again = remind(turn)
    missing = await _missing(turn, period)
    if not missing:
        return turn.quiet(again)
    text = lines(_("The period ends on {end}.", end=period.end), _told(turn, missing, period))
    return Reply((turn.letter(text, *_offers(missing)),), effects=(again,))


async def gaps(turn: Turn, period: Period | None = None) -> Reply:
    """List what has no evidence: of their own unit to its staff, of all to the reporting staff."""
    period = period or reporting_period(turn.office, today_of(turn))
    missing = await _missing(turn, period)
    if not missing:
        return turn.end(_("Every component has evidence in {period}.", period=period.title), MENU)
    return turn.end(
        _told(turn, missing, period),
        *_offers(missing),
        MENU,
        effects=(remind(turn),),
    )


async def _missing(turn: Turn, period: Period) -> list[ComponentScore]:
    card, _facts = await scorecard(turn.read, turn.office, period, turn.now)
    unit = unit_of(turn)
    return [each for each in unproven(card) if not unit or _concerns(each.component, unit)]


def _concerns(component: Component, unit: str) -> bool:
    return component.lead_unit in {None, unit} or unit in component.support_units


def _told(turn: Turn, missing: list[ComponentScore], period: Period) -> Lines:
    """List the components under the unit that leads each, as a letter to the units would."""
    return lines(
        _("Components without evidence in {period}: {n}", period=period.title, n=len(missing)),
        *_by_unit(turn, missing),
        "",
        _("To file evidence write /minhchung, or the component: /minhchung 1.03"),
    )


def _by_unit(turn: Turn, missing: list[ComponentScore]) -> Iterator[Sayable]:
    units = {unit.id: unit.name for unit in turn.office.commune.units}
    leads: dict[Text | str, list[Component]] = {}
    for each in missing:
        part = each.component
        lead: Text | str = part.lead_note or _("nobody leads it yet")
        if part.lead_unit:
            lead = units[part.lead_unit].say(turn.language) if part.lead_unit in units else lead
        leads.setdefault(lead, []).append(part)
    for lead, parts in leads.items():
        yield ""
        yield _("{unit}:", unit=lead)
        yield from (_("- {id} {title}", id=part.id, title=part.title) for part in parts)


def _offers(missing: list[ComponentScore]) -> list[Offer]:
    return [
        Offer(
            f"/minhchung {each.component.id}", short(f"{each.component.id} {each.component.title}")
        )
        for each in missing[:_OFFERED]
    ]


def last_day(period: Period, today: date) -> date:
    """Give the day an item filed now for a period counts for: one that lies in it."""
    return min(max(today, period.start), period.end)
