"""Whether two tickets may be one matter: near each other, and in the same words."""

from datetime import timedelta
from math import cos, hypot, radians

from handlers.routing import Turn
from messages.vietnamese import fold, words
from storage.tickets import Ticket

SINCE = timedelta(days=30)
NEAR = 150.0
"""Metres between two pins of one matter."""

METRES_A_DEGREE = 111_320.0

SAME_WORDS, SAME_WORDS_HERE, SAME_WORDS_NEAR = 0.5, 0.35, 0.2
"""The share of words that two tickets have in common: anywhere, in one village, at one place."""

SHOWN = 3
_EMPTY_WORDS = """
    o co va la cua cho thi ma bi da dang roi qua lam nay do kia xin toi em chau con ong ba anh chi
    chung ta ngay nao rat khong duoc voi tu den mot cac nhung
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
"""Words that every matter has, folded."""


def share(first: str, second: str) -> float:
    """Give the share of words that two texts have in common, 0 to 1."""
    one, two = (set(words(fold(text))) - _EMPTY for text in (first, second))
    return len(one & two) / len(one | two) if one and two else 0.0


def metres(one: Ticket, two: Ticket) -> float | None:
    """Give how far two pins are from each other, None where one has none."""
    if None in {one.latitude, one.longitude, two.latitude, two.longitude}:
        return None
    assert one.latitude is not None  # noqa: S101 - told above, for the type checker
    assert two.latitude is not None  # noqa: S101
    assert one.longitude is not None  # noqa: S101
    assert two.longitude is not None  # noqa: S101
    east = (one.longitude - two.longitude) * cos(radians(one.latitude))
    return hypot(one.latitude - two.latitude, east) * METRES_A_DEGREE


def may_be_one(one: Ticket, two: Ticket, said: str, other: str) -> bool:
    """Tell whether two tickets may be the same matter."""
    away, common = metres(one, two), share(said, other)
    if away is not None and away > NEAR:
        return False
    if away is not None:
        return common >= SAME_WORDS_NEAR
    here = bool(one.village) and one.village == two.village
    return common >= (SAME_WORDS_HERE if here else SAME_WORDS)


async def found(turn: Turn, ticket: Ticket) -> list[Ticket]:
    """Find open tickets of the last weeks that may be the same matter, the newest first."""
    if not ticket.is_open:
        return []
    others = await turn.read.desk.alike(ticket, ticket.received_at - SINCE)
    if not others:
        return []
    said = await turn.read.desk.first_words([ticket.code, *(one.code for one in others)])
    mine = said.get(ticket.code, "")
    alike = [one for one in others if may_be_one(ticket, one, mine, said.get(one.code, ""))]
    return alike[:SHOWN]
