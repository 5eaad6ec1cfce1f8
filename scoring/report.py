"""All that the report of a period is made of: every format is drawn from one of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

from messages.text import Text, _
from scoring.facts import Facts
from scoring.periods import Period
from scoring.scheme import Component
from scoring.scorecard import Scorecard
from scoring.tasks import Task


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of a period, or the part of it that lies in the period.

    Attributes:
        start: its first day in the period.
        received: id of a category → feedback received; a duplicate is not counted.
        answered: answers of it: of each ticket the first of the period.
        on_time: how many of them were on time.
        rating_count: ratings given.
        rating_sum: their sum.
    """

    start: date
    received: Mapping[str, int] = field(default_factory=dict)
    answered: int = 0
    on_time: int = 0
    rating_count: int = 0
    rating_sum: int = 0

    @property
    def total(self) -> int:
        """All feedback received."""
        return sum(self.received.values())

    @property
    def share_on_time(self) -> Fraction | None:
        """The part of the answers that was on time, None where there was none."""
        return Fraction(self.on_time, self.answered) if self.answered else None

    @property
    def average_rating(self) -> Fraction | None:
        """The mean of the ratings, None where there was none."""
        return Fraction(self.rating_sum, self.rating_count) if self.rating_count else None


class TicketLife(Protocol):
    """A ticket received in the period, without words or person."""

    @property
    def code(self) -> str:
        """Its code."""
        ...

    @property
    def category(self) -> str:
        """Id of its category."""
        ...

    @property
    def unit(self) -> str:
        """Id of its unit."""
        ...

    @property
    def channel(self) -> str:
        """Where it came from."""
        ...

    @property
    def state(self) -> str:
        """Its state now."""
        ...

    @property
    def received_at(self) -> datetime:
        """When it came."""
        ...

    @property
    def due_at(self) -> datetime:
        """Its deadline."""
        ...

    @property
    def answered_at(self) -> datetime | None:
        """When it was answered, None where it was not."""
        ...

    @property
    def on_time(self) -> bool | None:
        """Whether that was on time."""
        ...

    @property
    def rating(self) -> int | None:
        """How the answer was rated, 1 to 5."""
        ...


class Happened(Protocol):
    """A row of evidence the service wrote by itself."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def milliseconds(self) -> int:
        """When, since 1970 UTC: a register has too many rows for a datetime each."""
        ...

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def channel(self) -> str:
        """Where."""
        ...

    @property
    def about(self) -> str:
        """A code: of a ticket, a procedure, a guide."""
        ...

    @property
    def unit(self) -> str:
        """Id of the unit it counts for."""
        ...

    @property
    def place(self) -> str:
        """Of a poster; of what people filed or decided its fingerprint."""
        ...

    @property
    def value(self) -> int | None:
        """A number that is added up."""
        ...


@dataclass(frozen=True, slots=True)
class FiledFile:
    """A photo or document of an item: its name as it was sent, and the hash of its content."""

    name: str
    hash: str
    mime: str


@dataclass(frozen=True, slots=True)
class Filed:
    """An item of evidence that a person filed.

    Attributes:
        code: "MC2611-7K3M".
        component: id of a component, or of a part of the report's prose ("I.1").
        day: the day it counts for.
        words: what it says, with the number of the document.
        by: who filed it; `unit` for which unit, "" for the commune.
        confirmed_by: who confirmed it, "" while it waits.
    """

    code: str
    component: str
    day: date
    words: str
    by: str
    unit: str = ""
    confirmed_by: str = ""
    files: tuple[FiledFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """Another period to compare with."""

    card: Scorecard
    facts: Facts


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose report it is, as its letterhead says.

    Attributes:
        name: "xã Nghi Dương"; `office` the body that signs; `province` the superior level.
    """

    name: str
    office: str
    province: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything about one period.

    Attributes:
        card, facts: the scores and what they were made from.
        issuer: whose report it is.
        made_at: up to when it was counted.
        units, categories, states: id → name.
        months: the calendar months of the period in order.
        previous, last_year: the period before and the same one a year before.
        tickets: those received in the period, in order.
        evidence: the rows of the period in order, at most `REGISTER` of them.
        evidence_rows: how many there are.
        filed: confirmed items of evidence, by component and day.
        tasks: what is to be done next.
        sealed: the last sealed day up to the period's end and its seal, which stands for all days
            before it too; None where no day is sealed yet.
    """

    card: Scorecard
    facts: Facts
    issuer: Issuer
    made_at: datetime
    units: Mapping[str, str]
    categories: Mapping[str, str]
    states: Mapping[str, str]
    months: Sequence[Month] = ()
    previous: Past | None = None
    last_year: Past | None = None
    tickets: Sequence[TicketLife] = ()
    evidence: Sequence[Happened] = ()
    evidence_rows: int = 0
    filed: Sequence[Filed] = ()
    tasks: Sequence[Task] = ()
    sealed: tuple[date, str] | None = None

    @property
    def seal_sentence(self) -> Text | None:
        """Say it, for a reader who holds the pack of evidence beside the report."""
        if self.sealed is None:
            return None
        day, seal = self.sealed
        return _("Seal of all evidence up to {day}: {seal}", day=day, seal=seal)

    @property
    def period(self) -> Period:
        """The period."""
        return self.card.period

    def lead(self, component: Component) -> str | Text:
        """Name who leads a component."""
        if component.lead_unit is not None:
            return self.units.get(component.lead_unit, component.lead_unit)
        return component.lead_note or _("nobody leads it yet")

    def words_for(self, component: str) -> Iterator[str]:
        """Give what people filed for a component or a part of the prose."""
        return (item.words for item in self.filed if item.component == component and item.words)


def on_time(report: Report | Past) -> Fraction | None:
    """Give the share of feedback answered on time of all that was due, None where none was."""
    good = report.facts.number("feedback.answered_on_time")
    due = good + report.facts.number("feedback.late")
    return Fraction(good, due) if due else None


REGISTER = 50_000
"""Rows of evidence that a spreadsheet takes; a longer register is in the pack of evidence."""

SECTIONS: Mapping[str, Text] = {
    "0": _("The letter that asks for the report"),
    "I.1": _("Direction of the model"),
    "I.2": _("Information of the people"),
    "IV.1": _("What went well"),
    "V.1": _("Direction for the time to come"),
}
"""The parts of the report's prose that only people can write; evidence is filed for them too."""
