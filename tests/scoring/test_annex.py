"""The official annex becomes a criteria file; what is wrong with it is told by row."""

import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest

from messages.languages import say
from scoring.annex import Named, imported
from scoring.criteria import BadCriteria, parse
from scoring.documents.packed import LARGEST, ROWS, UNPACKED
from scoring.documents.tables import NoTable, rows_of
from scoring.schemes import read_all
from tests.scoring.invented import SHIPPED, changed
from tests.scoring.reports import shipped

UNITS = {"ttpvhcc": "Trung tâm Phục vụ hành chính công", "vhxh": "Phòng Văn hóa - Xã hội"}
APP = (
    "Vận hành App trên thiết bị thông minh để tiếp nhận ý kiến phản ánh, góp ý của người dân, "
    "tổ chức và doanh nghiệp"
)
HEADS = ["TT", "Tiêu chí, tiêu chí thành phần", "Điểm tối đa", "Đơn vị chủ trì", "Đơn vị phối hợp"]
Cells = Sequence[object]
TABLE: list[Cells] = [
    ["PHỤ LỤC"],
    [],
    HEADS,
    ["I", "Chính quyền công khai, minh bạch", 60, None, None],
    [1, "Công khai mức thu phí", "57,5", "trung tâm phục vụ hành chính công", ""],
    ["2", APP, 2.5, "Trung tâm Phục vụ hành chính công", "Phòng Văn hóa - Xã hội; các đơn vị"],
    ["II", "Chính quyền thân thiện", "40", "", ""],
    ["1", "Thư cảm ơn", "39", "Phòng Văn hóa - Xã hội", ""],
    ["2", "Đúng hạn", "1", "Các cơ quan, đơn vị", ""],
    ["", "Tổng cộng", 100, "", ""],
]


def _named(**more: object) -> Named:
    usual: dict[str, object] = {
        "id": "HP-5049-2027",
        "title": "Chính quyền thân thiện",
        "source": 'Quyết định số 5049/QĐ-UBND "thử"',
        "valid_from": date(2027, 1, 1),
        "units": UNITS,
        "known": shipped(),
    }
    return Named(**{**usual, **more})  # type: ignore[arg-type] # the fields a test names


def _rows(table: Sequence[Sequence[object]]) -> list[tuple[int, list[str]]]:
    return [
        (number, ["" if cell is None else str(cell) for cell in row])
        for number, row in enumerate(table, start=1)
    ]


def _with(row: int, *cells: object) -> list[Cells]:
    """The table with another row, counted from 1."""
    return [cells if n == row else one for n, one in enumerate(TABLE, start=1)]


def _problems(table: Sequence[Sequence[object]], **more: object) -> list[tuple[int, str]]:
    with pytest.raises(BadCriteria) as refused:
        imported(_rows(table), "phụ lục.xlsx", _named(**more))
    return [(one.line, say(one.reason)) for one in refused.value.problems]


