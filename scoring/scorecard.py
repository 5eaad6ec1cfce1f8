"""Scores the facts of a period by a scheme; pure, the same answer every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from messages.languages import ZONE
from messages.text import Text, Value, _
from scoring.facts import STEP, Decision, Facts
from scoring.measures import running
from scoring.periods import Period
from scoring.scheme import Component, Criterion, Level, Scheme, Source

Certainty: TypeAlias = Source | Literal["unknown"]


@dataclass(frozen=True, slots=True)
class ComponentScore:
    """What a component comes to.

    Attributes:
        component: as the scheme has it.
        proposed: what its measure proposes; None where it cannot tell or the maximum is not known.
        score: what counts: a person's decision, else the proposal.
        provisional: no person has confirmed it.
        found: what was measured, with the numbers.
        detail: what was measured and decided.
        reason: that, and what it makes in points or why it makes none.
        decision: the person's decision that counts, None where there is none.
        void: a decision that cannot count, as no maximum or a smaller one is known.
        part: the part of the maximum that its measure finds earned, None where it cannot tell.
        evidence: how many rows and items of evidence prove it; `filed` those people filed.
    """

    component: Component
    proposed: Decimal | None
    score: Decimal | None
    provisional: bool
    found: Text
    detail: Text
    reason: Text
    decision: Decision | None
    void: Decision | None
    part: Fraction | None
    evidence: int
    filed: int

    @property
    def loses(self) -> bool:
        """Whether it gives points away, be it an unknown number of them."""
        if self.score is not None:
            return self.lost > 0
        if self.component.max is not None:
            return False
        if self.void is not None:
            return self.void.score == 0
        # What people filed may prove more than the service could count.
        return self.part is not None and self.part < 1 and not self.filed

    @property
    def why(self) -> Text | str:
        """Why it loses points: what a person wrote, else what was measured."""
        decided = self.decision or self.void
        return decided.reason if decided is not None else self.found

    @property
    def lost(self) -> Decimal:
        """The points that its score gives away, 0 while it has none."""
        if self.score is None or self.component.max is None:
            return Decimal()
        return self.component.max - self.score


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """What a criterion comes to.

    Attributes:
        min: the sum of the scores that are known.
        max: that, the known maxima not scored yet, and the points that no known maximum covers.
        unscored: of the difference, the known maxima not scored yet; the rest has no known maximum.
    """

    criterion: Criterion
    components: tuple[ComponentScore, ...]
    min: Decimal
    max: Decimal
    unscored: Decimal


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scores of a period, as a range while something is unknown.

    Attributes:
        criteria: in the order of the scheme.
        min, max: sums over the criteria.
        lowest, highest: the levels of `min` and `max`; None where no level is known for the total.
        remarks: sentences a reader must know, such as that the period still runs.
    """

    scheme: Scheme
    period: Period
    criteria: tuple[CriterionScore, ...]
    min: Decimal
    max: Decimal
    lowest: Level | None
    highest: Level | None
    remarks: tuple[Text, ...]

    @property
    def unknown(self) -> Decimal:
        """How many points lie between the two ends of the range."""
        return self.max - self.min

    @property
    def unscored(self) -> Decimal:
        """How many of the unknown points belong to components with a known maximum."""
        return sum((each.unscored for each in self.criteria), Decimal())

    @property
    def level_source(self) -> Certainty:
        """The weakest source of the levels named, "unknown" where none is."""
        named = {level.source for level in (self.lowest, self.highest) if level is not None}
        weakest: Sequence[Source] = ("inferred", "report", "decision")
        return next((source for source in weakest if source in named), "unknown")

    @property
    def unknown_sentence(self) -> Text:
        """How much of all points is still unknown, and why."""
        if not self.unknown:
            return _("All {total} points are scored.", total=self.scheme.total)
        return _(
            "Of {total} points {unknown} are still unknown: {unscored} belong to components that "
            "are not scored yet, {unlisted} to components whose maximum is not known.",
            total=self.scheme.total,
            unknown=self.unknown,
            unscored=self.unscored,
            unlisted=self.unknown - self.unscored,
        )


