"""Every code on paper leads where it says, also small and blurred, and the words are readable."""

import io
import re
from dataclasses import replace

import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageFont

from bot.posters.drawing import FONTS, Form, Sheet, draw
from bot.posters.sheets import NoPoster, Poster, place_id, posters
from handlers.office import Office
from handlers.search import load
from tests.conftest import COMMUNE, EXAMPLES

URL = "https://xa-nghi-duong.haiphong.example.vn"
PLACE = "Nhà văn hoá thôn 3"
GUIDES = sorted(p.guide for p in load(COMMUNE).procedures)
# Codes differ in four letters only, so that a part of them shows what all would.
CODES = (*GUIDES[:: 1 if EXAMPLES > 100 else 8], "GY01", "DG01", "LV01")


def poster(office: Office, code: str, place: str = "", url: str = URL) -> Poster:
    given = (office.commune, office.catalogue, url, [code], [place], office.surveys)
    (found,) = posters(*given)
    return found


def scanned(picture: Image.Image) -> list[str]:
    """What an independent reader finds, from top to bottom."""
    found = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    )
    return [code.text for code in found]


def worn(picture: Image.Image) -> Image.Image:
    """A picture taken from afar by an unsteady hand: 40 % of the size, blurred."""
    size = (picture.width * 2 // 5, picture.height * 2 // 5)
    return picture.resize(size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(1))


def printed(drawn: Poster, sheet: Sheet) -> Image.Image:
    return Image.open(io.BytesIO(draw(drawn, sheet, Form.PNG))).convert("L")


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_read_back_also_small_and_blurred(office: Office, code: str) -> None:
    drawn = poster(office, code, PLACE)
    assert drawn.link == f"{URL}/q/{code}?place=nha-van-hoa-thon-3"
    picture = printed(drawn, Sheet.A5)
    assert scanned(picture) == [drawn.link]
    assert scanned(worn(picture)) == [drawn.link]


@pytest.mark.parametrize("sheet", Sheet)
def test_every_kind_of_sheet_is_read_back(office: Office, sheet: Sheet) -> None:
    drawn = poster(office, "LT01", "Trung tâm Phục vụ hành chính công")
    picture = printed(drawn, sheet)
    many = 21 if sheet is Sheet.STICKERS else 1
    assert scanned(picture) == [drawn.link] * many
    assert scanned(worn(picture)) == [drawn.link] * many


def test_a_survey_has_a_poster_for_each_unit_that_leads_to_its_own_page(office: Office) -> None:
    given = (office.commune, office.catalogue, URL, ["hailong"], [""], office.surveys)
    drawn = list(posters(*given))
    assert [one.link for one in drawn] == [
        f"{URL}/khao-sat/hailong/{unit.id}" for unit in office.commune.units
    ]
    for one, unit in zip(drawn, office.commune.units, strict=True):
        assert unit.name.vi in one.invitation
        assert one.code == f"KHAOSAT HAILONG {unit.id.upper()}"
    with pytest.raises(NoPoster):
        poster(office, "hailong/nobody")


@pytest.mark.parametrize("sheet", Sheet)
def test_a_surveys_poster_is_read_back_from_every_sheet(office: Office, sheet: Sheet) -> None:
    drawn = poster(office, "traketqua/ttpvhcc", PLACE)
    assert drawn.file_name == "traketqua-ttpvhcc-nha-van-hoa-thon-3"
    picture = printed(drawn, sheet)
    assert set(scanned(worn(picture))) == {drawn.link}


@pytest.mark.parametrize("sheet", Sheet)
def test_a_sheet_is_one_page_of_its_size_with_its_font_inside(office: Office, sheet: Sheet) -> None:
    drawn = poster(office, "KS01", PLACE)
    width, height = (148, 210) if sheet is Sheet.A5 else (210, 297)
    picture = printed(drawn, sheet)
    assert abs(picture.width - width / 25.4 * 300) < 2
    assert abs(picture.height - height / 25.4 * 300) < 2
    pdf = draw(drawn, sheet, Form.PDF)
    assert pdf.startswith(b"%PDF-")
    assert re.search(rb"/FontFile[23] ", pdf)
    assert b"BeVietnamPro" in pdf
    svg = draw(drawn, sheet, Form.SVG).decode()
    assert svg.lstrip().startswith("<svg")
    assert "http" not in svg.replace("http://www.w3.org/", "")
    assert "<text" not in svg, "letters are shapes, so that no font is needed to show them"


def test_no_letter_of_any_title_is_missing_in_the_font(office: Office) -> None:
    letters = {letter for p in office.catalogue.procedures for letter in p.plain_title}
    for name in ("Regular", "Bold"):
        font = ImageFont.truetype(FONTS / f"BeVietnamPro-{name}.ttf", 40)
        unknown = bytes(font.getmask("\uffff"))
        drawn = {letter: bytes(font.getmask(letter)) for letter in letters - {" "}}
        assert [letter for letter, shape in drawn.items() if shape == unknown] == []


def test_the_words_are_the_communes_own(office: Office) -> None:
    drawn = poster(office, "1.001193", PLACE)
    assert drawn.code == "KS01"
    assert drawn.title == "Đăng ký khai sinh"
    assert drawn.office == "Ủy ban nhân dân xã Nghi Dương"
    assert "1.001193" in drawn.footnote
    assert drawn.place == PLACE
    assert drawn.address.endswith("xa-nghi-duong.haiphong.example.vn/q/KS01")
    assert drawn.file_name == "KS01-nha-van-hoa-thon-3"


@pytest.mark.parametrize(
    ("url", "trial"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        (URL, False),
        ("http://10.0.0.3", False),
    ],
)
def test_an_address_of_this_machine_is_marked_as_a_trial(
    office: Office, url: str, *, trial: bool
) -> None:
    assert bool(poster(office, "KS01", url=url).trial) is trial


def test_a_long_title_stays_above_the_code(office: Office) -> None:
    drawn = replace(poster(office, "KS01"), title="Chứng thực giao dịch bất động sản " * 4)
    for sheet in Sheet:
        picture = printed(drawn, sheet)
        assert set(scanned(picture)) == {drawn.link}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Nhà văn hoá thôn 3", "nha-van-hoa-thon-3"),
        ("  TRƯỜNG   Mầm non/Đông  ", "truong-mam-non-dong"),
        ("Trung tâm Phục vụ hành chính công xã Nghi Dương", "trung-tam-phuc-vu-hanh-chinh"),
        ("x" * 40, "x" * 32),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_place_becomes_what_a_link_can_carry(name: str, found: str) -> None:
    assert place_id(name) == found
    assert len(place_id(name)) <= 32


def test_the_font_lies_beside_its_licence() -> None:
    assert "SIL Open Font License" in (FONTS / "OFL.txt").read_text("utf-8")
