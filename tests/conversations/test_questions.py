import pytest

from handlers import questions


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Đăng ký tạm trú", "Đăng ký tạm trú"),
        ("  hai   dòng\nmột ", "hai dòng một"),
        (
            "Thủ tục đăng ký khai sinh kết hợp nhận cha, mẹ, con",
            "Thủ tục đăng ký khai sinh kết hợp…",
        ),
        ("x" * 50, "x" * 34 + "…"),
    ],
)
def test_a_title_is_cut_at_a_word_and_never_too_long(title: str, expected: str) -> None:
    assert questions.short(title) == expected
    assert len(questions.short(title)) <= questions.LONGEST_TITLE


@pytest.mark.parametrize("text", ["có", "Vâng", "đồng ý", "OK", "gửi đi", "Yes!"])
def test_yes_is_understood(text: str) -> None:
    assert questions.says_yes(text)
    assert not questions.says_no(text)


@pytest.mark.parametrize("text", ["không", "Ko", "thôi", "bỏ qua", "No.", "không có"])
def test_no_is_understood(text: str) -> None:
    assert questions.says_no(text)
    assert not questions.says_yes(text)


@pytest.mark.parametrize("text", ["có ổ gà", "không có đèn", "gửi ai", ""])
def test_a_sentence_is_neither(text: str) -> None:
    assert not questions.says_yes(text)
    assert not questions.says_no(text)


@pytest.mark.parametrize("text", ["cảm ơn", "Cám ơn các anh chị nhiều ạ", "thanks", "dạ vâng ạ"])
def test_thanks_alone_are_a_courtesy(text: str) -> None:
    assert questions.is_courtesy(text)


@pytest.mark.parametrize("text", ["cảm ơn chị Hoa một cửa", "", "xin chào", "đường hỏng, cảm ơn"])
def test_thanks_to_somebody_are_more_than_that(text: str) -> None:
    assert not questions.is_courtesy(text)
