"""Figures for everybody: small numbers are hidden, so that no figure points at one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.measures import floored, percent
from scoring.report import Month

SMALL = 5
"""A number from 1 to one less than this is hidden."""

HIDDEN = "*"
"""What stands for a hidden number; it need not be small itself (see `protected`)."""


@dataclass(frozen=True, slots=True)
class PublicMonth:
    """A month as everybody may see it; None is hidden or, of a share, not there.

    Attributes:
        name: "2026-07".
        received: feedback received; `answered` answers of it.
        on_time_percent: share of the answers that was on time, cut after one decimal.
        rating: mean of the ratings, cut after two decimals.
    """

    name: str
    received: int | None
    answered: int | None
    on_time_percent: Decimal | None
    rating: Decimal | None


def protected(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Hide small numbers; where one alone is hidden the next smallest too.

    Of a single hidden number the sum would tell what it is.
    """
    small = {name for name, count in counts.items() if 0 < count < SMALL}
    others = sorted((count, name) for name, count in counts.items() if count >= SMALL)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return {name: None if name in small else count for name, count in counts.items()}


def public_months(months: Sequence[Month]) -> list[PublicMonth]:
    """Give the months as everybody may see them."""
    names = [f"{month.start:%Y-%m}" for month in months]
    received = protected(dict(zip(names, (month.total for month in months), strict=True)))
    answered = protected(dict(zip(names, (month.answered for month in months), strict=True)))
    return [
        PublicMonth(
            name=name,
            received=received[name],
            answered=answered[name],
            on_time_percent=_share(month.share_on_time, month.answered),
            rating=_mean(month.average_rating, month.rating_count),
        )
        for name, month in zip(names, months, strict=True)
    ]


def _share(share: Fraction | None, number: int) -> Decimal | None:
    return None if share is None or number < SMALL else percent(share)


def _mean(mean: Fraction | None, number: int) -> Decimal | None:
    return None if mean is None or number < SMALL else floored(mean, 2)


def public_kinds(months: Sequence[Month]) -> dict[str, int | None]:
    """Give category → feedback received in all months, small numbers hidden, most first."""
    totals: dict[str, int] = {}
    for month in months:
        for kind, count in month.received.items():
            totals[kind] = totals.get(kind, 0) + count
    shown = protected(totals)
    return {kind: shown[kind] for kind in sorted(totals, key=lambda kind: (-totals[kind], kind))}
