"""What Zalo's error numbers mean for a letter: a table for the OA API, one for its ZBS neighbour.

The numbers are those of Zalo's documentation for the Official Account API. A row tells which
`SendError` comes of it; the words that go into its reason are Zalo's own.
"""

from collections.abc import Mapping
from typing import Final

from bot.channels.channel import (
    Misconfigured,
    PersonGone,
    Refused,
    SendError,
    Throttled,
    Unreachable,
    WindowClosed,
)
from messages.vietnamese import clean

RENEW: Final = frozenset({-216, 216, -220, -401, 401, -124})
"""The token is not taken: renew it once and ask again. Seen in all these forms; so is HTTP 401."""

ONCE_MORE: Final = frozenset({-200})
"""Zalo says that sending failed, without a reason: worth one more try at once and no other."""

NO_SUCH_FORM: Final = frozenset({-201, -210, -233})
"""How Zalo answers to buttons where this OA may not use them."""

PLAINER: Final = NO_SUCH_FORM | {-100, -200}
"""Zalo takes the letter not in this form: what is decorated is tried again as plain text."""

RATE: Final = -32

REASON_LENGTH: Final = 200

WAITS: Final[Mapping[int, float]] = {
    # Limits a minute of the app and of the OA; which of them was hit stands in the words.
    RATE: 10.0,
    # Out of quota: letters after the first 48 hours cost; replies within them still go, so that
    # the channel must not stop. A day of tries gives the administrator time to buy.
    -211: 3600.0,
    # An article that is being processed.
    -214: 30.0,
    # Not at night: documented for promotions only, so that a reply should never meet it.
    -234: 1800.0,
}
"""Throttled, by how many seconds to wait."""

MEANINGS: Final[Mapping[int, type[SendError]]] = {
    # An uploaded file outlived its seven days.
    -100: Refused,
    -200: Refused,
    -201: Refused,
    -204: Misconfigured,
    -205: Misconfigured,
    -209: Misconfigured,
    -210: Refused,
    -212: Misconfigured,
    # No follower and no open conversation: as good as gone until the person writes again.
    -213: PersonGone,
    # The person refuses invitations, not answers: only this letter ends here.
    -217: Refused,
    # The person has had all that they may receive of this kind.
    -218: Refused,
    -219: Misconfigured,
    -221: Misconfigured,
    -223: Misconfigured,
    -224: Misconfigured,
    # Banned or unused for 45 days: nothing reaches this account.
    -227: PersonGone,
    -230: WindowClosed,
    -232: WindowClosed,
    -233: Refused,
    -235: Misconfigured,
    # One group is switched off; citizens are still served, so that the channel must not stop.
    -237: Refused,
    -238: Refused,
    # The old API was called: a fault of ours that no other letter would escape.
    -240: Misconfigured,
    -241: Refused,
    -242: Misconfigured,
    # The person refuses this kind of letter, which may not be the kind of the next.
    -244: Refused,
    -248: Refused,
    -249: Refused,
    -320: Misconfigured,
    -321: Misconfigured,
    # The OA is not in the group it writes to.
    -403: Refused,
    -1340: Refused,
    -1341: Refused,
}


ZBS_WAITS: Final[Mapping[int, float]] = {
    RATE: 10.0,
    # At night, 22:00 to 6:00; perhaps no longer in force.
    -133: 1800.0,
    # The day's limit of the account.
    -144: 3600.0,
}

ZBS_MEANINGS: Final[Mapping[int, type[SendError]]] = {
    -108: Refused,
    -109: Misconfigured,
    # What the template's parameters are called or take is what the commune has written down.
    -111: Misconfigured,
    -112: Misconfigured,
    -1121: Misconfigured,
    -1122: Misconfigured,
    -1124: Misconfigured,
    -114: Refused,
    -115: Misconfigured,
    -117: Misconfigured,
    # The number has no Zalo.
    -118: Refused,
    -126: Misconfigured,
    -127: Misconfigured,
    -131: Misconfigured,
    -132: Misconfigured,
    -135: Misconfigured,
    -1351: Misconfigured,
    -136: Misconfigured,
    -137: Misconfigured,
    -139: Refused,
    -140: Refused,
    -141: Refused,
    -146: Misconfigured,
    -147: Misconfigured,
    -158: Refused,
    -159: Refused,
}
"""The numbers of ZBS templates (once ZNS), whose table is its own."""


class TokenRefused(Exception):
    """Zalo does not take the access token, or the app's proof of it."""


class Unclear(Unreachable):
    """Zalo says that it is out of order, which does not quite prove that nothing was done."""


def reason(code: int, words: object) -> str:
    """One line for the log and the officer: the number and Zalo's own words."""
    said = " ".join(clean(str(words or "")).split())
    return f"Zalo {code}: {said}"[:REASON_LENGTH]


def error_for(code: int, words: object) -> SendError | TokenRefused:
    """Tell what became of a letter that Zalo answered with an error other than 0."""
    return _error(code, reason(code, words), WAITS, MEANINGS)


def zbs_error_for(code: int, words: object) -> SendError | TokenRefused:
    """Tell what became of a ZBS template that was answered with an error other than 0."""
    return _error(code, reason(code, words), ZBS_WAITS, ZBS_MEANINGS)


def _error(
    code: int,
    why: str,
    waits: Mapping[int, float],
    meanings: Mapping[int, type[SendError]],
) -> SendError | TokenRefused:
    if code in RENEW:
        return TokenRefused(why)
    if code in waits:
        return Throttled(why, after=waits[code])
    if code in meanings:
        return meanings[code](why)
    if "token" in why.lower():
        # A number that no table names, about the token all the same.
        return TokenRefused(why)
    # An unknown number is a no: trying again for a day would not make it a yes.
    return Refused(why)
