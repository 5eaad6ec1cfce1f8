"""Files as they come: refused with a reason a clerk understands, or read right."""

import datetime as dt
import io
import re
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from bot import dossier_sheet
from bot.dossier_import import Refused
from messages.languages import say
from storage.dossiers import Stage
from storage.reader import Reader
from tests.dossiers.exports import CODE, TITLES, Importer, csv_of, moment, row, xlsx_of
from tests.dossiers.old_excel import xls_of

OTHER = "H24.107-261116-0002"


FIVE = dt.datetime(2026, 11, 25, 17)  # noqa: DTZ001 - cells have no zone


async def refused(importer: Importer, content: bytes) -> str:
    """Import what must be refused; give the reason as the clerk reads it."""
    with pytest.raises(Refused) as error:
        await importer(content)
    return say(error.value.reason)


async def test_a_workbook_is_read_like_a_text_file(importer: Importer, read: Reader) -> None:
    await importer(xlsx_of([row(), row(OTHER)]))
    outcome = await importer(csv_of([row(), row(OTHER)]))
    difference = outcome.difference
    assert (difference.rows, difference.new, difference.changed) == (2, 0, 0)


async def test_a_workbook_of_the_old_form_is_read_too(importer: Importer, read: Reader) -> None:
    rows = [TITLES, row(due=46351.708333333336), row(OTHER)]
    outcome = await importer(xls_of(rows))
    assert (outcome.table.name, outcome.difference.rows) == ("Hồ sơ", 2)
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    assert found.exported.due_at == moment("2026-11-25 17:00")
    outcome = await importer(xls_of([TITLES, row(26111600001)]))
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column) == (2, "A")


async def test_the_right_sheet_is_found_among_others(importer: Importer) -> None:
    cover: dict[str, list[list[object]]] = {
        "Bìa": [["BÁO CÁO"], ["Tháng", 11]],
        "Danh mục": [["Mã", "Tên"], ["1", "A"]],
    }
    outcome = await importer(xlsx_of([row()], sheets=cover))
    assert (outcome.table.name, outcome.difference.rows) == ("Hồ sơ", 1)


async def test_two_sheets_of_dossiers_are_refused_by_name(importer: Importer) -> None:
    reason = await refused(importer, xlsx_of([row()], sheets={"Tháng 10": [TITLES, row(OTHER)]}))
    assert "Tháng 10" in reason
    assert "Hồ sơ" in reason


async def test_a_sheet_without_dossiers_is_refused(importer: Importer) -> None:
    reason = await refused(importer, xlsx_of([["1", "Nguyễn"]], titles=("STT", "Họ tên")))
    assert "commune.toml" in reason


async def test_titles_may_stand_below_a_letterhead_and_merged_over_two_rows(
    importer: Importer, read: Reader
) -> None:
    above = [
        ["ỦY BAN NHÂN DÂN XÃ"],
        ["DANH SÁCH HỒ SƠ", "", "Từ ngày 01/11/2026 đến ngày 30/11/2026"],
        [],
        ["STT", "Số hồ sơ", "Thời gian", "", "", "Trạng thái"],
    ]
    titles = ["", "", "Tiếp nhận", "Hẹn trả", "Hoàn thành", ""]
    numbers = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]
    content = xlsx_of(
        [numbers, [1, CODE, "16/11/2026", "20/11/2026", "19/11/2026", "Đã trả kết quả"]],
        titles=titles,
        above=above,
        merged=["A4:A5", "B4:B5", "C4:E4", "F4:F5"],
    )
    await importer(content)
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    told = found.exported
    assert told.received_at == moment("2026-11-16 00:00")
    assert told.due_at == moment("2026-11-20 23:59:59.999")
    assert told.finished_at == moment("2026-11-19 00:00")
    assert told.stage is Stage.RETURNED


async def test_a_table_may_begin_in_any_row_and_column_and_is_told_by_its_letters(
    importer: Importer,
) -> None:
    shifted = [["", "", "", *row(OTHER, due="không rõ")]]
    outcome = await importer(xlsx_of(shifted, titles=["", "", "", *TITLES], above=[[], [], []]))
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column) == (5, "K")


