"""The procedure catalogue: read from the commune's files, checked, and searched.

Search is BM25 over single words and pairs of neighbours of a procedure's name and everyday names
(`aliases`), all folded; what recall there is comes from the aliases. Two things are added to it:
an everyday name that stands in the question as a whole counts extra, and pairs are also compared
by sound, so that `tạm chú` finds tạm trú. The index is built once and never changes.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Final

from handlers.procedures import (
    COLUMNS,
    ONE_CODE,
    REQUIRED,
    Procedure,
    Repealed,
    Row,
    faults,
    of_row,
    split,
)
from messages.vietnamese import words

__all__ = ["GUIDE_CODE", "PROCEDURE_CODE", "Catalogue", "CatalogueError", "Procedure", "load"]

PROCEDURE_CODE: Final = re.compile(
    r"(?<![\d.])(\d\.\d{6})(?:\.\d{2,3}(?:\.\d{2}){0,3}(?:\.H\d{2})?)?(?!\d)"
)
GUIDE_CODE: Final = re.compile(r"(?<![A-Z0-9])#?([A-Z]{2}\d{2})(?![A-Z0-9])")

# BM25's usual constants, but little punishment for a procedure that has many everyday names.
_K1: Final = 1.2
_B: Final = 0.25
_PAIR: Final = 1.3
_SOUND_PAIR: Final = 0.5
_WHOLE_ALIAS: Final = 0.9
_SHORTEST_RESCUED: Final = 4
_UP_TO: Final = 5

# Words that carry no subject: they would only reward the procedure with the most aliases.
_WITHOUT_SUBJECT: Final = """
    a ad ah ai anh ban bac bao bay be bi biet bang boi ca cac cai cam can chang chi cho co cua
    cung da dang day de den di do duoc em gi giup gio ha han hay he hoi hon khi khong la lai lam
    len loi luc minh moi mot muon nao nay ne nen neu nhe nhi nhieu nho nhu nhung no noi o oi on
    ong phai qua ra rang roi sao sau se su ta tai thi thu thua toi tren tu tuc va vao vay ve vi
    viec voi xin xa u vang uong giay to dau may i an my how is are for of in what where when
    need want get please we you