def score(facts: Facts, scheme: Scheme, period: Period) -> Scorecard:
    """Score each component by its measure or a person's decision, and add up."""
    criteria = tuple(_criterion(facts, criterion, period) for criterion in scheme.criteria)
    least = sum((each.min for each in criteria), Decimal())
    most = sum((each.max for each in criteria), Decimal())
    return Scorecard(
        scheme=scheme,
        period=period,
        criteria=criteria,
        min=least,
        max=most,
        lowest=scheme.level(least),
        highest=scheme.level(most),
        remarks=_remarks(facts, scheme, period),
    )


def _criterion(facts: Facts, criterion: Criterion, period: Period) -> CriterionScore:
    components = tuple(_component(facts, part, period) for part in criterion.components)
    least = sum((each.score for each in components if each.score is not None), Decimal())
    unscored = sum(
        (each.component.max or Decimal() for each in components if each.score is None), Decimal()
    )
    most = least + unscored + criterion.unlisted
    return CriterionScore(criterion, components, least, most, unscored)


def _component(facts: Facts, component: Component, period: Period) -> ComponentScore:
    finding = component.measure.find(facts, period)
    maximum = component.max
    proposed = None
    if finding.part is not None and maximum is not None:
        proposed = points(finding.part, maximum)
    decision = facts.decisions.get(component.id)
    detail = finding.reason
    void = None
    if decision is not None and maximum is not None and decision.score <= maximum:
        detail = _decided(decision, proposed, finding.reason)
    elif decision is not None:
        detail = _("{found} {decision}", found=detail, decision=_void(decision, maximum))
        void, decision = decision, None
    counts = proposed if decision is None else decision.score
    return ComponentScore(
        component=component,
        proposed=proposed,
        score=counts,
        provisional=decision is None,
        found=finding.reason,
        detail=detail,
        reason=_reason(detail, counts, maximum),
        decision=decision,
        void=void,
        part=finding.part,
        evidence=facts.proofs(component.id, component.evidence),
        filed=facts.filed.get(component.id, 0),
    )


def _decided(decision: Decision, proposed: Decimal | None, found: Text) -> Text:
    told: dict[str, Value] = {
        "by": decision.by,
        "date": decision.at.astimezone(ZONE).date(),
        "why": decision.reason,
        "found": found,
    }
    if proposed is None:
        return _("Decided by {by} on {date}: {why} (Measured: {found})", **told)
    return _(
        "Decided by {by} on {date}: {why} (The machine proposed {proposed}: {found})",
        **told,
        proposed=proposed,
    )


def _void(decision: Decision, maximum: Decimal | None) -> Text:
    """Tell why a decision does not count: points of an unknown maximum could not be added up."""
    if maximum is None:
        return _(
            "{by} decided {score} points; they count once the maximum is entered.",
            by=decision.by,
            score=decision.score,
        )
    return _(
        "{by} decided {score} points; they do not count, the maximum is {max}.",
        by=decision.by,
        score=decision.score,
        max=maximum,
    )


def _reason(detail: Text, score: Decimal | None, maximum: Decimal | None) -> Text:
    if maximum is None:
        return _("{detail} The maximum of this component is not known yet.", detail=detail)
    if score is None:
        return _("{detail} {max} points are still open.", detail=detail, max=maximum)
    return _(
        "{detail} That makes {score} of {max} points.", detail=detail, score=score, max=maximum
    )


def points(part: Fraction, maximum: Decimal) -> Decimal:
    """Give a part of a maximum in whole quarters, never rounded up."""
    quarters = part * Fraction(maximum) / Fraction(STEP)
    return int(quarters) * STEP


def _remarks(facts: Facts, scheme: Scheme, period: Period) -> tuple[Text, ...]:
    remarks = []
    if facts.today is not None and running(facts, period):
        remarks.append(_("The period still runs; counted up to {day}.", day=facts.today))
    if period.closing:
        remarks.append(
            _("Figures are counted from {start} to {end}.", start=period.start, end=period.end)
        )
    if period.calendar.start < scheme.valid_from:
        remarks.append(_("The criteria are in force only from {day} on.", day=scheme.valid_from))
    if scheme.valid_to is not None and period.calendar.end > scheme.valid_to:
        remarks.append(_("The criteria are in force only up to {day}.", day=scheme.valid_to))
    return tuple(remarks)
