"""How a command may be spelled: with its sign or without, in one piece or in syllables."""

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
