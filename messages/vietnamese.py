"""Vietnamese as people type it: cleaned, folded, and cut into the words that were meant.

Three depths, each pure:

- `clean` makes text safe to keep and show (NFC, no invisible characters); it never changes words.
- `fold` takes marks and case away: `Đăng ký`, `dang ky` and NFD spellings are the same string.
- `words` goes on to what was meant: abbreviations, regional words, Telex and VNI leftovers,
  sounds (`fạt`, `zậy`) and glued syllables become plain folded syllables.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from messages.shorthand import (
    AS_WRITTEN,
    ENGLISH,
    FINALS,
    FOLDED,
    KEPT,
    NUCLEI_WITH_FINAL,
    ONSETS,
    OPEN_RHYMES,
    SOUNDED_ENDS,
    SOUNDED_STARTS,
)

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Controls except tab and line feed, soft hyphen, zero-width, bidirectional and interlinear marks,
# noncharacters. A zero-width joiner stays only where it holds an emoji together.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e"
    "\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
    "|(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
)
# No word has so many marks on one letter (Unicode, UAX #15, 13), and putting more of them in order
# takes time that grows with the square of their number: minutes for one message.
_MOST_MARKS: Final = 30
# Vowel signs of Tibetan that are marks only once they are taken apart.
_MARKS_OF_TWO: Final = frozenset("\u0f73\u0f75\u0f81")
_MAYBE_MARKS: Final = re.compile(rf"[^\w\s\x00-\x7f]{{{_MOST_MARKS + 1},}}")
# A ligature that stands for a whole phrase stays as it is: a text of them would grow eighteenfold.
_LONGEST_MEANT: Final = 4
_LINE_END: Final = re.compile("\r\n?|\u2028|\u2029|\x85|\x0b|\x0c")

_TO_CLEAN: Final = re.compile(
    "|".join(one.pattern for one in (_SURROGATE, _INVISIBLE, _MAYBE_MARKS, _LINE_END))
)

_MARKED: Final = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
_FOLD: Final[dict[int, str | None]] = {
    **{
        ord(letter): "d" if letter == "đ" else unicodedata.normalize("NFD", letter)[0]
        for letter in _MARKED
    },
    **dict.fromkeys(range(0x300, 0x370)),
}
_LETTERS_WITH_MARKS: Final = frozenset(_MARKED)

_TOKEN: Final = re.compile(r"[^\W_]+")
# Single letters held apart by dots, stars or dashes (`c.á.o`, `U.B.N.D`) are one word.
_SPELLED_OUT: Final = re.compile(r"(?<!\w)(?:[^\W\d_][.*\-·]+){1,}[^\W\d_]{1,2}(?!\w)")
_HOLDS_APART: Final = frozenset(".*-·")
_NOT_LETTER: Final = re.compile(r"[\W\d_]+")
_REPEATED: Final = re.compile(r"(.)\1{2,}")
_DOUBLED: Final = re.compile(r"([a-z])\1")
_SYLLABLE: Final = re.compile(
    rf"(?:{'|'.join(ONSETS)})?"
    rf"(?:(?:{'|'.join(NUCLEI_WITH_FINAL)})(?:{'|'.join(FINALS)})|(?:{'|'.join(OPEN_RHYMES)}))"
)
_PLAINLY_ENGLISH: Final = frozenset(word for word in ENGLISH if not _SYLLABLE.fullmatch(word))
# One plainly English word among this many makes the text English: a Vietnamese one has none.
_ENGLISH_ONE_IN: Final = 6
_DIGITS: Final = re.compile(r"\d")
_STARTS: Final = tuple((re.compile(written), meant) for written, meant in SOUNDED_STARTS)
_ENDS: Final = tuple((re.compile(written), meant) for written, meant in SOUNDED_ENDS)
_TELEX_TONE: Final = re.compile(r"(?<=[aeiouyw])[sfrxj]|(?<=[aeiouyw][a-z])[sfrxj](?![a-z])")
_TELEX_FINAL_TONE: Final = re.compile(r"(?<=[aeiouywnmcgpth])[sfrxj]$")


def clean(text: str) -> str:
    """Return the text in NFC with line feeds as line ends and nothing invisible in it.

    Lone surrogates, control, zero-width and bidirectional characters are removed; line feeds and
    tabs stay; of the marks on one letter 30 stay. Never raises, whatever code points come in.
    """
    if text.isascii() and text.isprintable():
        return text
    if not _TO_CLEAN.search(text) and unicodedata.is_normalized("NFC", text):
        # Most texts are clean already, and each is asked several times.
        return text
    if _SURROGATE.search(text):
        # A high and a low half that came as two code points are one character after all.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
        text = _SURROGATE.sub("", text)
    text = _LINE_END.sub("\n", text)
    text = _MAYBE_MARKS.sub(_few_marks, _INVISIBLE.sub("", text))
    # Once more, because some marks are two when they are taken apart.
    return _MAYBE_MARKS.sub(_few_marks, unicodedata.normalize("NFC", text))


def _few_marks(found: re.Match[str]) -> str:
    """Keep the first of the marks that stand in a row, and everything that is none."""
    kept: list[str] = []
    row = 0
    for character in found[0]:
        is_mark = unicodedata.combining(character) or character in _MARKS_OF_TWO
        row = row + 1 if is_mark else 0
        if row <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def fold(text: str) -> str:
    """Return the text in lower case without marks, đ as d, white space as single blanks."""
    folded = text.lower().translate(_FOLD)
    if not folded.isascii():
        # Character by character, because the order of marks that are cut off does not matter.
        meant = {c: unicodedata.normalize("NFKD", c) for c in set(folded) if not c.isascii()}
        taken = {ord(c): plain for c, plain in meant.items() if len(plain) <= _LONGEST_MEANT}
        folded = folded.translate(taken).lower().translate(_FOLD)
    return " ".join(folded.split())


def length(text: str) -> int:
    """Count the characters a reader sees, as near as NFC comes to it (an accent never counts)."""
    return sum(1 for c in unicodedata.normalize("NFC", text) if not unicodedata.combining(c))


def has_marks(text: str) -> bool:
    """Tell whether the writer uses Vietnamese marks: then their absence means something too."""
    return not _LETTERS_WITH_MARKS.isdisjoint(unicodedata.normalize("NFC", text.lower()))


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, read: what was typed and what was meant, kept side by side.

    Attributes:
        text: the cleaned text in lower case, with its marks.
        words: folded syllables after abbreviations, dialect and slips were undone.
        line: `words` joined and enclosed by blanks, so that patterns can ask for whole words.
        marked: whether the writer uses Vietnamese marks at all.
    """

    text: str
    words: tuple[str, ...]
    line: str
    marked: bool


