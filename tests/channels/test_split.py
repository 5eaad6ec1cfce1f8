"""Long texts and numbered menus as they are read on a telephone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.numbered import numbered
from bot.channels.split import split, utf16_length
from messages.envelope import Choice, Outgoing


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("", 10, []),
        (" \n ", 10, []),
        ("vừa đủ", 6, ["vừa đủ"]),
        ("  vừa đủ\n", 6, ["vừa đủ"]),
        ("Đoạn một.\n\nĐoạn hai. Và ba.", 17, ["Đoạn một.", "Đoạn hai. Và ba."]),
        ("Dòng một\nDòng hai và ba", 15, ["Dòng một", "Dòng hai và ba"]),
        ("Câu một. Câu hai dài.", 15, ["Câu một.", "Câu hai dài."]),
        ("Ông nói: “Được.” Bà đi.", 18, ["Ông nói: “Được.”", "Bà đi."]),
        ("một hai ba bốn", 9, ["một hai", "ba bốn"]),
        ("một hai ba bốn", 10, ["một hai ba", "bốn"]),
        ("một hai", 3, ["một", "hai"]),
        ("aaaaaaa", 3, ["aaa", "aaa", "a"]),
        # An early paragraph is no reason for a tiny part.
        ("A\n\nmột hai ba bốn năm", 14, ["A\n\nmột hai ba", "bốn năm"]),
    ],
)
def test_texts_are_cut_where_a_reader_pauses(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_a_line_never_ends_after_its_number() -> None:
    text = "Giấy tờ cần có:\n1. Tờ khai theo mẫu quy định"
    assert split(text, 20)[0] == "Giấy tờ cần có:"
    assert split(text, 20)[1].startswith("1. Tờ khai")


def test_the_lines_of_a_menu_stay_together_where_they_fit() -> None:
    menu = "1. Đường, cầu\n2. Điện\n3. Rác\n0. Trang chủ"
    for length in range(1, 120):
        text = ("ngập " * 40)[:length].strip() + "\n" + menu
        for limit in range(len(menu), len(menu) + 30):
            assert sum(menu in part for part in split(text, limit)) == 1


def test_a_menu_longer_than_a_part_is_cut_between_its_lines() -> None:
    lines = [f"{n}. Thôn số {n}" for n in range(1, 40)]
    parts = split("\n".join(lines), 100)
    assert [line for part in parts for line in part.split("\n")] == lines


def test_no_letter_loses_its_marks_and_no_emoji_is_torn() -> None:
    assert split("ế" * 3, 2) == ["ế" * 2, "ế"]
    decomposed = "e\u0302\u0301" * 5
    assert all(part.startswith("e") for part in split(decomposed, 4))
    family = "👨\u200d👩\u200d👧"
    assert split(f"aaa{family}", 5) == ["aaa", family]


def test_an_emoji_counts_two_where_the_platform_counts_in_utf16() -> None:
    assert utf16_length("ạ😀") == 3
    assert split("😀" * 5, 4, utf16_length) == ["😀😀", "😀😀", "😀"]
    assert split("a😀", 1, utf16_length) == ["a", "😀"]


def test_a_part_has_at_least_one_character() -> None:
    with pytest.raises(ValueError, match="at least one"):
        split("a", 0)


@given(
    st.text(alphabet=st.sampled_from("aăế😀1.0 \n!?…”\u0301\u200d\ud800"), max_size=300),
    st.integers(1, 40),
    st.sampled_from([len, utf16_length]),
)
def test_nothing_is_lost_or_too_long_or_empty(text: str, limit: int, measure: type[int]) -> None:
    parts = split(text, limit, measure)
    assert squeezed("".join(parts)) == squeezed(text)
    assert all(part and part == part.strip() for part in parts)
    assert all(measure(part) <= limit or len(part) == 1 for part in parts)


def test_a_hundred_thousand_characters_are_cut() -> None:
    parts = split("Đường thôn Tân Linh bị ngập nặng. " * 3000, 2000)
    assert len(parts) <= 54
    assert all(part.endswith(".") for part in parts)


def test_choices_become_lines_to_type() -> None:
    body = Outgoing(
        "Ông/bà cần gì?\n",
        (
            Choice("a", "Phản ánh", number=1),
            Choice("b", "Cổng dịch vụ công", url="https://dichvucong.gov.vn"),
            Choice("menu", "Trang\nchủ", number=0),
        ),
    )
    assert numbered(body) == (
        "Ông/bà cần gì?\n1. Phản ánh\nCổng dịch vụ công: https://dichvucong.gov.vn\n0. Trang chủ"
    )
    assert re.findall(r"(?m)^\d+\. ", numbered(body)) == ["1. ", "0. "]


def test_a_letter_without_choices_is_its_text() -> None:
    assert numbered(Outgoing("Cảm ơn ông/bà.")) == "Cảm ơn ông/bà."
    assert numbered(Outgoing("")) == ""
