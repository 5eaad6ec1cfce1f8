"""The scorecard and the counts as JSON: the shape of `report --format json`."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from messages.languages import DEFAULT, say
from scoring.facts import COUNTED, Facts
from scoring.periods import Period
from scoring.scorecard import ComponentScore, CriterionScore, Scorecard

Json: TypeAlias = "str | int | float | bool | Mapping[str, Json] | list[Json] | None"


def as_json(
    card: Scorecard, facts: Facts, period: Period, language: str = DEFAULT
) -> dict[str, Json]:
    """Give what `json.dumps` takes; reasons in the language, whole numbers without a decimal."""
    return {
        "period": {
            "name": period.name,
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
        },
        "counts": counts_as_json(facts),
        "criteria": [_criterion(each, language) for each in card.criteria],
        "total": {
            "min": _number(card.min),
            "max": _number(card.max),
            "unknown_points": _number(card.unknown),
        },
        "level": {
            "min": None if card.lowest is None else card.lowest.id,
            "max": None if card.highest is None else card.highest.id,
            "source": card.level_source,
        },
    }


def counts_as_json(facts: Facts) -> dict[str, dict[str, Json]]:
    """Give the closed list of counts, zeros included; the average rating in hundredths."""
    return {
        subject: {name: _count(facts, f"{subject}.{name}") for name in names}
        for subject, names in COUNTED.items()
    }


def _count(facts: Facts, name: str) -> Json:
    if name == "rating.average":
        return _number(round(facts.average_rating, 2))
    return facts.number(name)


def _criterion(scored: CriterionScore, language: str) -> Json:
    return {
        "id": scored.criterion.id,
        "title": scored.criterion.title,
        "max": _number(scored.criterion.max),
        "min_score": _number(scored.min),
        "max_score": _number(scored.max),
        "components": [_component(each, language) for each in scored.components],
    }


def _component(scored: ComponentScore, language: str) -> Json:
    return {
        "id": scored.component.id,
        "title": scored.component.title,
        "max": _number(scored.component.max),
        "score": _number(scored.score),
        "provisional": scored.provisional,
        "reason": say(scored.reason, language),
        "lead_unit": scored.component.lead_unit,
        "evidence": scored.evidence,
    }


def _number(number: Decimal | Fraction | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == int(number) else float(number)