async def test_headings_and_the_foot_of_a_table_are_no_dossiers(importer: Importer) -> None:
    rows: list[list[object]] = [
        ["I. Lĩnh vực Hộ tịch"],
        row(),
        ["II. Lĩnh vực Đất đai"],
        row(OTHER),
        [],
        ["Tổng cộng: 2"],
        ["Người lập biểu", "", "", "Thủ trưởng đơn vị"],
    ]
    outcome = await importer(csv_of(rows))
    assert outcome.done
    assert outcome.difference.rows == 2


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("25/11/2026", "2026-11-25 23:59:59.999"),
        ("5/1/2026", "2026-01-05 23:59:59.999"),
        ("25-11-2026 17:00", "2026-11-25 17:00"),
        ("17:00 25/11/2026", "2026-11-25 17:00"),
        ("17h00 ngày 25/11/2026", "2026-11-25 17:00"),
        ("2026-11-25", "2026-11-25 23:59:59.999"),
        ("2026-11-25T17:00:00", "2026-11-25 17:00"),
        ("2026-11-25T10:00:00.000Z", "2026-11-25 17:00"),
        ("2026-11-25 17:00:00+07:00", "2026-11-25 17:00"),
        (46351, "2026-11-25 23:59:59.999"),
        (46351.708333333336, "2026-11-25 17:00"),
        ("46351", "2026-11-25 23:59:59.999"),
        (FIVE, "2026-11-25 17:00"),
        (dt.date(2026, 11, 25), "2026-11-25 23:59:59.999"),
    ],
)
async def test_a_date_is_read_in_every_form_that_exports_have(
    importer: Importer, read: Reader, cell: object, expected: str
) -> None:
    outcome = await importer(xlsx_of([row(due=cell)]))
    assert outcome.done, [say(one.reason) for one in outcome.rows.wrong]
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    assert found.exported.due_at == moment(expected)


@pytest.mark.parametrize("cell", ["13/13/2026", "11/25/2026", "hôm qua", "25/11", 17, True])
async def test_what_is_no_date_is_refused_with_its_place(importer: Importer, cell: object) -> None:
    outcome = await importer(xlsx_of([row(due=cell)]))
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column) == (2, "H")
    assert not outcome.done


@pytest.mark.parametrize(
    "code",
    [
        "H24.107-261116-0001",
        "000.00.17.H24-261116-0001",
        "H23.12.5-261116-123456",
        "G01.899.102.001-261116-0007",
        "012345678901234567890",
        "HS/2026/00017",
    ],
)
async def test_codes_of_every_form_are_kept_as_they_are(
    importer: Importer, read: Reader, code: str
) -> None:
    for content in (csv_of([row(code)]), xlsx_of([row(code)]), csv_of([row(f'="{code}"')])):
        assert (await importer(content)).done
        assert await read.dossiers.dossier(code) is not None


@pytest.mark.parametrize("code", [26111600001, 2611160000.1, "2.61116E+10", "2,6E10", FIVE])
async def test_a_code_that_became_a_number_is_refused_and_never_guessed(
    importer: Importer, code: object
) -> None:
    outcome = await importer(xlsx_of([row(code)]))
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column) == (2, "A")
    assert "văn bản" in say(wrong.reason)


async def test_a_row_without_a_code_is_refused(importer: Importer) -> None:
    outcome = await importer.rows(row(), row(""), row("không có mã"))
    assert [one.row for one in outcome.rows.wrong] == [3, 4]


async def test_a_row_that_stands_twice_is_read_once_and_a_contradiction_is_refused(
    importer: Importer,
) -> None:
    outcome = await importer.rows(row(), row())
    assert (outcome.done, outcome.rows.same, outcome.difference.rows) == (True, 1, 1)
    outcome = await importer.rows(row(), row(OTHER), row(status="Đã trả kết quả"))
    (wrong,) = outcome.rows.wrong
    assert wrong.row == 4
    assert "2" in say(wrong.reason)
    assert not outcome.done


def _formulas(result: bytes) -> bytes:
    """A workbook with a formula whose result Excel wrote, or nobody did."""
    content = xlsx_of([row(due="=DATE(2026,11,25)")])
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if "worksheets" in name:
                data = re.sub(rb"<c ([^>]*)>(<f>[^<]*</f>)<v ?/?>(?:</v>)?</c>", result, data)
            new.writestr(name, data)
    return kept.getvalue()


async def test_formulas_are_read_by_their_results_and_refused_without_them(
    importer: Importer, read: Reader
) -> None:
    assert "công thức" in await refused(importer, _formulas(rb"<c \1>\2<v></v></c>"))
    assert (await importer(_formulas(rb"<c \1>\2<v>46351</v></c>"))).done
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    assert found.exported.due_at == moment("2026-11-25 23:59:59.999")


async def test_a_formula_that_comes_to_an_empty_text_is_an_empty_cell(
    importer: Importer, read: Reader
) -> None:
    assert (await importer(_formulas(rb'<c \1 t="str">\2<v></v></c>'))).done
    found = await read.dossiers.dossier(CODE)
    assert found is not None
    assert found.exported.due_at is None


