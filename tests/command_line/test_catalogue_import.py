"""`procedures import`: all of a table or nothing, codes stay text, faults by row and column."""

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.catalogue_import import HEADINGS
from handlers.procedures import COLUMNS
from handlers.search import Catalogue, load
from tests.command_line.terminal import Answer, Terminal
from tests.conftest import COMMUNE

Write = Callable[[Path, Sequence[str], Sequence[Sequence[object]]], None]

HEAD = ("code", "guide", "name", "field", "confidence")
NEW = ("1.004845", "GH02", "Thủ tục đăng ký chấm dứt giám hộ", "Hộ tịch", "medium")
LAND = ("2.000720", "HK02", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh", "Hộ kinh doanh")


def as_csv(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def as_xlsx(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (head, *rows):
        sheet.append(list(row))
    book.save(path)


FORMS: Mapping[str, Write] = {"csv": as_csv, "xlsx": as_xlsx}


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Bench:
    """A commune of its own and a table beside it."""

    def __init__(self, folder: Path, bare: Terminal) -> None:
        self.commune = folder / "xã mình"
        shutil.copytree(COMMUNE, self.commune)
        self.terminal = bare
        self.folder = folder

    @property
    def file(self) -> bytes:
        return (self.commune / "procedures.csv").read_bytes()

    def table(
        self, form: str, rows: Sequence[Sequence[object]], head: Sequence[str] = HEAD
    ) -> Path:
        path = self.folder / f"bảng.{form}"
        FORMS[form](path, head, rows)
        return path

    async def takes(self, path: Path, action: str = "import") -> Answer:
        return await self.terminal(
            "procedures", action, str(path), BOT_COMMUNE_DIR=str(self.commune)
        )

    async def refuses(self, path: Path) -> str:
        """Why; both commands say the same, and nothing has changed."""
        before = self.file
        reason = (await self.takes(path)).reason
        assert (await self.takes(path, "check")).reason == reason
        assert self.file == before
        assert sorted(p.name for p in self.commune.iterdir()) == sorted(
            p.name for p in COMMUNE.iterdir()
        )
        assert str(path) in reason
        return reason

    def catalogue(self) -> Catalogue:
        return load(self.commune)


@pytest.fixture
def bench(tmp_path: Path, bare: Terminal) -> Bench:
    return Bench(tmp_path, bare)


async def test_what_is_new_comes_in_what_is_named_changes_and_the_rest_stays(
    bench: Bench, form: str
) -> None:
    before = bench.catalogue()
    path = bench.table(form, [NEW, (*LAND, "medium")])
    assert (await bench.takes(path, "check")).code == 0
    assert bench.catalogue().procedures == before.procedures
    answer = await bench.takes(path)
    assert (answer.code, answer.err) == (0, "")
    assert "1" in answer.out.splitlines()[0]
    assert str(len(before.procedures) + 1) in answer.out.splitlines()[1]
    after = bench.catalogue()
    added, changed = after.by_code("GH02"), after.by_code("HK02")
    assert added is not None
    assert changed is not None
    assert (added.code, added.fee, added.confidence) == ("1.004845", "", "medium")
    old = before.by_code("HK02")
    assert old is not None
    # Columns that the table does not have stay as they were.
    assert (changed.confidence, changed.fee, changed.aliases) == ("medium", old.fee, old.aliases)
    assert len(after.procedures) == len(before.procedures) + 1
    again = await bench.takes(path)
    assert "0" in again.out
    assert bench.catalogue().procedures == after.procedures


async def test_the_catalogue_itself_comes_in_unchanged_in_every_form(
    bench: Bench, form: str
) -> None:
    with (COMMUNE / "procedures.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    before = bench.catalogue()
    assert (await bench.takes(bench.table(form, rows[1:], rows[0]))).code == 0
    assert bench.catalogue().procedures == before.procedures


async def test_headings_may_be_vietnamese_and_papers_may_stand_in_lines(bench: Bench) -> None:
    head = (" Mã thủ tục", "TÊN THỦ TỤC", "Lĩnh vực", "Thành phần hồ sơ", "Hiệu lực đến")
    row = (NEW[0], NEW[2], NEW[3], "Tờ khai;\nGiấy tờ chứng minh\n", datetime(2027, 2, 28))  # noqa: DTZ001 - as a workbook holds it
    assert (await bench.takes(bench.table("xlsx", [row], head))).code == 0
    added = bench.catalogue().by_code("1.004845")
    assert added is not None
    assert added.documents == "Tờ khai; Giấy tờ chứng minh"
    assert added.valid_to == "2027-02-28"
    assert added.confidence == "low", "nobody said that it is confirmed"
    assert added.guide == "DK01", "a code of its own was made"


def test_every_heading_stands_for_a_column() -> None:
    assert set(HEADINGS.values()) == set(COLUMNS)


@pytest.mark.parametrize("code", [2.00072, 1.001193, 2000720, 2.0])
async def test_a_code_that_became_a_number_is_told_and_never_guessed(
    bench: Bench, code: float
) -> None:
    reason = await bench.refuses(bench.table("xlsx", [(code, *LAND[1:], "high")]))
    assert ":2: code: became the number" in reason
    assert "format the column as text" in reason


async def test_a_code_that_lost_its_last_digit_in_a_csv_is_told(bench: Bench) -> None:
    reason = await bench.refuses(bench.table("csv", [("2.00072", *LAND[1:], "high")]))
    assert ":2: code: '2.00072'" in reason


OLD_FEE = "trực tuyến: 0đ [2020-01-01..2021-01-01]"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": ""}, "code: ''"),
        ({"code": "1001193"}, "code: '1001193'"),
        ({"code": "2.001009"}, "2.001009 is repealed"),
        ({"code": "1.001193"}, "guide: GH02"),
        ({"guide": "KS01"}, "KS01 is another procedure's"),
        ({"guide": "GY01"}, "GY01 stands for something else"),
        ({"name": ""}, "name: is empty"),
        ({"confidence": "sure"}, "confidence: 'sure'"),
        ({"valid_to": "2020-01-01"}, "valid_to: 2020-01-01 is past"),
        ({"valid_to": "31/12/2020"}, "valid_to: 2020-12-31 is past"),
        ({"valid_to": "mai"}, "valid_to: 'mai' is no date"),
        ({"valid_to": "2027-01-01", "valid_from": "2028-01-01"}, "is before valid_from"),
        ({"checked_on": "2099-01-01", "checked_by": "Tổ"}, "checked_on: 2099-01-01 is still to"),
        ({"checked_on": "2026-01-01"}, "checked_by: checked_on and checked_by"),
        ({"fee": OLD_FEE}, "ended on 2021-01-01"),
        ({"fee": "trực tuyến: 0đ [2026-13-01..]"}, "fee: "),
        ({"time_limit": "05"}, "time_limit: '05' has no unit"),
        ({"portal": "http://x"}, "portal: "),
        ({"documents": "x" * 5000}, "documents: is longer than"),
        ({"documents": "a\u202eb"}, "documents: has a line break or"),
        ({"asks_back": "9.999999"}, "asks_back: '9.999999'"),
        ({"asks_back": "1.004845"}, "asks_back: '1.004845'"),
        ({"fee": "#REF!"}, "fee: holds an error"),
    ],
)
async def test_a_wrong_cell_is_refused_with_its_row_and_column_and_nothing_comes_in(
    bench: Bench, form: str, change: dict[str, str], said: str
) -> None:
    cells = dict(zip(HEAD, NEW, strict=True)) | change
    if change.get("code") == "1.001193":
        cells["guide"], cells["name"] = "GH02", ""
        said = "name: is empty"
    head = (*HEAD, *(column for column in change if column not in HEAD))
    good = [LAND[0], LAND[1], LAND[2], LAND[3], "low", *[""] * (len(head) - 5)]
    row = [cells[column] for column in head]
    reason = await bench.refuses(bench.table(form, [good, row], head))
    assert ":3: " in reason
    assert said in reason


async def test_every_fault_of_a_table_is_told_at_once(bench: Bench, form: str) -> None:
    rows = [NEW, NEW, ("1.1", "x", "", "", "sure")]
    reason = await bench.refuses(bench.table(form, rows))
    assert ":3: code: 1.004845 stands in line 2 already" in reason
    for part in ("line 3: guide", "line 4: code", "line 4: guide", "line 4: name", "line 4: field"):
        assert part in reason
    many = [(f"{n}", *NEW[1:]) for n in range(100)]
    assert "more" in await bench.refuses(bench.table(form, many))


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("https://x")', "=2.000720&0"])
async def test_a_formula_is_refused_in_either_form(bench: Bench, form: str, formula: str) -> None:
    row = (NEW[0], NEW[1], formula, *NEW[3:])
    reason = await bench.refuses(bench.table(form, [row]))
    assert ":2: name: " in reason
    assert "formula" in reason


@pytest.mark.parametrize("value", [8000, 2.5, True, date(2026, 1, 1)])
async def test_what_is_no_text_in_a_workbook_is_never_made_text(
    bench: Bench, value: object
) -> None:
    row, head = (*NEW, value), (*HEAD, "time_limit")
    reason = await bench.refuses(bench.table("xlsx", [row], head))
    assert ":2: time_limit: " in reason


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (("code", "name"), ":1: column missing: field"),
        (("code", "name", "field", "màu sắc"), ":1: column unknown: 'màu sắc'"),
        (("code", "name", "field", "Mã"), ":1: column 'Mã' stands there twice"),
        (("code", "name", "field"), ":0: no procedure in it"),
    ],
)
async def test_headings_that_are_lacking_or_unknown_are_refused(
    bench: Bench, form: str, head: Sequence[str], said: str
) -> None:
    assert said in await bench.refuses(bench.table(form, [], head))