"""
STOP_WORDS: Final = frozenset(_WITHOUT_SUBJECT.split())

# Written apart and one name: `mất sổ đỏ` is about land, and no lost register (`mất sổ`).
_ONE_NAME: Final[Mapping[tuple[str, str], str]] = dict.fromkeys(
    (("so", "do"), ("so", "hong"), ("bia", "do"), ("bia", "hong")), "so do"
)

PROCEDURES: Final = "procedures.csv"
REPEALED: Final = "repealed.csv"


class CatalogueError(ValueError):
    """A file of the catalogue is wrong; the sentence names file, line and reason."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        """Say where: `line` counts from 1 as an editor does; 0 is the file as a whole."""
        super().__init__(f"{path.name}:{line}: {reason}")


@dataclass(frozen=True, slots=True)
class _Index:
    weights: Mapping[str, Mapping[int, float]]
    aliases: Mapping[str, Sequence[tuple[int, frozenset[str], float]]]
    vocabulary: frozenset[str]
    slips: Mapping[str, Sequence[str]]


@dataclass(slots=True, eq=False)
class Catalogue:
    """All procedures the bot may offer, and the ways to one of them.

    Build it with `load`. `procedures` are in code order. Everybody holds the same one; where the
    file changed or an officer taught it a name, it becomes another at one stroke.
    """

    procedures: tuple[Procedure, ...]
    repealed: Mapping[str, Repealed]
    _by_code: Mapping[str, Procedure] = field(init=False, repr=False)
    _index: _Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Build the look-ups once."""
        by_code = {p.code: p for p in self.procedures}
        self._by_code = by_code | {p.guide: p for p in self.procedures}
        self._index = _build(self.procedures)

    def become(self, other: "Catalogue") -> None:
        """Take over all that another holds."""
        self.procedures, self.repealed = other.procedures, other.repealed
        self._by_code = other._by_code  # noqa: SLF001 - another of this class
        self._index = other._index  # noqa: SLF001 - another of this class

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every folded word of the names, official and everyday."""
        return self._index.vocabulary

    def taught(self, names: Mapping[str, tuple[str, ...]]) -> "Catalogue":
        """Give one that knows further everyday names, by code; of what is not offered, none."""
        taught = (replace(p, aliases=(*p.aliases, *names.get(p.code, ()))) for p in self.procedures)
        return Catalogue(tuple(taught), self.repealed)

    def by_code(self, code: str) -> Procedure | None:
        """Return the procedure of a national code (old suffixes too) or guide code, or nothing."""
        typed = code.strip().removeprefix("#").upper()
        if found := self._by_code.get(typed):
            return found
        national = PROCEDURE_CODE.fullmatch(typed)
        return self._by_code.get(national[1]) if national else None

    def in_text(self, text: str) -> Procedure | None:
        """Return the procedure whose code stands in the text, or nothing."""
        upper = text.upper()
        for found in (*PROCEDURE_CODE.finditer(upper), *GUIDE_CODE.finditer(upper)):
            if procedure := self._by_code.get(found[1]):
                return procedure
        return None

    def repealed_in(self, text: str) -> Repealed | None:
        """Return the repealed procedure whose code stands in the text, or nothing."""
        for found in PROCEDURE_CODE.finditer(text.upper()):
            if old := self.repealed.get(found[1]):
                return old
        return None

    def find(
        self, asked: str | Sequence[str], up_to: int = _UP_TO
    ) -> tuple[tuple[Procedure, float], ...]:
        """Rank the procedures a question may mean.

        Args:
            asked: the question, or its `words`.
            up_to: how many to return at most.

        Returns:
            Procedures with their scores (above 0, no fixed upper end), best first, in code order
            among equals; empty where nothing fits.
        """
        found = words(asked) if isinstance(asked, str) else tuple(asked)
        scores = _score(self._index, in_one(found))
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return tuple((self.procedures[n], round(s, 3)) for n, s in ranked[:up_to])


def load(folder: Path) -> Catalogue:
    """Read `procedures.csv` and `repealed.csv` of a commune.

    Raises:
        CatalogueError: a file is missing, or a row is wrong; with file, line and reason.
    """
    repealed = load_repealed(folder)
    path = folder / PROCEDURES
    rows = load_rows(path)
    for fault in faults(rows, repealed):
        raise CatalogueError(path, fault.line, str(fault))
    known = {row["code"] for _, row in rows}
    for old in repealed.values():
        for code in old.replaced_by:
            if code not in known:
                path = folder / REPEALED
                raise CatalogueError(path, 0, f"{old.code}: replaced_by {code!r} is not offered")
    procedures = (of_row(row) for _, row in rows)
    return Catalogue(tuple(sorted(procedures, key=lambda p: p.code)), repealed)


def load_rows(path: Path) -> list[Row]:
    """Read the rows of a `procedures.csv`; what the cells say is not looked at."""
    rows: list[Row] = list(_rows(path, REQUIRED, COLUMNS))
    if not rows:
        raise CatalogueError(path, 0, "no procedure in it")
    return rows


def load_repealed(folder: Path) -> dict[str, Repealed]:
    """Read `repealed.csv` of a commune, by code; raises CatalogueError."""
    return {old.code: old for old in _repealed(folder / REPEALED)}


def _rows(
    path: Path, required: Collection[str], known: Collection[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(path, 0, str(error)) from error
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    try:
        names = reader.fieldnames or ()
        if missing := [name for name in required if name not in names]:
            raise CatalogueError(path, 1, f"column missing: {', '.join(missing)}")
        if unknown := [name for name in names if name not in known]:
            raise CatalogueError(path, 1, f"column unknown: {', '.join(unknown)}")
        for row in reader:
            if None in row or None in row.values():
                raise CatalogueError(
                    path, reader.line_num, "the row has not as many cells as line 1"
                )
            yield reader.line_num, {name: cell.strip() for name, cell in row.items()}
    except csv.Error as error:
        raise CatalogueError(path, reader.line_num, str(error)) from error


def _repealed(path: Path) -> Iterator[Repealed]:
    columns = ("code", "replaced_by", "source")
    for line, row in _rows(path, columns, columns):
        if not ONE_CODE.fullmatch(row["code"]):
            raise CatalogueError(path, line, f"code {row['code']!r} does not look like 1.001193")
        if not row["source"]:
            raise CatalogueError(path, line, "source is empty")
        yield Repealed(row["code"], split(row["replaced_by"]), row["source"])


_SOUND: Final = (
    (re.compile(r"^tr"), "ch"),
    (re.compile(r"^s"), "x"),
    (re.compile(r"^(?:gi|r)(?=[aeiouy])"), "d"),
    (re.compile(r"^n(?=[aeiouy])"), "l"),
    (re.compile(r"ng$"), "n"),
    (re.compile(r"(?:t|ch)$"), "c"),
    (re.compile(r"y$"), "i"),
)


@lru_cache(maxsize=4096)
def _sound(word: str) -> str:
    """Return how a syllable sounds where neighbouring sounds are told apart by nobody."""
    for written, sounded in _SOUND:
        word = written.sub(sounded, word)
    return word


def in_one(found: Sequence[str]) -> tuple[str, ...]:
    """Put together what is one name of two words, and give it one form."""
    joined: list[str] = []
    for word in found:
        if joined and (name := _ONE_NAME.get((joined[-1], word))):
            joined[-1] = name
        else:
            joined.append(word)
    return tuple(joined)


def _terms(found: Sequence[str]) -> Iterator[tuple[str, float]]:
    for word in found:
        if word not in STOP_WORDS:
            yield word, 1.0 + _PAIR if " " in word else 1.0
    for first, second in pairwise(found):
        if first in STOP_WORDS and second in STOP_WORDS:
            continue
        yield f"{first} {second}", _PAIR
        yield f"~{_sound(first)} {_sound(second)}", _SOUND_PAIR


def _build(procedures: Sequence[Procedure]) -> _Index:
    phrases = [[in_one(words(phrase)) for phrase in (p.name, *p.aliases)] for p in procedures]
    vocabulary = frozenset(word for several in phrases for phrase in several for word in phrase)
    worth = {
        term: weight for several in phrases for phrase in several for term, weight in _terms(phrase)
    }
    counts = [
        Counter(term for phrase in several for term, _ in _terms(phrase)) for several in phrases
    ]
    spread = Counter(term for count in counts for term in count)
    rarity = {
        term: worth[term] * log(1 + (len(counts) - n + 0.5) / (n + 0.5))
        for term, n in spread.items()
    }
    return _Index(
        _weights(counts, rarity), _aliases(phrases, rarity), vocabulary, _slips(vocabulary)
    )


def _weights(
    counts: Sequence[Counter[str]], rarity: Mapping[str, float]
) -> dict[str, dict[int, float]]:
    """Return what each term adds to each procedure: BM25 with the lengths folded in."""
    usual = sum(count.total() for count in counts) / max(1, len(counts))
    weights: dict[str, dict[int, float]] = defaultdict(dict)
    for number, count in enumerate(counts):
        long = _K1 * (1 - _B + _B * count.total() / usual)
        for term, times in count.items():
            weights[term][number] = rarity[term] * times * (_K1 + 1) / (times + long)
    return weights


def _aliases(
    phrases: Sequence[Sequence[Sequence[str]]], rarity: Mapping[str, float]
) -> dict[str, list[tuple[int, frozenset[str], float]]]:
    """File each everyday name under its rarest word, with its words and what they are worth."""
    aliases: dict[str, list[tuple[int, frozenset[str], float]]] = defaultdict(list)
    for number, (_, *everyday) in enumerate(phrases):
        for phrase in everyday:
            carrying = frozenset(word for word in phrase if word not in STOP_WORDS)
            if carrying:
                total = sum(rarity[word] for word in carrying)
                rarest = max(sorted(carrying), key=lambda word: rarity[word])
                aliases[rarest].append((number, carrying, total))
    return aliases


def _slips(vocabulary: frozenset[str]) -> dict[str, list[str]]:
    """File each known word under every form that lacks one of its letters."""
    slips: dict[str, list[str]] = defaultdict(list)
    for word in sorted(vocabulary):
        if len(word) >= _SHORTEST_RESCUED:
            for form in _shortened(word):
                slips[form].append(word)
    return slips


def _score(index: _Index, found: Sequence[str]) -> dict[int, float]:
    known = _rescued(index, found)
    scores: dict[int, float] = defaultdict(float)
    for term in dict.fromkeys(term for term, _ in _terms(known)):
        for number, weight in index.weights.get(term, {}).items():
            scores[number] += weight
    asked = frozenset(known)
    whole: dict[int, float] = {}
    for word in asked:
        for number, carrying, total in index.aliases.get(word, ()):
            if carrying <= asked:
                whole[number] = max(whole.get(number, 0.0), total)
    for number, total in whole.items():
        scores[number] += _WHOLE_ALIAS * total
    return scores


def _rescued(index: _Index, found: Sequence[str]) -> tuple[str, ...]:
    """Replace words that stand nowhere in the catalogue by the one known word a slip away."""
    return tuple(
        word
        if word in index.vocabulary or len(word) < _SHORTEST_RESCUED or not word.isalpha()
        else _nearest(index, word)
        for word in found
    )


def _nearest(index: _Index, word: str) -> str:
    """Return the known word one letter away (more, less, other, or two swapped), else the word."""
    shorter = _shortened(word)
    near = set(index.slips.get(word, ()))
    near.update(known for known in shorter if known in index.vocabulary)
    for form in shorter:
        near.update(k for k in index.slips.get(form, ()) if _one_letter_apart(k, word))
    return min(near - STOP_WORDS, key=lambda known: (known[0] != word[0], known), default=word)


def _shortened(word: str) -> set[str]:
    return {word[:n] + word[n + 1 :] for n in range(len(word))}


def _one_letter_apart(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    apart = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    first, last = apart[0], apart[-1]
    swapped = last == first + 1 and one[first] == other[last] and one[last] == other[first]
    return len(apart) == 1 or swapped
