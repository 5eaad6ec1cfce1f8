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
class Protected:
    """Numbers that add up to one, as everybody may see them.

    Attributes:
        cells: name → number, None where it is hidden.
        total_is_shown: whether their sum may be told too.
    """

    cells: Mapping[str, int | None]
    total_is_shown: bool = True


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


@dataclass(frozen=True, slots=True)
class PublicTables:
    """The tables of a period as everybody may see them.

    Attributes:
        months: in order.
        kinds: category → feedback received in all months, the most first and the hidden last.
        received_is_shown: whether the number of all that was received may be told.
        answered_is_shown: whether what was answered may be.
    """

    months: Sequence[PublicMonth]
    kinds: Mapping[str, int | None]
    received_is_shown: bool
    answered_is_shown: bool


def protected(counts: Mapping[str, int]) -> Protected:
    """Hide small numbers, and others with them until the sum tells none of the hidden ones.

    Whoever knows this rule and all that is shown still finds at least two numbers for each hidden
    one. What is hidden beside small numbers is the first that is not small, whatever it is: were it
    the smallest, the shown ones would tell how large it can be at most. Where nothing is left to
    hide, the sum must not be told either.
    """
    small = [count for count in counts.values() if 0 < count < SMALL]
    if not small:
        return Protected(dict(counts))
    hidden = {name for name, count in counts.items() if 0 < count < SMALL}
    large = [name for name, count in counts.items() if count >= SMALL]
    beside: list[int] = []
    while not _keeps_its_secret(small, beside) and large:
        name = large.pop(0)
        hidden.add(name)
        beside.append(counts[name])
    return Protected(
        {name: None if name in hidden else count for name, count in counts.items()},
        _keeps_its_secret(small, beside),
    )


def _keeps_its_secret(small: Sequence[int], beside: Sequence[int]) -> bool:
    """Tell whether numbers of which the sum is known may be others than they are."""
    added, least = sum(small) + sum(beside), len(small) + SMALL * len(beside)
    most = None if beside else (SMALL - 1) * len(small)
    return len(small) + len(beside) > 1 and least < added and (most is None or added < most)


def public_tables(months: Sequence[Month]) -> PublicTables:
    """Give months and kinds as everybody may see them.

    Both add up to what was received: where one of them does not bear that its sum is told, the
    other tells no number either.
    """
    names = [f"{month.start:%Y-%m}" for month in months]
    totals: dict[str, int] = {}
    for month in months:
        for kind, count in month.received.items():
            totals[kind] = totals.get(kind, 0) + count
    received = protected(dict(zip(names, (month.total for month in months), strict=True)))
    answered = protected(dict(zip(names, (month.answered for month in months), strict=True)))
    kinds = protected({kind: totals[kind] for kind in sorted(totals)})
    is_shown = received.total_is_shown and kinds.total_is_shown
    by_month = received.cells if is_shown else _blank(received.cells)
    by_kind = kinds.cells if is_shown else _blank(kinds.cells)
    return PublicTables(
        [
            PublicMonth(
                name=name,
                received=by_month[name],
                answered=answered.cells[name],
                on_time_percent=_share(month, is_shown=answered.cells[name] is not None),
                rating=_mean(month.average_rating, month.rating_count),
            )
            for name, month in zip(names, months, strict=True)
        ],
        dict(sorted(by_kind.items(), key=_most_first)),
        received_is_shown=is_shown,
        answered_is_shown=answered.total_is_shown,
    )


def _most_first(cell: tuple[str, int | None]) -> tuple[bool, int, str]:
    """Sort by number; hidden ones by name alone, as their order too would tell of them."""
    name, count = cell
    return count is None, -(count or 0), name


def _blank(cells: Mapping[str, int | None]) -> dict[str, int | None]:
    """Hide every number; that nothing came is told."""
    return {name: 0 if count == 0 else None for name, count in cells.items()}


def _share(month: Month, *, is_shown: bool) -> Decimal | None:
    """Give a share; beside the shown ones that of a hidden number would tell how many it was of."""
    share = month.share_on_time
    return None if share is None or not is_shown else percent(share)


def _mean(mean: Fraction | None, number: int) -> Decimal | None:
    return None if mean is None or number < SMALL else floored(mean, 2)
