"""The workbook: the scorecard's figures, live formulas, texts that stay texts."""

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from scoring.documents.many_rows import with_rows
from scoring.documents.xlsx import workbook
from scoring.facts import Facts
from scoring.losses import components_of, lost
from scoring.report import Report
from tests.scoring.reports import (
    AFTERWARDS,
    FORMULA,
    SEED_LOSSES,
    all_known,
    filed,
    happened,
    report,
    tickets,
)

SHEETS = [
    "Bảng điểm", "Điểm mất và nhiệm vụ", "Số liệu", "Theo tháng", "Minh chứng đã nộp", "Phản ánh",
    "Sổ minh chứng",
]  # fmt: skip


def _open(made: Report, *, formulas: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook(made)), data_only=not formulas)


def _rows(book: Workbook, name: str) -> list[tuple[object, ...]]:
    return [tuple(cell.value for cell in row) for row in book[name].iter_rows()]


def test_the_sheets_stand_in_order() -> None:
    assert _open(report()).sheetnames == SHEETS


@pytest.mark.parametrize("made", [report(), all_known()], ids=["shipped", "invented"])
def test_the_score_sheet_has_the_points_of_the_scorecard(made: Report) -> None:
    by_id = {row[0]: row for row in _rows(_open(made), "Bảng điểm") if row[0]}
    for each in made.card.criteria:
        row = by_id[each.criterion.id]
        assert (row[2], row[5], row[7]) == (each.criterion.max, each.min, each.max)
    for scored in components_of(made.card):
        row = by_id[scored.component.id]
        assert row[1] == scored.component.title
        assert (row[2] or None) == scored.component.max
        assert row[5] in ({None, ""} if scored.score is None else {float(scored.score)})
        assert row[9] == scored.evidence
    (total,) = [row for row in _rows(_open(made), "Bảng điểm") if row[1] == "Tổng cộng"]
    assert (total[2], total[5], total[7]) == (100, made.card.min, made.card.max)


class Counted:
    """Counts the formulas of the score sheet anew, as a spreadsheet would."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book["Bảng điểm"]

    def value(self, cell: str) -> Decimal | None:
        found = self._sheet[cell].value
        if found is None or found == "":
            return None
        if not isinstance(found, str):
            return Decimal(str(found))
        return self._formula(found, int(cell[1:]))

    def _formula(self, found: str, row: int) -> Decimal | None:
        maximum, proposed, decided, score = (self.value(f"{c}{row}") for c in self._needed(found))
        if total := re.fullmatch(r"=SUM\((\w)(\d+):\w(\d+)\)", found):
            return self._sum(f"{total[1]}{n}" for n in range(int(total[2]), int(total[3]) + 1))
        if found.startswith("=IF(OR("):
            return None if maximum is None or score is None else maximum - score
        if found.startswith("=IF("):
            counts = decided if decided is not None and decided <= (maximum or 0) else proposed
            return None if maximum is None else counts
        if apart := re.fullmatch(r"=(\w\d+)-(\w\d+)", found):
            return self._sum([apart[1]]) - self._sum([apart[2]])
        assert re.fullmatch(r"=\w\d+(\+\w\d+)*", found), found
        return self._sum(found[1:].split("+"))

    @staticmethod
    def _needed(found: str) -> str:
        """The columns a component's own formula looks at; of others one that is empty."""
        return "CDEF" if found.startswith("=IF(OR(") else "CDEZ" if "IF" in found else "ZZZZ"

    def _sum(self, cells: Iterable[str]) -> Decimal:
        return sum((n for cell in cells if (n := self.value(cell)) is not None), Decimal())


@pytest.mark.parametrize("made", [report(), all_known()], ids=["shipped", "invented"])
def test_the_formulas_come_to_what_stands_beside_them(made: Report) -> None:
    formulas, values = _open(made, formulas=True), _open(made)
    counted, live = Counted(formulas), 0
    for row in formulas["Bảng điểm"].iter_rows(min_row=6):
        for cell in row[5:8]:
            if isinstance(cell.value, str) and cell.value.startswith("=IF(AND("):
                continue  # the name of a level
            if isinstance(cell.value, str) and cell.value.startswith("="):
                live += 1
                kept = values["Bảng điểm"][cell.coordinate].value
                kept = None if kept in {None, ""} else Decimal(str(kept))
                assert counted.value(cell.coordinate) == kept, cell.coordinate
    assert live > 30


