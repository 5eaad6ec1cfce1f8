"""A letter's three forms and the commune's forms of letters."""

import re
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from handlers import letter_forms
from handlers.commune import BadCommune
from scoring.documents.letter import Sheet, set_letter
from tests.conftest import COMMUNE

TEMPLATE = COMMUNE / "letters" / "thu.docx"
SHEET = Sheet(
    superior="Ủy ban nhân dân",
    body="xã Nghi Dương",
    number="05/UBND-VHXH",
    place="Nghi Dương",
    day=date(2026, 2, 8),
    heading="Thư biểu dương",
    greeting="Thân gửi: bà Đỗ Thị Ứng",
    paragraphs=("Ủy ban nhân dân xã đã công nhận sáng kiến.", "Xin chúc mừng."),
    signer="Chủ tịch",
    name="",
)


def test_a_dateline_has_zeros_where_the_decree_wants_them() -> None:
    assert SHEET.dateline == "Nghi Dương, ngày 08 tháng 02 năm 2026"


def test_the_same_letter_is_the_same_bytes() -> None:
    one, two = set_letter(SHEET, TEMPLATE), set_letter(SHEET, TEMPLATE)
    assert one == two


def test_the_pdf_is_one_page_of_a4_with_its_font_in_it() -> None:
    pdf = set_letter(SHEET, TEMPLATE).pdf
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert b"LibertinusSerif" in pdf
    assert b"/FontFile" in pdf
    assert b"595.27" in pdf or b"595.28" in pdf


def test_the_picture_is_small_enough_for_every_platform() -> None:
    picture = set_letter(SHEET, TEMPLATE).picture
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 10**6


def test_a_long_letter_gets_a_second_page() -> None:
    long = replace(SHEET, paragraphs=("Đoạn văn dài. " * 60,) * 6)
    pdf = set_letter(long, TEMPLATE).pdf
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) > 1


def test_the_word_file_says_what_the_sheet_says() -> None:
    word = set_letter(SHEET, TEMPLATE).word
    document = zipfile.ZipFile(BytesIO(word)).read("word/document.xml").decode()
    for said in ("XÃ NGHI DƯƠNG", SHEET.number, SHEET.dateline, *SHEET.paragraphs, "CHỦ TỊCH"):
        assert said in document
    assert "{%" not in document


def test_what_is_no_word_file_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "thu.docx"
    broken.write_bytes(b"no zip")
    with pytest.raises((ValueError, OSError)):
        set_letter(SHEET, broken)


def test_a_place_in_the_template_that_nobody_fills_is_named(tmp_path: Path) -> None:
    odd = tmp_path / "thu.docx"
    with zipfile.ZipFile(TEMPLATE) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"{{ greeting }}", b"{{ greting }}"))
    with pytest.raises(ValueError, match="greting"):
        set_letter(SHEET, odd)


def test_a_form_with_a_place_that_nobody_fills_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "thu.docx").write_bytes(TEMPLATE.read_bytes())
    text = (COMMUNE / letter_forms.FILE).read_text("utf-8")
    (folder / "letters.toml").write_text(text.replace("{deceased} từ", "{dead} từ"), "utf-8")
    with pytest.raises(BadCommune) as refused:
        letter_forms.load(tmp_path)
    (problem,) = refused.value.problems
    line = text.splitlines()[problem.line - 1]
    assert line.startswith("paragraphs")
    assert "dead" in str(refused.value)


def test_a_missing_word_template_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "letters.toml").write_bytes((COMMUNE / letter_forms.FILE).read_bytes())
    with pytest.raises(BadCommune, match=r"thu\.docx"):
        letter_forms.load(tmp_path)


def test_the_commune_s_name_stands_on_its_letters() -> None:
    assert letter_forms._place("xã Nghi Dương") == "Nghi Dương"
    assert letter_forms._place("phường Hải An") == "Hải An"
    assert letter_forms._place("Nghi Dương") == "Nghi Dương"
