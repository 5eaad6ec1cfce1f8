import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.vietnamese import clean, fold, has_marks, length, read, words

ANYTHING = st.text(alphabet=st.characters(), max_size=200)


def test_cleaning_composes_and_keeps_lines() -> None:
    decomposed = unicodedata.normalize("NFD", "Đường\r\nngập\tnước")
    assert clean(decomposed) == "Đường\nngập\tnước"


def test_cleaning_removes_what_nobody_sees() -> None:
    assert clean("a\x00b\u200bc\u202ed\u2066e\ufefff\u00adg\x7f") == "abcdefg"


def test_cleaning_removes_lone_surrogates_and_joins_true_pairs() -> None:
    assert clean("a\ud800b\udfff") == "ab"
    assert clean("\ud83d\ude00!") == "😀!"


def test_cleaning_keeps_emoji_families_together() -> None:
    assert clean("👨\u200d👩 và a\u200db") == "👨\u200d👩 và ab"


def test_of_very_many_marks_on_one_letter_a_few_stay() -> None:
    # Half a million marks in no order would stop everybody's conversation for minutes.
    marks = "\u0301\u0323" * 250_000
    cleaned = clean(f"a{marks}b và tiếp")
    assert cleaned.startswith("ạ")
    assert cleaned.endswith("b và tiếp")
    assert len(cleaned) < 50
    assert clean(cleaned) == cleaned
    assert fold(marks) == ""
    assert clean("\u0344" * 40) == clean(clean("\u0344" * 40))
    assert clean("😡" * 100) == "😡" * 100


def test_a_ligature_that_is_a_phrase_makes_no_text_eighteen_times_as_long() -> None:
    assert len(fold("\ufdfa" * 1000)) == 1000
    assert fold("ﬁ Ｑ ①") == "fi q 1"


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đăng ký", "dang ky"),
        ("ĐĂNG KÝ", "đăng ký"),
        ("hoà bình", "hòa bình"),
        ("thuỷ lợi", "thủy lợi"),
        (unicodedata.normalize("NFD", "Tố cáo"), "to cao"),
        ("  khai \n\t sinh ", "khai sinh"),
        ("ＫＳ０１", "ks01"),  # full-width letters of some keyboards
        ("ĐỒNG Ừ ƯỢ", "dong u uo"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_every_marked_letter_folds_to_ascii() -> None:
    letters = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    for letter in letters + letters.upper():
        assert fold(letter).isascii()
        assert len(fold(letter)) == 1


@given(ANYTHING)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (
            "lm giấy ks cho con trễ hạn bị fạt ko ạ",
            "lam giay khai sinh cho con tre han bi phat khong",
        ),
        ("mat cccd lm lai o dau", "mat can cuoc cong dan lam lai o dau"),
        ("đki kết hôn onl đc k", "dang ky ket hon online duoc khong"),
        ("cho e xin sđt vs ntn", "cho em xin so dien thoai voi nhu the nao"),
        ("jấy tờ kần j", "giay to can gi"),
        ("thik wá", "thich qua"),
        ("hổng chịu, hông biết", "khong chiu khong biet"),
        ("chừ muốn mần giấy thì răng", "bay gio muon lam giay thi sao"),
        ("giời mưa, ông giưởng thôn", "troi mua ong truong thon"),
        ("kí giấy, lí lịch, kĩ", "ky giay ly lich ky"),
        ("alooo quáaaa", "chao qua"),
    ],
)
def test_chat_spelling_and_regional_words_become_plain(typed: str, meant: str) -> None:
    assert " ".join(words(typed)).startswith(meant)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dduowngf bij ngaapj", "duong bi ngap"),
        ("ddawng kys keest hoon", "dang ky ket hon"),
        ("toos caso", "to cao"),
        ("d9u7o7ng2 khai sinh1", "duong khai sinh"),
        ("khaisinh tamtru", "khai sinh tam tru"),
        ("t.ố c.á.o U.B.N.D", "to cao uy ban"),
    ],
)
def test_leftovers_of_typing_are_undone(typed: str, meant: str) -> None:
    assert " ".join(words(typed)) == meant


def test_english_is_left_as_it_is() -> None:
    assert words("How do I register the birth of my baby?") == (
        *("how", "do", "i", "register", "the", "birth", "of", "my", "baby"),
    )


def test_undiacritic_vietnamese_is_not_taken_for_english() -> None:
    assert words("can cuoc cua me toi the nao k")[-1] == "khong"


def test_an_undiacritic_hong_stays_open_between_broken_and_not() -> None:
    assert words("den duong hong") == ("den", "duong", "hong")


def test_numbers_stay_what_they_are() -> None:
    assert words("nhà 2 tầng, 1.001193") == ("nha", "2", "tang", "1", "001193")


@given(ANYTHING)
def test_any_text_has_words_and_all_are_folded(text: str) -> None:
    for word in words(text):
        assert word
        assert word == fold(word)


def test_a_key_held_down_is_cut() -> None:
    assert words("a" * 100_000) == ("a" * 32,)


def test_marks_are_noticed_in_either_form() -> None:
    assert has_marks("tố")
    assert has_marks(unicodedata.normalize("NFD", "tố"))
    assert not has_marks("to cao")


def test_accents_do_not_count_as_characters() -> None:
    assert length("Tiếng Việt") == 10
    assert length(unicodedata.normalize("NFD", "Tiếng Việt")) == 10


def test_a_reading_keeps_what_was_typed_beside_what_was_meant() -> None:
    reading = read("Cho e hỏi KS ạ")
    assert reading.text == "cho e hỏi ks ạ"
    assert reading.line == " cho em hoi khai sinh a "
    assert reading.marked
    assert read("abc def", longest=3).words == ("abc",)