def _xlsx(folder: Path, table: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number, row in enumerate(table, start=1):
        for column, cell in enumerate(row, start=1):
            sheet.cell(number, column, cell)
    path = folder / "phụ lục.xlsx"
    book.save(path)
    return path


def _docx(folder: Path, table: Sequence[Sequence[object]]) -> Path:
    document = docx.Document()
    made = document.add_table(rows=len(table), cols=5)
    for row, cells in zip(made.rows, table, strict=True):
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = "" if words is None else str(words)
    path = folder / "phụ lục.docx"
    document.save(str(path))
    return path


@pytest.mark.parametrize("form", [_xlsx, _docx])
def test_a_table_of_a_spreadsheet_or_a_document_becomes_a_scheme(
    tmp_path: Path, form: object
) -> None:
    path = form(tmp_path, TABLE)  # type: ignore[operator] # one of the two above
    scheme = parse(imported(rows_of(path), path.name, _named()), "made.toml", UNITS)
    assert [(one.id, one.title, one.max) for one in scheme.criteria] == [
        ("1", "Chính quyền công khai, minh bạch", Decimal(60)),
        ("2", "Chính quyền thân thiện", Decimal(40)),
    ]
    parts = {part.id: part for part in scheme.components}
    assert [(name, part.max) for name, part in parts.items()] == [
        ("1.01", Decimal("57.5")),
        ("1.02", Decimal("2.5")),
        ("2.01", 39),
        ("2.02", 1),
    ]
    assert parts["1.01"].lead_unit == "ttpvhcc"
    assert parts["1.02"].support_units == ("vhxh",)
    assert (parts["2.02"].lead_unit, parts["2.02"].lead_note) == (None, "Các cơ quan, đơn vị")
    assert {part.max_source for part in parts.values()} == {"decision"}
    assert scheme.total == 100
    assert scheme.valid_from == date(2027, 1, 1)
    assert [level.id for level in scheme.levels] == [1, 2]


def test_measure_and_evidence_of_a_component_are_taken_over_by_its_name() -> None:
    scheme = parse(imported(_rows(TABLE), "a", _named()), "made.toml", UNITS)
    parts = {part.title: part for part in scheme.components}
    before = {part.title: part for part in shipped().components}
    assert parts[APP].measure == before[APP].measure
    assert parts[APP].evidence == before[APP].evidence
    assert parts["Thư cảm ơn"].measure.name == "manual"


def test_every_measure_of_the_shipped_criteria_survives_an_import() -> None:
    known = shipped()
    table: list[Cells] = [HEADS]
    for criterion in known.criteria:
        table.append([criterion.id, criterion.title, criterion.max, "", ""])
        table += [[part.id, part.title, part.max or "?", "", ""] for part in criterion.components]
    scheme = parse(imported(_rows(table), "a", _named()), "made.toml", UNITS)
    assert [(p.id, p.title, p.max, p.measure, p.evidence) for p in scheme.components] == [
        (p.id, p.title, p.max, p.measure, p.evidence) for p in known.components
    ]


def test_points_that_are_not_known_stay_unknown() -> None:
    scheme = parse(imported(_rows(_with(6, "2", APP, "?")), "a", _named()), "a", UNITS)
    parts = {part.title: part for part in scheme.components}
    assert (parts[APP].max, parts[APP].max_source) == (None, None)


def test_numbers_may_be_written_in_full() -> None:
    table: list[Cells] = [
        HEADS,
        ["1", "Một", "100", ""],
        ["1.1", "a", "60", ""],
        ["1.2", "b", "40", ""],
    ]
    scheme = parse(imported(_rows(table), "a", _named()), "a", UNITS)
    assert [part.id for part in scheme.components] == ["1.1", "1.2"]


@pytest.mark.parametrize(
    ("table", "row", "told"),
    [
        (_with(5, 1, "Công khai", "50", ""), 4, "52,5"),
        (_with(5, 1, "Công khai", "70", ""), 4, "72,5"),
        (_with(5, 1, "Công khai", "57,4", ""), 5, "max"),
        (_with(5, 1, "Công khai", "nhiều", ""), 5, "nhiều"),
        (_with(5, 1, "Công khai", "-3", ""), 5, "-3"),
        (_with(5, 1, "", "57,5", ""), 5, "không có tên"),
        (_with(5, 1, "Công khai", "57,5", "Phòng Không Có"), 5, "Phòng Không Có"),
        (_with(6, "2", APP, "2,5", "", "Phòng Lạ"), 6, "Phòng Lạ"),
        (_with(4, "", "Chính quyền", "", ""), 4, "trước tiêu chí đầu tiên"),
        (_with(4, "I", "Chính quyền", "", ""), 4, "không có điểm"),
        (_with(6, "1", APP, "2,5", ""), 6, "1.01"),
        (_with(3, "TT", "Nội dung", "Ghi chú"), 1, "tiêu đề"),
        ([HEADS], 1, "không có tiêu chí nào"),
        ([HEADS, ["I", "Một", "100", ""]], 2, "không có tiêu chí thành phần"),
    ],
)
def test_what_is_wrong_is_told_by_its_row(table: list[list[object]], row: int, told: str) -> None:
    assert any(line == row and told in reason for line, reason in _problems(table)), _problems(
        table
    )


def test_an_unknown_measure_is_told_by_its_row_and_a_known_one_is_taken() -> None:
    heads = [*HEADS, "Cách đo"]
    table: list[Cells] = [heads, ["I", "Một", "100", "", "", ""], ["1", "a", "100", "", "", "dem"]]
    assert [line for line, reason in _problems(table) if "dem" in reason] == [3]
    rule = '{ name = "count", counts = ["letter.thanks"], at_least = 2 }'
    good = [*table[:2], ["1", "a", "100", "", "", rule]]
    (part,) = parse(imported(_rows(good), "a", _named()), "a", UNITS).components
    assert part.measure.name == "count"


def test_all_problems_are_told_together() -> None:
    table = _with(5, 1, "Công khai", "nhiều", "")
    table[7] = ["1", "", "39", "", ""]
    assert [line for line, _reason in _problems(table)] == [5, 8]


def test_a_component_that_changes_its_criterion_within_a_year_is_refused(tmp_path: Path) -> None:
    first = parse(imported(_rows(TABLE), "a", _named()), "a", UNITS)
    swapped = [list(row) for row in TABLE]
    swapped[4][1], swapped[7][1] = swapped[7][1], swapped[4][1]
    told = _problems(swapped, known=first, valid_from=date(2027, 7, 1))
    assert len(told) == 2
    assert all("giữa năm" in reason for _line, reason in told)
    assert imported(_rows(swapped), "a", _named(known=first, valid_from=date(2028, 1, 1)))


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b"no workbook"), ("a.docx", b"no document"), ("a.pdf", b"%PDF"), ("a", b"")],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NoTable):
        rows_of(tmp_path / name)


