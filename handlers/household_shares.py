"""How many households have the city's app: by village and together, of one half year."""

from collections.abc import Mapping
from datetime import date

from handlers.commune import Commune
from scoring.estimates import Share, share
from storage.households import Counted


def question_on(day: date) -> str:
    """Name the question with its round: each half year is asked anew."""
    return f"hpsmart-{day.year}-H{1 if day.month <= 6 else 2}"  # noqa: PLR2004 - the sixth month


def by_village(commune: Commune, counts: Mapping[str, Counted]) -> dict[str, Share]:
    """Estimate each village, those without an answer too; first in the commune's order.

    Args:
        commune: tells how many households a village has.
        counts: the answers of each village.
    """
    known = {one.village: one.count for one in commune.households}
    nothing = Counted(0, 0)
    found = {name: counts.get(name, nothing) for name in (*commune.villages, *counts)}
    return {name: share(one.yes, one.answers, known.get(name)) for name, one in found.items()}


def together(shares: Mapping[str, Share]) -> Share:
    """Put the villages together; the whole is known only where each is."""
    of = [one.of for one in shares.values()]
    whole = sum(number for number in of if number is not None) if of and None not in of else None
    yes = sum(one.yes for one in shares.values())
    return share(yes, sum(one.answers for one in shares.values()), whole)
