"""Communes' reports, as `report --format json` writes them, added into one table for the city."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from messages.languages import DEFAULT, say
from messages.text import Sayable, Text, _
from scoring.facts import COUNTED, count_names
from scoring.report_json import Json

AVERAGE, DAYS = "rating.average", "publication.days"
"""What is not added up: a mean is weighed by its ratings, and days of one calendar coincide."""

HUNDREDTH = Decimal("0.01")
OPEN = "open"
"""Instead of a level: what is not known yet leaves more than one possible."""


class BadReport(ValueError):
    """A report that cannot be added; the sentence says why.

    Attributes:
        reason: a sentence for whoever gave the file.
    """

    def __init__(self, reason: Text) -> None:
        super().__init__(say(reason, "en"))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CommuneReport:
    """What the city's table takes from one commune's report.

    Attributes:
        name: of the commune, as the file is called: the report itself does not name it.
        period: name, first and last day.
        counts: full name → number.
        low: points that are sure.
        high: points that are still possible.
        levels: the level at `low` and at `high`, None below the known levels.
        provisional: how many of the points no person has confirmed.
    """

    name: str
    period: tuple[str, date, date]
    counts: Mapping[str, Decimal]
    low: Decimal
    high: Decimal
    levels: tuple[str | None, str | None]
    provisional: Decimal

    @property
    def level(self) -> str:
        """The level where it is certain, "-" below all, else `OPEN`."""
        lowest, highest = self.levels
        return OPEN if lowest != highest else (lowest or "-")


def read(name: str, told: object) -> CommuneReport:
    """Read a report.

    Args:
        name: of the commune.
        told: what the file holds, as `json.loads` gives it with Decimal for numbers with a point.

    Raises:
        BadReport: it is no report, or a figure of it cannot be.
    """
    try:
        report = _object(told)
        period = _object(report["period"])
        counts = _object(report["counts"])
        total, level = _object(report["total"]), _object(report["level"])
        days = date.fromisoformat(str(period["start"])), date.fromisoformat(str(period["end"]))
        found = CommuneReport(
            name=name,
            period=(_word(period["name"]), *days),
            counts=MappingProxyType(dict(_counts(counts))),
            low=_number(total["min"]),
            high=_number(total["max"]),
            levels=(_level(level["min"]), _level(level["max"])),
            provisional=_provisional(report["criteria"]),
        )
    except KeyError as error:
        raise BadReport(_("it is no report: {name} is missing", name=str(error.args[0]))) from error
    except (ValueError, TypeError) as error:
        if isinstance(error, BadReport):
            raise
        raise BadReport(_("it is no report: {reason}", reason=str(error))) from error
    if found.low > found.high or days[0] > days[1]:
        raise BadReport(_("its figures contradict each other"))
    return found


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(type(value).__name__)
    return value


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or not value:
        raise TypeError(type(value).__name__)
    return value


def _level(value: object) -> str | None:
    # Some schemes number their levels.
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return None if value is None else _word(str(value) if is_number else value)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(type(value).__name__)
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise ValueError(str(value)[:20])
    return number


def _counts(told: Mapping[str, object]) -> Iterator[tuple[str, Decimal]]:
    for subject, names in COUNTED.items():
        given = _object(told[subject])
        for name in names:
            number = _number(given[name])
            full = f"{subject}.{name}"
            if full != AVERAGE and number != int(number):
                raise BadReport(_("{name} is no whole number", name=full))
            yield full, number


def _provisional(criteria: object) -> Decimal:
    if not isinstance(criteria, list):
        raise TypeError(type(criteria).__name__)
    components = [
        _object(component)
        for criterion in criteria
        for component in _list(_object(criterion)["components"])
    ]
    return sum(
        (_number(one["score"]) for one in components if one["provisional"] and one["score"]),
        Decimal(),
    )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(type(value).__name__)
    return value


def added(reports: Sequence[CommuneReport]) -> dict[str, Decimal]:
    """Add the counts of all communes; there is at least one.

    The mean rating is that of all ratings together; days of publication are left out.
    """
    numbers = {
        name: sum((one.counts[name] for one in reports), Decimal())
        for name in count_names()
        if name != DAYS
    }
    ratings = numbers["rating.count"]
    weighed = sum((one.counts[AVERAGE] * one.counts["rating.count"] for one in reports), Decimal())
    mean = weighed / ratings if ratings else Decimal()
    return {**numbers, AVERAGE: mean.quantize(HUNDREDTH, ROUND_HALF_UP)}


def as_json(reports: Sequence[CommuneReport]) -> dict[str, Json]:
    """Give the city's table as what `json.dumps` takes."""
    name, start, end = reports[0].period
    city = added(reports)
    return {
        "period": {"name": name, "start": start.isoformat(), "end": end.isoformat()},
        "communes": [
            {
                "name": one.name,
                "counts": _by_subject(one.counts),
                "total": {
                    "min": _plain(one.low),
                    "max": _plain(one.high),
                    "provisional": _plain(one.provisional),
                },
                "level": one.level,
            }
            for one in reports
        ],
        "city": {
            "communes": len(reports),
            "counts": _by_subject(city),
            "total": {
                "min": _plain(_mean([one.low for one in reports])),
                "max": _plain(_mean([one.high for one in reports])),
            },
            "levels": {
                level: sum(one.level == level for one in reports)
                for level in sorted({one.level for one in reports})
            },
        },
    }