async def test_a_formula_that_failed_is_refused_with_its_cell(importer: Importer) -> None:
    assert "H2" in await refused(importer, xlsx_of([row(due="#REF!")]))


def _with(name: str, data: bytes) -> bytes:
    kept = io.BytesIO(xlsx_of([row()]))
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, data)
    return kept.getvalue()


@cache
def _bomb() -> bytes:
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    sheet += b"<sheetData>" + b" " * (dossier_sheet.UNPACKED + 1)
    return _with("xl/worksheets/sheet9.xml", sheet)


def _liar() -> bytes:
    """A bomb whose directory claims that it is small."""
    content = bytearray(_bomb())
    place = content.rfind(b"xl/worksheets/sheet9.xml") - 46 + 24
    content[place : place + 4] = struct.pack("<I", 1000)
    return bytes(content)


def _far() -> bytes:
    """Two cells as far apart as a sheet is large."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for place, title in enumerate(TITLES, start=1):
        sheet.cell(1, place, title)
    sheet["XFD1048576"] = 1
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _encrypted() -> bytes:
    """How an encrypted workbook begins: a compound file with this stream."""
    return dossier_sheet.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def _with_docx() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return kept.getvalue()


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: b"", "trống"),
        (lambda: _with("xl/vbaProject.bin", b"macro"), "macro"),
        (lambda: dossier_sheet.OLE + b"\0" * 99 + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
        (_encrypted, "mật khẩu"),
        (_bomb, "giải nén"),
        (_liar, "hỏng"),
        (_far, "giải nén"),
        (lambda: xlsx_of([row()])[:2000], "hỏng"),
        (lambda: dossier_sheet.OLE + b"\0" * 5000, "hỏng"),
        (
            lambda: b"\xef\xbb\xbf<html><table><tr><td>M\xc3\xa3</td></tr></table></html>",
            "trang web",
        ),
        (lambda: b"%PDF-1.7 ...", "không phải bảng"),
        (lambda: b"\x89PNG\r\n\x1a\n", "không phải bảng"),
        (lambda: "Mã hồ sơ,Trạng thái\n1,Đang".encode("cp1258", "replace") + b"\xff\xfe", "UTF-8"),
        (lambda: b"just words", "không phải bảng"),
        (_with_docx, "không phải bảng"),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words_for_a_clerk(
    importer: Importer, make: Callable[[], bytes], word: str
) -> None:
    assert word in await refused(importer, make())


async def test_a_file_of_500_megabytes_is_refused_without_being_read(importer: Importer) -> None:
    path = importer.folder / "export"
    with path.open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    with pytest.raises(dossier_sheet.Unreadable, match="large"):
        dossier_sheet.read(path)


async def test_coloured_cells_to_the_end_of_the_sheet_are_no_rows(importer: Importer) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_of([row()])))
    book["Hồ sơ"]["A1048576"].fill = PatternFill("solid", fgColor="FFFF00")
    kept = io.BytesIO()
    book.save(kept)
    assert (await importer(kept.getvalue())).difference.rows == 1


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
async def test_text_files_are_read_with_each_delimiter_and_encoding(
    importer: Importer, delimiter: str, encoding: str
) -> None:
    text = "\n".join(delimiter.join(map(str, line)) for line in (TITLES, row()))
    assert (await importer(text.encode(encoding))).difference.rows == 1


async def test_a_line_that_names_the_delimiter_is_obeyed_and_counts_as_a_row(
    importer: Importer,
) -> None:
    body = "\n".join(";".join(map(str, line)) for line in (TITLES, row(due="?")))
    outcome = await importer(f"sep=;\n{body}".encode())
    (wrong,) = outcome.rows.wrong
    assert (wrong.row, wrong.column) == (3, "H")


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("0912.345.678", "5678"),
        ("(+84) 912 345 678", "5678"),
        (912345678, "5678"),
        ("0912345678; 0988000111", "5678"),
        ("09****5678", "5678"),
    ],
)
async def test_the_last_digits_of_a_telephone_are_found_in_every_form(
    importer: Importer, read: Reader, cell: object, digits: str
) -> None:
    await importer(xlsx_of([row(phone=cell)]))
    found = await read.dossiers.dossier(CODE)
    assert read.dossiers.proves(found, CODE, digits)


async def test_a_dossier_without_telephone_is_told_and_never_proven(
    importer: Importer, read: Reader
) -> None:
    outcome = await importer.rows(row(phone="không có"), row(OTHER, phone="12"))
    assert outcome.rows.without_phone == 2
    found = await read.dossiers.dossier(CODE)
    for digits in ("", "-", "0000"):
        assert not read.dossiers.proves(found, CODE, digits)
