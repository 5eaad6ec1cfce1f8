"""The tasks of the next period: drafted from what is missing, confirmed or changed by staff."""

import re
from datetime import date

from handlers import components
from handlers.components import PATTERN, STAFF, reporting_period, reports, today_of
from handlers.evidence_review import not_theirs
from handlers.questions import MENU
from handlers.report import PERIOD, scorecard
from handlers.report_contents import confirmed
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import say
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import clean, fold
from scoring.neighbours import after
from scoring.periods import BadPeriod, Period
from scoring.tasks import Task, tasks
from storage.evidence import Evidence
from storage.judgements import TASK, Judge
from storage.work import Effect

router = Router()

LONGEST = 500
LISTED = 40

_CHANGE = re.compile(rf"\s*({PATTERN})\s+(.+)", re.DOTALL)
_DUE = re.compile(
    r"\s*[;,(]?\s*(?:hạn|han|due)\s*:?\s*(\d{1,2})/(\d{1,2})/(\d{4})\)?\.?\s*$", re.IGNORECASE
)
_UNIT = re.compile(r"\s*@(\w+)")


@router.command(
    "nhiemvu",
    "tasks",
    takes=rf"(?:{PERIOD})|xác nhận|xac ?nhan|(?:bỏ|bo)\s+{PATTERN}|{PATTERN}\s.+",
    roles=STAFF,
)
async def begin(turn: Turn) -> Reply:
    """List the tasks of the next period, confirm them, change or drop one."""
    typed = turn.words.strip()
    if not typed or re.fullmatch(PERIOD, typed):
        try:
            today, office = today_of(turn), turn.office
            period = office.period(typed, today) if typed else reporting_period(office, today)
        except BadPeriod as error:
            return turn.end(error.reason, MENU)
        return await _listed(turn, period)
    return await _decided(turn, typed) if reports(turn) else not_theirs(turn)


async def _decided(turn: Turn, typed: str) -> Reply:
    period = reporting_period(turn.office, today_of(turn))
    if fold(typed).replace(" ", "") == "xacnhan":
        return await _confirmed(turn, period)
    dropped = re.fullmatch(rf"bo\s*({PATTERN})", fold(typed), re.IGNORECASE)
    if dropped is not None:
        return await _changed(turn, period, dropped[1], "")
    changed = _CHANGE.fullmatch(typed)
    if changed is None:
        return await _listed(turn, period, components.not_understood())
    return await _changed(turn, period, changed[1], changed[2])


async def _tasks(turn: Turn, period: Period) -> list[Task]:
    card, _facts = await scorecard(turn.read, turn.office, period, turn.now)
    counted = await turn.read.reports.counted((period.start, period.end), period.bounds, turn.now)
    return tasks(card, confirmed(counted.judged))


async def _listed(turn: Turn, period: Period, *said: Sayable) -> Reply:
    found = await _tasks(turn, period)
    if not found:
        return turn.end(lines(*said, _("Nothing is missing: no task is drafted.")), MENU)
    drafts = [task for task in found if not task.by]
    text = lines(
        *said,
        _("Tasks of {period}: {n}", period=after(period).title, n=len(found)),
        *(_line(turn, task) for task in found[:LISTED]),
        "",
        _("Drafts of the machine have a *. Only those who put the report together confirm them.")
        if drafts
        else None,
        _("To change one: /nhiemvu 1.14 what is to be done @unit due 15/12/2026"),
        _("To drop one: /nhiemvu bo 1.14"),
    )
    offers = (Offer("/nhiemvu xacnhan", _("Confirm all drafts")),) if drafts else ()
    return turn.end(text, *offers, MENU)


def _line(turn: Turn, task: Task) -> Text:
    unit = turn.office.commune.unit(task.unit) if task.unit else None
    return _(
        "{mark} {id} {words} ({unit}, by {due})",
        mark="-" if task.by else "*",
        id=task.component,
        words=say(task.words, turn.language),
        unit=unit.name if unit else _("the units concerned"),
        due=task.due,
    )


async def _confirmed(turn: Turn, period: Period) -> Reply:
    """Confirm every draft as it is."""
    drafts = [task for task in await _tasks(turn, period) if not task.by]
    effects: list[Effect] = []
    for task in drafts:
        effects += _kept(period, task.component, say(task.words), task.unit, task.due)
    told = _("Tasks confirmed for {period}: {n}", period=after(period).title, n=len(drafts))
    return turn.end(told, Offer("/nhiemvu", _("Tasks")), MENU, effects=tuple(effects))


async def _changed(turn: Turn, period: Period, component: str, typed: str) -> Reply:
    """Keep a task in a person's words; no words drop it."""
    part = components.found(turn, component)
    if part is None:
        return turn.end(_("There is no component {id}.", id=component), MENU)
    known = {task.component: task for task in await _tasks(turn, period)}
    before = known.get(component)
    unit = before.unit if before else part.lead_unit or ""
    due = before.due if before else after(period).end
    if found := _UNIT.search(typed):
        named = turn.office.commune.unit(found[1])
        if named is None:
            known_units = ", ".join(one.id for one in turn.office.commune.units)
            return turn.end(
                _(
                    "The unit {unit} is not known; there are: {known}.",
                    unit=found[1],
                    known=known_units,
                )
            )
        unit, typed = named.id, typed[: found.start()] + typed[found.end() :]
    if found := _DUE.search(typed):
        try:
            due = date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            return turn.end(_("There is no day {day}.", day=found[0].strip()))
        typed = typed[: found.start()]
    words = clean(" ".join(typed.split()))[:LONGEST]
    told = (
        _line(turn, Task(component, words, unit, due, turn.person.official_name))
        if words
        else _("The task of {id} is dropped.", id=component)
    )
    effects = _kept(period, component, words, unit, due)
    return turn.end(told, Offer("/nhiemvu", _("Tasks")), MENU, effects=effects)


def _kept(period: Period, component: str, words: str, unit: str, due: date) -> tuple[Effect, ...]:
    decided = Judge(TASK, component, (period.start, period.end), words, unit=unit, due=due)
    about = f"{period.name} {component}"
    return decided, Evidence("task.confirmed", about=about, unit=unit, place=decided.mark)
