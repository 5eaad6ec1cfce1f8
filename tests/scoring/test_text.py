from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.languages import LANGUAGES, catalog, say
from messages.text import Text
from scoring.criteria import read
from scoring.documents.text import PART, parts, sections
from scoring.facts import Facts
from scoring.scorecard import score
from tests.scoring.invented import JULY, SHIPPED, decided, invented
from tests.scoring.test_scorecard import FULL, WORKED

UNITS = {"ttpvhcc": "Trung tâm Phục vụ hành chính công", "vhxh": "Phòng Văn hóa - Xã hội"}


def written(facts: Facts, language: str = "vi") -> list[list[str]]:
    card = score(facts, invented(), JULY)
    return [[say(line, language) for line in section] for section in sections(card, facts, UNITS)]


def test_the_text_says_total_level_and_what_is_unknown_first() -> None:
    first, *_others = written(WORKED)
    assert first == [
        "Invented criteria, tháng 7 năm 2026",
        "Tổng điểm: từ 51,5 đến 71,5 trên 100",
        "Mức dự kiến: dưới các mức đã biết",
        (
            "Trong 100 điểm còn 20 điểm chưa biết: 20 điểm của các thành phần chưa chấm, "
            "0 điểm của các thành phần chưa biết điểm tối đa."
        ),
        "Dấu ? là điểm chưa biết.",
        "Dấu * là điểm máy đề xuất, chưa có người xác nhận.",
        "01 hồ sơ quá hạn làm mất 6 điểm (2.3).",
        "01 phản ánh quá hạn trả lời làm mất 1,25 điểm (1.1).",
    ]


def test_each_criterion_has_its_range_and_what_is_lost_with_unit_and_reason() -> None:
    _total, first, second, _third, fourth, _counts = written(WORKED)
    assert first == [
        "1. Openness: 15/24 điểm",
        (
            "- 1.1 Answers on time: 8,75*/10 (Trung tâm Phục vụ hành chính công). "
            "Đạt 87,5% (7/8) phản ánh được trả lời đúng hạn."
        ),
        (
            "- 1.2 Published every day: 0*/6 (chưa có đơn vị chủ trì). "
            "Có công khai trong 20/31 ngày, đạt 64,5%; cần 100%."
        ),
        (
            "- 1.3 Published on most days: 6,25*/8 (chưa có đơn vị chủ trì). "
            "Có công khai trong 20/31 ngày, đạt 64,5%; cần 80%."
        ),
    ]
    assert "(All units)" in second[3]
    assert fourth == [
        "4. Surroundings: từ 6 đến 26 trên 26 điểm",
        "- 4.1 Guides: 6*/6",
        (
            "- 4.2 Grounds: ?/20 (chưa có đơn vị chủ trì). Chờ người chấm theo minh chứng. "
            "Còn 20 điểm chưa chấm."
        ),
    ]


def test_a_whole_score_says_one_number_and_no_marks() -> None:
    facts = Facts(decisions={name: decided(most) for name, most in FULL.items()})
    assert written(facts)[0] == [
        "Invented criteria, tháng 7 năm 2026",
        "Tổng điểm: 100 trên 100",
        "Mức dự kiến: mức 1 (có ngưỡng do suy luận, cần xác nhận)",
        "Đã chấm đủ 100 điểm.",
    ]


def test_a_person_confirmed_score_has_no_star() -> None:
    facts = Facts(decisions={"4.1": decided("5.5", "six signs are missing")})
    line = written(facts)[4][1]
    assert line.startswith("- 4.1 Guides: 5,5/6 ")
    assert "six signs are missing" in line


def test_the_level_is_a_range_where_the_total_is_one() -> None:
    card = score(Facts(today=JULY.end), read(SHIPPED), JULY)
    assert say(sections(card, Facts())[0][2]) == (
        "Mức dự kiến: từ dưới các mức đã biết đến mức 1 (có ngưỡng do suy luận, cần xác nhận)"
    )


def test_every_count_is_told() -> None:
    numbers = {
        "feedback": dict.fromkeys(
            ("received", "answered", "answered_on_time", "late", "rejected"), 71
        ),
        "dossier": {"due": 72, "on_time": 73, "late": 74, "apologised": 75},
        "letter": {"apology": 76},
        "redirected": {"denunciation": 77},
    }
    counts = "\n".join(written(Facts(counts=numbers, rating_sum=9, rating_count=2))[-1])
    assert counts.count("71") == 5
    for number in range(72, 78):
        assert str(number) in counts
    assert "Lượt chấm hài lòng: 2, trung bình 4,5/5" in counts
    assert "Lượt chấm hài lòng: chưa có" in "\n".join(written(Facts())[-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_report_fits_into_letters_of_a_telephone(language: str) -> None:
    card = score(WORKED, read(SHIPPED), JULY)
    letters = [say(part, language) for part in parts(card, WORKED, UNITS, language)]
    assert 1 < len(letters) <= 8
    assert all(0 < len(letter) <= PART < 2000 for letter in letters)


@given(limit=st.integers(1, 10_000))
def test_parts_lose_no_line_and_keep_the_order(limit: int) -> None:
    card = score(WORKED, invented(), JULY)
    whole = [say(line) for section in sections(card, WORKED, UNITS) for line in section]
    told = [say(part) for part in parts(card, WORKED, UNITS, limit=limit)]
    assert [line for letter in told for line in letter.split("\n") if line] == whole
    for letter in told:
        assert len(letter) <= limit or "\n" not in letter


def texts(text: Text) -> Iterator[Text]:
    """Give a text and those that stand in its places."""
    yield text
    for _name, value in text.args:
        if isinstance(value, Text):
            yield from texts(value)


def test_every_sentence_of_the_report_has_its_vietnamese() -> None:
    known = catalog("vi")
    for facts in (WORKED, Facts(), Facts(today=JULY.end, decisions={"3.2": decided("1")})):
        for scheme in (invented(), read(SHIPPED)):
            card = score(facts, scheme, JULY)
            lines = [line for section in sections(card, facts, UNITS) for line in section]
            lines += [each.reason for one in card.criteria for each in one.components]
            for text in (text for line in lines for text in texts(line)):
                message = known.get(text.msgid)
                assert message is not None, text.msgid
                assert message.string, text.msgid
