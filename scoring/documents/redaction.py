"""Takes what names a person's telephone, mailbox or papers out of words that leave the house."""

import re

HIDDEN = "[…]"

_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # a mailbox
    r"|(?<![\w/])\+?\d(?:[ .-]?\d){8,14}(?![\w/])"  # a telephone, an identity card, an account
)


def redacted(words: str) -> str:
    """Hide numbers of nine digits and more and mailboxes; numbers of documents stay."""
    return _PRIVATE.sub(HIDDEN, words)