def _by_subject(counts: Mapping[str, Decimal]) -> dict[str, Json]:
    return {
        subject: {
            name: _plain(counts[f"{subject}.{name}"])
            for name in names
            if f"{subject}.{name}" in counts
        }
        for subject, names in COUNTED.items()
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == int(number) else float(number)


def _mean(numbers: Sequence[Decimal]) -> Decimal:
    return (sum(numbers, Decimal()) / len(numbers)).quantize(HUNDREDTH, ROUND_HALF_UP)


LETTERS = tuple(f"letter.{kind}" for kind in COUNTED["letter"])

COLUMNS: Sequence[tuple[Text, tuple[str, ...]]] = (
    (_("feedback"), ("feedback.received",)),
    (_("answered"), ("feedback.answered",)),
    (_("on time"), ("feedback.answered_on_time",)),
    (_("late"), ("feedback.late",)),
    (_("ratings"), ("rating.count",)),
    (_("mean"), (AVERAGE,)),
    (_("dossiers due"), ("dossier.due",)),
    (_("dossiers late"), ("dossier.late",)),
    (_("letters"), LETTERS),
)


def as_text(reports: Sequence[CommuneReport], language: str = DEFAULT) -> str:
    """Give the city's table as text: a line for each commune, the sum last."""
    heads: list[Sayable] = [_("commune"), _("points"), _("level"), *(head for head, _n in COLUMNS)]
    rows = [[say(head, language) for head in heads]]
    for one in reports:
        points = _span(one.low, one.high) + ("*" if one.provisional else "")
        level = say(_("open"), language) if one.level == OPEN else one.level
        rows.append([one.name, points, level, *_figures(one.counts)])
    points = _span(_mean([r.low for r in reports]), _mean([r.high for r in reports]))
    together = say(_("all {n}: sum, mean points", n=len(reports)), language)
    rows.append([together, points, "", *_figures(added(reports))])
    name, start, end = reports[0].period
    title = _("Period {name}: {start} to {end}", name=name, start=start, end=end)
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines = [say(title, language), *(_aligned(row, widths) for row in rows)]
    if any(one.provisional for one in reports):
        lines.append(say(_("* some of the points are not confirmed by a person yet."), language))
    return "\n".join(lines)


def _figures(counts: Mapping[str, Decimal]) -> list[str]:
    return [str(_plain(sum((counts[n] for n in names), Decimal()))) for _head, names in COLUMNS]


def _span(low: Decimal, high: Decimal) -> str:
    return f"{_plain(low)}" if low == high else f"{_plain(low)}-{_plain(high)}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first = row[0].ljust(widths[0])
    rest = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join((first, *rest)).rstrip()
