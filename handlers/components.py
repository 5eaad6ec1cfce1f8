"""Which component of the criteria is meant: typed, or chosen by criterion and then by name."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta

from handlers.office import Office
from handlers.questions import CANCEL, MENU, short
from handlers.routing import Offer, Reply, Router, Turn
from messages.languages import ZONE, say
from messages.text import Sayable, Text, _, lines
from scoring.neighbours import before
from scoring.periods import Period
from scoring.report import SECTIONS
from scoring.scheme import Component, Scheme

router = Router()

REPORTS_FOR = timedelta(days=45)
"""So long after a half year its report is still being put together."""

STAFF = ("staff", "leader")

PATTERN = r"(?:\d{1,2}|[IVX]{1,3})\.\d{1,2}"
"""How a component's id is typed after a bare word."""

Chosen = Callable[[Turn, str], Awaitable[Reply]]

_CHOSEN: dict[str, tuple[Chosen, bool]] = {}
"""What a component is chosen for → what goes on with it, and whether prose may be chosen."""

_MINE, _PROSE = "criterion:mine", "criterion:prose"


def asked_for(purpose: str, *, prose: bool = False) -> Callable[[Chosen], Chosen]:
    """Register what goes on with a chosen component; the data's "for" names it."""

    def register(handler: Chosen) -> Chosen:
        _CHOSEN[purpose] = handler, prose
        return handler

    return register


def reporting_period(office: Office, today: date) -> Period:
    """Give the half year that is being reported: the last one for some weeks, then the running."""
    running = office.period("", today)
    return before(running) if today - running.start < REPORTS_FOR else running


def today_of(turn: Turn) -> date:
    """Give the day of a turn in Viet Nam."""
    return turn.now.astimezone(ZONE).date()


def reports(turn: Turn) -> bool:
    """Whether the person puts the report together: staff of no unit, leaders, administrators."""
    return turn.person.has("leader") or any(
        held.role == "staff" and not held.unit for held in turn.person.roles
    )


def unit_of(turn: Turn) -> str:
    """Give the unit for which the person is staff, "" for the commune."""
    units = [held.unit for held in turn.person.roles if held.role in STAFF and held.unit]
    return units[0] if units and not reports(turn) else ""


def scheme_of(turn: Turn) -> Scheme:
    """Give the criteria of the half year that is being reported."""
    return turn.office.scheme_for(reporting_period(turn.office, today_of(turn)))


def found(turn: Turn, typed: str) -> Component | None:
    """Find a component by its id."""
    return next((one for one in scheme_of(turn).components if one.id == typed.strip()), None)


def named(turn: Turn, component: str) -> Text:
    """Name a component or a part of the prose by id and title."""
    if component in SECTIONS:
        return _("{id} {title}", id=component, title=SECTIONS[component])
    one = found(turn, component)
    return _("{id} {title}", id=component, title=one.title if one else "")


def is_one(turn: Turn, typed: str, *, prose: bool) -> bool:
    """Whether something typed is the id of a component, or of a part of the prose."""
    return found(turn, typed) is not None or (prose and typed in SECTIONS)


def ask(turn: Turn, purpose: str, *said: Sayable, data: Mapping[str, str] | None = None) -> Reply:
    """Ask for the criterion, as all components are too many for one question."""
    _go_on, prose = _CHOSEN[purpose]
    offers = [
        Offer(f"criterion:{each.id}", short(f"{each.id}. {each.title}"))
        for each in scheme_of(turn).criteria
    ]
    if _own(turn):
        offers.insert(0, Offer(_MINE, _("What my unit leads")))
    if prose:
        offers.append(Offer(_PROSE, _("General parts of the report")))
    return turn.ask(
        lines(*said, _("Which criterion is it about?")),
        *offers,
        CANCEL,
        MENU,
        then=criterion,
        data={**(data or {}), "for": purpose},
    )


def _own(turn: Turn) -> list[Component]:
    unit = unit_of(turn)
    return [
        one
        for one in scheme_of(turn).components
        if unit and (one.lead_unit == unit or unit in one.support_units)
    ]


@router.step
async def criterion(turn: Turn) -> Reply:
    """Take the criterion."""
    purpose = turn.data.get("for", "")
    if (typed := await _typed(turn)) is not None:
        return typed
    chosen = turn.message.choice
    if chosen == _MINE:
        return _ask_component(turn, [(one.id, one.title) for one in _own(turn)])
    if chosen == _PROSE:
        return _ask_component(
            turn, [(name, say(title, turn.language)) for name, title in SECTIONS.items()]
        )
    for each in scheme_of(turn).criteria:
        if chosen == f"criterion:{each.id}":
            return _ask_component(turn, [(one.id, one.title) for one in each.components])
    return ask(turn, purpose, not_understood(), data=_rest(turn))


def _ask_component(turn: Turn, choices: list[tuple[str, str]], *said: Text) -> Reply:
    offers = [Offer(f"component:{name}", short(f"{name} {title}")) for name, title in choices]
    return turn.ask(
        lines(*said, _("Which component is it? You can also write its number, such as 1.03.")),
        *offers,
        CANCEL,
        MENU,
        then=component,
        data={**turn.data, "listed": " ".join(name for name, _title in choices)},
    )


@router.step
async def component(turn: Turn) -> Reply:
    """Take the component, and go on with what it was chosen for."""
    if (typed := await _typed(turn)) is not None:
        return typed
    listed = turn.data.get("listed", "").split()
    choices = [
        (name, say(SECTIONS[name], turn.language) if name in SECTIONS else one.title if one else "")
        for name in listed
        for one in (found(turn, name),)
    ]
    return _ask_component(turn, choices, not_understood())


async def _typed(turn: Turn) -> Reply | None:
    """Go on with a component that was chosen or typed, None where none was."""
    entry = _CHOSEN.get(turn.data.get("for", ""))
    if entry is None or not turn.person.has(*STAFF):
        return turn.end(_("The question that waited is dropped."), MENU)
    go_on, prose = entry
    name = turn.message.choice.removeprefix("component:") or turn.message.text.strip()
    return await go_on(turn, name) if is_one(turn, name, prose=prose) else None


def _rest(turn: Turn) -> dict[str, str]:
    return {key: value for key, value in turn.data.items() if key not in {"for", "listed"}}


def not_understood() -> Text:
    """Say so, before the question is asked again."""
    return _("I did not understand that.")
