"""Codes that people read out, type and paste: tickets, invitations, guides, dossiers."""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 characters: no I, L, O or U, which are misread."""

TICKET = re.compile(
    r"(?<![0-9A-Za-z])PA\s?([0-9OIL]{4})\s?[-–]?\s?([0-9A-Z]{4})(?![0-9A-Za-z])", re.IGNORECASE
)
INVITE = re.compile(r"^[0-9A-Z]{4}[-\s]?[0-9A-Z]{4}$", re.IGNORECASE)

_MISREAD = str.maketrans("OoIiLl", "001111")


def _letters(text: str) -> str | None:
    """Read characters of the alphabet with O, I, L as 0, 1, 1; None where one is not of it."""
    read = text.translate(_MISREAD).upper()
    return read if all(letter in ALPHABET for letter in read) else None


def ticket_code(text: str) -> str:
    """Find the first ticket's code in a text in any case, "" where there is none.

    The digits too may be typed as O, I or L.
    """
    for match in TICKET.finditer(text):
        month, letters = _letters(match[1]), _letters(match[2])
        if month and letters:
            return f"PA{month}-{letters}"
    return ""


def invite_code(text: str) -> str:
    """Read an invitation's eight characters, "" where it is none."""
    if not INVITE.match(text.strip()):
        return ""
    return _letters(text.strip().replace("-", "").replace(" ", "")) or ""
