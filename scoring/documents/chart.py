"""The picture of a report: what came in by month and kind, on time, satisfaction, the score."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from messages.languages import DEFAULT, say, value_in
from messages.text import Sayable, _
from scoring.documents.chart_colours import BEFORE, GOOD, HELD
from scoring.documents.chart_colours import KINDS as COLOURS
from scoring.documents.drawing import FAINT, GRID, INK, Drawing, wrapped
from scoring.measures import floored, percent
from scoring.report import Month, Past, Report, on_time

WIDTH, MARGIN = 1080, 48
INNER = WIDTH - 2 * MARGIN
NAMED = len(COLOURS) - 1
"""So many kinds are named; all others are one."""

LINE = 40


class Words:
    """Says sentences and numbers in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, text: Sayable) -> str:
        """Say a sentence."""
        return say(text, self._language)

    def number(self, value: Decimal | int) -> str:
        """Tell a number as the language writes it."""
        return value_in(value, self._language)

    def percent(self, share: Fraction | None) -> str:
        """Tell a share; a dash where there is none."""
        return "–" if share is None else f"{self.number(percent(share))}%"


def chart(report: Report, language: str = DEFAULT) -> bytes:
    """Draw the report as a PNG, 1080 pixels wide.

    Args:
        report: all of it.
        language: of the words.
    """
    say_ = Words(language)
    rows = _rows(report)
    title = say_(
        _("{scheme}, {period}", scheme=report.card.scheme.title, period=report.period.title)
    )
    drawing = Drawing(WIDTH, 0, title)
    y = _head(drawing, report, say_)
    y = _tiles(drawing, report, say_, y)
    y = _received(drawing, report, rows, say_, y)
    y = _by_month(drawing, report, say_, y)
    drawing.height = round(_criteria(drawing, report, say_, y))
    return drawing.png()


def _head(drawing: Drawing, report: Report, say_: Words) -> float:
    drawing.box(0, 0, WIDTH, 14, GOOD)
    drawing.words(MARGIN, 80, report.card.scheme.title, 46, bold=True)
    name, period = report.issuer.name, say_(report.period.title)
    drawing.words(MARGIN, 130, f"{name[:1].upper()}{name[1:]} – {period}", 34)
    told = say_(_("Figures up to {moment}", moment=report.made_at))
    drawing.words(MARGIN, 174, told, 26, ink=FAINT)
    return 210


def _tiles(drawing: Drawing, report: Report, say_: Words, y: float) -> float:
    """Four figures, each with what it was in the period before."""
    card = report.card
    number = say_.number
    points = number(card.min) if not card.unknown else f"{number(card.min)}–{number(card.max)}"
    tiles: list[tuple[Sayable, str, Callable[[Past], str]]] = [
        (
            _("Feedback received"),
            number(report.facts.number("feedback.received")),
            lambda past: number(past.facts.number("feedback.received")),
        ),
        (
            _("Answered on time"),
            say_.percent(on_time(report)),
            lambda past: say_.percent(on_time(past)),
        ),
        (
            _("Satisfaction, of 5"),
            _mean(report, say_),
            lambda past: _mean(past, say_),
        ),
        (
            _("Points, of {total}", total=card.scheme.total),
            points,
            lambda past: (
                f"{number(past.card.min)}–{number(past.card.max)}"
                if past.card.unknown
                else number(past.card.min)
            ),
        ),
    ]
    half = (INNER - 24) / 2
    for place, (name, told, was) in enumerate(tiles):
        x, top = MARGIN + place % 2 * (half + 24), y + place // 2 * 136
        drawing.box(x, top, half, 120, "#f1f5f9")
        drawing.words(x + 20, top + 40, say_(name), 26, ink=FAINT)
        drawing.words(x + 20, top + 98, told, 50, bold=True)
        if report.previous is not None:
            before = say_(_("before: {number}", number=was(report.previous)))
            drawing.words(x + half - 20, top + 98, before, 24, ink=FAINT, anchor="end")
    return y + 2 * 136 + 14


def _mean(report: Report | Past, say_: Words) -> str:
    if not report.facts.rating_count:
        return "–"
    return say_.number(floored(report.facts.average_rating, 2))


def _rows(report: Report) -> list[tuple[str, tuple[int, ...]]]:
    """Give the kinds that came most and all others together, with their numbers by month."""
    totals: dict[str, int] = {}
    for month in report.months:
        for kind, count in month.received.items():
            totals[kind] = totals.get(kind, 0) + count
    most = sorted(totals, key=lambda kind: (-totals[kind], kind))
    shown = most if len(most) <= NAMED + 1 else most[:NAMED]
    rows = [
        (
            report.categories.get(kind, kind),
            tuple(month.received.get(kind, 0) for month in report.months),
        )
        for kind in shown
    ]
    if rest := most[len(shown) :]:
        others = tuple(sum(month.received.get(kind, 0) for kind in rest) for month in report.months)
        rows.append(("", others))
    return rows


def _heading(drawing: Drawing, text: str, y: float) -> float:
    drawing.line(MARGIN, y, WIDTH - MARGIN, y, GRID)
    drawing.words(MARGIN, y + 52, text, 34, bold=True)
    return y + 90


