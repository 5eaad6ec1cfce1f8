"""The scorecard as a short text that reads well on a telephone."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from messages.languages import DEFAULT, say
from messages.text import Lines, Text, _, lines
from scoring.comparison import compared, outlook
from scoring.facts import Facts
from scoring.measures import EVENT_COUNTS, floored
from scoring.report import Past
from scoring.scheme import Component
from scoring.scorecard import ComponentScore, CriterionScore, Scorecard

PART = 1900
"""Characters of one part; Zalo takes 2000 in a message, the rest is for a channel's own marks."""

NO_UNITS: Mapping[str, str] = MappingProxyType({})


def parts(
    card: Scorecard,
    facts: Facts,
    units: Mapping[str, str] = NO_UNITS,
    language: str = DEFAULT,
    limit: int = PART,
    others: Sequence[Past] = (),
) -> tuple[Lines, ...]:
    """Give the whole report in as few parts as fit the limit, each a letter of its own.

    A part is broken between lines only, between sections where possible; one line alone may be
    longer than the limit.

    Args:
        card: the scores.
        facts: the facts they were made from.
        units: id of a unit → its name; an id without a name is shown as it is.
        language: the language the length is measured in.
        limit: characters of a part.
        others: periods to compare with.
    """
    made: list[list[Text | str]] = []
    for section in sections(card, facts, units, others):
        whole = len(say(lines(*section), language))
        if made and _length(made[-1], language) + whole + 2 <= limit:
            made[-1] += ["", *section]
            continue
        made.append([])
        for line in section:
            if made[-1] and _length([*made[-1], line], language) > limit:
                made.append([])
            made[-1].append(line)
    return tuple(lines(*part) for part in made)


def _length(part: Sequence[Text | str], language: str) -> int:
    return len(say(lines(*part), language))


def sections(
    card: Scorecard,
    facts: Facts,
    units: Mapping[str, str] = NO_UNITS,
    others: Sequence[Past] = (),
) -> tuple[tuple[Text, ...], ...]:
    """Give the report's sections, each some lines: the total, each criterion, the counts.

    What late matters cost and how far the registered level is stand with the total; other periods
    after the counts.
    """
    criteria = (tuple(_criterion(each, units)) for each in card.criteria)
    total = (*_total(card), *outlook(card, facts))
    beside = compared(card, facts, *others)
    return (total, *criteria, tuple(_counts(facts)), *((beside,) if beside else ()))


def _total(card: Scorecard) -> Iterator[Text]:
    yield _("{scheme}, {period}", scheme=card.scheme.title, period=card.period.title)
    total = card.scheme.total
    if card.unknown:
        yield _(
            "Total: from {min} to {max} of {total} points", min=card.min, max=card.max, total=total
        )
    else:
        yield _("Total: {score} of {total} points", score=card.min, total=total)
    yield _level(card)
    yield card.unknown_sentence
    if card.unknown:
        yield _("? marks points that are not known.")
    if any(each.provisional and each.score is not None for each in _components(card)):
        yield _("* proposed by the machine, not confirmed by a person yet.")
    yield from card.remarks


def _components(card: Scorecard) -> Iterator[ComponentScore]:
    return (component for criterion in card.criteria for component in criterion.components)


def _level(card: Scorecard) -> Text:
    below = _("below the levels that are known")
    lowest = _("level {id}", id=card.lowest.id) if card.lowest else below
    highest = _("level {id}", id=card.highest.id) if card.highest else below
    level = _("Level: {level}", level=lowest)
    if lowest != highest:
        level = _("Level: from {lowest} to {highest}", lowest=lowest, highest=highest)
    if card.level_source == "inferred":
        return _("{level} (a bound of it is inferred, to be confirmed)", level=level)
    return level


def _criterion(scored: CriterionScore, units: Mapping[str, str]) -> Iterator[Text]:
    criterion = scored.criterion
    if scored.min == scored.max:
        yield _(
            "{id}. {title}: {score} of {max} points",
            id=criterion.id,
            title=criterion.title,
            score=scored.min,
            max=criterion.max,
        )
    else:
        yield _(
            "{id}. {title}: from {least} to {most} of {max} points",
            id=criterion.id,
            title=criterion.title,
            least=scored.min,
            most=scored.max,
            max=criterion.max,
        )
    for component in scored.components:
        yield _component(component, units)


def _component(scored: ComponentScore, units: Mapping[str, str]) -> Text:
    component = scored.component
    title = _("{id} {title}", id=component.id, title=component.title)
    maximum = "?" if component.max is None else component.max
    points = "?" if scored.score is None else scored.score
    mark = "*" if scored.provisional and scored.score is not None else ""
    if scored.score is not None and not scored.lost:
        return _(
            "- {title}: {score}{mark}/{max}", title=title, score=points, mark=mark, max=maximum
        )
    return _(
        "- {title}: {score}{mark}/{max} ({lead}). {detail}",
        title=title,
        score=points,
        mark=mark,
        max=maximum,
        lead=_lead(component, units),
        detail=scored.detail
        if scored.score is not None or component.max is None
        else scored.reason,
    )


def _lead(component: Component, units: Mapping[str, str]) -> str | Text:
    if component.lead_unit is not None:
        return units.get(component.lead_unit, component.lead_unit)
    return component.lead_note or _("nobody leads it yet")


def _counts(facts: Facts) -> Iterator[Text]:
    """Give a line for each subject of the counts."""
    numbers = {name.replace(".", "_"): facts.number(name) for name in EVENT_COUNTS}
    yield _("What was counted")
    yield _(
        "Feedback: {feedback_received} received, {feedback_answered} answered, "
        "{feedback_answered_on_time} of them on time, {feedback_late} late, "
        "{feedback_rejected} refused, {feedback_forwarded} forwarded, "
        "{feedback_withdrawn} withdrawn, {feedback_reopened} reopened",
        **numbers,
    )
    if facts.rating_count:
        mean = floored(facts.average_rating, 2)
        yield _("Ratings: {n}, {mean} of 5 on average", n=facts.rating_count, mean=mean)
    else:
        yield _("Ratings: none yet")
    yield _("Questions about a code: {status_asked}, found {status_found}", **numbers)
    yield _("Guides shown: {guidance_shown}; QR codes scanned: {guidance_scanned}", **numbers)
    yield _(
        "Shown the right place: {redirected_complaint} to complain, {redirected_denunciation} to "
        "denounce, {redirected_emergency} in an emergency",
        **numbers,
    )
    yield _(
        "Letters: {letter_congratulation} of congratulation, {letter_condolence} of condolence, "
        "{letter_thanks} of thanks, {letter_apology} of apology, {letter_commendation} of "
        "commendation",
        **numbers,
    )
    yield _(
        "Surveys answered: {survey_answered}; initiatives: {initiative_received} received, "
        "{initiative_recognised} recognised",
        **numbers,
    )
    yield _(
        "Notices sent: {notice_sent}; days with something published: {publication_days}", **numbers
    )
    yield _("Home services: {homeservice_requested} asked for, {homeservice_done} done", **numbers)
    yield _(
        "Dossiers: {dossier_due} due, {dossier_on_time} on time, {dossier_late} overdue, "
        "{dossier_apologised} of them with a letter of apology",
        **numbers,
    )
