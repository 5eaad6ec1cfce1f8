"""What points are lost, to what, and how far it is to the level the commune registered for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from messages.text import Text, Value, _
from scoring.facts import Facts
from scoring.labels import LABELS
from scoring.scorecard import ComponentScore, Scorecard, score

INSTEAD: Mapping[str, str] = {
    "dossier.late": "dossier.on_time",
    "feedback.late": "feedback.answered_on_time",
}
"""A count that costs points → what it would have been counted as, had it gone well."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a count costs.

    Attributes:
        count: its full name.
        number: how often it happened.
        points: the points the measures would propose beyond what they propose now.
        components: ids of the components that would gain.
        unknown: ids of those that would gain an unknown number, as their maximum is not known.
    """

    count: str
    number: int
    points: Decimal
    components: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def sentence(self) -> Text:
        """Say it: "04 hồ sơ quá hạn làm mất 2 điểm (2.11)"."""
        told: dict[str, Value] = {
            "number": f"{self.number:02}",
            "what": LABELS[self.count],
            "points": self.points,
            "components": ", ".join(self.components),
            "unknown": ", ".join(self.unknown),
        }
        if self.components and self.unknown:
            return _(
                "{number} {what} cost {points} points ({components}), and more in {unknown}, of "
                "which the maximum is not known.",
                **told,
            )
        if self.unknown:
            return _(
                "{number} {what} cost points in {unknown}; how many is not known, as its maximum "
                "is not.",
                **told,
            )
        return _("{number} {what} cost {points} points ({components}).", **told)


def components_of(card: Scorecard) -> Iterator[ComponentScore]:
    """Give all components of a scorecard in order."""
    return (each for criterion in card.criteria for each in criterion.components)


def lost(card: Scorecard) -> tuple[ComponentScore, ...]:
    """Give the components that lose points, in order: the table of section IV.2."""
    return tuple(each for each in components_of(card) if each.loses)


def unproven(card: Scorecard) -> tuple[ComponentScore, ...]:
    """Give the components for which there is no evidence at all."""
    return tuple(each for each in components_of(card) if not each.evidence)


def costs(card: Scorecard, facts: Facts) -> tuple[Cost, ...]:
    """Tell what each harmful count costs; one that costs nothing is left out.

    The measures' proposals are compared, so that a person's decision hides no cost.
    """
    return tuple(
        cost
        for bad, good in INSTEAD.items()
        if facts.number(bad) and (cost := _cost(card, facts, bad, good)) is not None
    )


def if_it_had_gone_well(facts: Facts, bad: str, good: str) -> Facts:
    """Give the facts with everything that one count counted moved to another."""
    counts = {subject: dict(numbers) for subject, numbers in facts.counts.items()}
    subject, _dot, name = bad.partition(".")
    counts[subject][name] = 0
    subject, _dot, name = good.partition(".")
    counts.setdefault(subject, {})[name] = facts.number(good) + facts.number(bad)
    return replace(facts, counts=counts)


def _cost(card: Scorecard, facts: Facts, bad: str, good: str) -> Cost | None:
    better = score(if_it_had_gone_well(facts, bad, good), card.scheme, card.period)
    points, gaining, unknown = Decimal(), [], []
    for now, then in zip(components_of(card), components_of(better), strict=True):
        if now.proposed is not None and then.proposed is not None:
            if then.proposed > now.proposed:
                points += then.proposed - now.proposed
                gaining.append(now.component.id)
        elif now.part is not None and then.part is not None and then.part > now.part:
            unknown.append(now.component.id)
    if not gaining and not unknown:
        return None
    return Cost(bad, facts.number(bad), points, tuple(gaining), tuple(unknown))


def distance(card: Scorecard) -> Text | None:
    """Say how far it is to the registered level, None where none is registered or bounded."""
    level = card.scheme.registered
    if level is None or level.min is None:
        return None
    told: dict[str, Value] = {
        "id": level.id,
        "needed": level.min,
        "sure": card.min,
        "most": card.max,
    }
    if card.min >= level.min:
        return _("The registered level {id} is reached: {sure} points, {needed} needed.", **told)
    if card.max < level.min:
        return _(
            "The registered level {id} cannot be reached: at most {most} points, {needed} needed.",
            **told,
        )
    return _(
        "The registered level {id} needs {needed} points: {sure} are sure, {missing} are missing, "
        "{open} are still open.",
        **told,
        missing=level.min - card.min,
        open=card.unknown,
    )