def read(text: str, *, longest: int = 100_000) -> Reading:
    """Read a text once for everything that asks about it, several times in a turn.

    Only the first `longest` characters are looked at; the time grows with them, some 0.2 ms a
    thousand.
    """
    return _read(text[:longest])


@lru_cache(maxsize=64)
def _read(text: str) -> Reading:
    lower = _joined(clean(text).lower())
    found = words(lower)
    return Reading(lower, found, f" {' '.join(found)} ", has_marks(lower))


def words(text: str) -> tuple[str, ...]:
    """Return the folded syllables that were meant, in order; digits stay, punctuation goes."""
    tokens = _TOKEN.findall(_joined(unicodedata.normalize("NFC", text.lower())))
    if _is_english(tokens):
        return tuple(tokens)
    found: list[str] = []
    for token in tokens:
        found.extend(_meant(token))
    return tuple(found)


def _joined(lower: str) -> str:
    """Put words together that were spelled out letter by letter."""
    if _HOLDS_APART.isdisjoint(lower):
        return lower
    return _SPELLED_OUT.sub(lambda found: _NOT_LETTER.sub("", found[0]), lower)


def _is_english(tokens: list[str]) -> bool:
    """Tell English apart, so that its words are not taken for Vietnamese slips."""
    plainly = sum(token in _PLAINLY_ENGLISH for token in tokens)
    return plainly * _ENGLISH_ONE_IN >= len(tokens) and all(token.isascii() for token in tokens)


# Longer than any word of the language: a link, a key held down. Keeps the cache small as well.
_LONGEST_TOKEN: Final = 32


@lru_cache(maxsize=16384)
def _meant(token: str) -> tuple[str, ...]:
    """Return the syllables one token stands for. `token` is NFC in lower case."""
    if len(token) > _LONGEST_TOKEN:
        return (fold(token[:_LONGEST_TOKEN]),)
    if token in AS_WRITTEN:
        return AS_WRITTEN[token]
    plain = fold(token)
    once = _REPEATED.sub(r"\1", plain)
    for form in (plain, once):
        if form in FOLDED and (len(form) > 1 or form == token):
            return FOLDED[form]
    if plain in KEPT or not plain.strip("0123456789"):
        return (plain,) if plain else ()
    for guess in (once, *_repaired(once)):
        if _SYLLABLE.fullmatch(guess):
            return (_one_spelling(guess),)
    return _unglued(once) or (once,)


def _repaired(token: str) -> Iterator[str]:
    """Guess what slips of the input method or spelling by ear made of a syllable."""
    vni = token
    if not token.isalpha() and token[0].isalpha() and sum(c.isalpha() for c in token) > 1:
        vni = _DIGITS.sub("", token)
    yield vni
    yield from _by_sound(vni)
    undoubled = _DOUBLED.sub(r"\1", vni)
    yield undoubled
    telex = undoubled[0] + undoubled[1:].replace("w", "")
    by_end = _TELEX_FINAL_TONE.sub("", telex)
    yield by_end
    yield _TELEX_TONE.sub("", telex)
    yield from _by_sound(by_end)


def _by_sound(token: str) -> Iterator[str]:
    start = next((m + token[f.end() :] for w, m in _STARTS if (f := w.match(token))), token)
    yield start
    for written, meant in _ENDS:
        if written.search(token):
            yield written.sub(meant, token)
            yield written.sub(meant, start)


def _unglued(token: str) -> tuple[str, ...]:
    """Cut `khaisinh` into its two syllables; a shorter or foreign word stays whole."""
    if len(token) < 5 or len(token) > 12 or not token.isalpha():  # noqa: PLR2004 - syllable lengths
        return ()
    cuts = sorted(range(2, len(token) - 1), key=lambda cut: (token[cut] in "aeiouy", -cut))
    for cut in cuts:
        first, second = token[:cut], token[cut:]
        if _SYLLABLE.fullmatch(first) and _SYLLABLE.fullmatch(second):
            return (_one_spelling(first), _one_spelling(second))
    return ()


def _one_spelling(syllable: str) -> str:
    """Write y for a closing i after h, k, l, m, s, t, qu: `kí` and `ký` are one word."""
    if (
        len(syllable) > 1
        and syllable[-1] == "i"
        and syllable[:-1] in {"k", "l", "m", "s", "t", "qu"}
    ):
        return syllable[:-1] + "y"
    return syllable