def test_the_level_is_a_formula_of_the_total() -> None:
    made = all_known()
    formulas, values = _open(made, formulas=True), _open(made)
    found = [
        (cell.value, values["Bảng điểm"][cell.coordinate].value)
        for cell in formulas["Bảng điểm"]["F"]
        if isinstance(cell.value, str) and cell.value.startswith("=IF(AND(")
    ]
    assert [told for _formula, told in found] == ["chưa đạt mức nào", "chưa đạt mức nào"]
    assert all(">=90" in formula and "<90" in formula for formula, _told in found)


def test_what_begins_like_a_formula_is_text_everywhere() -> None:
    made = replace(report(), filed=(filed("1.03", FORMULA), filed("1.04", "+1+1")))
    book = _open(made, formulas=True)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    mine = [cell for cell in cells if cell.value in {FORMULA, "+1+1"}]
    assert len(mine) > 4
    assert {cell.data_type for cell in mine} == {"s"} or {c.data_type for c in mine} <= {
        "s", "inlineStr",
    }  # fmt: skip
    raw = zipfile.ZipFile(io.BytesIO(workbook(made)))
    sheets = [raw.read(name).decode() for name in raw.namelist() if "worksheets/sheet" in name]
    assert not any(
        "HYPERLINK" in part for sheet in sheets for part in re.findall("<f>.*?</f>", sheet)
    )


def test_the_table_of_lost_points_is_that_of_the_scorecard() -> None:
    made = report(replace(FACTS_WITH_DECISIONS))
    rows = _rows(_open(made), "Điểm mất và nhiệm vụ")
    numbered = [row for row in rows if isinstance(row[0], int)][: len(lost(made.card))]
    assert [row[1] for row in numbered] == [each.component.title for each in lost(made.card)]
    assert [row[2] for row in numbered] == [
        "?" if each.component.max is None else each.component.max for each in lost(made.card)
    ]


FACTS_WITH_DECISIONS = Facts(decisions=SEED_LOSSES, today=AFTERWARDS)


def test_months_add_up_to_the_period() -> None:
    made = report()
    formulas, values = _open(made, formulas=True), _open(made)
    name = "Theo tháng"
    last = [row for row in _rows(values, name) if row[0] == "Cộng"]
    received = sum(month.total for month in made.months)
    assert last[0][3] == received == 20
    assert formulas[name]["D4"].value == "=SUM(B4:C4)"


def test_there_are_native_charts() -> None:
    raw = zipfile.ZipFile(io.BytesIO(workbook(report())))
    charts = [raw.read(name).decode() for name in raw.namelist() if "charts/chart" in name]
    assert len(charts) == 3
    assert any("Bảng điểm" in chart for chart in charts)


def test_every_ticket_and_row_is_listed_in_the_first_ones_form() -> None:
    made = replace(report(), tickets=tickets(500), evidence=happened(900), evidence_rows=900)
    book = _open(made)
    lives, register = book["Phản ánh"], book["Sổ minh chứng"]
    assert [lives.cell(5 + n, 1).value for n in range(500)] == [one.code for one in made.tickets]
    assert [register.cell(5 + n, 1).value for n in range(900)] == list(range(1, 901))
    for sheet, last, columns in ((lives, 504, 10), (register, 904, 8)):
        for column in range(1, columns + 1):
            first, end = sheet.cell(5, column), sheet.cell(last, column)
            if end.value is not None:
                assert end.number_format == first.number_format
                assert end.font.name == first.font.name == "Times New Roman"
    ticket = made.tickets[499]
    assert lives.cell(504, 6).value == ticket.received_at.replace(tzinfo=None)
    assert lives.cell(504, 2).value == "Giao thông, đường sá, đèn đường"


def test_a_register_that_was_cut_says_so() -> None:
    cut = replace(report(), evidence_rows=60_000)
    assert "30 dòng đầu trong 60000 dòng" in str(_rows(_open(cut), "Sổ minh chứng")[1][0])


def test_an_empty_period_makes_a_workbook_too() -> None:
    empty = replace(
        report(Facts(today=AFTERWARDS)), months=(), tickets=(), evidence=(), evidence_rows=0,
        previous=None, tasks=(),
    )  # fmt: skip
    assert _open(empty).sheetnames == SHEETS


def test_counts_stand_beside_those_of_the_period_before() -> None:
    rows = {row[0]: row for row in _rows(_open(report()), "Số liệu")}
    row = rows["Phản ánh, góp ý đã nhận"]
    assert (row[1], row[2], row[3]) == (21, 8, 13)


def test_long_lists_leave_the_rest_of_a_workbook_alone() -> None:
    content = workbook(report())
    again = with_rows(content, {})
    one, two = (zipfile.ZipFile(io.BytesIO(each)) for each in (content, again))
    assert one.namelist() == two.namelist()
    assert all(one.read(name) == two.read(name) for name in one.namelist())
