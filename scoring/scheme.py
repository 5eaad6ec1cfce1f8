"""A scheme: the criteria, components and points a commune is scored by."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from scoring.facts import STEP
from scoring.measures import Measure, Row, at_least_one, decimal_of
from scoring.periods import Period

Source: TypeAlias = Literal["decision", "report", "inferred"]
"""Whence a figure is known: the decision with the criteria, a commune's report, or inferred."""


def _points(value: object) -> Decimal:
    number = decimal_of(value)
    if number < 0 or number % STEP:
        raise PydanticCustomError("points", "points are 0 or more in quarters")
    return number


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


Points = Annotated[Decimal, BeforeValidator(_points)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_composed)
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]*$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$")]


class Level(Row):
    """A level of recognition: from `min` points on to below `below`; None is no bound known."""

    id: int
    min: Points | None = None
    below: Points | None = None
    source: Source

    def holds(self, points: Decimal) -> bool:
        """Whether a total of points is of this level."""
        return (self.min is None or points >= self.min) and (
            self.below is None or points < self.below
        )


class Component(Row):
    """A "tiêu chí thành phần".

    Attributes:
        max: its maximum of points; None where it is not known, which is never guessed.
        max_source: whence the maximum is known; given with it.
        criterion_source: whence it is known that the component belongs to its criterion.
        lead_unit: id of the unit that leads it, None where no unit of the commune does.
        lead_note: who leads it where that is no unit, or what is to be said of the lead.
        measure: how the service proposes a score.
        evidence: the kinds of evidence rows that prove it.
    """

    id: Identifier
    title: Name
    max: Points | None = None
    max_source: Source | None = None
    criterion_source: Source
    lead_unit: Identifier | None = None
    lead_source: Source | None = None
    lead_note: str = ""
    support_units: tuple[Identifier, ...] = Field(default=(), strict=False)
    measure: Measure
    evidence: tuple[Kind, ...] = Field(default=(), strict=False)
    note: str = ""


class Criterion(Row):
    """A "tiêu chí" with its maximum of points and its components."""

    id: Identifier
    title: Name
    max: Points
    source: Source
    components: Annotated[tuple[Component, ...], Field(strict=False), AfterValidator(at_least_one)]

    @property
    def unlisted(self) -> Decimal:
        """The points of the criterion that no known maximum of a component accounts for."""
        return self.max - sum(
            (part.max for part in self.components if part.max is not None), Decimal()
        )


class Scheme(Row):
    """The whole of criteria.toml.

    Attributes:
        source: the act that sets the criteria, as it is cited.
        valid_from: its first day; `valid_to` its last, None while it has none.
        total: the points of all criteria together.
        registered_level: the level the commune has registered for, None where it has not.
        registered_source: the letter in which it did.
    """

    id: Identifier
    title: Name
    source: Name
    valid_from: date
    valid_to: date | None = None
    total: Points
    levels: tuple[Level, ...] = Field(default=(), strict=False)
    registered_level: int | None = None
    registered_source: str = ""
    criteria: Annotated[tuple[Criterion, ...], Field(strict=False), AfterValidator(at_least_one)]

    def holds(self, period: Period) -> bool:
        """Whether it is in force on the first day of the months by which a period is called."""
        start = period.calendar.start
        return self.valid_from <= start and (self.valid_to is None or start <= self.valid_to)

    @property
    def registered(self) -> Level | None:
        """The level registered for, None where there is none."""
        return next((one for one in self.levels if one.id == self.registered_level), None)

    @property
    def components(self) -> Iterator[Component]:
        """All components in their order."""
        return (part for criterion in self.criteria for part in criterion.components)

    def level(self, points: Decimal) -> Level | None:
        """Give the level of a total, None where none is known for it."""
        return next((level for level in self.levels if level.holds(points)), None)
