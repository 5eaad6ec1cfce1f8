"""Codes that carry a conversation from one browser to another of the same person."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from messages.envelope import Address

VALID = timedelta(minutes=10)
MOST = 10_000
"""Codes that stand at a time; above it the oldest lapses."""


class CarryCodes:
    """Codes that work once and lapse soon, kept in memory: after a restart a new one is shown.

    Args:
        now: our clock.
        draw: makes a code that nobody can guess.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        draw: Callable[[], str] = lambda: secrets.token_urlsafe(16),
    ) -> None:
        self._now = now
        self._draw = draw
        self._codes: dict[str, tuple[Address, datetime]] = {}

    def make(self, person: Address) -> str:
        """Make a code for a person; an earlier one of theirs works no more."""
        now = self._now()
        self._codes = {
            code: (whose, until)
            for code, (whose, until) in self._codes.items()
            if until > now and whose != person
        }
        while len(self._codes) >= MOST:
            del self._codes[next(iter(self._codes))]
        code = self._draw()
        self._codes[code] = (person, now + VALID)
        return code

    def whose(self, code: str) -> Address | None:
        """Tell whose conversation a code carries, None where it does not work; it stays good."""
        person, until = self._codes.get(code, (None, None))
        return person if until is not None and until > self._now() else None

    def use(self, code: str) -> Address | None:
        """Tell whose conversation a code carries; from now on it works no more."""
        person = self.whose(code)
        self._codes.pop(code, None)
        return person
