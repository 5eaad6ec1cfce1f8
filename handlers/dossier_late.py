"""What units hear each working morning: what falls due, and which late ones need a letter."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from handlers.deadlines import DAY, deadline_words, next_open
from handlers.dossier_telling import day_or_moment
from handlers.office import Office
from handlers.questions import short
from handlers.routing import Reply, Router, Turn
from messages.envelope import Kind
from messages.languages import ZONE
from messages.text import Sayable, Text, _, lines, ngettext
from storage.dossiers import Dossier
from storage.dossiers_apologies import Apology, Written
from storage.outbox import Offer, Purpose

router = Router()

LISTED = 20
OFFERED = 8
"""Letters that one list offers; the next come when these are written."""

LONGEST_LINE = 60
OFFICERS = ("officer",)


@router.event(Kind.TIMER, "dossiers-morning")
async def morning(turn: Turn) -> Reply:
    """Tell an officer what their units have to finish by the next working day."""
    told = await _list(turn)
    if told is None:
        return turn.quiet()
    text, offers = told
    letter = turn.letter(text, *offers, purpose=Purpose.NOTICE)
    return Reply((letter,))


@router.command("hosodenhan", "duedossiers", roles=OFFICERS)
async def asked(turn: Turn) -> Reply:
    """Tell the same to an officer who asks."""
    told = await _list(turn)
    if told is None:
        return turn.say(_("No dossier of your unit falls due by the next working day."))
    text, offers = told
    return turn.say(text, *offers)


async def served(turn: Turn) -> tuple[str, ...]:
    """Give the units for which a person answers: an administrator where a unit has no officer."""
    found = []
    for unit in turn.office.commune.units:
        officers = await turn.read.officers(unit.id) or await turn.read.admins()
        if any(officer.id == turn.person.id for officer in officers):
            found.append(unit.id)
    return tuple(found)


async def _list(turn: Turn) -> tuple[Sayable, tuple[Offer, ...]] | None:
    units = await served(turn)
    if not units:
        return None
    until = next_working_evening(turn.office, turn.now)
    named = (*units, "") if turn.office.commune.default_unit in units else units
    due = await turn.read.dossiers.due_before(until, named)
    drafts = await turn.read.apologies.in_state(Written.DRAFT, units, LISTED + 1)
    if not due and not drafts:
        return None
    late = [dossier for dossier in due if _passed(dossier, turn.now)]
    coming = [dossier for dossier in due if not _passed(dossier, turn.now)]
    parts: list[Sayable] = [_("Dossiers of your unit this morning")]
    if coming:
        parts += ["", _("Due until {moment}:", moment=day_or_moment(until))]
        parts += [_line(dossier, turn.now) for dossier in coming[:LISTED]]
    if late:
        parts += ["", _("Past their due date:")]
        parts += [_line(dossier, turn.now) for dossier in late[:LISTED]]
    parts += _letters(drafts)
    newest = await turn.read.dossiers.last_import()
    if newest is not None:
        as_of = _("As the one-stop system told us at {moment}.", moment=newest.as_of)
        parts += ["", as_of]
    offers = tuple(
        Offer(f"/xinloi {draft.name}", _("Apologise {code}", code=draft.code[-20:]))
        for draft in drafts[:OFFERED]
    )
    return lines(*parts), offers


def _letters(drafts: Sequence[Apology]) -> list[Sayable]:
    if not drafts:
        return []
    n = len(drafts)
    count = ngettext(
        "{n} late dossier needs a letter of apology.",
        "{n} late dossiers need a letter of apology.",
        min(n, LISTED),
    )
    return ["", count]


def next_working_evening(office: Office, now: datetime) -> datetime:
    """Give the last moment of the next working day after today."""
    midnight = datetime.combine(now.astimezone(ZONE).date() + DAY, time(), ZONE)
    day = next_open(office.commune.calendar, midnight).date()
    return datetime.combine(day + DAY, time(), ZONE) - timedelta(milliseconds=1)


def _passed(dossier: Dossier, now: datetime) -> bool:
    due = dossier.exported.due_at
    return due is not None and due < now


def _line(dossier: Dossier, now: datetime) -> Text:
    one = dossier.exported
    due = one.due_at or now
    shown = day_or_moment(due)
    when = deadline_words(due, now) if isinstance(shown, datetime) else shown
    return _(
        "- {code}: {procedure}, {when}",
        code=one.code,
        procedure=short(one.procedure or one.field, LONGEST_LINE),
        when=when,
    )
