"""The commune scores itself: a person decides, with a written reason, beside what is proposed."""

import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from handlers import components, questions
from handlers.components import PATTERN, STAFF, reporting_period, reports, today_of
from handlers.evidence_review import not_theirs
from handlers.questions import CANCEL, MENU
from handlers.report import PERIOD, scorecard
from handlers.routing import Offer, Reply, Router, Turn
from messages.text import Sayable, Text, Value, _, lines
from messages.vietnamese import clean
from scoring.facts import STEP, Decision
from scoring.periods import BadPeriod, Period
from scoring.scheme import Component
from scoring.scorecard import ComponentScore, Scorecard, score
from storage.evidence import Evidence
from storage.judgements import SCORE, Judge

router = Router()

LONGEST_REASON = 1000
_POINTS = r"\d{1,3}(?:[.,]\d{1,2})?"
_LINE = re.compile(
    rf"\s*(?:(?P<period>{PERIOD})\s+)?(?P<component>{PATTERN})"
    rf"(?:\s+(?P<points>{_POINTS})(?:\s*(?:đ|điểm|d|diem)\b\.?)?(?:\s*[:,]?\s+(?P<reason>.+))?)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_TYPED = re.compile(rf"\s*({_POINTS})\s*(đ|điểm|d|diem|points?)?\s*", re.IGNORECASE)


@router.command("tucham", "score", takes=rf"(?:(?:{PERIOD})\s+)?{PATTERN}\b.*", roles=STAFF)
async def begin(turn: Turn) -> Reply:
    """Decide a score: "/tucham 1.14 0 chưa có kinh phí"; what is missing is asked for."""
    if not reports(turn):
        return not_theirs(turn)
    found = _LINE.fullmatch(turn.words)
    if found is not None:
        return await _one_line(turn, found)
    hint = (_("Write it like this: /tucham 1.14 1,5 the reason"),) if turn.words.strip() else ()
    return components.ask(turn, "score", *hint)


async def _one_line(turn: Turn, found: re.Match[str]) -> Reply:
    period = _period(turn, found["period"] or "")
    if isinstance(period, Text):
        return turn.end(period, MENU)
    data = {"period": period.name}
    part = components.found(turn, found["component"])
    if part is None:
        text = _("There is no component {id}.", id=found["component"])
        return components.ask(turn, "score", text, data=data)
    if found["points"] is None:
        return await _ask_points(turn, part, data)
    points = _read(found["points"])
    if (wrong := _wrong(part, points)) is not None:
        return await _ask_points(turn, part, data, wrong)
    data |= {"component": part.id, "points": str(points)}
    reason = clean(found["reason"] or "").strip()
    return await _decided(turn, data, reason) if reason else _ask_why(turn, data)


def _period(turn: Turn, typed: str) -> Period | Text:
    """Give the period that is meant, the one being reported where none is named."""
    if not typed:
        return reporting_period(turn.office, today_of(turn))
    try:
        return turn.office.period(typed, today_of(turn))
    except BadPeriod as error:
        return error.reason


def _read(typed: str) -> Decimal:
    return Decimal(typed.replace(",", "."))


def _wrong(part: Component, points: Decimal) -> Text | None:
    """Say why points cannot be given, None where they can."""
    if part.max is not None and points > part.max:
        return _(
            "{points} points are more than the maximum of {id}, which is {max}.",
            points=points,
            id=part.id,
            max=part.max,
        )
    if points % STEP:
        return _("Points are given in quarters: 0,25, 0,5, 0,75 and so on.")
    return None


@components.asked_for("score")
async def chosen(turn: Turn, component: str) -> Reply:
    """Ask for the points of a component."""
    part = components.found(turn, component)
    if part is None:
        return components.ask(turn, "score")
    kept = turn.data.get("period", reporting_period(turn.office, today_of(turn)).name)
    return await _ask_points(turn, part, {"period": kept})


async def _scored(turn: Turn, name: str, component: str) -> tuple[Scorecard, ComponentScore]:
    period = turn.office.period(name, today_of(turn))
    card, _facts = await scorecard(turn.read, turn.office, period, turn.now)
    every = (one for each in card.criteria for one in each.components)
    return card, next(one for one in every if one.component.id == component)


async def _ask_points(turn: Turn, part: Component, data: dict[str, str], *said: Sayable) -> Reply:
    card, scored = await _scored(turn, data["period"], part.id)
    offers = []
    known = {Decimal(): _("0 points")}
    if part.max is not None:
        known[part.max] = _("All {max} points", max=part.max)
    if scored.proposed is not None and scored.proposed not in known:
        known[scored.proposed] = _("{points} points, as proposed", points=scored.proposed)
    offers = [Offer(f"points:{points}", title) for points, title in sorted(known.items())]
    maximum: Value = "?" if part.max is None else part.max
    text = lines(
        *said,
        components.named(turn, part.id),
        _("Period: {period}. Maximum: {max}.", period=card.period.title, max=maximum),
        _("Measured: {found}", found=scored.found),
        _("Evidence: {n}", n=scored.evidence),
        _("How many points? Choose, or write them like this: 1,5 points"),
    )
    return turn.ask(text, *offers, CANCEL, MENU, then=points, data={**data, "component": part.id})


@router.step
async def points(turn: Turn) -> Reply:
    """Take the points; a bare number is that of a choice, as everywhere."""
    part = components.found(turn, turn.data.get("component", ""))
    if part is None or not reports(turn):
        return _dropped(turn)
    data = dict(turn.data)
    typed = _TYPED.fullmatch(turn.message.text)
    given = turn.message.choice.removeprefix("points:") or (typed[1] if typed else "")
    try:
        number = _read(given)
    except InvalidOperation:
        return await _ask_points(turn, part, data, components.not_understood())
    if (wrong := _wrong(part, number)) is not None:
        return await _ask_points(turn, part, data, wrong)
    return _ask_why(turn, {**data, "points": str(number)})


def _dropped(turn: Turn) -> Reply:
    return turn.end(_("The question that waited is dropped."), MENU)


def _ask_why(turn: Turn, data: dict[str, str], *said: Sayable) -> Reply:
    text = lines(
        *said,
        _("Why {points} points? The reason stands in the report.", points=Decimal(data["points"])),
    )
    return turn.ask(text, CANCEL, MENU, then=why, data=data)


@router.step
async def why(turn: Turn) -> Reply:
    """Take the reason."""
    if not reports(turn):
        return _dropped(turn)
    wrong = questions.no_answer(turn, LONGEST_REASON)
    text = clean(turn.message.text).strip()
    if wrong is not None or not text or turn.message.choice:
        said = () if wrong is None else (wrong,)
        return _ask_why(turn, dict(turn.data), *said)
    return await _decided(turn, dict(turn.data), text)


async def _decided(turn: Turn, data: dict[str, str], reason: str) -> Reply:
    """Keep the decision, and tell what the report comes to with it."""
    period = turn.office.period(data["period"], today_of(turn))
    number, name = Decimal(data["points"]), data["component"]
    reason = reason[:LONGEST_REASON]
    card, facts = await scorecard(turn.read, turn.office, period, turn.now)
    decision = Decision(number, reason, turn.person.official_name, turn.now)
    with_it = replace(facts, decisions={**facts.decisions, name: decision})
    now = score(with_it, card.scheme, period)
    scored = next(
        one for each in now.criteria for one in each.components if one.component.id == name
    )
    text = lines(
        _("Written down for {period}:", period=period.title),
        components.named(turn, name),
        scored.reason,
        _(
            "Total: from {min} to {max} of {total} points",
            min=now.min,
            max=now.max,
            total=now.scheme.total,
        ),
    )
    days = (period.start, period.end)
    decided = Judge(SCORE, name, days, reason, number)
    return turn.end(
        text,
        Offer("/tucham", _("Score another")),
        Offer(f"/report {period.name}", _("Report")),
        MENU,
        effects=(
            decided,
            Evidence("score.decided", about=f"{period.name} {name}", place=decided.mark),
        ),
    )