def _far(folder: Path, row: int, column: int) -> Path:
    """A small workbook with a cell so far out that all before it would have to be made."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.cell(row, column, "x")
    path = folder / "xa.xlsx"
    book.save(path)
    return path


def _bomb(folder: Path, whole: Path, name: str) -> Path:
    """A file with a part that is small only while it is packed."""
    path = folder / f"packed{whole.suffix}"
    with zipfile.ZipFile(whole) as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bad:
        for part in good.namelist():
            bad.writestr(part, good.read(part) if part != name else b" " * (UNPACKED + 1))
    assert path.stat().st_size < LARGEST
    return path


def test_a_small_file_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    sheet = _bomb(tmp_path, _xlsx(tmp_path, TABLE), "xl/worksheets/sheet1.xml")
    words = _bomb(tmp_path, _docx(tmp_path, TABLE), "word/document.xml")
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"PK" + bytes(LARGEST))
    for path in (sheet, words, large):
        with pytest.raises(NoTable, match="too large"):
            rows_of(path)


@pytest.mark.parametrize(("row", "column"), [(1_048_576, 1), (1, 16_384), (ROWS + 101, 1)])
def test_a_cell_far_out_is_refused_before_all_before_it_are_made(
    tmp_path: Path, row: int, column: int
) -> None:
    with pytest.raises(NoTable, match="too large"):
        rows_of(_far(tmp_path, row, column))


def test_as_many_rows_as_an_annex_may_have_are_read(tmp_path: Path) -> None:
    assert len(rows_of(_far(tmp_path, ROWS, 5))) == ROWS


def test_rows_are_counted_as_the_editor_sees_them(tmp_path: Path) -> None:
    path = _xlsx(tmp_path, _with(5, 1, "Công khai", "nhiều", ""))
    with pytest.raises(BadCriteria) as refused:
        imported(rows_of(path), path.name, _named())
    assert [one.line for one in refused.value.problems] == [5]


def _schemes(folder: Path, ends: str, begins: str) -> None:
    whole = SHIPPED.read_text("utf-8")
    first = changed({"valid_from = 2026-01-01": f"valid_from = 2026-01-01\n{ends}"}, SHIPPED)
    (folder / "criteria.toml").write_text(first, "utf-8")
    second = whole.replace("valid_from = 2026-01-01", f"valid_from = {begins}")
    (folder / "criteria-2027.toml").write_text(
        second.replace('id = "HP-5049-2025"', 'id = "HP-2027"'), "utf-8"
    )


def test_schemes_of_several_years_stand_side_by_side(tmp_path: Path) -> None:
    _schemes(tmp_path, "valid_to = 2026-12-31", "2027-01-01")
    first, second = read_all(tmp_path)
    assert (first.id, second.id) == ("HP-5049-2025", "HP-2027")


@pytest.mark.parametrize("ends", ["", "valid_to = 2027-01-01"])
def test_two_schemes_of_one_day_are_refused(tmp_path: Path, ends: str) -> None:
    _schemes(tmp_path, ends, "2027-01-01")
    with pytest.raises(BadCriteria) as refused:
        read_all(tmp_path)
    assert "criteria-2027.toml" in str(refused.value)
    assert "valid_to" in str(refused.value)