def _received(
    drawing: Drawing,
    report: Report,
    rows: Sequence[tuple[str, tuple[int, ...]]],
    say_: Words,
    y: float,
) -> float:
    top = _heading(drawing, say_(_("Feedback received by month and kind")), y)
    floor, high = top + 300, 250
    most = max((month.total for month in report.months), default=0)
    step = INNER / max(len(report.months), 1)
    drawing.line(MARGIN, floor, WIDTH - MARGIN, floor, FAINT)
    for place, month in enumerate(report.months):
        x, bottom = MARGIN + place * step, floor
        for (_name, counts), colour in zip(rows, COLOURS, strict=False):
            tall = counts[place] * high / most if most else 0
            bottom -= tall
            drawing.box(x + step * 0.18, bottom, step * 0.64, tall, colour)
        _over(drawing, x + step / 2, bottom, say_.number(month.total), len(report.months))
        _under(drawing, x + step / 2, floor, month, report.months)
    for place, ((name, counts), colour) in enumerate(zip(rows, COLOURS, strict=False)):
        x = MARGIN + place % 2 * (INNER / 2)
        line = floor + 80 + place // 2 * LINE
        drawing.box(x, line - 22, 24, 24, colour)
        told = name or say_(_("Other kinds"))
        first, *more = wrapped(told, INNER / 2 - 120, 26)
        short = f"{first.rstrip(' ,;-')}…" if more else first
        drawing.words(x + 36, line, f"{short}: {say_.number(sum(counts))}", 26)
    return floor + 80 + -(-len(rows) // 2) * LINE


def _over(drawing: Drawing, x: float, y: float, told: str, columns: int) -> None:
    size = 28 if columns <= 12 else 18  # noqa: PLR2004 - a year has 12
    drawing.words(x, y - 10, told, size, anchor="middle", bold=True)


def _under(drawing: Drawing, x: float, floor: float, month: Month, months: Sequence[Month]) -> None:
    """Name a month below its column, with its year where there are several."""
    several = months[0].start.year != months[-1].start.year
    told = f"{month.start.month}/{month.start.year % 100:02}" if several else f"{month.start.month}"
    told = told if len(months) > 8 or several else f"T{told}"  # noqa: PLR2004 - room for a letter
    drawing.words(x, floor + 36, told, 26, anchor="middle", ink=FAINT)


def _by_month(drawing: Drawing, report: Report, say_: Words, y: float) -> float:
    """Two small charts beside each other: answers on time, and satisfaction."""
    drawing.line(MARGIN, y, WIDTH - MARGIN, y, GRID)
    half = (INNER - 48) / 2
    floor = y + 330
    panels: list[tuple[Sayable, str, Callable[[Month], Fraction | None], Fraction]] = [
        (_("Answers on time, %"), GOOD, lambda month: month.share_on_time, Fraction(1)),
        (_("Satisfaction, 1 to 5"), COLOURS[2], lambda month: month.average_rating, Fraction(5)),
    ]
    for place, (name, colour, value, full) in enumerate(panels):
        left = MARGIN + place * (half + 48)
        drawing.words(left, y + 52, say_(name), 30, bold=True)
        drawing.line(left, floor, left + half, floor, FAINT)
        step = half / max(len(report.months), 1)
        for column, month in enumerate(report.months):
            found, x = value(month), left + column * step
            _under(drawing, x + step / 2, floor, month, report.months)
            if found is None:
                drawing.words(x + step / 2, floor - 12, "–", 24, anchor="middle", ink=FAINT)
                continue
            tall = float(found / full) * 210
            drawing.box(x + step * 0.18, floor - tall, step * 0.64, tall, colour)
            told = say_.number(int(percent(found))) if full == 1 else say_.number(floored(found, 1))
            _over(drawing, x + step / 2, floor - tall, told, len(report.months) + 5)
    return floor + 80


def _criteria(drawing: Drawing, report: Report, say_: Words, y: float) -> float:
    """A bar for each criterion: what is sure, what is still open, and its maximum."""
    y = _heading(drawing, say_(_("Points by criterion against the maximum")), y)
    before: Mapping[str, Decimal] = {}
    if report.previous is not None and report.previous.card.scheme.id == report.card.scheme.id:
        before = {each.criterion.id: each.min for each in report.previous.card.criteria}
    widest = max(each.criterion.max for each in report.card.criteria) or Decimal(1)
    room = INNER - 230
    for each in report.card.criteria:
        named = f"{each.criterion.id}. {each.criterion.title}"
        for line in wrapped(named, INNER, 28):
            drawing.words(MARGIN, y + 28, line, 28)
            y += 38
        scale = room / float(widest)
        drawing.box(MARGIN, y + 6, float(each.criterion.max) * scale, 40, "#e4e9ee")
        drawing.box(MARGIN, y + 6, float(each.max) * scale, 40, HELD)
        drawing.box(MARGIN, y + 6, float(each.min) * scale, 40, GOOD)
        if each.criterion.id in before:
            x = MARGIN + float(before[each.criterion.id]) * scale
            drawing.line(x, y, x, y + 52, BEFORE, 6)
        number = say_.number
        told = (
            number(each.min) if each.min == each.max else f"{number(each.min)}–{number(each.max)}"
        )
        drawing.words(
            WIDTH - MARGIN,
            y + 37,
            f"{told}/{number(each.criterion.max)}",
            28,
            anchor="end",
            bold=True,
        )
        y += 84
    keys = [
        (GOOD, _("sure")),
        (HELD, _("still open")),
        *([(BEFORE, _("sure in the period before"))] if before else []),
    ]
    left: float = MARGIN
    for colour, name in keys:
        drawing.box(left, y - 6, 24, 24, colour)
        drawing.words(left + 34, y + 16, say_(name), 26, ink=INK)
        left += 34 + len(say_(name)) * 26 * 0.6 + 40
    return y + 60
