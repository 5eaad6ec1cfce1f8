"""The picture: right size, every letter drawn, the numbers of the scorecard."""

import io
import unicodedata
from dataclasses import replace

import pytest
from PIL import Image, ImageFont

from scoring.documents.chart import chart
from scoring.documents.drawing import FONTS, Drawing, wrapped
from scoring.facts import Facts
from scoring.report import Report
from tests.scoring.reports import AFTERWARDS, all_known, report

MARKED = "aăâeêioôơuưy"
LETTERS = (
    "".join(
        unicodedata.normalize("NFC", letter + mark)
        for letter in MARKED + MARKED.upper()
        for mark in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    )
    + "đĐ“”–…%/0123456789"
)


def _picture(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


@pytest.mark.parametrize("font", sorted(FONTS.glob("*.ttf")), ids=lambda path: path.stem)
def test_our_own_fonts_have_every_vietnamese_letter(font: object) -> None:
    drawn = ImageFont.truetype(str(font), 40)
    missing = bytes(drawn.getmask("\uffff"))
    assert len(LETTERS) > 150
    for letter in LETTERS:
        assert bytes(drawn.getmask(letter)) != missing, letter


def test_words_are_drawn_without_any_font_of_the_machine() -> None:
    empty, written = Drawing(400, 60, "x"), Drawing(400, 60, "x")
    written.words(10, 40, "Ưng Đắk ữ ệ Ơ")
    assert len(set(_picture(empty.png()).get_flattened_data())) == 1
    assert len(set(_picture(written.png()).get_flattened_data())) > 10


def test_the_picture_is_as_wide_as_a_telephone_and_no_longer_than_telegram_takes() -> None:
    picture = _picture(chart(report()))
    assert picture.width == 1080
    assert 1500 < picture.height < 4000
    # Something is written down to the last lines; below them is a margin and no more.
    rows = [
        y
        for y in range(picture.height)
        if len(set(picture.crop((0, y, picture.width, y + 1)).get_flattened_data())) > 1
    ]
    assert picture.height - rows[-1] < 80


def test_a_report_of_which_nothing_is_known_is_drawn_too() -> None:
    nothing = Facts(today=AFTERWARDS)
    empty = replace(report(nothing), months=(), previous=None, tickets=(), evidence=())
    assert _picture(chart(empty)).width == 1080


def test_more_points_make_a_longer_bar() -> None:
    def blue(made: Report) -> int:
        picture = _picture(chart(made))
        return sum(pixel == (29, 95, 168) for pixel in picture.get_flattened_data())

    few = replace(all_known(), months=(), previous=None)
    criterion = few.card.criteria[3]
    more = replace(
        few,
        card=replace(
            few.card,
            criteria=(*few.card.criteria[:3], replace(criterion, min=criterion.criterion.max)),
        ),
    )
    assert blue(more) > blue(few) + 5000


def test_a_name_with_signs_of_xml_is_drawn_as_it_is() -> None:
    strange = replace(report(), categories={"giaothong": "<b>&\x0b\ud800", "moitruong": '"'})
    assert _picture(chart(strange)).width == 1080


def test_words_are_broken_between_words_only() -> None:
    lines = wrapped("một hai ba bốn năm " + "x" * 90, 200, 20)
    assert " ".join(lines) == "một hai ba bốn năm " + "x" * 90
    assert all(len(line) <= 17 for line in lines[:-1])
