"""The measures a component of the criteria file may name: each reads facts and proposes a share.

A measure knows nothing of points. It finds which part of a component's maximum is earned, from 0
to 1, or that too little is known to say, and tells why in one sentence with its numbers. A new
measure is one class here, its name in `MEASURES` and in `Measure`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from messages.text import Text, Value, _, ngettext
from scoring.facts import ESTIMATED, Facts, count_names
from scoring.labels import label
from scoring.periods import Period

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a measure found.

    Attributes:
        part: the part of the maximum that is earned, 0 to 1; None where too little is known.
        reason: one sentence that tells the numbers behind it.
    """

    part: Fraction | None
    reason: Text


LARGEST = 1000
DECIMALS = 4


def decimal_of(value: object) -> Decimal:
    """Take a number of the file exactly as it is written; a binary fraction never comes near it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if number.is_finite() and abs(number) <= LARGEST and number == round(number, DECIMALS):
            return number
    raise PydanticCustomError("number", "a number is expected")


def at_least_one(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Refuse an empty list.

    Pydantic's own check also finds a list empty when all that stands in it is refused, which would
    tell an editor of a fault the file does not have.
    """
    if not items:
        raise PydanticCustomError("too_short", "at least one is needed")
    return items


def _event_count(name: str) -> str:
    if name not in EVENT_COUNTS:
        raise PydanticCustomError("count", "unknown count {name}", {"name": name})
    return name


def _estimated(name: str) -> str:
    if name not in ESTIMATED:
        raise PydanticCustomError("estimate", "unknown estimate {name}", {"name": name})
    return name


EVENT_COUNTS = frozenset(count_names()) - {"rating.average"}
"""The counts a measure may add up: all but the one that is an average."""

Number = Annotated[Decimal, BeforeValidator(decimal_of)]
Percent = Annotated[Number, Field(ge=0, le=100)]
Counts = Annotated[
    tuple[Annotated[str, AfterValidator(_event_count)], ...],
    Field(strict=False),
    AfterValidator(at_least_one),
]


