"""The report of a period: counts, and the score of each criterion, as a text for a telephone."""

from collections.abc import Mapping
from datetime import date, datetime

from handlers.dossier_report import punctuality
from handlers.office import Office
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import DEFAULT, ZONE, say
from messages.text import Lines, lines
from scoring.documents import text
from scoring.facts import COUNTED, DERIVED, Facts
from scoring.periods import BadPeriod, Period, parse
from scoring.scorecard import Scorecard, score
from storage.dossiers_counts import DossierCounts
from storage.evidence import Tally
from storage.reader import Reader
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
        period = parse(turn.words, today)
    except BadPeriod as error:
        return turn.end(error.reason, *_periods(today))
    card, found = await scorecard(turn.read, turn.office, period, turn.now)
    units = {unit.id: unit.name.say(turn.language) for unit in turn.office.commune.units}
    parts = text.parts(card, found, units, turn.language)
    *first, last = (*parts, *await _dossiers(turn.read, turn.office, period, turn.now))
    letters = [turn.letter(part) for part in first]
    return Reply((*letters, turn.letter(last, *_periods(today, but=period))), "", {})


def _periods(today: date, but: Period | None = None) -> tuple[Offer, ...]:
    """Offer the periods that are asked for most."""
    half, quarter = (today.month + 5) // 6, (today.month + 2) // 3
    before = f"{today.year}-H1" if half == 2 else f"{today.year - 1}-H2"  # noqa: PLR2004 - of two
    names = (
        before,
        f"{today.year}-H{half}",
        f"{today.year}-Q{quarter}",
        f"{today.year}-{today.month:02}",
        f"{today.year}",
    )
    return tuple(
        Offer(f"/report {name}", parse(name, today).title)
        for name in names
        if but is None or name != but.name
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
    found = await facts(read, period, now)
    return score(found, office.scheme, period), found


async def as_text(
    read: Reader, office: Office, period: Period, now: datetime, language: str = DEFAULT
) -> str:
    """Give the whole report in one piece, for the command line."""
    card, found = await scorecard(read, office, period, now)
    units = {unit.id: unit.name.say(language) for unit in office.commune.units}
    sections = text.sections(card, found, units)
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
    """Count what happened in a period."""
    start, end = period.bounds
    tickets = await read.ticket_counts(start, end, now)
    dossiers = await read.dossier_counts(start, end, now)
    tallies = await read.tallies(period.start, period.end)
    ratings = tallies.get(RATED, Tally(0, 0))
    return Facts(
        counts={
            subject: _of_tickets(tickets) if subject == BY_TICKETS else _of(subject, tallies)
            for subject in COUNTED
            if subject not in {RATED, BY_EXPORTS}
        }
        | {BY_EXPORTS: _of_dossiers(dossiers)},
        evidence={kind: tally.count for kind, tally in tallies.items()}
        | {"dossier.on_time": dossiers.on_time, "dossier.late": dossiers.late},
        publication_days=await read.days_of(PUBLISHED, period.start, period.end),
        rating_sum=ratings.total,
        rating_count=ratings.count,
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
