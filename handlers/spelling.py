"""How a command or a choice's number may be spelled: "/trả lời", "số 1", "một ạ"."""

import re
from collections.abc import Iterator

from messages.vietnamese import fold

MARK = re.compile(r"\s*[/#]\s*(?=\w)")

_BOTS_NAME = re.compile(r"^(\w+)@\w+")

SYLLABLES = 4
"""The longest command as people write it: "không phải tố cáo"."""

LONGEST_NAME = 64
"""Characters of a command's name with the bot's behind it; what is longer is not looked up."""


def spelled(text: str) -> Iterator[tuple[str, str, int]]:
    """Read a text as a command's name and what follows it, the longest name first.

    Yields:
        The name, folded and in one piece; what follows; how many syllables were written apart.
    """
    mark = MARK.match(text)
    # Telegram adds the bot's name to a command in a group.
    said = _BOTS_NAME.sub(r"\1", text[mark.end() :], count=1) if mark else text
    for syllables in range(SYLLABLES, 0, -1):
        parts = said.split(maxsplit=syllables)
        word = "".join(parts[:syllables]).rstrip(":,")
        if len(parts) >= syllables and len(word) <= LONGEST_NAME:
            yield fold(word), "".join(parts[syllables:]).strip(), syllables


LONGEST_PICK = 40
"""Characters of a message that is read as a choice's number."""

_SPOKEN = {
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bon": 4,
    "nam": 5,
    "sau": 6,
    "bay": 7,
    "tam": 8,
    "chin": 9,
    "muoi": 10,
}
_MARKED = frozenset(("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "bẩy", "tám", "chín", "mười"))
"""Numbers that stand alone in words: without marks "nam" and "sau" say something else."""

_PICK = re.compile(
    r"(?P<picks>(?:(?:toi|em|chau|con|minh|cho toi) )?(?:chon|bam|an|nhan|lay) )?"
    r"(?P<sign>(?:so|cau|muc|phim|y|dong|phuong an) )?"
    rf"(?P<number>\d{{1,3}}|{'|'.join(_SPOKEN)})(?: (?:a|nhe|nhen))*"
)
_KEYCAP = str.maketrans("", "", "\ufe0f\u20e3()[]\"'“”")


def picked(text: str) -> int | None:
    """Read the number of a choice: "1.", "số 1", "chọn 2 nhé", "một"; None where it is none."""
    said = " ".join(text.translate(_KEYCAP).split()).strip(" .,:;!")
    if not said or len(said) > LONGEST_PICK:
        return None
    found = _PICK.fullmatch(fold(said))
    if found is None:
        return None
    number = found["number"]
    if number.isdecimal():
        return int(number)
    is_marked = said.split()[0].lower() in _MARKED
    return _SPOKEN[number] if is_marked or found["picks"] or found["sign"] else None
