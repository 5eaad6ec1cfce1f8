"""What is known of a period when it is scored: plain figures, wherever they were kept.

Whoever reads the figures hands in those of the period alone; only the days of publication are
looked at again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from scoring.estimates import Share

COUNTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "feedback": (
            "received",
            "answered",
            "answered_on_time",
            "late",
            "rejected",
            "forwarded",
            "withdrawn",
            "reopened",
        ),
        "rating": ("count", "average"),
        "status": ("asked", "found"),
        "guidance": ("shown", "scanned"),
        "redirected": ("complaint", "denunciation", "emergency"),
        "letter": ("congratulation", "condolence", "thanks", "apology", "commendation"),
        "survey": ("answered",),
        "initiative": ("received", "recognised"),
        "notice": ("sent",),
        "publication": ("days",),
        "homeservice": ("requested", "done"),
        "dossier": ("due", "on_time", "late", "apologised"),
    }
)
"""Every count of a report, subject → its counts: a closed list. What did not happen is zero."""

DERIVED = frozenset({"rating.count", "rating.average", "publication.days"})
"""Counts that follow from the other facts and are not handed in."""

ESTIMATED = frozenset({"smart_app"})
"""What surveys estimate: the households that have the city's app."""

STEP = Decimal("0.25")
"""Points are given in quarters."""


def count_names() -> Iterator[str]:
    """Give every count's full name, "feedback.received" first."""
    return (f"{subject}.{count}" for subject, counts in COUNTED.items() for count in counts)


def by_subject(numbers: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Turn numbers by full name or kind of evidence into the shape that `Facts` takes.

    Kinds of evidence that are no count, and counts that are derived, are left out.
    """
    counts: dict[str, dict[str, int]] = {}
    for name in count_names():
        if name in numbers and name not in DERIVED:
            subject, _dot, count = name.partition(".")
            counts.setdefault(subject, {})[count] = numbers[name]
    return counts


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on the score of a component; the machine's proposal stays beside it.

    Attributes:
        score: the points given, from 0 in quarters.
        reason: why, in that person's words.
        by: the person's name.
        at: when, an aware moment.

    Raises:
        ValueError: the score is below 0 or no multiple of a quarter, or the moment has no zone.
    """

    score: Decimal
    reason: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.score.is_finite() or self.score < 0 or self.score % STEP:
            raise ValueError(f"a score is 0 or more in steps of {STEP}, not {self.score}")
        if self.at.tzinfo is None:
            raise ValueError("the moment of a decision needs its zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The input of scoring. Everything is empty or zero until it is handed in.

    Attributes:
        counts: subject → count → how often, without those of `DERIVED`.
        evidence: kind of evidence → how many rows of it the period has.
        publication_days: the days on which something was published, Asia/Ho_Chi_Minh.
        rating_sum: the sum of all ratings, each 1 to 5.
        rating_count: how many ratings there are.
        decisions: component id → what a person decided.
        filed: component id → how many items of evidence people filed for it by hand.
        estimates: name of `ESTIMATED` → what a survey found, in the half year of the last day.
        today: the day the figures were read. A period that has this day or a later one in it is
            still running; None is for a period known to be over.

    Raises:
        ValueError: a count is unknown, derived or below 0; the ratings cannot be.
    """

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    evidence: Mapping[str, int] = field(default_factory=dict)
    publication_days: frozenset[date] = frozenset()
    rating_sum: int = 0
    rating_count: int = 0
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    filed: Mapping[str, int] = field(default_factory=dict)
    estimates: Mapping[str, Share] = field(default_factory=dict)
    today: date | None = None

    def __post_init__(self) -> None:
        known = set(count_names()) - DERIVED
        for subject, counts in self.counts.items():
            for count, number in counts.items():
                if f"{subject}.{count}" not in known:
                    raise ValueError(f"{subject}.{count} is no count that is handed in")
                _refuse_below_zero(f"{subject}.{count}", number)
        for name, number in (*self.evidence.items(), *self.filed.items()):
            _refuse_below_zero(name, number)
        if not self.rating_count <= self.rating_sum <= 5 * self.rating_count:
            raise ValueError(f"{self.rating_count} ratings of 1 to 5 have no sum {self.rating_sum}")

    def number(self, name: str) -> int:
        """Give one event count by its full name; zero where none was handed in.

        Raises:
            KeyError: there is no such count, or it is the average of the ratings.
        """
        if name == "rating.count":
            return self.rating_count
        if name == "publication.days":
            return len(self.publication_days)
        subject, _dot, count = name.partition(".")
        if name == "rating.average" or count not in COUNTED.get(subject, ()):
            raise KeyError(name)
        return self.counts.get(subject, {}).get(count, 0)

    @property
    def average_rating(self) -> Fraction:
        """The mean of all ratings, exactly; 0 where there is none."""
        return Fraction(self.rating_sum, self.rating_count) if self.rating_count else Fraction()

    def proofs(self, component: str, kinds: Iterable[str]) -> int:
        """Count the evidence of a component: rows of its kinds and what people filed for it."""
        return sum(self.evidence.get(kind, 0) for kind in kinds) + self.filed.get(component, 0)


def _refuse_below_zero(name: str, number: int) -> None:
    if number < 0:
        raise ValueError(f"{name} is counted 0, 1, 2 and so on, not {number}")