class Row(BaseModel):
    """A piece of the criteria file: frozen, nothing unknown in it, nothing converted silently."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Step(Row):
    """From a value on, a part of the maximum is earned.

    Attributes:
        at_least: the value, in the measure's unit: per cent, or the mean of ratings.
        part: per cent of the component's maximum.
    """

    at_least: Number
    part: Percent


class Rule(Row, ABC):
    """What all measures have in common."""

    @abstractmethod
    def find(self, facts: Facts, period: Period) -> Finding:
        """Measure. Pure: the same facts give the same finding."""


class Share(Rule):
    """How much of one count another one makes up: answers in time among all answers.

    Attributes:
        numerator, denominator: full names of counts; several are added up.
        minimum: below this denominator nothing is concluded.
        scale: "linear" gives as much of the maximum as the share is; "steps" what `steps` say.
        steps: needed for the scale "steps": values in per cent, from high to low.
    """

    name: Literal["share"]
    numerator: Counts
    denominator: Counts
    minimum: int = Field(default=1, ge=1)
    scale: Literal["linear", "steps"] = "linear"
    steps: tuple[Step, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _steps_fit(self) -> "Share":
        if (self.scale == "steps") != bool(self.steps):
            raise PydanticCustomError("scale", "steps belong to the scale of that name")
        _falling(self.steps, Decimal(0), Decimal(100))
        return self

    def find(self, facts: Facts, period: Period) -> Finding:
        """Divide; a numerator above its denominator counts as all of it."""
        del period
        part = sum(facts.number(name) for name in self.numerator)
        whole = sum(facts.number(name) for name in self.denominator)
        if whole < self.minimum:
            return Finding(
                None,
                _(
                    "Too little to measure yet: {whole} {what}, at least {minimum} needed.",
                    whole=whole,
                    what=label(self.denominator),
                    minimum=self.minimum,
                ),
            )
        share = min(Fraction(part, whole), Fraction(1))
        reason = _(
            "{percent} % ({part} of {whole}) {what}.",
            percent=percent(share),
            part=part,
            whole=whole,
            what=label(self.numerator),
        )
        if self.scale == "linear":
            return Finding(share, reason)
        return Finding(_earned(self.steps, share * 100), reason)


class Count(Rule):
    """How often something happened: at least so many times earns the maximum.

    While the period runs, a number not reached is not lost: nothing is concluded.

    Attributes:
        counts: full names of counts, added up.
        at_least: how many earn all of the maximum.
        proportional: whether fewer earn their part of it when the period is over.
    """

    name: Literal["count"]
    counts: Counts
    at_least: int = Field(ge=1)
    proportional: bool = False

    def find(self, facts: Facts, period: Period) -> Finding:
        """Add up and compare."""
        number = sum(facts.number(name) for name in self.counts)
        what = label(self.counts)
        if number < self.at_least and running(facts, period):
            return Finding(
                None,
                _(
                    "{number} {what} so far, at least {needed} needed by {end}.",
                    number=number,
                    what=what,
                    needed=self.at_least,
                    end=period.end,
                ),
            )
        reason = _(
            "{number} {what}, at least {needed} needed.",
            number=number,
            what=what,
            needed=self.at_least,
        )
        if number >= self.at_least:
            return Finding(Fraction(1), reason)
        return Finding(Fraction(number, self.at_least) if self.proportional else Fraction(), reason)


class Presence(Rule):
    """On how many of the period's days something was published, up to today while it runs.

    Where the service itself published nothing a person decides.

    Attributes:
        days: the per cent of the days that earns all of the maximum; 100 is every day.
        proportional: whether fewer days earn their part of it.
    """

    name: Literal["presence"]
    days: Annotated[Percent, Field(gt=0)] = Decimal(100)
    proportional: bool = False

    def find(self, facts: Facts, period: Period) -> Finding:
        """Count days with and without; days outside the period do not count."""
        last = min(period.end, facts.today) if facts.today else period.end
        length = (last - period.start).days + 1
        if length < 1:
            return Finding(None, _("The period has not begun."))
        published = sum(period.start <= day <= last for day in facts.publication_days)
        if not published:
            # A notice on a wall is not known here: that nothing was counted proves nothing.
            return Finding(
                None,
                _("The service published nothing itself; a person decides on the evidence."),
            )
        share = Fraction(published, length)
        reason = _(
            "Published on {published} of {length} days, {percent} %; {needed} % needed.",
            published=published,
            length=length,
            percent=percent(share),
            needed=self.days,
        )
        reached = share * 100 / Fraction(self.days)
        if reached >= 1:
            return Finding(Fraction(1), reason)
        return Finding(reached if self.proportional else Fraction(), reason)


class AverageRating(Rule):
    """How satisfied people say they are, on average, from 1 to 5.

    Attributes:
        minimum: below so many ratings nothing is concluded.
        steps: means from 1 to 5, from high to low.
    """

    name: Literal["average_rating"]
    minimum: int = Field(default=1, ge=1)
    steps: Annotated[tuple[Step, ...], Field(strict=False), AfterValidator(at_least_one)]

    @model_validator(mode="after")
    def _steps_fit(self) -> "AverageRating":
        _falling(self.steps, Decimal(1), Decimal(5))
        return self

    def find(self, facts: Facts, period: Period) -> Finding:
        """Compare the exact mean with the steps."""
        del period
        if facts.rating_count < self.minimum:
            return Finding(
                None,
                _(
                    "Too few ratings yet: {number}, at least {minimum} are needed.",
                    number=facts.rating_count,
                    minimum=self.minimum,
                ),
            )
        mean = facts.average_rating
        reason = ngettext(
            "{mean} of 5 on average from {n} rating.",
            "{mean} of 5 on average from {n} ratings.",
            facts.rating_count,
            mean=floored(mean, 2),
        )
        return Finding(_earned(self.steps, mean), reason)


class Estimate(Rule):
    """How large a share is, as a survey estimates it.

    An estimate earns nothing by itself: who answers is not drawn by chance, so that only
    everybody's answer proves that enough is reached. That it is not reached is proposed where the
    period is over and even the upper end of the interval lies below.

    Attributes:
        of: what is estimated, a name of `ESTIMATED`.
        at_least: the per cent that earn all of the maximum.
    """

    name: Literal["estimate"]
    of: Annotated[str, AfterValidator(_estimated)]
    at_least: Annotated[Percent, Field(gt=0)] = Decimal(100)

    def find(self, facts: Facts, period: Period) -> Finding:
        """Tell the share with its interval, its coverage and its gap."""
        found = facts.estimates.get(self.of)
        if found is None or not found.answers:
            return Finding(
                None, _("No household was asked yet; {needed} % needed.", needed=self.at_least)
            )
        part = Fraction(found.yes, found.answers)
        told: dict[str, Value] = {
            "percent": percent(part),
            "yes": found.yes,
            "answers": found.answers,
            "needed": self.at_least,
            "gap": max(Decimal(), self.at_least - percent(part)),
        }
        is_reached = part * 100 >= Fraction(self.at_least)
        if found.complete:
            reason = _(
                "{percent} % of the households ({yes} of {answers}), all asked; {needed} % needed, "
                "{gap} missing.",
                **told,
            )
            if is_reached:
                return Finding(Fraction(1), reason)
            return Finding(None if running(facts, period) else Fraction(), reason)
        told |= {"low": _rounded(found.low), "high": _rounded(found.high)}
        reason = _(
            "ESTIMATE from a survey: {percent} % of the households ({yes} of {answers} that "
            "answered), range {low}–{high} %, asked: {coverage}; {needed} % needed, {gap} missing.",
            **told,
            coverage=_("not known")
            if found.coverage is None
            else _("{part}%", part=_rounded(found.coverage)),
        )
        is_below = Fraction(found.high) * 100 < Fraction(self.at_least)
        return Finding(Fraction() if is_below and not running(facts, period) else None, reason)


class Manual(Rule):
    """Nothing is measured: a person decides, on the evidence.

    Attributes:
        shows: full names of counts that are told beside it.
    """

    name: Literal["manual"]
    shows: tuple[Annotated[str, AfterValidator(_event_count)], ...] = Field(
        default=(), strict=False
    )

    def find(self, facts: Facts, period: Period) -> Finding:
        """Say so, with the numbers to be decided on."""
        del period
        decides = _("A person decides this on the evidence.")
        if not self.shows:
            return Finding(None, decides)
        counted = _counted(facts, self.shows[0])
        for name in self.shows[1:]:
            counted = _("{these}, {more}", these=counted, more=_counted(facts, name))
        return Finding(None, _("{decides} Counted: {counted}.", decides=decides, counted=counted))


def _counted(facts: Facts, name: str) -> Text:
    return _("{number} {what}", number=facts.number(name), what=label((name,)))


MEASURES: Mapping[str, type[Rule]] = {
    "share": Share,
    "count": Count,
    "presence": Presence,
    "average_rating": AverageRating,
    "estimate": Estimate,
    "manual": Manual,
}
"""Name in the criteria file → measure."""

Measure: TypeAlias = Annotated[
    Share | Count | Presence | AverageRating | Estimate | Manual, Field(discriminator="name")
]


def running(facts: Facts, period: Period) -> bool:
    """Whether the period is not over yet on the day the figures were read."""
    return facts.today is not None and facts.today <= period.end


def percent(share: Fraction) -> Decimal:
    """Tell a share in per cent, cut after one decimal: 1999 of 2000 is not yet 100."""
    return floored(share * 100, 1)


def _rounded(share: float) -> Decimal:
    return Decimal(str(round(100 * share, 1)))


def floored(value: Fraction, places: int) -> Decimal:
    """Cut a number of 0 or more after some decimals, never upwards."""
    return Decimal(int(value * 10**places)).scaleb(-places)


def _earned(steps: tuple[Step, ...], value: Fraction) -> Fraction:
    """Give the part of the first step that the value reaches, 0 where it reaches none."""
    reached = (step.part for step in steps if value >= Fraction(step.at_least))
    return Fraction(next(reached, Decimal(0))) / 100


def _falling(steps: tuple[Step, ...], lowest: Decimal, highest: Decimal) -> None:
    values = [step.at_least for step in steps]
    parts = [step.part for step in steps]
    if (
        values != sorted(set(values), reverse=True)
        or parts != sorted(parts, reverse=True)
        or any(not lowest <= value <= highest for value in values)
    ):
        raise PydanticCustomError(
            "steps",
            "steps fall from high to low and lie between {lowest} and {highest}",
            {"lowest": str(lowest), "highest": str(highest)},
        )
