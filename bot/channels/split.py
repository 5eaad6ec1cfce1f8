"""Long texts, cut where a reader would pause."""

import re
import unicodedata
from collections.abc import Callable, Iterator

PARAGRAPH = re.compile(r"\n[^\S\n]*(?=\n)")
LINE = re.compile(r"\n")
SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*(?=\s)")
WORD = re.compile(r"\s")

ITEM = re.compile(r"[^\S\n]*\d+\. ")
"""How a line of a numbered menu begins."""

NUMBER_ALONE = re.compile(r"\s*\d+[.)]")
"""A line's number, whose full stop ends no sentence."""

JOINERS = frozenset("\u200d\ufe0e\ufe0f")
"""Zero-width joiner and variation selectors: they bind the characters of one emoji."""


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, in which an emoji counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int, measure: Callable[[str], int] = len) -> list[str]:
    """Cut a text into parts that a platform takes.

    Cuts stand between paragraphs, else lines, sentences, words; within a word only where it is
    longer than a part. The lines of a numbered menu stay together where they fit into one part.
    Joined, the parts have lost nothing but white space; no part is empty, so a blank text has none.

    Args:
        text: what is to be sent.
        limit: the longest part, in units of `measure`, at least 1.
        measure: how the platform counts: `len` for characters, or `utf16_length`.
    """
    if limit < 1:
        raise ValueError("a part has at least one character")
    parts = []
    rest = text.strip()
    while measure(rest) > limit:
        cut = _cut(rest, _fitting(rest, limit, measure))
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _fitting(text: str, limit: int, measure: Callable[[str], int]) -> int:
    """How many characters from the beginning fit into a part; at least one."""
    size = min(limit, len(text))
    while size > 1 and (excess := measure(text[:size]) - limit) > 0:
        size = max(1, size - (excess + 1) // 2)
    return size


def _cut(text: str, size: int) -> int:
    """Where to cut a text of which `size` characters fit."""
    menus = list(_menus(text[: 2 * size + 2], size))
    # A border in the second half comes first: an early paragraph would leave a tiny part behind.
    for least in (size // 2, 0):
        for border in (PARAGRAPH, LINE, SENTENCE, WORD):
            best = 0
            for found in border.finditer(text, 0, size + 2):
                place = found.end() if border is SENTENCE else found.start()
                if least < place <= size and _is_free(text, place, menus):
                    best = place
            if best:
                return best
    return _between_characters(text, size)


def _is_free(text: str, place: int, menus: list[tuple[int, int]]) -> bool:
    """Whether a cut here tears neither a menu nor a number from its line."""
    line = text.rfind("\n", 0, place) + 1
    return not NUMBER_ALONE.fullmatch(text, line, place) and not any(
        start < place < end for start, end in menus
    )


def _menus(text: str, size: int) -> Iterator[tuple[int, int]]:
    """The stretches of numbered lines that fit into one part, from the break before to the end."""
    start: int | None = None
    at = 0
    for line in [*text.split("\n"), ""]:
        if ITEM.match(line):
            start = at if start is None else start
        elif start is not None:
            end = at - 1
            if end - start <= size:
                yield max(0, start - 1), end
            start = None
        at += len(line) + 1


def _between_characters(text: str, size: int) -> int:
    """A cut within a word that parts no letter from its marks and no emoji from itself."""
    cut = size
    while cut > 1 and (
        unicodedata.combining(text[cut]) or text[cut] in JOINERS or text[cut - 1] == "\u200d"
    ):
        cut -= 1
    # A run of marks longer than a part has no better place.
    return cut if cut > 1 else size
