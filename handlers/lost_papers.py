"""What was lost: a guide for who lost a paper must know that paper, and that it can be lost.

The search compares words, and `mất` stands in the everyday names of many procedures: without this,
who lost one paper is led to what replaces another.
"""

import re
from typing import Final

from handlers.procedures import Procedure
from handlers.search import STOP_WORDS, in_one
from messages.vietnamese import Reading, fold, words

Found = tuple[tuple[Procedure, float], ...]

_LOST: Final = re.compile(
    r" (?:mat|that lac|that thoat|danh roi|lam roi)(?: (?:cai|quyen|to|tam|chiec|het|mot))*"
    r" (?:giay|so|bia(?! mo)|the|bang|van bang|ho so|ho chieu|xe|vi|dien thoai|con dau)(?= )"
    r"| (?:bi|lam|danh) (?:mat|roi)(?= )| that lac(?= )"
)
_WORD: Final = re.compile(r"[^\W_]+")
_PAUSE: Final = re.compile(r"[,.;!?\n]")
# What sounds alike without its marks: `mặt`, `mật` and `mắt`, `rồi` and `rối`.
_ALIKE: Final = {"mat": "mất", "roi": "rơi"}
_NO_PAPER: Final = re.compile(r" mat (?:suc|viec|dat|dien|nuoc|tich|nang luc|kha nang)(?= )")
# `mặt bằng`, `rối loạn` and `làm rồi`, as whoever sets no marks writes them.
_NO_LOSS_UNMARKED: Final = re.compile(
    r" (?:mat bang(?! (?:lai|tot nghiep|dai hoc|cao dang|nghe) )|roi loan"
    r"|lam roi(?! (?:can cuoc|giay|so|the|vi) ))(?= )"
)
_KNOWS_LOSS: Final = re.compile(r" (?:mat|roi|that lac|cap lai|lam lai|dang ky lai|ban sao)(?= )")
_OF_ANY_LOSS: Final = STOP_WORDS | {"mat", "roi", "lac", "that", "danh", "so", "the", "bang", "lai"}

_NEAR: Final = 0.8


def tells(reading: Reading) -> bool:
    """Tell whether a text says that some paper or thing was lost."""
    if not _LOST.search(reading.line):
        return False
    text = _PAUSE.sub(" 0 ", reading.text)
    if reading.marked:
        text = _WORD.sub(lambda word: "0" if _only_alike(word[0]) else word[0], text)
    line = _NO_PAPER.sub(" 0", f" {' '.join(words(text))} ")
    if not reading.marked:
        line = _NO_LOSS_UNMARKED.sub(" 0", line)
    return _LOST.search(line) is not None


def _only_alike(word: str) -> bool:
    """Tell a word that is `mất` or `rơi` only once its own marks are taken away."""
    return _ALIKE.get(fold(word), word) != word


def helps(procedure: Procedure) -> bool:
    """Tell whether a procedure can be for who lost something; a first certificate is not."""
    return any(_KNOWS_LOSS.search(f" {' '.join(name)} ") for name in _names(procedure))


def about_the_same(found: Found, reading: Reading) -> Found:
    """Leave of what was found what shares more with the text than the loss; all, if none does.

    What helps whoever lost something stands before what does not and was found little better.
    """
    asked = set(in_one(reading.words)) - _OF_ANY_LOSS
    same = [
        (procedure, score)
        for procedure, score in found
        if any(not asked.isdisjoint(name) for name in _names(procedure))
    ]
    if not same:
        return found
    near = _NEAR * same[0][1]
    raised = (
        (one, score / _NEAR if score >= near and helps(one) else score) for one, score in same
    )
    return tuple(sorted(raised, key=lambda one: (-one[1], one[0].code)))


def _names(procedure: Procedure) -> list[tuple[str, ...]]:
    return [in_one(words(name)) for name in (procedure.name, *procedure.aliases)]
