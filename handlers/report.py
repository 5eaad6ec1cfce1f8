"""The report of a period: counts, and the score of each criterion, as a text for a telephone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from handlers.dossier_report import punctuality
from handlers.household_shares import by_village, question_on, together
from handlers.office import Office
from handlers.routing import Offer, Reply, Router, Turn
from messages.envelope import Attachment, AttachmentKind, Kind
from messages.languages import DEFAULT, ZONE, say
from messages.text import Lines, _, lines
from scoring.documents import text
from scoring.facts import COUNTED, DERIVED, Decision, Facts
from scoring.neighbours import a_year_before, before
from scoring.periods import BadPeriod, Period
from scoring.report import Past
from scoring.scorecard import Scorecard, score
from storage.dossiers_counts import DossierCounts
from storage.evidence import Tally
from storage.judgements import SCORE
from storage.reader import Reader
from storage.report_orders import DOCX_MIME, PNG_MIME, READY, XLSX_MIME, OrderReport
from storage.ticket_counts import TicketCounts

router = Router()

PERIOD = r"\d{4}(?:-(?:H[12]|Q[1-4]|\d\d))?|\d{4}-\d\d-\d\d\s*\.\.\s*\d{4}-\d\d-\d\d"
"""What must follow the bare word for it to be a command."""

RATED = "rating"
"""The kind of evidence that a rating is; its value is 1 to 5."""

PUBLISHED = "publication"
"""The kind of evidence that something was published; its days are counted."""

BY_EXPORTS = "dossier"
"""The subject that is counted by what the one-stop system exported."""

BY_TICKETS = "feedback"
"""The subject that is counted by the tickets themselves, so that each counts once."""


@router.command("report", "baocao", takes=PERIOD, roles=("staff", "leader"))
async def report(turn: Turn) -> Reply:
    """Give the report of a period, of the running half year where none is named."""
    today = turn.now.astimezone(ZONE).date()
    try:
        period = turn.office.period(turn.words, today)
    except BadPeriod as error:
        return turn.end(error.reason, *_periods(turn.office, today))
    card, found = await scorecard(turn.read, turn.office, period, turn.now)
    units = {unit.id: unit.name.say(turn.language) for unit in turn.office.commune.units}
    others = await neighbours(turn.read, turn.office, period, turn.now)
    parts = text.parts(card, found, units, turn.language, others=others)
    *first, last = (*parts, *await _dossiers(turn.read, turn.office, period, turn.now))
    letters = [turn.letter(part) for part in first]
    found_in = turn.letter(last, *_periods(turn.office, today, but=period))
    return Reply((*letters, found_in), "", {}, (OrderReport(period.name),))


@router.event(Kind.TIMER, READY)
async def ready(turn: Turn) -> Reply:
    """Send the documents that were made; the person may have lost the right to them since."""
    order = await turn.read.reports.order(int(turn.message.payload))
    if order is None or order.person_id != turn.person.id or not turn.person.has("staff", "leader"):
        return turn.quiet()
    if not order.docx:
        reason = order.reason or _("a fault of ours; please try again later")
        return turn.say(_("The documents of the report could not be made: {reason}", reason=reason))
    title = turn.office.period(order.period, order.asked_at.astimezone(ZONE).date()).title
    name = f"report-{order.period}"
    files = (
        Attachment(AttachmentKind.IMAGE, f"media:{order.png}", f"{name}.png", PNG_MIME),
        Attachment(AttachmentKind.FILE, f"media:{order.docx}", f"{name}.docx", DOCX_MIME),
        Attachment(AttachmentKind.FILE, f"media:{order.xlsx}", f"{name}.xlsx", XLSX_MIME),
    )
    text = _("Report for {period}: chart, report in Word, figures in Excel.", period=title)
    return Reply((turn.letter(text, attachments=files),))


def _periods(office: Office, today: date, but: Period | None = None) -> tuple[Offer, ...]:
    """Offer the periods that are asked for most."""
    now = office.running(today)
    named = (office.period(name, today) for name in (now.half, now.quarter, now.month, now.year))
    return tuple(
        Offer(f"/report {period.name}", period.title)
        for period in (before(office.period("", today)), *named)
        if but is None or period.name != but.name
    )


async def scorecard(
    read: Reader, office: Office, period: Period, now: datetime
) -> tuple[Scorecard, Facts]:
    """Score a period by what the store holds now.

    Args:
        read: asks the store.
        office: has the criteria.
        period: what is scored.
        now: up to when a running period is counted.
    """
    asked_on = max(period.start, min(period.end, now.astimezone(ZONE).date()))
    counts = await read.households.counts(question_on(asked_on))
    households = together(by_village(office.commune, counts))
    found = replace(await facts(read, period, now), estimates={"smart_app": households})
    return score(found, office.scheme_for(period), period), found


async def neighbours(
    read: Reader, office: Office, period: Period, now: datetime
) -> tuple[Past, Past]:
    """Score the period before and the same one a year earlier, to compare with."""
    first, second = before(period), a_year_before(period)
    return await _past(read, office, first, now), await _past(read, office, second, now)


async def _past(read: Reader, office: Office, period: Period, now: datetime) -> Past:
    return Past(*await scorecard(read, office, period, now))


async def as_text(
    read: Reader, office: Office, period: Period, now: datetime, language: str = DEFAULT
) -> str:
    """Give the whole report in one piece, for the command line."""
    card, found = await scorecard(read, office, period, now)
    units = {unit.id: unit.name.say(language) for unit in office.commune.units}
    sections = text.sections(card, found, units, await neighbours(read, office, period, now))
    dossiers = await _dossiers(read, office, period, now)
    told = (*(lines(*section) for section in sections), *dossiers)
    return "\n\n".join(say(section, language) for section in told)


async def _dossiers(
    read: Reader, office: Office, period: Period, now: datetime
) -> tuple[Lines, ...]:
    """Tell how punctual units were by field; nothing before any import."""
    counts = await read.dossier_counts(*period.bounds, now)
    return (lines(*punctuality(office, counts)),) if counts.as_of else ()


async def facts(read: Reader, period: Period, now: datetime) -> Facts:
    """Count what happened in a period, and read what people decided about it."""
    counted = await read.reports.counted((period.start, period.end), period.bounds, now)
    dossiers = await read.dossier_counts(*period.bounds, now)
    tallies = counted.tallies
    ratings = tallies.get(RATED, Tally(0, 0))
    return Facts(
        counts={
            subject: _of_tickets(counted.tickets)
            if subject == BY_TICKETS
            else _of(subject, tallies)
            for subject in COUNTED
            if subject not in {RATED, BY_EXPORTS}
        }
        | {BY_EXPORTS: _of_dossiers(dossiers)},
        evidence={kind: tally.count for kind, tally in tallies.items()}
        | {"dossier.on_time": dossiers.on_time, "dossier.late": dossiers.late},
        publication_days=await read.days_of(PUBLISHED, period.start, period.end),
        rating_sum=ratings.total,
        rating_count=ratings.count,
        decisions={
            one.component: Decision(one.points, one.words, one.by, one.at)
            for one in counted.judged
            if one.kind == SCORE and one.points is not None
        },
        filed=counted.filed,
        today=now.astimezone(ZONE).date(),
    )


def _of_dossiers(counts: DossierCounts) -> dict[str, int]:
    return {
        "due": counts.on_time + counts.late,
        "on_time": counts.on_time,
        "late": counts.late,
        "apologised": counts.apologised,
    }


def _of_tickets(counts: TicketCounts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in COUNTED[BY_TICKETS]}


def _of(subject: str, tallies: Mapping[str, Tally]) -> dict[str, int]:
    """Count the evidence of a subject; what nothing writes yet is zero."""
    kinds = {name: f"{subject}.{name}" for name in COUNTED[subject]}
    return {
        name: tallies[kind].count if kind in tallies else 0
        for name, kind in kinds.items()
        if kind not in DERIVED
    }