async def test_a_row_with_more_cells_than_headings_is_refused(bench: Bench, form: str) -> None:
    assert ":2: " in await bench.refuses(bench.table(form, [(*NEW, "thừa")]))


def _packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def _workbook(tmp_path: Path, sheet: bytes) -> bytes:
    """A workbook whose sheet is what a test wants it to be."""
    whole = tmp_path / "whole.xlsx"
    as_xlsx(whole, HEAD, [NEW])
    with zipfile.ZipFile(whole) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return _packed({**parts, "xl/worksheets/sheet1.xml": sheet})


BOMB = _packed({"xl/workbook.xml": b"<workbook/>", "xl/big.xml": b" " * (80 * 1024 * 1024)})
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n\n",
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b'"never closed',
        b"PK\x03\x04 and no more",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
        _packed({"readme.txt": b"no workbook"}),
        _packed({"xl/workbook.xml": b"<workbook/>"}),
        BOMB,
        _packed({f"xl/{n}.xml": b"" for n in range(600)}),
        # Its directory begins behind its end.
        _packed({"xl/workbook.xml": b""})[:-6] + b"\xff\xff\x7f\x00" + bytes(2),
        b"x," * 5_000_000,
        ("code,name,field\n" + "1.000001,a,b\n" * 6000).encode(),
    ],
    ids=range(14),
)
async def test_what_is_no_table_or_too_much_of_one_is_refused(
    bench: Bench, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(content)
    await bench.refuses(path)


@pytest.mark.parametrize("sheet", [FAR, ENTITIES, b"<worksheet"], ids=["far", "entities", "torn"])
async def test_a_workbook_made_to_harm_is_refused(
    bench: Bench, tmp_path: Path, sheet: bytes
) -> None:
    path = tmp_path / "harm.xlsx"
    path.write_bytes(_workbook(tmp_path, sheet))
    await bench.refuses(path)


async def test_a_file_that_is_not_there_and_a_command_without_one_are_refused(
    bench: Bench, tmp_path: Path
) -> None:
    await bench.refuses(tmp_path / "gone.xlsx")
    assert (await bench.terminal("procedures", "import")).code == 2


async def test_two_imports_at_once_both_come_in(bench: Bench, tmp_path: Path) -> None:
    other = ("1.005461", "KT02", "Đăng ký lại khai tử", "Hộ tịch", "medium")
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    as_csv(first, HEAD, [NEW])
    as_csv(second, HEAD, [other])
    for path in (first, second):
        assert (await bench.takes(path)).code == 0
    found = bench.catalogue()
    assert found.by_code("GH02")
    assert found.by_code("KT02")
