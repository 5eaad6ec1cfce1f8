"""What a person wrote is never read as a format, in any sentence and language."""

from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.languages import LANGUAGES, catalog, moment_in, say, speaks
from messages.text import Text, lines

words = st.one_of(
    st.text(),
    st.sampled_from(
        ["{0}", "{name}", "{", "}", "{{", "{words.__class__}", "%s", "{words!r}", "{}"]
    ),
)
languages = st.sampled_from([*LANGUAGES, "xx-unknown"]).map(speaks)


@given(words, languages)
def test_a_persons_words_stand_in_a_sentence_as_they_wrote_them(text: str, language: str) -> None:
    said = say(Text("Not in any catalog: {words}.", (("words", text),)), language)
    assert said == f"Not in any catalog: {text}."


@given(words, words, languages)
def test_a_persons_words_do_not_reach_the_place_of_anothers(
    first: str, second: str, language: str
) -> None:
    said = say(Text("Not in any catalog: {a}|{b}", (("a", first), ("b", second))), language)
    assert said == f"Not in any catalog: {first}|{second}"


@given(words, languages)
def test_plain_words_are_said_as_they_are(text: str, language: str) -> None:
    assert say(text, language) == text
    assert say(lines(text, None, "", text), language) == f"{text}\n\n{text}"
    assert say(Text("{inner}", (("inner", Text("{w}", (("w", text),))),)), language) == text


def test_a_sentence_that_no_catalog_has_is_said_in_english() -> None:
    assert say(Text("Surely not in a catalog."), "vi") == "Surely not in a catalog."


def test_a_sentence_without_places_may_have_braces() -> None:
    assert say(Text("Surely not {in} a catalog."), "vi") == "Surely not {in} a catalog."


def test_a_count_chooses_its_form() -> None:
    for n, told in ((0, "0 things"), (1, "1 thing"), (2, "2 things")):
        assert say(Text("{n} thing", (("n", n),), "{n} things", n), "en") == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_catalog_has_the_places_of_its_original(language: str) -> None:
    for entry in catalog(language):
        if not entry.id:
            continue
        ids = (entry.id,) if isinstance(entry.id, str) else entry.id
        strings = (entry.string,) if isinstance(entry.string, str) else entry.string or ()
        allowed = {place for one in ids for place in _places(one)}
        for string in strings:
            assert not string or _places(string) <= allowed, (entry.id, string)


def _places(sentence: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(sentence) if name}


@pytest.mark.parametrize(
    ("language", "told"),
    [("vi", "00:30 thứ Ba 24/11/2026"), ("en", "00:30 on Tuesday 24/11/2026")],
)
def test_a_moment_is_told_in_the_time_of_viet_nam(language: str, told: str) -> None:
    moment = datetime(2026, 11, 23, 17, 30, tzinfo=UTC)
    assert moment_in(moment, language) == told
    assert say(Text("{at}", (("at", moment),)), language) == told


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (date(2026, 11, 3), "03/11/2026", "03/11/2026"),
        (85, "85", "85"),
        (12_345, "12345", "12345"),
        (Decimal("1234.50"), "1.234,5", "1,234.5"),
        (0.25, "0,25", "0.25"),
    ],
)
def test_dates_and_numbers_are_told_as_each_language_writes_them(
    value: date | float | Decimal, vi: str, en: str
) -> None:
    text = Text("{value}", (("value", value),))
    assert (say(text, "vi"), say(text, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("code", "language"),
    [("en-GB", "en"), ("EN_us", "en"), ("vi", "vi"), ("fr", "vi"), ("", "vi"), ("zh-Hant", "vi")],
)
def test_a_platforms_language_is_read_as_the_nearest_of_ours(code: str, language: str) -> None:
    assert speaks(code) == language
