"""The report as a workbook: the annex with live formulas, figures with native charts, registers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from messages.languages import DEFAULT, say
from messages.text import Sayable, Text, _
from scoring.documents.many_rows import Cell, serial, serial_of
from scoring.documents.score_sheet import ScoreSheet
from scoring.documents.workbook import Book
from scoring.facts import COUNTED, Facts
from scoring.labels import LABELS, OTHER_KINDS
from scoring.losses import costs, distance, lost
from scoring.report import SECTIONS, Report

CHART = {"width": 760, "height": 380}


def workbook(report: Report, language: str = DEFAULT) -> bytes:
    """Write the report as an XLSX file.

    Args:
        report: all of it.
        language: of the words.
    """
    book = Book(language)
    score = ScoreSheet(book, report)
    _losses(book, report)
    _figures(book, report)
    _months(book, report, score)
    _filed(book, report)
    _tickets(book, report, language)
    _register(book, report, language)
    return book.close()


def _losses(book: Book, report: Report) -> None:
    """What is lost and why, as in section IV.2; what it costs; what is to be done."""
    sheet = book.sheet(_("Lost points"), (6, 60, 11, 30, 60))
    book.write(sheet, 0, 0, _("Components that lose points"), book.title)
    told = [distance(report.card), *(cost.sentence for cost in costs(report.card, report.facts))]
    row = 1
    for sentence in (one for one in told if one is not None):
        book.write(sheet, row, 0, sentence, book.note)
        row += 1
    names = (_("No."), _("Component"), _("Maximum"), _("Lead unit"), _("Reason"))
    book.headings(sheet, row, names)
    for number, scored in enumerate(lost(report.card), start=1):
        component = scored.component
        values: tuple[object, ...] = (
            number,
            component.title,
            "?" if component.max is None else float(component.max),
            report.lead(component),
            scored.why,
        )
        for column, value in enumerate(values):
            book.write(sheet, row + number, column, value)
    row += len(lost(report.card)) + 3
    book.write(sheet, row, 0, _("Tasks of the next period"), book.title)
    titles = (_("No."), _("Task"), _("Due"), _("Unit"), _("Confirmed by"))
    for column, name in enumerate(titles):
        book.write(sheet, row + 1, column, name, book.heading)
    for number, task in enumerate(report.tasks, start=1):
        values = (
            number,
            task.words,
            task.due.strftime("%d/%m/%Y"),
            report.units.get(task.unit, task.unit),
            task.by or _("draft of the machine"),
        )
        for column, value in enumerate(values):
            book.write(sheet, row + 1 + number, column, value)


def _figures(book: Book, report: Report) -> None:
    """Every count beside those of the period before and of a year before."""
    sheet = book.sheet(_("Figures"), (46, 14, 14, 14, 14, 14), landscape=False)
    book.write(sheet, 0, 0, _("What was counted"), book.title)
    past = (report.previous, report.last_year)
    named = [one.card.period.title if one else _("not compared") for one in past]
    names: tuple[Sayable, ...] = (
        _("What"),
        report.period.title,
        named[0],
        _("Difference"),
        named[1],
        _("Difference"),
    )
    book.headings(sheet, 2, names)
    row = 3
    for subject, counts in COUNTED.items():
        for name in (f"{subject}.{count}" for count in counts):
            label = book.say(LABELS[name])
            now = _count(report.facts, name)
            book.write(sheet, row, 0, label[:1].upper() + label[1:])
            book.write(sheet, row, 1, float(now))
            for column, other in ((2, past[0]), (4, past[1])):
                was = None if other is None else _count(other.facts, name)
                book.write(sheet, row, column, "" if was is None else float(was))
                letter = "C" if column == 2 else "E"  # noqa: PLR2004 - the two periods compared
                difference = "" if was is None else float(now - was)
                formula = f'=IF({letter}{row + 1}="","",B{row + 1}-{letter}{row + 1})'
                sheet.write_formula(row, column + 1, formula, book.number, difference)
            row += 1


def _count(facts: Facts, name: str) -> Decimal:
    if name == "rating.average":
        return _decimal(facts.average_rating)
    return Decimal(facts.number(name))


def _decimal(number: Fraction) -> Decimal:
    return round(Decimal(number.numerator) / Decimal(number.denominator), 2)


def _months(book: Book, report: Report, score: ScoreSheet) -> None:
    """Feedback by month and kind, on time and satisfaction; native charts of them and the score."""
    kinds = sorted({kind for month in report.months for kind in month.received})
    name = book.say(_("By month"))
    widths = (12, *(14 for _kind in kinds), 10, 12, 12, 12, 12, 12)
    sheet = book.sheet(name, widths, landscape=False)
    # The edge of a page would cut a chart in two.
    sheet.fit_to_pages(1, 1)
    book.write(sheet, 0, 0, _("Feedback received by month and kind"), book.title)
    total = len(kinds) + 1
    headings: list[Sayable] = [
        _("Month"),
        *(report.categories.get(kind, kind) for kind in kinds),
        _("Together"),
        _("Answered"),
        _("On time"),
        _("Share on time"),
        _("Ratings"),
        _("Mean of the ratings"),
    ]
    book.headings(sheet, 2, headings)
    letters = [_letter(column) for column in range(total + 6)]
    first, last = 3, 2 + len(report.months)
    for row, month in enumerate(report.months, start=first):
        book.write(sheet, row, 0, f"{month.start.month:02}/{month.start.year}")
        for column, kind in enumerate(kinds, start=1):
            book.write(sheet, row, column, month.received.get(kind, 0))
        n = row + 1
        added = f"=SUM(B{n}:{letters[total - 1]}{n})" if kinds else "=0"
        sheet.write_formula(row, total, added, book.strong, month.total)
        book.write(sheet, row, total + 1, month.answered)
        book.write(sheet, row, total + 2, month.on_time)
        share = f'=IF({letters[total + 1]}{n}=0,"",{letters[total + 2]}{n}/{letters[total + 1]}{n})'
        told = "" if month.share_on_time is None else float(month.share_on_time)
        sheet.write_formula(row, total + 3, share, book.percent, told)
        book.write(sheet, row, total + 4, month.rating_count)
        mean = "" if month.average_rating is None else float(_decimal(month.average_rating))
        book.write(sheet, row, total + 5, mean)
    _sums(book, report, kinds, letters, last + 1)
    if not report.months:
        return
    stacked = book.workbook.add_chart({"type": "column", "subtype": "stacked"})
    # Where nothing came in, the sum alone: a chart of no series cannot be opened.
    for column in range(1, total) if kinds else (total,):
        stacked.add_series(
            {
                "name": [name, 2, column],
                "categories": [name, first, 0, last, 0],
                "values": [name, first, column, last, column],
            }
        )
    _placed(book, stacked, sheet, last + 4, _("Feedback received by month and kind"))
    line = book.workbook.add_chart({"type": "line"})
    line.add_series(
        {
            "name": [name, 2, total + 3],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, total + 3, last, total + 3],
            "marker": {"type": "circle"},
        }
    )
    line.set_y_axis({"min": 0, "max": 1, "num_format": "0%"})
    _placed(book, line, sheet, last + 24, _("Share on time"))
    _criteria_chart(book, score, sheet, last + 44)


def _sums(
    book: Book, report: Report, kinds: Sequence[str], letters: Sequence[str], row: int
) -> None:
    """The row that adds up the months, by live formulas."""
    sheet = book.workbook.worksheets()[-1]
    book.write(sheet, row, 0, _("Together"), book.bold)
    months = report.months
    added = [sum(month.received.get(kind, 0) for month in months) for kind in kinds]
    added += [
        sum(month.total for month in months),
        sum(month.answered for month in months),
        sum(month.on_time for month in months),
    ]
    for column, value in enumerate(added, start=1):
        formula = f"=SUM({letters[column]}4:{letters[column]}{row})" if months else "=0"
        sheet.write_formula(row, column, formula, book.strong, value)


def _criteria_chart(book: Book, score: ScoreSheet, sheet: object, row: int) -> None:
    """The score of each criterion beside its maximum, from the cells of the score sheet."""
    name = score.sheet.get_name()
    bars = book.workbook.add_chart({"type": "bar"})
    for heading, letter in ((_("Maximum"), "C"), (_("At most"), "H"), (_("Score"), "F")):
        cells = ",".join(f"'{name}'!${letter}${each + 1}" for each in score.criteria)
        titles = ",".join(f"'{name}'!$A${each + 1}" for each in score.criteria)
        bars.add_series(
            {"name": book.say(heading), "categories": f"=({titles})", "values": f"=({cells})"}
        )
    _placed(book, bars, sheet, row, _("Points by criterion against the maximum"))


def _placed(book: Book, chart: object, sheet: object, row: int, title: Text) -> None:
    chart.set_title({"name": book.say(title), "name_font": {"size": 13}})  # type: ignore[attr-defined] # xlsxwriter's charts have no common type
    chart.set_legend({"position": "bottom"})  # type: ignore[attr-defined] # as above
    chart.set_size(CHART)  # type: ignore[attr-defined] # as above
    sheet.insert_chart(row, 0, chart)  # type: ignore[attr-defined] # as above


def _letter(column: int) -> str:
    return chr(65 + column) if column < 26 else "A" + chr(65 + column - 26)  # noqa: PLR2004 - letters


def _filed(book: Book, report: Report) -> None:
    sheet = book.sheet(_("Evidence filed"), (15, 9, 44, 12, 60, 26, 24, 24, 8))
    book.write(sheet, 0, 0, _("Evidence filed by people"), book.title)
    names = (
        _("Code"),
        _("No."),
        _("Component"),
        _("Day"),
        _("What it says"),
        _("Unit"),
        _("Filed by"),
        _("Confirmed by"),
        _("Files"),
    )
    book.headings(sheet, 2, names)
    titles: dict[str, Sayable] = {one.id: one.title for one in report.card.scheme.components}
    titles |= SECTIONS
    for row, item in enumerate(report.filed, start=3):
        values: tuple[object, ...] = (
            item.code,
            item.component,
            titles.get(item.component, ""),
            item.day.strftime("%d/%m/%Y"),
            item.words,
            report.units.get(item.unit, item.unit),
            item.by,
            item.confirmed_by,
            len(item.files),
        )
        for column, value in enumerate(values):
            book.write(sheet, row, column, value)


def _tickets(book: Book, report: Report, language: str) -> None:
    sheet = book.sheet(_("Feedback tickets"), (15, 34, 34, 11, 16, 18, 18, 18, 12, 10))
    book.write(sheet, 0, 0, _("The life of every ticket received"), book.title)
    count = max(len(report.tickets), 1)
    book.write(sheet, 1, 0, _("Together"), book.bold)
    formula = f"=COUNTA(A5:A{4 + count})"
    sheet.write_formula(1, 1, formula, book.strong, len(report.tickets))
    names = (
        _("Code"),
        _("Kind"),
        _("Unit"),
        _("Channel"),
        _("State"),
        _("Received"),
        _("Deadline"),
        _("Answered"),
        _("On time"),
        _("Rating"),
    )
    book.headings(sheet, 3, names)
    text, moment = book.plain, book.moment
    styles = (text, text, text, text, text, moment, moment, moment, text, book.whole)
    book.listed(sheet, 4, list(_ticket_rows(report, language)), styles)


def _ticket_rows(report: Report, language: str) -> Iterator[tuple[Cell, ...]]:
    yes, no = say(_("yes"), language), say(_("no"), language)
    for one in report.tickets:
        in_time = None if one.on_time is None else (yes if one.on_time else no)
        yield (
            one.code,
            report.categories.get(one.category, one.category),
            report.units.get(one.unit, one.unit),
            one.channel,
            report.states.get(one.state, one.state),
            serial(one.received_at),
            serial(one.due_at),
            None if one.answered_at is None else serial(one.answered_at),
            in_time,
            one.rating,
        )


def _register(book: Book, report: Report, language: str) -> None:
    sheet = book.sheet(_("Register"), (10, 18, 44, 11, 18, 34, 16, 9))
    book.write(sheet, 0, 0, _("Register of what the service did"), book.title)
    if report.evidence_rows > len(report.evidence):
        told = _(
            "The first {shown} of {all} rows; all of them are in the pack of evidence.",
            shown=len(report.evidence),
            all=report.evidence_rows,
        )
        book.write(sheet, 1, 0, told, book.note)
    if report.seal_sentence is not None:
        book.write(sheet, 2, 0, report.seal_sentence, book.note)
    names = (
        _("No."),
        _("Moment"),
        _("What"),
        _("Channel"),
        _("About"),
        _("Unit"),
        _("Place"),
        _("Value"),
    )
    book.headings(sheet, 3, names)
    text = book.plain
    styles = (book.whole, book.moment, text, text, text, text, text, book.whole)
    book.listed(sheet, 4, list(_register_rows(report, language)), styles)


def _register_rows(report: Report, language: str) -> Iterator[tuple[Cell, ...]]:
    kinds = {name: say(label, language) for name, label in LABELS.items()}
    kinds |= {name: say(label, language) for name, label in OTHER_KINDS.items()}
    for one in report.evidence:
        yield (
            one.id,
            serial_of(one.milliseconds),
            kinds.get(one.kind, one.kind),
            one.channel,
            one.about,
            report.units.get(one.unit, one.unit),
            one.place,
            one.value,
        )
