"""A period beside the one before and the same one a year earlier, and what points it loses."""

from collections.abc import Iterator

from messages.text import Text, _
from scoring.facts import Facts
from scoring.losses import costs, distance
from scoring.measures import floored
from scoring.report import Past
from scoring.scorecard import Scorecard

COMPARED = ("feedback.received", "feedback.answered_on_time", "feedback.late", "dossier.late")
"""The counts that are compared in the short text."""


def outlook(card: Scorecard, facts: Facts) -> tuple[Text, ...]:
    """Give sentences on the registered level and on what late matters cost."""
    near = distance(card)
    told = [cost.sentence for cost in costs(card, facts)]
    return (*((near,) if near is not None else ()), *told)


def compared(card: Scorecard, facts: Facts, *others: Past) -> tuple[Text, ...]:
    """Give a sentence for each other period; none for one in which nothing was counted."""
    return tuple(_compared(card, facts, others))


def _compared(card: Scorecard, facts: Facts, others: tuple[Past, ...]) -> Iterator[Text]:
    for past in others:
        if not any(past.facts.number(name) for name in COMPARED) and not past.facts.rating_count:
            continue
        received, on_time, late, dossiers = (
            _change(facts.number(name), past.facts.number(name)) for name in COMPARED
        )
        yield _(
            "Against {period}: feedback {received}, answered on time {on_time}, late {late}, "
            "overdue dossiers {dossiers}, satisfaction {mean} (was {before}), points that are sure "
            "{points}.",
            period=past.card.period.title,
            received=received,
            on_time=on_time,
            late=late,
            dossiers=dossiers,
            mean=floored(facts.average_rating, 2),
            before=floored(past.facts.average_rating, 2),
            points=f"{card.min - past.card.min:+}".replace(".", ","),
        )


def _change(now: int, before: int) -> str:
    return f"{now - before:+} ({now}/{before})"
