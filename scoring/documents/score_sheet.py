"""The annex: the score of every component, added up by live formulas."""

from collections.abc import Sequence
from decimal import Decimal

from xlsxwriter.worksheet import Worksheet

from messages.text import Text, _
from scoring.documents.workbook import Book
from scoring.report import Report
from scoring.scheme import Scheme
from scoring.scorecard import ComponentScore, Scorecard

HEAD = 4
"""The row of the headings, from 0."""

ID, TITLE, MAX, PROPOSED, DECIDED, SCORE, LOST, MOST, LEAD, PROOFS, REASON = range(11)

WIDTHS = (7, 48, 9, 9, 9, 9, 9, 10, 26, 10, 60)


def _points(number: Decimal | None) -> float | str:
    return "" if number is None else float(number)


class ScoreSheet:
    """Writes the sheet; remembers where each criterion stands, for the chart.

    Args:
        book: the workbook.
        report: what is told.
    """

    def __init__(self, book: Book, report: Report) -> None:
        self._book, self._report = book, report
        self.sheet: Worksheet = book.sheet(_("Score sheet"), WIDTHS)
        self.criteria: list[int] = []
        """The rows of the criteria, from 0."""
        self._write()

    def _write(self) -> None:
        book, sheet, report = self._book, self.sheet, self._report
        book.write(sheet, 0, 0, _("Annex: self-assessment by the score scale"), book.title)
        period = _(
            "{scheme}, {period}", scheme=report.card.scheme.title, period=report.period.title
        )
        book.write(sheet, 1, 0, period, book.note)
        book.write(sheet, 2, 0, report.card.scheme.source, book.note)
        names: Sequence[Text] = (
            _("No."),
            _("Criterion, component"),
            _("Maximum"),
            _("Proposed"),
            _("Decided"),
            _("Score"),
            _("Lost"),
            _("At most"),
            _("Lead unit"),
            _("Evidence"),
            _("Reason"),
        )
        book.headings(sheet, HEAD, names)
        row = HEAD + 1
        for each in report.card.criteria:
            self.criteria.append(row)
            for below, component in enumerate(each.components, start=row + 1):
                self._component(below, component)
            self._criterion(row, len(each.components), each.criterion.id, each.criterion.title)
            book.write(sheet, row, MAX, float(each.criterion.max), book.strong)
            self._formula(row, SCORE, _sum("F", row + 1, len(each.components)), each.min)
            lost = sum((one.lost for one in each.components), Decimal())
            self._formula(row, LOST, _sum("G", row + 1, len(each.components)), lost)
            self._formula(row, MOST, f"=C{row + 1}-G{row + 1}", each.max)
            row += len(each.components) + 1
        self._total(row, report.card)

    def _criterion(self, row: int, _parts: int, name: str, title: str) -> None:
        book = self._book
        book.write(self.sheet, row, ID, name, book.bold)
        book.write(self.sheet, row, TITLE, title, book.bold)
        for column in (PROPOSED, DECIDED, LEAD, PROOFS, REASON):
            book.write(self.sheet, row, column, "", book.bold)

    def _component(self, row: int, scored: ComponentScore) -> None:
        book, sheet, component = self._book, self.sheet, scored.component
        decided = scored.decision or scored.void
        number = row + 1
        book.write(sheet, row, ID, component.id)
        book.write(sheet, row, TITLE, component.title)
        book.write(sheet, row, MAX, _points(component.max), book.number)
        book.write(sheet, row, PROPOSED, _points(scored.proposed), book.number)
        book.write(sheet, row, DECIDED, _points(decided.score if decided else None), book.number)
        counts = (
            f'=IF(C{number}="","",IF(AND(E{number}<>"",N(E{number})<=C{number}),E{number},'
            f'IF(D{number}="","",D{number})))'
        )
        self._formula(row, SCORE, counts, scored.score, strong=False)
        lost = None if scored.score is None or component.max is None else scored.lost
        self._formula(
            row, LOST, f'=IF(OR(C{number}="",F{number}=""),"",C{number}-F{number})', lost,
            strong=False,
        )  # fmt: skip
        book.write(sheet, row, MOST, "")
        book.write(sheet, row, LEAD, self._report.lead(component))
        book.write(sheet, row, PROOFS, scored.evidence)
        book.write(sheet, row, REASON, scored.reason)

    def _total(self, row: int, card: Scorecard) -> None:
        book, sheet = self._book, self.sheet
        book.write(sheet, row, ID, "", book.bold)
        book.write(sheet, row, TITLE, _("Total"), book.bold)
        rows = [each + 1 for each in self.criteria]
        lost = sum((part.lost for each in card.criteria for part in each.components), Decimal())
        values = {"C": card.scheme.total, "F": card.min, "G": lost, "H": card.max}
        for column, letter in ((MAX, "C"), (SCORE, "F"), (LOST, "G"), (MOST, "H")):
            added = "+".join(f"{letter}{each}" for each in rows)
            self._formula(row, column, f"={added}", values[letter])
        for column in (PROPOSED, DECIDED, LEAD, PROOFS, REASON):
            book.write(sheet, row, column, "", book.bold)
        for below, (name, letter, points) in enumerate(
            (
                (_("Level by the points that are sure"), "F", card.min),
                (_("Level by the points that are possible"), "H", card.max),
            ),
            start=row + 1,
        ):
            book.write(sheet, below, TITLE, name, book.bold)
            formula = self._level(card.scheme, f"{letter}{row + 1}")
            told = self._named(card.scheme, points)
            sheet.write_formula(below, SCORE, formula, book.strong, told)
        for below, remark in enumerate(card.remarks, start=row + 4):
            book.write(sheet, below, TITLE, remark, book.note)

    def _named(self, scheme: Scheme, points: Decimal) -> str:
        level = scheme.level(points)
        return self._book.say(_("level {id}", id=level.id) if level else _("none"))

    def _level(self, scheme: Scheme, cell: str) -> str:
        """Give the formula that names the level of a cell's points."""
        formula = _quoted(self._book.say(_("none")))
        for level in reversed(scheme.levels):
            least = [] if level.min is None else [f"{cell}>={level.min}"]
            below = [] if level.below is None else [f"{cell}<{level.below}"]
            name = _quoted(self._book.say(_("level {id}", id=level.id)))
            bounds = ",".join(least + below) or "TRUE"
            formula = f"IF(AND({bounds}),{name},{formula})"
        return f"={formula}"

    def _formula(
        self, row: int, column: int, formula: str, value: Decimal | None, *, strong: bool = True
    ) -> None:
        """Write a formula with its result, for programs that do not count it anew."""
        style = self._book.strong if strong else self._book.number
        self.sheet.write_formula(row, column, formula, style, _points(value))


def _sum(letter: str, first: int, rows: int) -> str:
    return f"=SUM({letter}{first + 1}:{letter}{first + rows})"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
